"""What a page says while the first index is being built: how far it is, and what answers until then."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from kb.app import container
from kb.errors import KbError
from kb.html.words import words
from kb.retrieval.build.status import BuildStatus, read_status
from kb.ui.formatting import escape

_EVERY_S = 2
_MINUTE_S = 60
_ROUND_S = 10
"""Seconds are said in tens: the rate changes with what else the machine does."""


def notice_html(status: BuildStatus) -> str:
    """Return the line above a page that answers from the quick index."""
    said = f"{words().frame.quick_for_now} {progress_text(status)}"
    return f'<p class="kb-building" role="status">{escape(said)}</p>'


def waiting_html(status: BuildStatus) -> str:
    """Return what a page says that has nothing to answer from yet."""
    return (
        f'<section class="kb-message" role="status"><h1>{escape(words().frame.no_index_yet_title)}</h1>'
        f"<p>{escape(words().frame.no_index_yet)} {escape(progress_text(status))}</p></section>"
    )


def progress_text(status: BuildStatus) -> str:
    """Return how much of a step is done and about how long it still takes; empty where nothing can be said."""
    left = status.seconds_left
    if left is None:
        return ""
    share = min(99, int(100 * status.share))
    return words().frame.build_progress.format(share=share, left=_duration(left))


def _duration(seconds: float) -> str:
    if seconds < _MINUTE_S - _ROUND_S / 2:
        return words().frame.seconds_left.format(n=max(_ROUND_S, round(seconds / _ROUND_S) * _ROUND_S))
    minutes = round(seconds / _MINUTE_S)
    return words().frame.one_minute_left if minutes <= 1 else words().frame.minutes_left.format(n=minutes)


def first_build(index: Path) -> BuildStatus | None:
    """Return how far the first index is; None when none is being built, or a good one served before."""
    status = read_status(index)
    return status if status is not None and status.is_first else None


def show(index: Path) -> bool:
    """Draw how far the first index is, kept up to date, while one is being built; the page opens by itself.

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
    st.html(notice_html(status) if answers else waiting_html(status))


def _answers() -> bool:
    try:
        container.get_answerer()
    except KbError:
        return False
    return True
