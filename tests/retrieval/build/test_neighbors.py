"""When an index gets a graph of neighbors."""

from __future__ import annotations

import numpy as np
import pytest

from kb.retrieval.build import neighbors
from kb.retrieval.build.neighbors import recall, searched
from kb.retrieval.index.passages import Unit
from kb.retrieval.index.searchable import Searchable
from kb.retrieval.index.vectors import VectorIndex
from kb.types import UnitKind


@pytest.fixture(scope="module")
def searchable():
    """Many units of two articles, in all directions."""
    rng = np.random.default_rng(4)
    matrix = rng.normal(size=(2000, 12)).astype(np.float32)
    units = [Unit(UnitKind.TITLE, f"a{n // 1000}", f"text {n}", -1) for n in range(2000)]
    return Searchable.unlearned(units, [(), ()], matrix / np.linalg.norm(matrix, axis=1, keepdims=True))


def test_a_small_index_is_searched_exactly(searchable):
    """Nothing is built and nothing is noted."""
    assert searched(searchable) == (searchable, {})


def test_a_large_one_gets_a_graph_that_finds_enough(searchable):
    """The manifest says how much is found, and of what."""
    found, notes = searched(searchable, many=2000)
    assert found.vectors.has_graph
    search = notes["search"]
    assert (search["kind"], search["of_nearest"], search["vectors"]) == ("graph", 10, 2000)
    assert search["recall"] == pytest.approx(recall(found.vectors, searchable.vectors), abs=1e-4)
    assert search["recall"] >= neighbors.LEAST_RECALL


def test_a_graph_that_misses_too_much_is_not_used(searchable, monkeypatch):
    """The search stays exact, and the manifest says why."""
    monkeypatch.setattr(neighbors, "LEAST_RECALL", 1.01)
    found, notes = searched(searchable, many=2000)
    assert not found.vectors.has_graph
    assert notes["search"]["kind"] == "exact"
    assert notes["search"]["graph_refused"]["recall"] <= 1.0


def test_recall_counts_what_is_found():
    """Against half of the vectors, about half of the nearest are found; against all, every one."""
    rng = np.random.default_rng(5)
    matrix = rng.normal(size=(400, 6)).astype(np.float32)
    exact = VectorIndex.build(matrix / np.linalg.norm(matrix, axis=1, keepdims=True))
    half = VectorIndex.build(exact.matrix[:200])
    assert recall(exact, exact) == 1.0
    assert recall(half, exact) == pytest.approx(0.5, abs=0.1)
