"""The sample bill: drawn, with the list of its parts next to it, and what a line of one's own bill means."""

from __future__ import annotations

import base64
from collections.abc import Callable, Sequence
from typing import Final

from kb.bill.find_part import Amount, find_part, parse_amount
from kb.html import links
from kb.html.addresses import Page
from kb.html.format import echo, escape
from kb.html.parts import cards
from kb.html.words import words
from kb.types import Answer, Answered, Answerer, BillLine, BillPart, Clarify, Hit, Library

_MOST_CHOICES = 3


def heading(library: Library) -> str:
    """Return the page's heading, and what is on it."""
    lead = words().bill.lead if library.bill else words().bill.none
    title = escape(words().bill.title)
    return f'<div class="kb-bill-top"><h1>{title}</h1><p class="kb-intro">{escape(lead)}</p></div>'


def whole(library: Library, selected: str = "", *, plain: bool = False) -> str:
    """Return drawing and list.

    :param library: With the bill and its articles.
    :param selected: Id of the part that is open; anything else opens none.
    :param plain: Whether links lead to plain articles.
    :return: HTML.
    """
    known = selected if any(part.id == selected for part in library.bill) else ""
    items = "".join(_item(part, library, is_open=part.id == known, plain=plain) for part in library.bill)
    return (
        f'<div class="kb-bill" data-selected="{escape(known)}"><figure>{drawing(library.bill, known)}'
        f"<figcaption>{escape(words().bill.sample_note)}</figcaption></figure>"
        f'<section class="kb-bill-list"><h2>{escape(words().bill.parts)}</h2><ol>{items}</ol></section></div>'
    )


def _item(part: BillPart, library: Library, *, is_open: bool, plain: bool) -> str:
    own = part.in_language(words().language)
    part_id = escape(part.id)
    if not is_open:
        return (
            f'<li><h3><a href="{escape(links.bill(part.id))}" data-part="{part_id}" '
            f'aria-expanded="false">{escape(own.title)}</a></h3></li>'
        )
    address = links.plain_article if plain else links.article
    return (
        f'<li class="is-selected"><h3><a href="{escape(links.bill())}" data-part="{part_id}" aria-expanded="true" '
        f'title="{escape(words().bill.close)}">{escape(own.title)}</a></h3><div class="kb-bill-detail">'
        f"<p>{escape(own.means)}</p>{_part_lines(part)}{_part_articles(part, library, address)}"
        f'<p class="kb-bill-ask"><a href="{escape(links.ask(own.question))}">'
        f"{escape(words().bill.ask.format(question=own.question))}</a></p></div></li>"
    )


def _part_lines(part: BillPart) -> str:
    rows = "".join(
        f"<div><dt><span{words().articles_lang}>{escape(line.label)}</span>{_translated(line)}</dt>"
        f"<dd>{escape(line.value)}</dd></div>"
        for line in part.lines
    )
    return f'<h4>{escape(words().bill.on_sample)}</h4><dl class="kb-bill-lines">{rows}</dl>' if rows else ""


def _translated(line: BillLine) -> str:
    """Return what a line means, for whoever reads the page in Spanish: bills print the English."""
    if words().language != "es" or line.spanish in ("", line.label):
        return ""
    return f" <small>{escape(line.spanish)}</small>"


def _part_articles(part: BillPart, library: Library, address: Callable[[str], str]) -> str:
    found = [a for a in map(library.resolve, part.articles) if a is not None]
    items = "".join(f'<li><a href="{escape(address(a.id))}">{escape(a.title)}</a></li>' for a in found)
    if not items:
        return ""
    return f"<h4>{escape(words().bill.articles)}</h4><ul{words().articles_lang}>{items}</ul>"


WIDTH: Final = 360
_LEFT, _RIGHT, _MARGIN = 46, 340, 8
"""Where lines begin and amounts end, and the white beside a part, in units of the drawing."""
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


def drawing(parts: Sequence[BillPart], selected: str = "") -> str:
    """Return the drawing with its areas.

    :param parts: From top to bottom.
    :param selected: Id of the part that is marked; empty for none.
    :return: HTML.
    """
    places, height = _layout(parts)
    picture = base64.b64encode(svg(parts).encode()).decode()
    areas = "".join(
        f'<a class="kb-bill-area{" is-selected" if part.id == selected else ""}" href="{escape(links.bill(part.id))}" '
        f'data-part="{escape(part.id)}" tabindex="-1" '
        f'style="top:{100 * top / height:.3f}%;height:{100 * tall / height:.3f}%"></a>'
        for part, (top, tall) in zip(parts, places, strict=True)
    )
    return (
        f'<div class="kb-bill-drawing"><img src="data:image/svg+xml;base64,{picture}" width="{WIDTH}" '
        f'height="{height}" alt="{escape(words().bill.picture)}"><div aria-hidden="true">{areas}</div></div>'
    )


def svg(parts: Sequence[BillPart]) -> str:
    """Return the picture alone.

    :param parts: From top to bottom; the last one is the part that is torn off and sent with a payment.
    :return: An SVG document; texts are escaped.
    """
    places, height = _layout(parts)
    drawn = "".join(_drawn_part(p, n, top) for n, (p, (top, _)) in enumerate(zip(parts, places, strict=True), 1))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f"<style>{_svg_style()}</style>"
        f'<rect class="paper" x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="8"/>'
        f"{_svg_head()}{_svg_coupon(places[-1][0] - _COUPON) if places else ''}{drawn}</svg>"
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


def _svg_style() -> str:
    light, dark = (";".join(f"--{name}:{pair[n]}" for name, pair in _COLORS.items()) for n in (0, 1))
    return (
        f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        "text{font:13px system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;fill:var(--ink)}"
        ".title{font-weight:700;font-size:13.5px}.company{font-weight:700;font-size:13.5px}"
        ".small{font-size:10.5px;fill:var(--soft)}.number{font-weight:700;fill:var(--on)}"
        ".stamp{font-weight:700;font-size:12px;letter-spacing:.06em;fill:var(--warn)}"
        ".frame{fill:none;stroke:var(--warn);stroke-width:1.6;stroke-dasharray:5 3}"
        ".paper{fill:var(--paper);stroke:var(--edge);stroke-opacity:.4}"
        ".logo{fill:var(--edge)}.dot{fill:var(--accent)}"
        ".rule,.tear{stroke:var(--edge);stroke-width:1.2}.tear{stroke-dasharray:4 4}"
    )


def _svg_head() -> str:
    return (
        '<rect class="logo" x="18" y="20" width="24" height="24" rx="6"/>'
        f'<text class="company" x="52" y="37">{escape(words().bill.company)}</text>'
        f'<rect class="frame" x="{_RIGHT - 74}" y="18" width="78" height="26" rx="13"/>'
        f'<text class="stamp" x="{_RIGHT - 35}" y="36" text-anchor="middle">'
        f"{escape(words().bill.sample.upper())}</text>"
        f'<text x="18" y="66">{escape(words().bill.statement)}</text>'
        f'<line class="rule" x1="18" y1="76" x2="{_RIGHT + 4}" y2="76"/>'
    )


def _svg_coupon(y: int) -> str:
    """Return the line along which a bill's lowest part is torn off."""
    return (
        f'<line class="tear" x1="{_MARGIN}" y1="{y + 6}" x2="{WIDTH - _MARGIN}" y2="{y + 6}"/>'
        f'<text class="small" x="{WIDTH // 2}" y="{y + 20}" text-anchor="middle">{escape(words().bill.coupon)}</text>'
    )


def _drawn_part(part: BillPart, number: int, y: int) -> str:
    rows = "".join(
        _drawn_line(line.label, line.value, y + _HEADING + _LINE * n + 14) for n, line in enumerate(part.lines)
    )
    return (
        f'<circle class="dot" cx="26" cy="{y + 18}" r="11"/>'
        f'<text class="number" x="26" y="{y + 22.5}" text-anchor="middle">{number}</text>'
        f'<text class="title" x="{_LEFT}" y="{y + 22}">{escape(part.words.title)}</text>{rows}'
    )


def _drawn_line(label: str, value: str, y: int) -> str:
    amount = f'<text x="{_RIGHT}" y="{y}" text-anchor="end">{escape(value)}</text>' if value else ""
    return f'<text x="{_LEFT}" y="{y}">{escape(label)}</text>{amount}'


def own_line_heading() -> str:
    """Return what is above the field for a line of one's own bill."""
    labels = words().bill
    return (
        f'<section class="kb-line-top"><h2 id="line">{escape(labels.line_title)}</h2>'
        f"<p>{escape(labels.line_lead)}</p></section>"
    )


def own_line(answerer: Answerer, wording: str, amount: str) -> str:
    """Return what a line usually is.

    :param answerer: Finds the article; it is asked and told to nobody.
    :param wording: As printed.
    :param amount: As printed; empty for none.
    :return: HTML.
    """
    if not wording:
        said = escape(words().bill.line_empty)
        return f'<p class="kb-hint" data-announce="{said}">{said}</p>'
    answer, library = answerer.ask(wording), answerer.library
    hits = _line_hits(answer)
    part = find_part(wording, hits[0].article_id if hits else None, library.bill)
    title = hits[0].title if hits else (part.in_language(words().language).title if part else "")
    announce = words().bill.line_found.format(title=title) if title else words().bill.line_unknown.format(line=wording)
    said = f"{_line_amount(amount, part)}{_line_part(part)}{_line_articles(hits, part, library, wording)}"
    return f'<section class="kb-line" data-announce="{escape(announce)}"><h3>{echo(wording)}</h3>{said}</section>'


def _line_hits(answer: Answer) -> tuple[Hit, ...]:
    if isinstance(answer.outcome, Answered):
        return (answer.outcome.hit,)
    return answer.outcome.choices[:_MOST_CHOICES] if isinstance(answer.outcome, Clarify) else ()


def _line_amount(typed: str, part: BillPart | None) -> str:
    if not typed:
        return ""
    amount = parse_amount(typed)
    if amount is None:
        return f"<p>{escape(words().bill.line_not_amount.format(amount=typed))}</p>"
    if amount.is_credit:
        return f"<p>{escape(words().bill.line_credit.format(amount=amount))}</p>"
    if part is not None and part.monthly:
        year = Amount(amount.dollars * 12, is_credit=False)
        return f"<p>{escape(words().bill.line_monthly.format(amount=amount, year=year))}</p>"
    return ""


def _line_part(part: BillPart | None) -> str:
    if part is None:
        return ""
    own = part.in_language(words().language)
    link = f'<a href="{escape(links.bill(part.id))}" data-part="{escape(part.id)}">{escape(own.title)}</a>'
    said = escape(words().bill.line_part).format(part=link)
    return f"<p>{said} {escape(own.means)}</p>"


def _line_articles(hits: tuple[Hit, ...], part: BillPart | None, library: Library, wording: str) -> str:
    if hits:
        heading = words().bill.line_article if len(hits) == 1 else words().bill.line_choices
        return f"<h4>{escape(heading)}</h4>{cards.hit_list(hits, library)}"
    if part is not None:
        found = [a for a in map(library.resolve, part.articles) if a is not None][:_MOST_CHOICES]
        return f"<h4>{escape(words().bill.line_choices)}</h4>{cards.article_list(found)}"
    return (
        f"<p>{escape(words().bill.line_unknown).format(line=echo(wording))}</p>"
        f'<p><a href="{Page.CONTACT}">{escape(words().bill.line_contact)}</a></p>'
    )
