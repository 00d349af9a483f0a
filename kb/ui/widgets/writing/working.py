"""Work of up to a minute that an editor asks for by a button: how far it is, what came of it, or why nothing did."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import streamlit as st
from markupsafe import Markup

from kb.authoring.draft_desk import DeskBusy
from kb.errors import KbError
from kb.html.parts.writing import editor as part
from kb.types import Progress, Say
from kb.ui.draw import draw

_Found = TypeVar("_Found")


@dataclass(frozen=True, slots=True)
class Said:
    """What the page says of a piece of work."""

    doing: str
    asking: str
    """With ``{done}`` and ``{total}``."""
    busy: str
    failed: str
    """With ``{reason}``."""


def ask_for(asked_for: str) -> None:
    """Remember, as a button's callback, that something was asked for, until it is done.

    Whatever else an editor does while it is being worked on begins the page again, and a button is only pressed in the
    first of its runs.

    :param asked_for: A key of session state that is its own.
    """
    st.session_state[asked_for] = True


def is_asked_for(asked_for: str) -> bool:
    """Return whether something was asked for and is not done."""
    return asked_for in st.session_state


def done_with(asked_for: str) -> None:
    """Forget that something was asked for."""
    st.session_state.pop(asked_for, None)


def worked(asked_for: str, said: Said, work: Callable[[Say, Progress], _Found]) -> _Found | None:
    """Do what was asked for, and say how far it is; None, with the reason drawn, if it fails.

    :param asked_for: The key of :func:`ask_for`; forgotten in the end and after an error, not if the page begins again.
    :param said: What the page says of it.
    :param work: Takes what says the step, and what counts what is done.
    :return: What came of it.
    """
    place, reason = st.empty(), ""
    found: _Found | None = None
    with place.status(said.doing, expanded=True) as status:
        bar = st.progress(0.0)

        def progress(done: int, total: int) -> None:
            bar.progress(done / max(total, 1), text=said.asking.format(done=done, total=total))

        try:
            found = work(lambda step: status.update(label=f"{step}…"), progress)
        except DeskBusy:
            reason = said.busy
        except KbError as error:
            reason = said.failed.format(reason=error)
        except Exception:
            done_with(asked_for)  # or each run of the page would fail again
            raise
    done_with(asked_for)
    place.empty()  # after the block: its end draws the status once more
    draw(part.refused(reason) if reason else Markup())
    return found
