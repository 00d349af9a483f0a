"""A vector database's hybrid search: LanceDB, its full-text index and vectors fused by its default re-ranker."""

from __future__ import annotations

import tempfile
import warnings
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.base import Ranker, Rule, Shelf, System, Workshop, listed
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import DEPTH, JudgedResult

_UNITS = 100
"""The number of units to fetch, enough for ten articles."""


def lancedb_hybrid(shelf: Shelf, shop: Workshop) -> Ranker:
    """Rank by LanceDB."""
    import lancedb

    folder = tempfile.TemporaryDirectory(prefix="kb-lancedb-")
    rows = [
        {"article": unit.article_id, "text": unit.text, "vector": vector}
        for unit, vector in zip(shelf.units, shop.vectors(shelf), strict=True)
    ]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        table = lancedb.connect(Path(folder.name)).create_table("units", rows)
        table.create_fts_index("text")

    def ask(judged: Judged) -> JudgedResult:
        if not judged.text.strip():  # its full-text half rejects these
            return listed(judged, [], [], Rule())
        search = table.search(query_type="hybrid", vector_column_name="vector", fts_columns="text")
        search = search.vector(shop.question(judged.text)).text(judged.text).distance_type("cosine").limit(_UNITS)
        found = search.to_arrow().select(["article", "_relevance_score"]).to_pylist()
        best: dict[str, float] = {}
        for row in found:
            best.setdefault(row["article"], row["_relevance_score"])
        return listed(judged, list(best)[:DEPTH], list(best.values())[:DEPTH], Rule())

    def rank(judged: Sequence[Judged]) -> list[JudgedResult]:
        assert folder  # keeps the table alive as long as this function
        return [ask(j) for j in judged]

    return rank


SYSTEMS = (System("LanceDB hybrid", "full text and vectors, its own rank fusion", "lancedb", lancedb_hybrid),)
