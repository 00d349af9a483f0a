"""Pages with only a message: not found, no answers, an index that is being built."""

from __future__ import annotations

from markupsafe import Markup

from kb.errors import IndexMissing, KbError, TooBusy
from kb.html.words import words
from kb.retrieval.build.status import BuildStatus

_MINUTE_S = 60
_ROUND_S = 10
"""Seconds are given in tens: the rate changes with what else the machine does."""


def message(title: str, text: str) -> Markup:
    """Return a message under a heading."""
    return Markup('<section class="kb-message"><h1>{}</h1><p>{}</p></section>').format(title, text)


def note(title: str, text: str) -> Markup:
    """Return a message under a heading within a page that has one of its own."""
    return Markup('<section class="kb-message"><h2>{}</h2><p>{}</p></section>').format(title, text)


def unavailable(error: KbError) -> Markup:
    """Return why there are no answers: a missing index in plain words, anything else without its inner details."""
    if isinstance(error, TooBusy):
        return message(words().frame.too_busy_title, words().frame.too_busy.format(n=error.seconds))
    text = words().frame.unavailable
    if isinstance(error, IndexMissing):
        command = words().frame.no_index_command
        before, _, after = words().frame.no_index.partition(command)
        text = Markup("{}<code>{}</code>{}").format(before, command, after)
    return message(words().frame.unavailable_title, text)


def quick_for_now(status: BuildStatus) -> Markup:
    """Return the line above a page that answers from the quick index."""
    return Markup('<p class="kb-building" role="status">{} {}</p>').format(
        words().frame.quick_for_now, progress_text(status)
    )


def no_index_yet(status: BuildStatus) -> Markup:
    """Return the message of a page that has no index to answer from yet."""
    return Markup('<section class="kb-message" role="status"><h1>{}</h1><p>{} {}</p></section>').format(
        words().frame.no_index_yet_title, words().frame.no_index_yet, progress_text(status)
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
