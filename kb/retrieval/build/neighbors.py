"""A graph of neighbors for an index with many vectors, if a search along it finds what an exact one finds."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, Final

import numpy as np

from kb.retrieval.index.searchable import Searchable
from kb.retrieval.index.vectors import VectorIndex

MANY: Final = 100_000
"""Vectors from which a graph is built; reading fewer takes 20 ms at most (``make growth``)."""
LEAST_RECALL: Final = 0.98
"""Share of the ten nearest that a search has to find, or the graph isn't used."""
_NEAREST: Final = 10
_QUERIES: Final = 200


def searched(searchable: Searchable, many: int = MANY) -> tuple[Searchable, dict[str, Any]]:
    """Return what is searched, with a graph of neighbors where that is needed and good.

    :param searchable: With its exact vectors.
    :param many: Vectors from which a graph is built.
    :return: The same, and an entry for the manifest: the kind of search, and the share of the ten nearest that it
        finds. Nothing is noted of a small index.
    """
    if len(searchable.vectors) < many:
        return searchable, {}
    with_graph = searchable.vectors.with_graph()
    found = recall(with_graph, searchable.vectors)
    notes = {"recall": round(found, 4), "of_nearest": _NEAREST, "vectors": len(with_graph)}
    if found < LEAST_RECALL:
        return searchable, {"search": {"kind": "exact", "graph_refused": notes}}
    return replace(searchable, vectors=with_graph), {"search": {"kind": "graph", **notes}}


def recall(approximate: VectorIndex, exact: VectorIndex) -> float:
    """Return the share of the nearest rows that an index finds.

    :param approximate: The index.
    :param exact: The same vectors, searched exactly.
    :return: The mean over queries that lie halfway between two of the vectors; in [0, 1].
    """
    rows = np.linspace(0, len(exact) - 1, min(_QUERIES, len(exact))).astype(int)
    middle = exact.matrix[rows] + exact.matrix[(rows + 1) % len(exact)]
    queries = middle / np.linalg.norm(middle, axis=1, keepdims=True)
    shares = [
        len(np.intersect1d(approximate.search(query, _NEAREST)[1], exact.search(query, _NEAREST)[1])) / _NEAREST
        for query in queries.astype(np.float32)
    ]
    return float(np.mean(shares))
