"""The vectors, in FAISS. The only module that imports faiss."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import faiss
import numpy as np
from threadpoolctl import threadpool_limits

from kb.errors import DimensionMismatch, IndexDamaged
from kb.types import EmbeddingMatrix, Scores, Vector

_LINKS = 32
"""Neighbors of a vector in a graph."""
_LOOKED_AT_BUILDING, _LEAST_LOOKED_AT, _LOOKED_AT_FOR_EACH = 80, 128, 1.5
"""Vectors that are looked at: for each new one, at least in a search, and for each one that is wanted."""

# One thread per query: with two on a busy machine the slowest queries take 40 times as long.
faiss.omp_set_num_threads(1)


def use_one_thread() -> None:
    """Keep the arithmetic of numpy and FAISS on the calling thread, for the rest of the process.

    This affects the libraries that are loaded; call it after the imports of what will compute.
    """
    threadpool_limits(limits=1)


class _Memory:
    """The memory of an index as an array: numpy keeps this object, and with it the index, as long as a view of it."""

    def __init__(self, index: faiss.IndexFlat, owner: faiss.Index | None) -> None:
        flat = faiss.rev_swig_ptr(index.get_xb(), index.ntotal * index.d)
        self.__array_interface__ = flat.reshape(index.ntotal, index.d).__array_interface__
        self._kept = (index, owner)


class VectorIndex:
    """Inner products of unit vectors, which are cosines (FAISS ``IndexFlatIP``).

    Scores are always exact. A search is exact, too, and takes time in proportion to the vectors: 16 ms for 80,000. With
    a graph (:meth:`with_graph`), it finds nearly all of the nearest in a fraction of that.
    """

    def __init__(
        self, index: faiss.IndexFlat, owner: faiss.Index | None = None, graph: faiss.IndexHNSW | None = None
    ) -> None:
        """Wrap a FAISS index; use :meth:`build` or :meth:`from_bytes`."""
        self._index = index
        self._graph = graph
        self._owner = owner  # a downcast index only borrows the memory of the one it came from
        # A view of the index's own memory: one copy of the vectors serves search and scoring alike.
        shared = np.asarray(_Memory(index, owner)) if index.ntotal else np.zeros((0, index.d), np.float32)
        self.matrix: EmbeddingMatrix = shared

    @classmethod
    def build(cls, matrix: EmbeddingMatrix) -> VectorIndex:
        """Index vectors; row numbers are kept."""
        index = faiss.IndexFlatIP(matrix.shape[1])
        index.add(np.ascontiguousarray(matrix, dtype=np.float32))
        return cls(index)

    def with_graph(self) -> VectorIndex:
        """Return the same vectors with a graph of neighbors (FAISS ``IndexHNSWFlat``), which takes minutes for many.

        Source: Malkov and Yashunin, "Efficient and robust approximate nearest neighbor search using Hierarchical
        Navigable Small World graphs", IEEE TPAMI 42(4), 2020.
        """
        graph = faiss.IndexHNSWFlat(self.dim, _LINKS, faiss.METRIC_INNER_PRODUCT)
        graph.hnsw.efConstruction = _LOOKED_AT_BUILDING
        graph.add(self.matrix)
        flat: faiss.IndexFlat = faiss.downcast_index(graph.storage)  # type: ignore[assignment]
        return VectorIndex(flat, graph, graph)

    @property
    def has_graph(self) -> bool:
        """Whether a search follows a graph, and may miss some of the nearest."""
        return self._graph is not None

    def to_bytes(self) -> bytes:
        """Return the index in FAISS's own format; the same vectors give the same bytes."""
        data: bytes = faiss.serialize_index(self._index if self._graph is None else self._graph).tobytes()
        return data

    @classmethod
    def from_bytes(cls, data: bytes) -> VectorIndex:
        """Read an index. Only for bytes whose digest was verified: FAISS does not check what it reads.

        :param data: The bytes of :meth:`to_bytes`.
        :return: The same index.
        :raises IndexDamaged: If FAISS refuses the bytes, or they hold another kind of index.
        """
        return cls._read(lambda: faiss.deserialize_index(np.frombuffer(data, dtype=np.uint8)))

    @classmethod
    def mapped(cls, path: Path) -> VectorIndex:
        """Map an index from its file, so that it takes memory only while it is read, and processes share it.

        :param path: A file with the bytes of :meth:`to_bytes`, whose digest was verified; never written to again.
        :return: The same index.
        :raises IndexDamaged: If FAISS refuses the file, or it holds another kind of index.
        """
        return cls._read(lambda: faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    @classmethod
    def _read(cls, read: Callable[[], faiss.Index]) -> VectorIndex:
        try:
            owner = read()
        except RuntimeError as error:
            raise IndexDamaged("vectors.faiss is not a FAISS index. Build again: kb build") from error
        index = faiss.downcast_index(owner)
        graph = index if isinstance(index, faiss.IndexHNSW) else None
        flat = index if graph is None else faiss.downcast_index(graph.storage)
        if not isinstance(flat, faiss.IndexFlat):
            raise IndexDamaged(f"vectors.faiss holds a {type(flat).__name__}, not a flat index. Build again: kb build")
        return cls(flat, owner, graph)

    def __len__(self) -> int:
        return int(self._index.ntotal)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self._index.d)

    def search(self, query: Vector, k: int) -> tuple[Scores, np.ndarray]:
        """Return the nearest rows, best first; with a graph, nearly all of them.

        :param query: float32, shape (dim,), unit L2 norm.
        :param k: At most this many.
        :return: Cosine similarities in [-1, 1] and row numbers, both of shape (min(k, n),); with a graph, rarely fewer.
        :raises DimensionMismatch: If the query's length is not ``dim``.
        """
        self._check(query)
        k = min(k, len(self))
        if k == 0:
            return np.zeros(0, np.float32), np.zeros(0, np.int64)
        one = np.ascontiguousarray(query.reshape(1, -1), dtype=np.float32)
        if self._graph is None:
            scores, rows = self._index.search(one, k)
            return scores[0], rows[0]
        wide = max(_LEAST_LOOKED_AT, int(_LOOKED_AT_FOR_EACH * k))
        looked_at = faiss.SearchParametersHNSW(efSearch=wide)  # type: ignore[attr-defined]  # the stubs lack it
        scores, rows = self._graph.search(one, k, params=looked_at)
        found = rows[0] >= 0  # a part of the graph that nothing leads to is not found
        return scores[0][found], rows[0][found]

    def scores(self, query: Vector, rows: slice = slice(None)) -> Scores:
        """Return the cosine similarity of a query to a run of rows.

        :param query: float32, shape (dim,), unit L2 norm.
        :param rows: The rows; all of them if not given.
        :return: Cosine similarities in [-1, 1], in the order of the rows.
        :raises DimensionMismatch: If the query's length is not ``dim``.
        """
        self._check(query)
        result: Scores = self.matrix[rows] @ query
        return result

    def _check(self, query: Vector) -> None:
        if query.shape != (self.dim,):
            raise DimensionMismatch(
                f"A query of shape {query.shape} cannot search vectors of {self.dim} dimensions. "
                "The index was built with another encoder; build again: kb build --full"
            )
