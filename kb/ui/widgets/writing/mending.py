"""The findings of the text as it is typed, each with its line and, where there is one, a fix at one click."""

from __future__ import annotations

from dataclasses import replace

import streamlit as st

from kb.app.container import current
from kb.html.parts.writing import editor as part
from kb.html.words import words
from kb.types import Finding, Severity
from kb.ui.draw import draw
from kb.ui.keys import Key
from kb.ui.widgets.writing import typed
from kb.writing.records import CheckedText, Draft, DraftFinding

_FIRST = 12
"""Findings that are drawn until the gravest of them are mended."""
_MOST = 50
"""Fixes that are made in one go."""


def show(draft: Draft, checked: CheckedText) -> None:
    """Draw the findings, the gravest first.

    :param draft: With the text that was checked.
    :param checked: What was found.
    """
    draw(part.heading(words().findings.title))
    draw(part.counts(checked))
    found = part.by_gravity(checked.findings)
    mendable = [item for item in found if item.mend]
    if len(mendable) > 1:
        label = words().editor.mend_all.format(count=len(mendable))
        st.button(label, key=Key.WRITE_MEND_ALL, on_click=_mend_all, args=(draft,))
    grave = [item for item in found if item.finding.severity is not Severity.ADVICE][:_FIRST]
    rest = found[len(grave) :]
    for number, item in enumerate(grave):
        _show_one(draft, checked.path, item, number)
    if rest:
        with st.expander(part.counted(rest)):
            for number, item in enumerate(rest, len(grave)):
                _show_one(draft, checked.path, item, number)
    draw(part.elsewhere(checked.elsewhere))


def _show_one(draft: Draft, path: str, item: DraftFinding, number: int) -> None:
    with st.container(key=f"{Key.WRITE_FINDING}{number}", gap=None):
        draw(part.finding(item, draft.text))
        if item.mend:
            label = words().editor.mend.format(what=item.mend)
            key = f"{Key.WRITE_MEND}{number}"
            st.button(label, key=key, on_click=_mend, args=(draft.id, path, item.finding, item.mend))


def _mend(draft_id: int, path: str, finding: Finding, what: str) -> None:
    text = st.session_state[typed.field(draft_id)]
    mended = current().writing.mend(text, path, finding)
    if mended == text:
        typed.say(words().editor.not_mended, is_refusal=True)
        return
    typed.say(words().editor.mended.format(what=what))
    typed.change(draft_id, mended)


def _mend_all(draft: Draft) -> None:
    """Make one fix after the other, since each may move the lines of the next."""
    desk, text = current().writing, st.session_state[typed.field(draft.id)]
    done: list[str] = []
    for _ in range(_MOST):
        checked = desk.check(replace(draft, text=text))
        mended, what = _first_mended(text, checked)
        if not what:
            break
        text = mended
        done.append(what)
    if not done:
        typed.say(words().editor.not_mended, is_refusal=True)
        return
    typed.say(words().editor.mended.format(what=", ".join(dict.fromkeys(done))))
    typed.change(draft.id, text)


def _first_mended(text: str, checked: CheckedText) -> tuple[str, str]:
    """Return the text after the first fix that changes it, and what that did; an empty word if none does."""
    for item in checked.findings:
        if item.mend:
            mended = current().writing.mend(text, checked.path, item.finding)
            if mended != text:
                return mended, item.mend
    return text, ""
