"""Garbage collection of a process that serves: put off while it starts, and never over what it loaded."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest

from kb.common import memory


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the collector as it was."""
    frozen = gc.get_freeze_count()
    yield
    gc.enable()
    if not frozen:
        gc.unfreeze()


def test_nothing_is_collected_while_a_process_starts() -> None:
    """What was loaded by then is never walked again; what is thrown away later is collected."""
    memory.begin()
    assert not gc.isenabled()
    loaded: list[object] = [[] for _ in range(1000)]
    memory.settle()
    assert gc.isenabled()
    assert gc.get_freeze_count() >= len(loaded)
    assert not any(found is loaded for found in gc.get_objects())
