"""The contract of a vector engine, on FAISS in the process and on PostgreSQL with pgvector."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import psycopg
import pytest

from kb.errors import DimensionMismatch
from kb.retrieval.answering import ranking
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.engine import sql
from kb.retrieval.engine.connections import EngineAddress, ReadingPool
from kb.retrieval.engine.pgvector import PgvectorEngine
from kb.retrieval.engine.pushing import push
from kb.retrieval.engine.rows import VersionRows, as_text
from kb.retrieval.index.engine import EmbeddedEngine, VectorEngine
from kb.retrieval.index.index import Index
from kb.retrieval.index.vectors import VectorIndex
from tests import postgres
from tests.retrieval.engine.conftest import made_rows

ROWS = made_rows()
STARTS = np.searchsorted(ROWS.article_of_row, np.arange(61))
QUERY = ROWS.matrix[17] + 0.3 * ROWS.matrix[400]
QUERY /= np.linalg.norm(QUERY)
COSINES = ROWS.matrix @ QUERY
BEST = np.maximum.reduceat(COSINES, STARTS[:-1])

BY_INDEX = "?options=-c%20enable_seqscan%3Doff"
"""In a table so small, PostgreSQL would rather read all rows."""


@pytest.fixture(scope="module", params=["faiss", "pgvector", "pgvector with hnsw"])
def engine(request: pytest.FixtureRequest) -> Iterator[VectorEngine]:
    """An engine that holds the made vectors."""
    if request.param == "faiss":
        yield EmbeddedEngine(VectorIndex.build(ROWS.matrix), STARTS, ROWS.article_of_row)
        return
    server: postgres.Server = request.getfixturevalue("vector_server")
    has_hnsw = "hnsw" in request.param
    address = EngineAddress(server.new_database() + (BY_INDEX if has_hnsw else ""), "kb_index")
    push(address, ROWS, scan_up_to=0 if has_hnsw else len(ROWS))
    pool = ReadingPool(address)
    yield PgvectorEngine(pool, "kb_index", ROWS.version, STARTS)
    pool.close()


def test_every_article_is_a_candidate_where_nothing_is_nominated(engine: VectorEngine) -> None:
    """With the greatest cosine of its rows, as computed by hand."""
    articles, best = engine.candidates(QUERY, None, 10)
    assert articles.tolist() == list(range(60))
    np.testing.assert_allclose(best, BEST, atol=1e-3)
    assert best.dtype == np.float32


def test_nearest_rows_and_words_nominate(engine: VectorEngine) -> None:
    """Articles of the nearest rows and those that are named, each with the greatest cosine of all its rows."""
    articles, best = engine.candidates(QUERY, np.array([3, 59]), 10)
    nearest = set(ROWS.article_of_row[np.argsort(-COSINES)[:10]].tolist())
    assert articles.tolist() == sorted(nearest | {3, 59})
    np.testing.assert_allclose(best, BEST[articles], atol=1e-3)


def test_units_come_in_their_order(engine: VectorEngine) -> None:
    """However the articles are asked for; none for none."""
    found = engine.of_units(QUERY, [40, 2, 40])
    assert sorted(found) == [2, 40]
    for article, cosines in found.items():
        np.testing.assert_allclose(cosines, COSINES[STARTS[article] : STARTS[article + 1]], atol=1e-3)
    assert engine.of_units(QUERY, []) == {}


def test_a_query_of_another_length_is_refused(engine: VectorEngine) -> None:
    """Not answered with nonsense, and not taken for an engine that is gone."""
    with pytest.raises(DimensionMismatch):
        engine.candidates(np.ones(5, np.float32), None, 10)


def test_the_nearest_can_be_asked_of_the_hnsw_index(vector_server: postgres.Server) -> None:
    """The order that is asked for is the one that it is built for."""
    address = EngineAddress(vector_server.new_database() + BY_INDEX, "kb_index")
    push(address, ROWS, scan_up_to=0)
    statement = b"EXPLAIN " + sql.of(sql.BEST_OF_NOMINATED, "kb_index", ROWS.version).as_bytes(None)
    values = {"query": as_text(QUERY), "nearest": 10, "nominated": [1]}
    with address.reading() as connection:
        plan = connection.execute(statement, values).fetchall()
    assert any("_vector_idx" in line for (line,) in plan), plan


@pytest.mark.parametrize("scan_units", [ranking.SCAN_UNITS, 0], ids=["every article", "candidates"])
def test_answers_are_the_same(
    pushed: EngineAddress, index: Index, rows: VersionRows, monkeypatch: pytest.MonkeyPatch, scan_units: int
) -> None:
    """Ranking, confidence, outcome, part shown and the reason for it: vectors of 16 bits change none of them."""
    monkeypatch.setattr(ranking, "SCAN_UNITS", scan_units)
    pool = ReadingPool(pushed)
    there = index.asked_of(PgvectorEngine(pool, "kb_index", rows.version, index.searchable.starts))
    for text in ("late fee", "what does the modem cost", "my bill went up", "zebra", "quokka and a late fee"):
        one, other = (IndexAnswerer(found).ask(text) for found in (index, there))
        assert other.confidence == pytest.approx(one.confidence, abs=1e-3)
        assert type(other.outcome) is type(one.outcome)
        for ours, theirs in zip(one.hits, other.hits, strict=True):
            assert theirs.score == pytest.approx(ours.score, abs=1e-3)
            assert (theirs.article_id, theirs.passage) == (ours.article_id, ours.passage)
            assert (theirs.lead, theirs.evidence.unit_text) == (ours.lead, ours.evidence.unit_text)
    pool.close()


def test_nothing_can_be_written_while_serving(pushed: EngineAddress, rows: VersionRows) -> None:
    """Not even with an account that may: every transaction is read-only."""
    statements = [sql.RECORD, sql.SWITCH, sql.DROP_ROWS, "DELETE FROM {rows}", "CREATE TABLE {schema}.mine (n int)"]
    values = {sql.RECORD: ["v", "", 0, 0, 1], sql.SWITCH: ["v"]}
    with pushed.reading() as connection:
        for statement in statements:
            with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
                connection.execute(sql.of(statement, "kb_index", rows.version), values.get(statement))


def test_the_digest_is_that_of_the_database(vector_server: postgres.Server) -> None:
    """Computed there and here from the same bytes, over several blocks, and different for any other row."""
    many = made_rows(n_rows=4099)
    address = EngineAddress(vector_server.new_database(), "kb_index")
    push(address, many)  # compares
    moved = replace(many, article_of_row=np.roll(many.article_of_row, 1))
    turned = replace(many, matrix=-many.matrix)
    assert len({many.digest, moved.digest, turned.digest}) == 3
