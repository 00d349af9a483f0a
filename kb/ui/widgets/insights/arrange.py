"""A gap arranged by hand: split, moved from, merged, renamed."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import streamlit as st

from kb.app.container import current
from kb.app.insights import LeadDesk
from kb.errors import GapRefused
from kb.gaps.arranging import LONGEST_NAME
from kb.gaps.records import GapDetail, GapQuestion, GapRow
from kb.gaps.states import GapState
from kb.html.format import shortened
from kb.html.parts.insights import gap
from kb.html.words import words
from kb.types import User
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.insights.steps import LONGEST, done

_MOST: Final = 100
"""Questions that can be chosen on the page."""
_LONGEST_TEXT: Final = 300


class Arrangement(StrEnum):
    """What can be done with a gap as a whole, or with its questions."""

    SPLIT = "split"
    MOVE = "move"
    MERGE = "merge"
    RENAME = "rename"


@dataclass(frozen=True, slots=True)
class _Given:
    keys: list[str] = field(default_factory=list)
    into: int = 0
    name: str = ""
    note: str = ""


def show(desk: LeadDesk, detail: GapDetail, user: User) -> None:
    """Draw the form, folded; only leads arrange gaps.

    :param desk: The gaps.
    :param detail: The gap that is open.
    :param user: The user who is signed in.
    """
    if not user.role.moves_gaps or detail.row.state is GapState.MERGED:
        return
    number = detail.row.id
    with st.expander(words().insights.gap_arrange, key=f"{Key.GAP_ARRANGE}{number}"):
        draw(gap.hint(words().insights.gap_arrange_lead))
        others = {row.id: row for row in desk.book.list() if row.id != number}
        what = st.selectbox(
            words().insights.gap_arrange_what,
            _possible(detail, others),
            format_func=words().insights.gap_arrangements.__getitem__,
            key=f"{Key.GAP_ARRANGE_WHAT}{number}",
        )
        with st.form(f"{Key.GAP_ARRANGE_FORM}{number}", border=False):
            given = _fields(what, detail, others)
            pressed = st.form_submit_button(
                words().insights.gap_arrange_submit, key=f"{Key.GAP_ARRANGE_SUBMIT}{number}", type="primary"
            )
        if pressed:
            _take(desk, detail, user, what, given)


def _possible(detail: GapDetail, others: dict[int, GapRow]) -> list[Arrangement]:
    """Return what can be done: a gap with one question cannot be split, and without another gap nothing is moved."""
    can = {
        Arrangement.SPLIT: len(detail.questions) > 1,
        Arrangement.MOVE: bool(others and detail.questions),
        Arrangement.MERGE: bool(others),
        Arrangement.RENAME: True,
    }
    return [what for what, is_possible in can.items() if is_possible]


def _fields(what: Arrangement, detail: GapDetail, others: dict[int, GapRow]) -> _Given:
    labels, place = words().insights, f"{detail.row.id}_{what}"
    keys, into, name = [], 0, ""
    if what in (Arrangement.SPLIT, Arrangement.MOVE):
        keys = _questions(detail, place)
    if what in (Arrangement.MOVE, Arrangement.MERGE):
        by_name = {labels.gaps_bulk_gap.format(number=n, name=shortened(row.name)): n for n, row in others.items()}
        into = by_name[st.selectbox(labels.gap_arrange_into, list(by_name), key=f"{Key.GAP_ARRANGE_INTO}{place}")]
    if what in (Arrangement.SPLIT, Arrangement.RENAME):
        label = labels.gap_arrange_name if what is Arrangement.RENAME else labels.gap_arrange_new_name
        usual = shortened(detail.row.name, LONGEST_NAME - 1) if what is Arrangement.RENAME else ""
        name = st.text_input(label, value=usual, max_chars=LONGEST_NAME, key=f"{Key.GAP_ARRANGE_NAME}{place}")
    note = st.text_input(labels.gap_step_note, max_chars=LONGEST, key=f"{Key.GAP_ARRANGE_NOTE}{place}")
    return _Given(keys, into, name.strip(), note.strip())


def _questions(detail: GapDetail, place: str) -> list[str]:
    """Draw the questions to choose from, and return the keys of those chosen."""
    every = detail.questions
    if len(every) > _MOST:
        draw(gap.hint(words().insights.gap_arrange_first.format(shown=_MOST, count=len(every))))
    return [
        question.key
        for question in every[:_MOST]
        if st.checkbox(_text(question), key=f"{Key.GAP_ARRANGE_QUESTION}{place}_{question.key}")
    ]


def _text(question: GapQuestion) -> str:
    """Return a question as the label of its box: a customer's words are text, not Markdown."""
    times = words().insights.gap_times.format(count=question.asked)
    text = shortened(" ".join(question.text.split()), _LONGEST_TEXT)
    return words().insights.gap_arrange_question.format(times=times, text=plain_label(text))


def plain_label(text: str) -> str:
    r"""Return a text for the label of a widget, which Streamlit reads as Markdown.

    :param text: Any text, on one line.
    :return: The same text with a backslash before every mark that means something.
    """
    return "".join(f"\\{c}" if c in _MARKDOWN else c for c in text)


_MARKDOWN: Final = frozenset(r"\`*_{}[]()#+-.!|~<>:$^=&")


def _take(desk: LeadDesk, detail: GapDetail, user: User, what: Arrangement, given: _Given) -> None:
    number = detail.row.id
    try:
        to = _arrange(desk, number, user.name, what, given)
    except GapRefused as problem:
        draw(gap.refused(str(problem)))
        return
    current().accounts.note(user, f"gap {what.value}", str(number), given.note or str(to))
    done(number, words().insights.gap_arranged[what].format(number=to))


def _arrange(desk: LeadDesk, number: int, who: str, what: Arrangement, given: _Given) -> int:
    """Change a gap, and return the number of the gap that has the questions now."""
    book, note = desk.book, given.note
    if what is Arrangement.SPLIT:
        return book.split(number, given.keys, who=who, name=given.name, note=note)
    if what is Arrangement.MOVE:
        book.move(number, given.keys, given.into, who=who, note=note)
    elif what is Arrangement.MERGE:
        book.merge(number, given.into, who=who, note=note)
    else:
        book.rename(number, given.name, who=who, note=note)
        return number
    return given.into
