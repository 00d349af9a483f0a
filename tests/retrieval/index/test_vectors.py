"""FAISS against numpy: the same rows with the same scores."""

from __future__ import annotations

import gc

import faiss
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import DimensionMismatch, IndexDamaged
from kb.retrieval.index.vectors import VectorIndex
from tests.support import FakeEncoder


def unit_rows(seed: int, n: int, dim: int) -> np.ndarray:
    """Return random unit vectors."""
    matrix = np.random.default_rng(seed).standard_normal((n, dim)).astype(np.float32)
    return matrix / np.linalg.norm(matrix, axis=1, keepdims=True)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(1, 60), dim=st.integers(2, 48), k=st.integers(1, 70))
def test_search_equals_brute_force(seed, n, dim, k):
    """The same ids in the same order and scores to 1e-5, for any k, also beyond the number of rows."""
    matrix = unit_rows(seed, n, dim)
    query = unit_rows(seed + 1, 1, dim)[0]
    scores, rows = VectorIndex.build(matrix).search(query, k)
    exact = matrix.astype(np.float64) @ query.astype(np.float64)
    order = np.argsort(-exact, kind="stable")[:k]
    assert rows.tolist() == order.tolist()
    np.testing.assert_allclose(scores, exact[order], atol=1e-5)


@given(seed=st.integers(0, 2**32 - 1), scale=st.floats(0.1, 10))
def test_a_scaled_query_keeps_the_order(seed, scale):
    """Scores scale with the query, ids stay: inner product, not a distance."""
    index, query = VectorIndex.build(unit_rows(seed, 30, 16)), unit_rows(seed + 1, 1, 16)[0]
    scores, rows = index.search(query, 10)
    scaled, same = index.search((query * np.float32(scale)).astype(np.float32), 10)
    assert rows.tolist() == same.tolist()
    np.testing.assert_allclose(scaled, scores * scale, atol=1e-5 * max(1, scale))


@given(seed=st.integers(0, 2**32 - 1), start=st.integers(0, 20), stop=st.integers(0, 20))
def test_scores_of_a_run_are_cosines(seed, start, stop):
    """Any run of rows, in their order."""
    matrix, query = unit_rows(seed, 20, 8), unit_rows(seed + 1, 1, 8)[0]
    found = VectorIndex.build(matrix).scores(query, slice(start, stop))
    np.testing.assert_allclose(found, matrix[start:stop] @ query, atol=1e-5)
    np.testing.assert_allclose(VectorIndex.build(matrix).scores(query), matrix @ query, atol=1e-5)


@given(seed=st.integers(0, 2**32 - 1), n=st.integers(0, 20), dim=st.integers(1, 20))
def test_the_round_trip_is_identity(seed, n, dim):
    """The vectors come back bit for bit, and so do the bytes."""
    index = VectorIndex.build(unit_rows(seed, n, dim))
    data = index.to_bytes()
    again = VectorIndex.from_bytes(data)
    assert (len(again), again.dim) == (n, dim)
    assert np.array_equal(again.matrix, index.matrix)
    assert again.to_bytes() == data


@pytest.mark.parametrize("n", [0, 1, 1000])
def test_a_mapped_index_is_the_same(tmp_path, n):
    """From its file, which stays where it is: the same vectors, and the same nearest ones."""
    index, file, query = VectorIndex.build(unit_rows(7, n, 16)), tmp_path / "vectors.faiss", unit_rows(8, 1, 16)[0]
    file.write_bytes(index.to_bytes())
    mapped = VectorIndex.mapped(file)
    assert (len(mapped), mapped.dim) == (n, 16)
    assert np.array_equal(mapped.matrix, index.matrix)
    for ours, theirs in zip(mapped.search(query, 5), index.search(query, 5), strict=True):
        assert np.array_equal(ours, theirs)
    other = tmp_path / "other.faiss"
    other.write_bytes(b"no index at all, but long enough to be read as one")
    with pytest.raises(IndexDamaged, match="not a FAISS index"):
        VectorIndex.mapped(other)


def test_the_matrix_outlives_what_it_was_read_from():
    """The view keeps the memory it looks at alive."""
    matrix = unit_rows(5, 1000, 64)
    view = VectorIndex.from_bytes(VectorIndex.build(matrix).to_bytes())
    del matrix
    assert np.array_equal(view.matrix, unit_rows(5, 1000, 64))


def test_a_text_finds_itself_first():
    """Vectors of real texts: each is its own nearest, with cosine 1."""
    encoder = FakeEncoder()
    texts = ["late fee", "my bill went up", "return the modem", "cancel auto pay"]
    index = VectorIndex.build(encoder.encode_documents(texts))
    for n, text in enumerate(texts):
        scores, rows = index.search(encoder.encode_query(text), 2)
        assert rows[0] == n
        assert scores[0] == pytest.approx(1.0, abs=1e-5)
        assert scores[1] < 0.9


def test_an_empty_index_finds_nothing():
    """No rows: no hits, and no error."""
    index = VectorIndex.build(np.zeros((0, 4), np.float32))
    scores, rows = index.search(unit_rows(1, 1, 4)[0], 3)
    assert (scores.tolist(), rows.tolist()) == ([], [])
    assert index.scores(unit_rows(1, 1, 4)[0]).tolist() == []


@pytest.mark.parametrize("call", ["search", "scores"])
def test_a_query_of_another_length_is_refused(call):
    """The message names both shapes and the remedy."""
    index = VectorIndex.build(unit_rows(1, 3, 4))
    wanted = r"shape \(5,\) cannot search vectors of 4 dimensions.*kb build --full"
    with pytest.raises(DimensionMismatch, match=wanted):
        getattr(index, call)(np.zeros(5, np.float32), *([1] if call == "search" else []))


def test_bytes_that_are_no_index_are_refused():
    """What FAISS cannot read is an error with a remedy."""
    with pytest.raises(IndexDamaged, match=r"not a FAISS index\. Build again"):
        VectorIndex.from_bytes(b"no index at all, but long enough to be read as one")


def test_another_kind_of_index_is_refused():
    """Scores are exact only of vectors that are kept as they are."""
    other = faiss.IndexScalarQuantizer(4, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
    other.train(unit_rows(1, 5, 4))
    other.add(unit_rows(1, 5, 4))
    with pytest.raises(IndexDamaged, match="holds a IndexScalarQuantizer, not a flat index"):
        VectorIndex.from_bytes(faiss.serialize_index(other).tobytes())


def test_the_matrix_outlives_its_index():
    """A view keeps the memory that it shows: a benchmark that dropped the index ended in a segmentation fault."""
    made = unit_rows(3, 2000, 64)
    rows = VectorIndex.from_bytes(VectorIndex.build(made).to_bytes()).matrix[5:1000]
    gc.collect()
    others = [np.full((2000, 64), n, np.float32) for n in range(8)]  # would take the memory, were it free
    assert np.array_equal(rows, made[5:1000])
    assert len(others) == 8


def test_with_a_graph_scores_stay_exact_and_the_nearest_are_found():
    """The same matrix and scores bit for bit, the same bytes from the same vectors, also when read back."""
    exact = VectorIndex.build(unit_rows(7, 3000, 16))
    graph = exact.with_graph()
    again = VectorIndex.from_bytes(graph.to_bytes())
    assert (exact.has_graph, graph.has_graph, again.has_graph) == (False, True, True)
    assert exact.with_graph().to_bytes() == graph.to_bytes() == again.to_bytes()
    query = unit_rows(8, 1, 16)[0]
    for index in (graph, again):
        assert (len(index), index.dim) == (3000, 16)
        assert np.array_equal(index.matrix, exact.matrix)
        assert np.array_equal(index.scores(query), exact.scores(query))
        scores, rows = index.search(query, 10)
        assert len(np.intersect1d(rows, exact.search(query, 10)[1])) >= 9
        np.testing.assert_allclose(scores, exact.scores(query)[rows], atol=1e-6)
    assert VectorIndex.build(np.zeros((0, 4), np.float32)).with_graph().search(unit_rows(1, 1, 4)[0], 3)[1].size == 0
