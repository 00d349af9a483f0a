"""The list of questions: what it is narrowed by, and its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from kb.html.addresses import Page, Param
from kb.html.format import counted, day_words, sentence, shortened
from kb.html.parts.insights import pieces
from kb.html.parts.insights.asked import LANGUAGES, Asked
from kb.html.parts.insights.pieces import article_link, badge, soft
from kb.html.parts.insights.view import Tab, View
from kb.html.words import words
from kb.review.records import QuestionOrder, QuestionRow, QuestionsPage, Verdict
from kb.types import Library, OutcomeKind

_LONGEST: Final = 160


def heading(view: View, waiting: int = 0) -> Markup:
    """Return what the list is of, and how many questions are not in it yet."""
    labels, period = words().review, view.period
    lead = labels.lead.format(first=day_words(period.first), last=day_words(period.last))
    wait = Markup('<p class="kb-overdue" data-waiting="{}">{}</p>').format(waiting, counted(labels.waiting, waiting))
    return Markup('<p class="kb-intro" data-period="{period.first}/{period.last}">{lead}</p>{wait}').format(
        period=period, lead=lead, wait=wait if waiting else ""
    )


# ------------------------------------------------------------------------------------------ the filter


def filters(view: View, library: Library | None) -> Markup:
    """Return the form that narrows the list; it leads to an address.

    :param view: What is looked at.
    :param library: The articles, to choose one of.
    :return: HTML.
    """
    labels, asked = words().review, view.asked
    params = asked.params()
    fields = (
        _field(labels.filter_text, _text_field(asked.text), wide=True),
        _choice(labels.filter_outcome, Param.OUTCOME, _any(_outcomes()), params[Param.OUTCOME]),
        _choice(labels.filter_followed, Param.FOLLOWED, _any(labels.followed), params[Param.FOLLOWED]),
        _choice(labels.filter_article, Param.OF_ARTICLE, _any(_titles(library, asked.article)), asked.article),
        _choice(
            labels.filter_language, Param.ASKED_IN, _any({n: labels.languages[n] for n in LANGUAGES}), asked.language
        ),
        _choice(labels.filter_judged, Param.JUDGED, _any(labels.verdicts), params[Param.JUDGED]),
        _choice(labels.filter_order, Param.ORDER, _orders(), params[Param.ORDER]),
    )
    return Markup(
        '<form class="kb-filter" action="{action}" method="get" aria-label="{title}" data-same-visit>{kept}{fields}'
        '<div class="kb-filter-go"><button>{submit}</button>{clear}</div></form>'
    ).format(
        action=Page.INSIGHTS,
        title=labels.filter_title,
        kept=_kept(view),
        fields=Markup().join(fields),
        submit=labels.filter_submit,
        clear=pieces.link(view.address(asked=Asked()), labels.filter_clear) if asked.is_narrowed else "",
    )


def _kept(view: View) -> Markup:
    """Return what the form carries along: the view and the period, and a part, which has no field of its own."""
    bare = replace(view, asked=Asked(article="-", anchor=view.asked.anchor)).params()
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    return Markup().join(hidden.format(*pair) for pair in bare.items() if pair[0] != Param.OF_ARTICLE)


def _field(label: str, control: Markup, *, wide: bool = False) -> Markup:
    look = Markup(' class="kb-wide"') if wide else Markup()
    return Markup("<label{}><span>{}</span>{}</label>").format(look, label, control)


def _text_field(text: str) -> Markup:
    return Markup('<input type="search" name="{}" value="{}" maxlength="200" autocomplete="off">').format(
        Param.QUERY, text
    )


def _choice(label: str, name: Param, options: Mapping[str, str], chosen: str) -> Markup:
    option = Markup('<option value="{}"{}>{}</option>')
    items = (
        option.format(value, Markup(" selected") if value == chosen else "", shown) for value, shown in options.items()
    )
    return _field(label, Markup('<select name="{}">{}</select>').format(name, Markup().join(items)))


def _any(options: Mapping[str, str]) -> dict[str, str]:
    return {"": words().review.filter_any, **options}


def _orders() -> dict[str, str]:
    """Return the orders; the usual one is not in the address."""
    usual = QuestionOrder.NEWEST.value
    return {"" if order == usual else order: label for order, label in words().review.orders.items()}


def _outcomes() -> dict[str, str]:
    labels = words().review
    handed = labels.outcomes[OutcomeKind.NO_ANSWER]
    reasons = {code: labels.outcome_reason.format(outcome=handed, reason=why) for code, why in labels.reasons.items()}
    return {**labels.outcomes, **reasons}


def _titles(library: Library | None, chosen: str) -> dict[str, str]:
    """Return the articles to choose from by title; the one that is chosen may be gone."""
    articles = () if library is None else library.articles.values()
    found = {a.id: a.title for a in sorted(articles, key=lambda article: article.title.casefold())}
    return found if not chosen or chosen in found else {**found, chosen: chosen}


# -------------------------------------------------------------------------------------------- the rows


def part_only(view: View, heading_of_part: str) -> Markup:
    """Return that only one part of an article is listed, and the way to all its parts; nothing if it is not so."""
    asked, labels = view.asked, words().review
    if asked.anchor is None:
        return Markup()
    off = pieces.link(view.address(asked=replace(asked, anchor=None, after="")), labels.filter_part_off)
    only = labels.filter_part.format(part=heading_of_part or asked.anchor or labels.direct_answer)
    return Markup('<p class="kb-only">{} {}</p>').format(only, off)


def count(page: QuestionsPage) -> Markup:
    """Return how many questions there are."""
    labels = words().review
    shown = labels.count_capped.format(count=page.total) if page.is_capped else counted(labels.count, page.total)
    return Markup('<p class="kb-count" data-questions="{}" role="status">{}</p>').format(page.total, shown)


def rows(page: QuestionsPage, view: View, library: Library | None) -> Markup:
    """Return the questions, and the ways to more of them.

    :param page: What was found.
    :param view: What is looked at.
    :param library: The articles, for their titles.
    :return: HTML.
    """
    labels = words().review
    if not page.rows:
        return Markup("<p>{}</p>").format(labels.none if view.asked.is_narrowed else labels.none_at_all)
    caption = labels.table.format(order=labels.orders[view.asked.order.value])
    listed = pieces.table(caption, labels.columns, [_row(row, view, library) for row in page.rows], numeric=(3,))
    return Markup('<div class="kb-questions">{}</div>{}').format(listed, _more(page, view))


def _row(row: QuestionRow, view: View, library: Library | None) -> tuple[str, ...]:
    labels = words().review
    marks = [soft(labels.languages[row.language])] if row.language == "es" else []
    if row.judgment is not None:
        verdict = Verdict.RIGHT if row.judgment.is_right else Verdict.WRONG
        marks.append(badge(labels.verdicts[verdict.value], f"judged-{verdict.value}"))
    opened = view.address(tab=Tab.QUESTIONS, question=row.query_id)
    return (
        Markup(" ").join([pieces.link(opened, shortened(row.text, _LONGEST)), *marks]),
        outcome(row),
        place(row, library),
        sure(row),
        followed(row),
        f"{row.asked_at:%Y-%m-%d %H:%M}",
    )


def _more(page: QuestionsPage, view: View) -> Markup:
    labels = words().review
    ways = [(view.address(asked=replace(view.asked, after="")), labels.first_page)] if view.asked.after else []
    if page.after:
        ahead = view.address(asked=replace(view.asked, after=page.after))
        ways.append((ahead, labels.next_page.format(count=len(page.rows))))
    items = Markup(" ").join(pieces.link(*way) for way in ways)
    return Markup('<p class="kb-more">{}</p>').format(items) if ways else items


# --------------------------------------------------------------------------------- what a question shows


def outcome(row: QuestionRow) -> Markup:
    """Return what the customer got, and why there was no answer."""
    labels = words().review
    shown = badge(labels.outcomes[row.outcome.value], f"got-{row.outcome.value}")
    return shown + soft(labels.reasons.get(row.reason, row.reason)) if row.reason else shown


def place(row: QuestionRow, library: Library | None) -> Markup:
    """Return the article and the part that were shown, or the articles that were offered."""
    labels = words().review
    if row.outcome is OutcomeKind.ANSWERED:
        return article_link(row.article_id, library) + soft(part(row))
    if row.choices:
        titles = Markup(" · ").join(article_link(choice, library) for choice in row.choices)
        return Markup('<span class="kb-soft">{}</span>').format(sentence(labels.offered, titles=titles))
    return Markup("–")


def part(row: QuestionRow) -> str:
    """Return the part that was shown in words."""
    labels = words().review
    if row.anchor is None:
        return labels.part_unknown
    return row.heading if row.anchor and row.heading else labels.direct_answer


def sure(row: QuestionRow) -> str:
    """Return how sure the answer was; of a hand-over nothing is said."""
    return f"{row.confidence:.0%}" if row.outcome is not OutcomeKind.NO_ANSWER else "–"


def followed(row: QuestionRow) -> str:
    """Return what the customer did then."""
    return ", ".join(words().review.followed[kind.value] for kind in row.followed)


def title_of(article_id: str, library: Library | None) -> str:
    """Return an article's title, or that of a signpost; its id where it is gone."""
    if library is None:
        return article_id
    found = library.resolve(article_id) or library.signposts.get(article_id)
    return article_id if found is None else found.title
