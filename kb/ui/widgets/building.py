"""Progress of the first index, kept up to date on the page while it is being built."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from kb.app.container import current
from kb.errors import KbError
from kb.html.parts import message
from kb.retrieval.build.status import BuildStatus, read_status
from kb.ui.draw import draw

_EVERY_S = 2


def first_build(index: Path) -> BuildStatus | None:
    """Return how far the first index is; None when none is being built, or a good one served before."""
    status = read_status(index)
    return status if status is not None and status.is_first else None


def show(index: Path) -> bool:
    """Draw the progress of the first index while it is built, kept up to date; the page then opens automatically.

    :param index: The index folder.
    :return: Whether there was anything to say.
    """
    if first_build(index) is None:
        return False
    _show(str(index), answers=_answers())
    return True


@st.fragment(run_every=_EVERY_S)
def _show(index: str, *, answers: bool) -> None:
    status = first_build(Path(index))
    if status is None or answers != _answers():
        st.rerun()
    draw(message.quick_for_now(status) if answers else message.no_index_yet(status))


def _answers() -> bool:
    try:
        _ = current().answerer
    except KbError:
        return False
    return True
