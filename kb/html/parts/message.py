"""What a page says that has nothing else to say: not found, no answers, an index that is being built."""

from __future__ import annotations

from kb.errors import IndexMissing, KbError
from kb.html.format import escape
from kb.html.words import words
from kb.retrieval.build.status import BuildStatus

_MINUTE_S = 60
_ROUND_S = 10
"""Seconds are said in tens: the rate changes with what else the machine does."""


def message(title: str, text: str) -> str:
    """Return a message under a heading; both are escaped."""
    return f'<section class="kb-message"><h1>{escape(title)}</h1><p>{escape(text)}</p></section>'


def unavailable(error: KbError) -> str:
    """Return why there are no answers: a missing index in plain words, anything else without its inner details."""
    text = escape(words().frame.no_index if isinstance(error, IndexMissing) else words().frame.unavailable)
    text = text.replace(words().frame.no_index_command, f"<code>{words().frame.no_index_command}</code>")
    return f'<section class="kb-message"><h1>{escape(words().frame.unavailable_title)}</h1><p>{text}</p></section>'


def quick_for_now(status: BuildStatus) -> str:
    """Return the line above a page that answers from the quick index."""
    said = f"{words().frame.quick_for_now} {progress_text(status)}"
    return f'<p class="kb-building" role="status">{escape(said)}</p>'


def no_index_yet(status: BuildStatus) -> str:
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
