"""BM25, for names, figures and rare words that vectors blur, and over character n-grams for words spelt otherwise."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.retrieval.files import canonical_json
from kb.types import Scores

K1 = 1.2
B = 0.5
"""Okapi BM25's constants; units are short and even, so length counts for less than in long documents."""


_ARRAYS = ("idf", "starts", "rows", "values")


class LexicalIndex:
    """BM25 scores computed once at build time (by bm25s) and summed at question time (by numpy)."""

    def __init__(
        self,
        vocabulary: dict[str, int],
        idf: npt.NDArray[np.float32],
        starts: npt.NDArray[np.int64],
        rows: npt.NDArray[np.int32],
        values: npt.NDArray[np.float32],
        n_rows: int,
    ) -> None:
        """Wrap a compressed sparse column matrix, a column a word."""
        self.vocabulary = vocabulary
        self._idf = idf
        self._starts = starts
        self._rows = rows
        self._values = values
        self.n_rows = n_rows
        self._unseen_idf = float(np.log(1 + n_rows)) if n_rows else 1.0

    @classmethod
    def build(cls, tokens: Sequence[Sequence[str]]) -> LexicalIndex:
        """Count tokens: words or character n-grams.

        :param tokens: A list a row; rows may be empty.
        :return: The index; the same tokens give the same numbers.
        """
        vocabulary = {word: n for n, word in enumerate(sorted({w for row in tokens for w in row}))}
        frequency = np.zeros(len(vocabulary), np.int64)
        for row in tokens:
            for word in set(row):
                frequency[vocabulary[word]] += 1
        idf = np.log(1 + (len(tokens) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        if not vocabulary:
            empty = np.zeros(0, np.int32), np.zeros(0, np.float32)
            return cls({}, idf, np.zeros(1, np.int64), *empty, len(tokens))
        import bm25s  # noqa: PLC0415 — build only; it brings scipy, which serving does not need

        logging.getLogger("bm25s").setLevel(logging.WARNING)  # it logs each build at a level of its own choosing
        model = bm25s.BM25(method="lucene", k1=K1, b=B)
        ids = [[vocabulary[word] for word in row] for row in tokens]
        model.index((ids, vocabulary), show_progress=False, create_empty_token=False)
        stored = model.scores
        return cls(
            vocabulary,
            idf,
            np.asarray(stored["indptr"], np.int64),
            np.asarray(stored["indices"], np.int32),
            np.asarray(stored["data"], np.float32),
            len(tokens),
        )

    def scores(self, query: Sequence[str]) -> Scores:
        """Return every row's BM25 score for a query's tokens.

        :param query: Tokens of the kind the index was built from; unknown ones are passed over.
        :return: float32, shape (n_rows,), 0 where no word is shared.
        """
        total = np.zeros(self.n_rows, np.float32)
        for word in query:
            column = self.vocabulary.get(word)
            if column is not None:
                run = slice(self._starts[column], self._starts[column + 1])
                total[self._rows[run]] += self._values[run]
        return total

    def idf(self, word: str) -> float:
        """Return how telling a word is; one that no unit has counts as much as the rarest."""
        column = self.vocabulary.get(word)
        return self._unseen_idf if column is None else float(self._idf[column])

    def rows_of(self, word: str) -> npt.NDArray[np.int32]:
        """Return the rows of the units that have a word, ascending."""
        column = self.vocabulary.get(word)
        if column is None:
            return np.zeros(0, np.int32)
        return self._rows[self._starts[column] : self._starts[column + 1]]

    def to_files(self, name: str) -> dict[str, bytes]:
        """Return the files of the index, their names starting with ``name``; the same texts give the same bytes."""
        header = {"n_rows": self.n_rows, "words": sorted(self.vocabulary, key=self.vocabulary.__getitem__)}
        arrays: dict[str, npt.NDArray[Any]] = {
            "idf": self._idf,
            "starts": self._starts,
            "rows": self._rows,
            "values": self._values,
        }
        files = {f"{name}-{part}.npy": _npy(array) for part, array in arrays.items()}
        return {f"{name}.json": canonical_json(header), **files}

    @classmethod
    def from_files(cls, name: str, files: Mapping[str, bytes]) -> LexicalIndex:
        """Read what :meth:`to_files` gave; for bytes whose digest was verified."""
        header: dict[str, Any] = json.loads(files[f"{name}.json"])
        idf, starts, rows, values = (_array(files[f"{name}-{part}.npy"]) for part in _ARRAYS)
        vocabulary = {word: n for n, word in enumerate(header["words"])}
        return cls(vocabulary, idf, starts, rows, values, header["n_rows"])


def _npy(array: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _array(data: bytes) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = np.load(io.BytesIO(data), allow_pickle=False)
    return array
