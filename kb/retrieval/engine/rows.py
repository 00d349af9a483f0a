"""A version's vectors as rows of a table: how they travel there, and the digest that both sides can compute."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np
import numpy.typing as npt

from kb.retrieval.index.index import UNITS, VECTORS
from kb.retrieval.index.serialise import units_from_json
from kb.retrieval.index.vectors import VectorIndex
from kb.types import EmbeddingMatrix

if TYPE_CHECKING:
    from kb.retrieval.index.searchable import Searchable
    from kb.retrieval.index.versions import VersionFiles

BLOCK: Final = 4096
"""Rows of one block, whose digests together make the digest of all; :data:`kb.retrieval.engine.sql.MEASURE` has it."""
_HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
_TRAILER: Final = b"\xff\xff"


@dataclass(frozen=True)
class VersionRows:
    """The vectors of one version, as the engine is to hold them."""

    version: str
    matrix: EmbeddingMatrix
    """One row per unit, as in the index folder."""
    article_of_row: npt.NDArray[np.int64]
    """The position of each unit's article."""

    @classmethod
    def of(cls, version: str, searchable: Searchable) -> VersionRows:
        """Return the rows of a version that was loaded."""
        return cls(version, searchable.vectors.matrix, searchable.article_of_row)

    @classmethod
    def of_files(cls, version: VersionFiles) -> VersionRows:
        """Return the rows of a version that was read, without loading the rest of it."""
        units, _ = units_from_json(json.loads(version.files[UNITS]))
        vectors = VectorIndex.from_bytes(version.files[VECTORS])
        _, articles = np.unique([unit.article_id for unit in units], return_inverse=True)
        return cls(version.name, vectors.matrix, articles.astype(np.int64))

    def __len__(self) -> int:
        return len(self.matrix)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return int(self.matrix.shape[1])

    @cached_property
    def digest(self) -> str:
        """SHA-256 of articles and vectors as the engine stores them: in 16 bits, most significant byte first."""
        together = hashlib.sha256()
        for first in range(0, len(self), BLOCK):
            together.update(hashlib.sha256(self._block(first)["content"].tobytes()).digest())
        return together.hexdigest()

    def for_copy(self) -> Iterator[bytes]:
        """Yield the rows in PostgreSQL's binary format of COPY, made by numpy, which is far quicker than row by row."""
        yield _HEADER
        for first in range(0, len(self), BLOCK):
            yield self._copied(first).tobytes()
        yield _TRAILER

    def _block(self, first: int) -> npt.NDArray[np.void]:
        rows = slice(first, first + BLOCK)
        vector = np.dtype([("dim", ">i2"), ("unused", ">i2"), ("numbers", ">f2", self.dim)])
        block = np.zeros(
            len(self.article_of_row[rows]), np.dtype([("content", [("article", ">i4"), ("vector", vector)])])
        )
        block["content"]["article"] = self.article_of_row[rows]
        block["content"]["vector"]["dim"] = self.dim
        block["content"]["vector"]["numbers"] = self.matrix[rows]
        return block

    def _copied(self, first: int) -> npt.NDArray[np.void]:
        """Return a block with the number of fields in front of each row, and its length in front of each field."""
        content = self._block(first)["content"]
        layout = [("fields", ">i2")]
        layout += [("unit_length", ">i4"), ("unit", ">i4"), ("article_length", ">i4"), ("article", ">i4")]
        row = np.dtype([*layout, ("vector_length", ">i4"), ("vector", content.dtype["vector"])])
        copied = np.zeros(len(content), row)
        copied["fields"], copied["unit_length"], copied["article_length"] = 3, 4, 4
        copied["unit"] = np.arange(first, first + len(content))
        copied["article"] = content["article"]
        copied["vector_length"] = content.dtype["vector"].itemsize
        copied["vector"] = content["vector"]
        return copied


def as_text(vector: npt.NDArray[np.floating]) -> str:
    """Return a vector as pgvector reads it."""
    return f"[{','.join(map(repr, vector.tolist()))}]"
