"""The weekly sample, compared with what the index that serves is certified for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kb.errors import KbError
from kb.review.sample_records import Certified

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.app.container import Container
    from kb.review.sample_records import SampleResult


def certified_now(container: Container) -> Certified:
    """Return what the index that serves is certified for; nothing while none serves."""
    try:
        return Certified.of(container.answerer.index.manifest)
    except KbError:  # the pages for customers report it; what was judged is there all the same
        return Certified()


def sample_result(container: Container, weeks: Sequence[str] = ()) -> SampleResult:
    """Return what the judged answers of some weeks, or of all, say about the promise.

    :param container: Holds the database and the index.
    :param weeks: The weeks; all that have a sample without.
    :return: The counts with their intervals, beside what the index that serves is certified for.
    :raises JournalUnavailable: If the database cannot be used.
    """
    return container.samples.result(weeks, certified_now(container))
