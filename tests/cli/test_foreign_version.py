"""kb ask with a version that was built on a processor that computes differently."""

from __future__ import annotations

import pytest

from kb.retrieval.index.versions import current_name, publish
from kb.settings.settings import Settings
from tests.retrieval.encoder.test_probes import foreign, noise
from tests.support import copy_index


@pytest.fixture
def mine(tiny_index: Settings, tmp_path, monkeypatch) -> Settings:
    """An index to damage, for the command to ask."""
    settings = copy_index(tiny_index, tmp_path / "mine")
    monkeypatch.setenv("KB_INDEX", str(settings.index))
    return settings


def test_the_version_before_answers(kb, mine):
    """Status 0, the answer of the version before, and a line that names the one refused and the remedy."""
    good = current_name(mine.index)
    bad = foreign(mine, noise).name
    publish(mine.index, bad, keep=9)
    done = kb("ask", "late fee amount", "--json")
    assert (done.status, done.json["outcome"], done.json["index_version"]) == (0, "answered", good)
    (line,) = done.err.splitlines()
    assert f"The index version {bad} is refused: on this processor" in line
    assert line.endswith("kb build --full")


def test_without_one_before_there_is_no_answer(kb, mine):
    """Status 1, nothing on standard output, and the remedy."""
    bad = foreign(mine, noise).name
    publish(mine.index, bad, keep=1)
    done = kb("ask", "late fee amount", "--json")
    assert (done.status, done.out) == (1, "")
    refused, nothing = done.err.splitlines()
    assert f"The index version {bad} is refused: on this processor" in refused
    assert nothing == f"kb: No version of the index in {mine.index} is good. Build again: kb build --full"
