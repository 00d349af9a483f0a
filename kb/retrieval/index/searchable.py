"""The searchable form of an index: units, their vectors and words, and everything computed from them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from kb.errors import IndexDamaged
from kb.retrieval.index.engine import EmbeddedEngine, VectorEngine
from kb.retrieval.index.lexical import Counts, LexicalIndex
from kb.retrieval.index.linear_head import MIN_EXAMPLES, LinearHead, fit_head
from kb.retrieval.index.passages import Unit
from kb.retrieval.index.section_head import SectionHead
from kb.retrieval.index.vectors import VectorIndex
from kb.retrieval.query.normalise import character_ngrams, words
from kb.types import ENGLISH, EmbeddingMatrix, Passage, UnitKind


@dataclass(frozen=True, slots=True)
class UnitCounts:
    """The words and the character n-grams of each unit, counted."""

    words: Counts
    ngrams: Counts

    @classmethod
    def of(cls, units: Sequence[Unit]) -> UnitCounts:
        """Count those of some units; passages have no n-grams, because they are long and spelled correctly."""
        spelt = [character_ngrams(u.text) if u.kind is not UnitKind.PASSAGE else [] for u in units]
        return cls(Counts.of([words(unit.text) for unit in units]), Counts.of(spelt))

    def of_rows(self, kept: npt.NDArray[np.int64]) -> UnitCounts:
        """Return the counts of some units, ascending."""
        return UnitCounts(self.words.of_rows(kept), self.ngrams.of_rows(kept))


@dataclass(frozen=True)
class Searchable:
    """Everything that a query is compared with: units in rows, the rows of an article next to each other."""

    article_ids: tuple[str, ...]
    """Ascending."""
    units: tuple[Unit, ...]
    passages: tuple[tuple[Passage, ...], ...]
    """By article."""
    vectors: VectorIndex
    """In this process: what is learned from, and what answers unless there is another engine."""
    lexical: LexicalIndex
    """Words, one row per unit; they nominate candidates and help to choose the passage."""
    texts: LexicalIndex
    """Words, one row per article, of all its units."""
    spelling: LexicalIndex
    """Character n-grams, one row per unit; passages have none, because they are long and spelled correctly."""
    head: LinearHead | None
    starts: npt.NDArray[np.int64]
    """Shape (n_articles + 1,): article a has the rows starts[a] to starts[a + 1]."""
    article_of_row: npt.NDArray[np.int64]
    means: EmbeddingMatrix
    """Shape (n_articles, dim): the direction of the mean of each article's vectors, of unit norm."""
    elsewhere: npt.NDArray[np.bool_]
    """Shape (n_articles,): which of them are none, but stand for questions that are not answered here."""
    sections: SectionHead | None = None
    """Tells the sections of an article apart; None if no example is tied to one."""
    other_engine: VectorEngine | None = None
    """What questions are asked of in place of ``vectors``; it holds the same."""

    @classmethod
    def build(cls, units: Sequence[Unit], passages: Sequence[Sequence[Passage]], matrix: EmbeddingMatrix) -> Searchable:
        """Compute everything that follows from the units and their vectors.

        :param units: In the order of the rows; those of an article next to each other, articles ascending.
        :param passages: By article, in the same order.
        :param matrix: One row per unit.
        :return: Ready to be searched.
        """
        return cls.unlearned(units, passages, matrix).learned()

    @classmethod
    def unlearned(
        cls,
        units: Sequence[Unit],
        passages: Sequence[Sequence[Passage]],
        matrix: EmbeddingMatrix,
        counts: UnitCounts | None = None,
        elsewhere: Collection[str] = (),
    ) -> Searchable:
        """Compute everything but the head, which takes longest.

        :param units: As for :meth:`build`.
        :param passages: By article, in the same order.
        :param matrix: One row per unit.
        :param counts: The units' counts, if they are known.
        :param elsewhere: The ids of those that are no articles.
        :return: Without a head; see :meth:`learned` and :meth:`with_head`.
        """
        counts = counts or UnitCounts.of(units)
        ids = sorted({unit.article_id for unit in units})
        owners, are_articles = _owners(units, ids), ~_among(ids, elsewhere)
        return cls.assemble(
            units,
            passages,
            VectorIndex.build(matrix),
            LexicalIndex.of_counts(counts.words, are_articles[owners]),
            LexicalIndex.of_counts(
                counts.words.together(owners, len(ids)), are_articles, _lengths(units, counts, owners)
            ),
            LexicalIndex.of_counts(counts.ngrams, are_articles[owners]),
            None,
            elsewhere,
        )

    def learned(self, start: LinearHead | None = None) -> Searchable:
        """Return the same with a head, if one can be learned.

        :param start: A head of the same articles to start from.
        :return: Ready to be searched.
        """
        n_articles, n_units = int((~self.elsewhere).sum()), int((~self.elsewhere[self.article_of_row]).sum())
        if n_units < MIN_EXAMPLES * n_articles:  # however many examples the shipped bank has
            return self.with_head(None)
        return self.with_head(fit_head(self.vectors.matrix, self.article_of_row, len(self), start))

    def with_head(self, head: LinearHead | None) -> Searchable:
        """Return the same with a head that was learned elsewhere."""
        return replace(self, head=head)

    @cached_property
    def _counts(self) -> UnitCounts:
        return UnitCounts.of(self.units)

    @classmethod
    def assemble(
        cls,
        units: Sequence[Unit],
        passages: Sequence[Sequence[Passage]],
        vectors: VectorIndex,
        lexical: LexicalIndex,
        texts: LexicalIndex,
        spelling: LexicalIndex,
        head: LinearHead | None,
        elsewhere: Collection[str] = (),
    ) -> Searchable:
        """Put the parts together.

        :param units: In the order of the rows; those of an article next to each other.
        :param passages: By article, in the same order of articles.
        :param vectors: One row per unit.
        :param lexical: One row per unit.
        :param texts: One row per article.
        :param spelling: One row per unit.
        :param head: One row per article, or None.
        :param elsewhere: The ids of those that are no articles.
        :return: The parts, with the positions that connect them.
        :raises IndexDamaged: If the parts do not have the same number of rows.
        """
        ids = sorted({unit.article_id for unit in units})
        rows = {"vectors": len(vectors), "lexical": lexical.n_rows, "spelling": spelling.n_rows}
        of_articles = {"texts": texts.n_rows, "passages": len(passages)}
        if head is not None:
            of_articles["head"] = len(head.intercept)
        wrong = [name for name, n in rows.items() if n != len(units)]
        wrong += [name for name, n in of_articles.items() if n != len(ids)]
        if wrong:
            raise IndexDamaged(
                f"The index has {len(units)} units of {len(ids)} articles, but other numbers of {', '.join(wrong)}. "
                "Build again: kb build --full"
            )
        owner = _owners(units, ids)
        starts = np.searchsorted(owner, np.arange(len(ids) + 1))
        sums = _sums(vectors.matrix, starts)
        norms = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-9)
        return cls(
            article_ids=tuple(ids),
            units=tuple(units),
            passages=tuple(tuple(p) for p in passages),
            vectors=vectors,
            lexical=lexical,
            texts=texts,
            spelling=spelling,
            head=head,
            starts=starts,
            article_of_row=owner,
            means=(sums / norms).astype(np.float32),
            elsewhere=_among(ids, elsewhere),
        )

    def subset(self, keep: npt.NDArray[np.bool_]) -> Searchable:
        """Return the index as if the other units did not exist; an article without units is left out.

        :param keep: Shape (n_units,).
        :return: A separate index; everything that is learned is learned only from the units that are left.
        """
        kept = np.flatnonzero(keep)
        articles = np.unique(self.article_of_row[kept])
        units, passages = [self.units[row] for row in kept], [self.passages[a] for a in articles]
        elsewhere = {self.article_ids[a] for a in np.flatnonzero(self.elsewhere)}
        counts = self._counts.of_rows(kept)
        return Searchable.unlearned(units, passages, self.vectors.matrix[kept], counts, elsewhere).learned()

    @cached_property
    def engine(self) -> VectorEngine:
        """What a question is asked of."""
        return self.other_engine or EmbeddedEngine(self.vectors, self.starts, self.article_of_row)

    @cached_property
    def is_passage(self) -> npt.NDArray[np.bool_]:
        """Which rows are passages; shape (n_units,)."""
        return np.array([unit.kind is UnitKind.PASSAGE for unit in self.units], bool)

    @cached_property
    def passage_of_row(self) -> npt.NDArray[np.int64]:
        """Each unit's ``passage``; shape (n_units,)."""
        return np.array([unit.passage for unit in self.units], np.int64)

    def rows(self, article: int) -> slice:
        """Return the rows of an article."""
        return slice(int(self.starts[article]), int(self.starts[article + 1]))

    def __len__(self) -> int:
        return len(self.article_ids)


def _owners(units: Sequence[Unit], ids: Sequence[str]) -> npt.NDArray[np.int64]:
    position = {article: n for n, article in enumerate(ids)}
    return np.array([position[unit.article_id] for unit in units], np.int64)


def _lengths(units: Sequence[Unit], counts: UnitCounts, owners: npt.NDArray[np.int64]) -> npt.NDArray[np.int64] | None:
    """Return the number of words of each article without its translations, whose words must not make it a longer text.

    :param units: All of them.
    :param counts: Their counts.
    :param owners: The article of each unit.
    :return: Shape (n_articles,); None without translations.
    """
    is_original = np.array([unit.language == ENGLISH for unit in units], bool)
    if is_original.all():
        return None
    lengths = np.bincount(counts.words.rows, counts.words.times, minlength=len(units))
    n_articles = int(owners.max()) + 1
    own = np.bincount(owners, lengths * is_original, minlength=n_articles)
    everything = np.bincount(owners, lengths, minlength=n_articles)
    # In a trial, an article may be left with nothing but a translation.
    return np.where(own > 0, own, everything).astype(np.int64)


def _among(ids: Sequence[str], some: Collection[str]) -> npt.NDArray[np.bool_]:
    return np.array([name in some for name in ids], bool)


def _sums(matrix: EmbeddingMatrix, starts: npt.NDArray[np.int64]) -> EmbeddingMatrix:
    """Return the sum of each article's rows, twenty times as quick as ``np.add.reduceat``."""
    sums = np.zeros((len(starts) - 1, matrix.shape[1]), dtype=matrix.dtype)
    for row, (start, end) in enumerate(pairwise(starts)):
        np.add.reduce(matrix[start:end], axis=0, out=sums[row])
    return sums
