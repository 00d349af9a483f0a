"""The progress of a build, in words."""

from __future__ import annotations

from contextvars import copy_context

import pytest

from kb.html.parts import message
from kb.html.words import use_language
from kb.retrieval.build.status import BuildStage, BuildStatus


@pytest.mark.parametrize(
    ("done", "seconds", "said"),
    [
        (0, 5.0, ""),
        (99, 1.0, "99% of this step is done, with about 10 seconds left."),
        (50, 44.0, "50% of this step is done, with about 40 seconds left."),
        (50, 57.0, "50% of this step is done, with about a minute left."),
        (20, 60.0, "20% of this step is done, with about 4 minutes left."),
    ],
)
def test_times_are_rounded(done: int, seconds: float, said: str) -> None:
    """Times are rounded to tens of seconds, then to minutes; nothing is shown while the time is unknown."""
    status = BuildStatus(BuildStage.ENCODING, "e5", "e5+mpnet", is_first=True, done=done, total=100, stage_s=seconds)
    assert message.progress_text(status) == said


def test_the_page_is_in_spanish_too() -> None:
    """The same facts in the visitor's language."""
    status = BuildStatus(BuildStage.ENCODING, "e5", "e5+mpnet", is_first=True, done=50, total=100, stage_s=30.0)
    copy_context().run(_in_spanish, status)


def _in_spanish(status: BuildStatus) -> None:
    use_language("es")
    assert message.progress_text(status) == "Este paso va en 50 %; tiempo restante: unos 30 segundos."
