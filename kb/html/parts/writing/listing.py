"""The list of everything that can be written at: what waits for somebody first, narrowed by words and by choice."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from markupsafe import Markup

from kb.authoring.draft_desk import DeskState
from kb.common.folding import plain_words
from kb.html.addresses import Page, Param
from kb.html.format import counted, day_words
from kb.html.parts.insights import pieces
from kb.html.parts.insights.pieces import badge, soft
from kb.html.parts.writing import findings
from kb.html.parts.writing.view import Choice, WritingView, article_address, new_address
from kb.html.words import words
from kb.types import Severity
from kb.writing.records import DraftState, WritingRow

_FIRST: Final = 40
"""Rows that are shown until all are asked for."""
_CHOSEN: Final[Mapping[Choice, Callable[[WritingRow], bool]]] = {
    Choice.ALL: lambda row: not row.is_signpost,
    Choice.DRAFTS: lambda row: row.draft is not None or bool(row.others) or row.state == "new",
    Choice.FINDINGS: lambda row: any(row.findings.get(severity) for severity in (Severity.ERROR, Severity.WARNING)),
    Choice.OVERDUE: lambda row: row.overdue_days > 0,
    Choice.LOST: lambda row: _lost(row) > 0,
    Choice.SIGNPOSTS: lambda row: row.is_signpost,
}


def heading() -> Markup:
    """Return the heading of the page for writers."""
    labels = words().writing
    return Markup('<div class="kb-writing"><h1>{}</h1><p class="kb-intro">{}</p></div>').format(
        labels.title, labels.lead
    )


def html(rows: Sequence[WritingRow], view: WritingView, shown: Mapping[str, int] | None, *, may_write: bool) -> Markup:
    """Return the field, the choices and the list.

    :param rows: Every article and signpost, in any order.
    :param view: What is looked at.
    :param shown: How often customers were shown each article; None while nobody counts.
    :param may_write: Whether the reader may begin a new article.
    :return: HTML.
    """
    found = sorted((row for row in rows if is_listed(row, view)), key=_order)
    listed = found if view.whole else found[:_FIRST]
    return Markup('<section class="kb-writing-list">{}{}{}<p class="kb-count">{}</p>{}{}</section>').format(
        _begin() if may_write else Markup(),
        _search(view),
        _choices(rows, view),
        counted(words().editor.list_count, len(found)),
        _table(listed, shown) if listed else Markup('<p class="kb-hint">{}</p>').format(words().editor.list_none),
        _more(len(found) - len(listed), view),
    )


def waiting(rows: Iterable[WritingRow], user: str) -> Markup:
    """Return the drafts of others that wait for a review; nothing if there are none.

    :param rows: Every article.
    :param user: The reader, who does not review drafts of their own.
    :return: HTML.
    """
    found = [
        (row, draft)
        for row in rows
        for draft in row.others
        if draft.state is DraftState.SUBMITTED and draft.author != user
    ]
    if not found:
        return Markup()
    items = Markup().join(
        Markup("<li>{} {}</li>").format(
            pieces.link(article_address(row.article_id, draft.id), row.title, is_page=True),
            soft(words().editor.draft_by.format(who=draft.author)),
        )
        for row, draft in found
    )
    return Markup('<section class="kb-desk kb-waiting"><h2>{}</h2><ul class="kb-plain">{}</ul></section>').format(
        words().editor.review_list, items
    )


def others(state: DeskState) -> Markup:
    """Return findings of files that have no row: a category, or an article that was deleted without a redirect."""
    found = [finding for finding in state.findings if finding.path not in state.paths]
    if not found:
        return Markup()
    return Markup('<section class="kb-desk"><h2>{}</h2>{}</section>').format(
        words().writing.other_findings, findings.html(found)
    )


def is_listed(row: WritingRow, view: WritingView) -> bool:
    """Return whether a row has the words that are looked for, and is of the choice."""
    wanted = plain_words(view.needle).split()
    text = plain_words(f"{row.title} {row.article_id.replace('-', ' ')} {row.owner}")
    chosen = (view.choice is Choice.ALL and bool(wanted)) or _CHOSEN[view.choice](row)
    return chosen and all(word in text for word in wanted)


def _order(row: WritingRow) -> tuple[int, int, int, str]:
    """Return what sorts drafts first, then errors, warnings, lost questions and overdue reviews, then by title."""
    has_draft = row.draft is not None or bool(row.others)
    rank = [
        has_draft,
        bool(row.findings.get(Severity.ERROR)) or row.state == "broken",
        bool(row.findings.get(Severity.WARNING)),
        _lost(row) > 0,
        row.overdue_days > 0,
    ]
    first = rank.index(True) if True in rank else len(rank)
    return first, -_lost(row), -row.overdue_days, row.title.casefold()


def _lost(row: WritingRow) -> int:
    return 0 if row.tests_found is None or row.tests_total is None else row.tests_total - row.tests_found


# ------------------------------------------------------------------------------------------- the pieces


def _begin() -> Markup:
    return Markup('<p class="kb-begin"><a href="{}" data-same-visit="page">{}</a></p>').format(
        new_address(), words().editor.begin
    )


def _search(view: WritingView) -> Markup:
    """Return the field; a choice stays while something else is looked for."""
    labels = words().editor
    kept = Markup('<input type="hidden" name="{}" value="{}">').format(Param.STATE, view.choice.value)
    return Markup(
        '<form class="kb-find" role="search" action="{action}" data-same-visit><label><span>{label}</span>'
        '<input type="search" name="{name}" value="{value}" maxlength="200" autocomplete="off"></label>{kept}'
        '<button type="submit">{submit}</button></form>'
    ).format(
        action=Page.WRITING,
        label=labels.find,
        name=Param.QUERY,
        value=view.needle,
        kept=kept if view.choice is not Choice.ALL else Markup(),
        submit=labels.find_submit,
    )


def _choices(rows: Sequence[WritingRow], view: WritingView) -> Markup:
    chips = []
    for choice in Choice:
        count = sum(_CHOSEN[choice](row) for row in rows)
        if count or choice in (Choice.ALL, view.choice):
            label = f"{words().editor.choices[choice.value]} {count:,}"
            address = view.address(choice=choice, whole=False)
            chips.append(pieces.link(address, label, current=choice is view.choice))
    return pieces.tabs(words().editor.choices_label, chips)


def _table(rows: Iterable[WritingRow], shown: Mapping[str, int] | None) -> Markup:
    labels = words().editor
    columns = [column for n, column in enumerate(labels.list_columns) if n != _SHOWN or shown is not None]
    cells = [
        [text for n, text in enumerate(_cells(row, shown or {})) if n != _SHOWN or shown is not None] for row in rows
    ]
    return pieces.table(labels.list_caption, columns, cells, numeric=(_SHOWN,) if shown is not None else ())


_SHOWN: Final = 4
"""The place of the column that only an installation which counts has."""


def _cells(row: WritingRow, shown: Mapping[str, int]) -> tuple[str, ...]:
    return (
        pieces.link(article_address(row.article_id), row.title, is_page=True),
        _state(row),
        row.owner,
        _due(row),
        "" if row.is_signpost else pieces.number(shown.get(row.article_id, 0)),
        _questions(row),
        _findings(row),
    )


def _state(row: WritingRow) -> Markup:
    labels = words().editor
    kind = {"broken": "judged-wrong", "new": "drafting", "draft": "drafting"}.get(row.state, "")
    found = badge(labels.states[row.state], kind)
    if row.draft is not None:
        found += Markup(" {}").format(badge(labels.draft_states[row.draft.state.value], "proposed"))
    for draft in row.others:
        found += soft(labels.draft_by.format(who=draft.author))
    return found


def _due(row: WritingRow) -> Markup:
    if row.review_due is None:
        return Markup()
    late = Markup(" {}").format(badge(words().editor.overdue, "new")) if row.overdue_days else Markup()
    return Markup("{}{}").format(day_words(row.review_due), late)


def _questions(row: WritingRow) -> Markup:
    labels = words().editor
    if row.tests_total is None or not row.tests_total:
        return Markup()
    if row.tests_found is None:
        return Markup.escape(labels.questions_not_asked)
    said = labels.questions_found.format(found=row.tests_found, total=row.tests_total)
    return badge(said, "new") if _lost(row) else Markup.escape(said)


def _findings(row: WritingRow) -> str:
    counts = words().findings.counts
    return ", ".join(
        counted(counts[severity.value], row.findings[severity]) for severity in Severity if row.findings.get(severity)
    )


def _more(left: int, view: WritingView) -> Markup:
    if left <= 0:
        return Markup()
    label = counted(words().editor.list_more, left)
    return Markup('<p class="kb-more">{}</p>').format(pieces.link(view.address(whole=True), label))
