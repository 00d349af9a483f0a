"""The sample bill: a drawing with a list of its parts, and the meaning of a line on the customer's bill."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Final

from markupsafe import Markup

from kb.bill.find_part import Amount, find_part, parse_amount
from kb.html import links
from kb.html.addresses import Page
from kb.html.format import echo, sentence
from kb.html.parts import cards
from kb.html.words import Language, words
from kb.types import Answer, Answered, Answerer, BillLine, BillPart, Clarify, Hit, Library

WIDTH: Final = 360
_LEFT, _RIGHT, _MARGIN = 46, 340, 8
"""Where lines begin and amounts end, and the white next to a part, in units of the drawing."""
_TOP: Final = 84
_HEADING, _LINE, _GAP, _COUPON = 26, 19, 12, 26
_COLORS: Final = {
    "paper": ("#ffffff", "#1a2327"),
    "ink": ("#1d2a30", "#e7edee"),
    "soft": ("#4d5d64", "#b3c0c4"),
    "edge": ("#7b8a8f", "#6f8188"),
    "accent": ("#0b5d66", "#7fcfd2"),
    "on": ("#ffffff", "#0d2326"),
    "warn": ("#9a5b00", "#f0bf6c"),
}
"""Light and dark, as in base.css: a picture does not see the variables of the page around it."""
_SVG_RULES: Final = Markup(
    "text{font:13px system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;fill:var(--ink)}"
    ".title{font-weight:700;font-size:13.5px}.company{font-weight:700;font-size:13.5px}"
    ".small{font-size:10.5px;fill:var(--soft)}.number{font-weight:700;fill:var(--on)}"
    ".stamp{font-weight:700;font-size:12px;letter-spacing:.06em;fill:var(--warn)}"
    ".frame{fill:none;stroke:var(--warn);stroke-width:1.6;stroke-dasharray:5 3}"
    ".paper{fill:var(--paper);stroke:var(--edge);stroke-opacity:.4}"
    ".logo{fill:var(--edge)}.dot{fill:var(--accent)}"
    ".rule,.tear{stroke:var(--edge);stroke-width:1.2}.tear{stroke-dasharray:4 4}"
)
_MOST_CHOICES: Final = 3


def heading(library: Library) -> Markup:
    """Return the page's heading, and what is on it."""
    lead = words().bill.lead if library.bill else words().bill.none
    return Markup('<div class="kb-bill-top"><h1>{}</h1><p class="kb-intro">{}</p></div>').format(
        words().bill.title, lead
    )


def whole(library: Library, selected: str = "", *, plain: bool = False) -> Markup:
    """Return drawing and list.

    :param library: With the bill and its articles.
    :param selected: Id of the part that is open; anything else opens none.
    :param plain: Whether links lead to plain articles.
    :return: HTML.
    """
    known = selected if any(part.id == selected for part in library.bill) else ""
    items = Markup().join(_item(part, library, is_open=part.id == known, plain=plain) for part in library.bill)
    return Markup(
        '<div class="kb-bill" data-selected="{selected}"><figure>{drawing}<figcaption>{note}</figcaption></figure>'
        '<section class="kb-bill-list"><h2>{title}</h2><ol>{items}</ol></section></div>'
    ).format(
        selected=known,
        drawing=drawing(library.bill, known),
        note=words().bill.sample_note,
        title=words().bill.parts,
        items=items,
    )


def _item(part: BillPart, library: Library, *, is_open: bool, plain: bool) -> Markup:
    own = part.in_language(words().language)
    if not is_open:
        return Markup('<li><h3><a href="{}" data-part="{}" aria-expanded="false">{}</a></h3></li>').format(
            links.bill(part.id), part.id, own.title
        )
    return Markup(
        '<li class="is-selected"><h3><a href="{close}" data-part="{id}" aria-expanded="true" title="{close_words}">'
        '{title}</a></h3><div class="kb-bill-detail"><p>{means}</p>{lines}{articles}'
        '<p class="kb-bill-ask"><a href="{ask}">{ask_words}</a></p></div></li>'
    ).format(
        close=links.bill(),
        id=part.id,
        close_words=words().bill.close,
        title=own.title,
        means=own.means,
        lines=_part_lines(part, library, links.plain_article if plain else links.article),
        articles=_part_articles(part, library, links.plain_article if plain else links.article),
        ask=links.ask(own.question),
        ask_words=words().bill.ask.format(question=own.question),
    )


def _part_lines(part: BillPart, library: Library, address: Callable[[str], str]) -> Markup:
    if not part.lines:
        return Markup()
    rows = Markup().join(
        Markup("<div><dt>{}{}</dt><dd>{}</dd></div>").format(
            _line_label(line, library, address), _translated(line), line.value
        )
        for line in part.lines
    )
    return Markup('<h4>{}</h4><dl class="kb-bill-lines">{}</dl>').format(words().bill.on_sample, rows)


def _line_label(line: BillLine, library: Library, address: Callable[[str], str]) -> Markup:
    """Return a line's label as bills print it, in English; as a link if an article explains it."""
    label = Markup("<span{}>{}</span>").format(words().articles_lang, line.label)
    article = library.resolve(line.article) if line.article else None
    return label if article is None else Markup('<a href="{}">{}</a>').format(address(article.id), label)


def _translated(line: BillLine) -> Markup:
    """Return what a line means, for those who read the page in Spanish: bills print the English."""
    if words().language is not Language.SPANISH or line.spanish in ("", line.label):
        return Markup()
    return Markup(" <small>{}</small>").format(line.spanish)


def _part_articles(part: BillPart, library: Library, address: Callable[[str], str]) -> Markup:
    found = [a for a in map(library.resolve, part.articles) if a is not None]
    if not found:
        return Markup()
    items = Markup().join(
        Markup('<li><a href="{}"{}>{}</a></li>').format(address(a.id), words().marked(a.language), a.title)
        for a in found
    )
    return Markup("<h4>{}</h4><ul>{}</ul>").format(words().bill.articles, items)


# ------------------------------------------------------------------------------------------- the drawing
#
# SVG made of the parts, numbered, with an area over each that is a link. The picture is in the page as a data address,
# so that the one safe path for HTML lets it through and nothing is fetched. It says what the list next to it says in
# words, so its areas are hidden from screen readers and the Tab key: their users have the list, with the same parts.


def drawing(parts: Sequence[BillPart], selected: str = "") -> Markup:
    """Return the drawing of a bill's parts, from top to bottom, with an area over each."""
    places, height = _layout(parts)
    areas = Markup().join(
        Markup(
            '<a class="kb-bill-area{selected}" href="{address}" data-part="{id}" tabindex="-1" '
            'style="top:{top:.3f}%;height:{tall:.3f}%"></a>'
        ).format(
            selected=" is-selected" if part.id == selected else "",
            address=links.bill(part.id),
            id=part.id,
            top=100 * top / height,
            tall=100 * tall / height,
        )
        for part, (top, tall) in zip(parts, places, strict=True)
    )
    return Markup(
        '<div class="kb-bill-drawing"><img src="data:image/svg+xml;base64,{picture}" width="{width}" '
        'height="{height}" alt="{alt}"><div aria-hidden="true">{areas}</div></div>'
    ).format(
        picture=base64.b64encode(svg(parts).encode()).decode(),
        width=WIDTH,
        height=height,
        alt=words().bill.picture,
        areas=areas,
    )


def svg(parts: Sequence[BillPart]) -> Markup:
    """Return the picture alone; the last part is the one that is torn off and sent with a payment."""
    places, height = _layout(parts)
    return Markup(
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}">'
        '<style>{style}</style><rect class="paper" x="1" y="1" width="{inner_width}" height="{inner_height}" rx="8"/>'
        "{head}{coupon}{parts}</svg>"
    ).format(
        width=WIDTH,
        height=height,
        style=_svg_style(),
        inner_width=WIDTH - 2,
        inner_height=height - 2,
        head=_svg_head(),
        coupon=_svg_coupon(places[-1][0] - _COUPON) if places else "",
        parts=Markup().join(_svg_part(p, n, top) for n, (p, (top, _)) in enumerate(zip(parts, places, strict=True), 1)),
    )


def _layout(parts: Sequence[BillPart]) -> tuple[list[tuple[int, int]], int]:
    """Return top and height of each part, and the height of the whole."""
    places, y = [], _TOP
    for number, part in enumerate(parts, 1):
        y += _COUPON if number == len(parts) else 0
        height = _HEADING + _LINE * len(part.lines) + _GAP
        places.append((y, height))
        y += height + 4
    return places, y + 14


def _svg_style() -> Markup:
    light, dark = (";".join(f"--{name}:{pair[n]}" for name, pair in _COLORS.items()) for n in (0, 1))
    colors = Markup(":root{{{}}}@media (prefers-color-scheme:dark){{:root{{{}}}}}").format(light, dark)
    return colors + _SVG_RULES


def _svg_head() -> Markup:
    return Markup(
        '<rect class="logo" x="18" y="20" width="24" height="24" rx="6"/>'
        '<text class="company" x="52" y="37">{company}</text>'
        '<rect class="frame" x="{frame}" y="18" width="78" height="26" rx="13"/>'
        '<text class="stamp" x="{stamp}" y="36" text-anchor="middle">{sample}</text>'
        '<text x="18" y="66">{statement}</text><line class="rule" x1="18" y1="76" x2="{rule}" y2="76"/>'
    ).format(
        company=words().bill.company,
        frame=_RIGHT - 74,
        stamp=_RIGHT - 35,
        sample=words().bill.sample.upper(),
        statement=words().bill.statement,
        rule=_RIGHT + 4,
    )


def _svg_coupon(y: int) -> Markup:
    """Return the line along which a bill's lowest part is torn off."""
    return Markup(
        '<line class="tear" x1="{left}" y1="{line}" x2="{right}" y2="{line}"/>'
        '<text class="small" x="{middle}" y="{text}" text-anchor="middle">{coupon}</text>'
    ).format(
        left=_MARGIN, right=WIDTH - _MARGIN, line=y + 6, middle=WIDTH // 2, text=y + 20, coupon=words().bill.coupon
    )


def _svg_part(part: BillPart, number: int, y: int) -> Markup:
    rows = (_svg_line(line, y + _HEADING + _LINE * n + 14) for n, line in enumerate(part.lines))
    return Markup(
        '<circle class="dot" cx="26" cy="{dot}" r="11"/>'
        '<text class="number" x="26" y="{digit}" text-anchor="middle">{number}</text>'
        '<text class="title" x="{left}" y="{title_y}">{title}</text>{rows}'
    ).format(
        dot=y + 18,
        digit=y + 22.5,
        number=number,
        left=_LEFT,
        title_y=y + 22,
        title=part.words.title,
        rows=Markup().join(rows),
    )


def _svg_line(line: BillLine, y: int) -> Markup:
    amount = Markup()
    if line.value:
        amount = Markup('<text x="{}" y="{}" text-anchor="end">{}</text>').format(_RIGHT, y, line.value)
    return Markup('<text x="{}" y="{}">{}</text>{}').format(_LEFT, y, line.label, amount)


# ------------------------------------------------------------------------------ a line of the customer's bill


def own_line_heading() -> Markup:
    """Return the heading above the field for a line of the customer's bill."""
    return Markup('<section class="kb-line-top"><h2 id="line">{}</h2><p>{}</p></section>').format(
        words().bill.line_title, words().bill.line_lead
    )


def own_line(answerer: Answerer, wording: str, amount: str) -> Markup:
    """Return what a line usually is.

    :param answerer: Finds the article; what it is asked is not journaled.
    :param wording: As printed.
    :param amount: As printed; empty for none.
    :return: HTML.
    """
    if not wording:
        return Markup('<p class="kb-hint" data-announce="{said}">{said}</p>').format(said=words().bill.line_empty)
    answer = answerer.ask(wording, language=words().language)
    library = answerer.library.in_language(words().language)
    hits = _line_hits(answer)
    part = find_part(wording, hits[0].article_id if hits else None, library.bill)
    title = hits[0].title if hits else (part.in_language(words().language).title if part else "")
    announce = words().bill.line_found.format(title=title) if title else words().bill.line_unknown.format(line=wording)
    return Markup('<section class="kb-line" data-announce="{}"><h3>{}</h3>{}{}{}</section>').format(
        announce,
        echo(wording),
        _line_amount(amount, part),
        _line_part(part),
        _line_articles(hits, part, library, wording),
    )


def _line_hits(answer: Answer) -> tuple[Hit, ...]:
    if isinstance(answer.outcome, Answered):
        return (answer.outcome.hit,)
    return answer.outcome.choices[:_MOST_CHOICES] if isinstance(answer.outcome, Clarify) else ()


def _line_amount(typed: str, part: BillPart | None) -> Markup:
    if not typed:
        return Markup()
    amount = parse_amount(typed)
    if amount is None:
        said = words().bill.line_not_amount.format(amount=typed)
    elif amount.is_credit:
        said = words().bill.line_credit.format(amount=amount)
    elif part is not None and part.monthly:
        year = Amount(amount.dollars * 12, is_credit=False)
        said = words().bill.line_monthly.format(amount=amount, year=year)
    else:
        return Markup()
    return Markup("<p>{}</p>").format(said)


def _line_part(part: BillPart | None) -> Markup:
    if part is None:
        return Markup()
    own = part.in_language(words().language)
    link = Markup('<a href="{}" data-part="{}">{}</a>').format(links.bill(part.id), part.id, own.title)
    return Markup("<p>{} {}</p>").format(sentence(words().bill.line_part, part=link), own.means)


def _line_articles(hits: tuple[Hit, ...], part: BillPart | None, library: Library, wording: str) -> Markup:
    if hits:
        heading = words().bill.line_article if len(hits) == 1 else words().bill.line_choices
        return Markup("<h4>{}</h4>{}").format(heading, cards.hit_list(hits, library))
    if part is not None:
        found = [a for a in map(library.resolve, part.articles) if a is not None][:_MOST_CHOICES]
        return Markup("<h4>{}</h4>{}").format(words().bill.line_choices, cards.article_list(found))
    return Markup('<p>{}</p><p><a href="{}">{}</a></p>').format(
        sentence(words().bill.line_unknown, line=echo(wording)), Page.CONTACT, words().bill.line_contact
    )
