"""BM25 over the same units as the vectors, for names, figures and rare words that vectors blur."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.retrieval.files import canonical_json
from kb.retrieval.text import words
from kb.types import Scores

K1 = 1.2
B = 0.5
"""Okapi BM25's constants; units are short and even, so length counts for less than in long documents."""


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
    def build(cls, texts: Sequence[str]) -> LexicalIndex:
        """Count the words of the units, in the order of their rows."""
        tokens = [words(text) for text in texts]
        vocabulary = {word: n for n, word in enumerate(sorted({w for row in tokens for w in row}))}
        frequency = np.zeros(len(vocabulary), np.int64)
        for row in tokens:
            for word in set(row):
                frequency[vocabulary[word]] += 1
        idf = np.log(1 + (len(texts) - frequency + 0.5) / (frequency + 0.5)).astype(np.float32)
        if not vocabulary:
            empty = np.zeros(0, np.int32), np.zeros(0, np.float32)
            return cls({}, idf, np.zeros(1, np.int64), *empty, len(texts))
        import bm25s  # noqa: PLC0415 — build only; it brings scipy, which serving does not need

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
            len(texts),
        )

    def scores(self, query: Sequence[str]) -> Scores:
        """Return every unit's BM25 score for a query's words.

        :param query: As :func:`kb.retrieval.text.words` gives them; unknown words are passed over.
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

    def to_files(self) -> dict[str, bytes]:
        """Return the files of the index by name; the same texts give the same bytes."""
        header = {"n_rows": self.n_rows, "words": sorted(self.vocabulary, key=self.vocabulary.__getitem__)}
        arrays: dict[str, npt.NDArray[Any]] = {
            "idf": self._idf,
            "starts": self._starts,
            "rows": self._rows,
            "values": self._values,
        }
        files = {f"lexical-{name}.npy": _npy(array) for name, array in arrays.items()}
        return {"lexical.json": canonical_json(header), **files}

    @classmethod
    def from_files(cls, files: dict[str, bytes]) -> LexicalIndex:
        """Read what :meth:`to_files` gave; for bytes whose digest was verified."""
        header: dict[str, Any] = json.loads(files["lexical.json"])
        idf, starts, rows, values = (
            _array(files[f"lexical-{name}.npy"]) for name in ("idf", "starts", "rows", "values")
        )
        vocabulary = {word: n for n, word in enumerate(header["words"])}
        return cls(vocabulary, idf, starts, rows, values, header["n_rows"])


def _npy(array: npt.NDArray[Any]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()


def _array(data: bytes) -> npt.NDArray[Any]:
    array: npt.NDArray[Any] = np.load(io.BytesIO(data), allow_pickle=False)
    return array
