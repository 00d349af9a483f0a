"""BM25 over words, for names, figures and rare words that vectors blur, and over n-grams, for misspellings."""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.common.files import canonical_json
from kb.types import Scores

K1 = 1.2
B = 0.5
"""Okapi BM25's constants; units are short and similar, so length counts for less than in long documents."""


_ARRAYS = ("idf", "starts", "rows", "values")


@dataclass(frozen=True, slots=True)
class Counts:
    """The number of times each word occurs in each row, by word and then by row, from which BM25 is computed.

    It is kept next to the scores while an index is built, so that trial runs need not read every text again.
    """

    vocabulary: tuple[str, ...]
    """Ascending."""
    words: npt.NDArray[np.int64]
    rows: npt.NDArray[np.int64]
    times: npt.NDArray[np.int64]
    """Three columns of one table: a word's position in the vocabulary, a row, and the count."""
    n_rows: int

    @classmethod
    def of(cls, tokens: Sequence[Sequence[str]]) -> Counts:
        """Count the tokens of each row; rows may be empty."""
        vocabulary = tuple(sorted({word for row in tokens for word in row}))
        number = {word: n for n, word in enumerate(vocabulary)}
        words = np.array([number[word] for row in tokens for word in row], np.int64)
        rows = np.repeat(np.arange(len(tokens)), [len(row) for row in tokens])
        return cls(vocabulary, *_summed(words, rows, np.ones(len(words), np.int64), len(tokens)), len(tokens))

    def of_rows(self, kept: npt.NDArray[np.int64]) -> Counts:
        """Return the counts of some rows, as if the others did not exist.

        :param kept: The rows, ascending.
        :return: Counts of rows 0 to len(kept) - 1, over the same vocabulary.
        """
        new = np.full(self.n_rows, -1, np.int64)
        new[kept] = np.arange(len(kept))
        there = new[self.rows] >= 0
        return Counts(self.vocabulary, self.words[there], new[self.rows[there]], self.times[there], len(kept))

    def together(self, group_of_row: npt.NDArray[np.int64], n_groups: int) -> Counts:
        """Return the counts of groups of rows.

        :param group_of_row: The group, 0 to n_groups - 1, of each row.
        :param n_groups: The number of groups.
        :return: One row per group.
        """
        return Counts(self.vocabulary, *_summed(self.words, group_of_row[self.rows], self.times, n_groups), n_groups)


def _summed(
    words: npt.NDArray[np.int64], rows: npt.NDArray[np.int64], times: npt.NDArray[np.int64], n_rows: int
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Return each pair of word and row once, ascending, with its sum."""
    pairs, which = np.unique(words * max(n_rows, 1) + rows, return_inverse=True)
    sums = np.bincount(which, times, minlength=len(pairs)).astype(np.int64)
    return pairs // max(n_rows, 1), pairs % max(n_rows, 1), sums


class LexicalIndex:
    """BM25 scores, computed at build time and summed for each query."""

    def __init__(
        self,
        vocabulary: dict[str, int],
        idf: npt.NDArray[np.float32],
        starts: npt.NDArray[np.int64],
        rows: npt.NDArray[np.int32],
        values: npt.NDArray[np.float32],
        n_rows: int,
    ) -> None:
        """Wrap a compressed sparse column matrix with one column per word."""
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

        :param tokens: One list per row; rows may be empty.
        :return: The index; the same tokens give the same numbers.
        """
        return cls.of_counts(Counts.of(tokens))

    @classmethod
    def of_counts(
        cls,
        counts: Counts,
        typical: npt.NDArray[np.bool_] | None = None,
        lengths: npt.NDArray[np.int64] | None = None,
    ) -> LexicalIndex:
        """Compute scores from counts: Okapi BM25 as in Lucene (Kamphuis et al., 2020).

        :param counts: The counts of some rows.
        :param typical: Shape (n_rows,): the rows that tell how rare a word is and how long a row; all by default. The
            scores of these rows are as if there were no others.
        :param lengths: Shape (n_rows,): how long each row counts; by default its number of tokens.
        :return: The index; words that no row has are left out.
        """
        typical = np.ones(counts.n_rows, bool) if typical is None else typical
        n_typical = int(typical.sum())
        there = np.bincount(counts.words, minlength=len(counts.vocabulary))
        kept = np.flatnonzero(there)
        frequency = np.bincount(counts.words, typical[counts.rows], minlength=len(counts.vocabulary))[kept]
        number = np.zeros(len(counts.vocabulary), np.int64)
        number[kept] = np.arange(len(kept))
        idf = np.log(1 + (n_typical - frequency + 0.5) / (frequency + 0.5))
        lengths = np.bincount(counts.rows, counts.times, minlength=counts.n_rows) if lengths is None else lengths
        norm = K1 * (1 - B + B * lengths / max(float(lengths[typical].mean()) if n_typical else 0.0, 1e-9))
        column = number[counts.words]
        values = idf[column] * counts.times / (counts.times + norm[counts.rows])
        return cls(
            {counts.vocabulary[word]: n for n, word in enumerate(kept.tolist())},
            idf.astype(np.float32),
            np.concatenate([[0], np.cumsum(there[kept])]).astype(np.int64),
            counts.rows.astype(np.int32),
            values.astype(np.float32),
            counts.n_rows,
        )

    def scores(self, query: Sequence[str]) -> Scores:
        """Return every row's BM25 score for a query's tokens.

        :param query: Tokens of the kind the index was built from; unknown ones are ignored.
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
        """Return a word's inverse document frequency; a word that no unit has counts as much as the rarest."""
        column = self.vocabulary.get(word)
        return self._unseen_idf if column is None else float(self._idf[column])

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
        """Read the files of :meth:`to_files`; only for bytes whose digest was verified."""
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
