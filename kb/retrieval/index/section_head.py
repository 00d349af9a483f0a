"""A linear head for the sections of each article, learned from the examples that editors tied to them.

One multinomial logistic regression per article, over its sections. It is small, and it learns from the questions of its
own article alone, so a correction of one article changes no other.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from kb.types import ENGLISH, Passage, Scores, Vector

WEIGHTS, INTERCEPT = "sections-weights.npy", "sections-intercept.npy"


def section_starts(passages: Sequence[Passage]) -> list[int]:
    """Return the position of each section's first passage in English, in reading order."""
    return [
        n
        for n, passage in enumerate(passages)
        if passage.language == ENGLISH and (n == 0 or passage.anchor != passages[n - 1].anchor)
    ]


def section_of_passages(passages: Sequence[Passage]) -> list[int]:
    """Return the section of each passage, from 0; one of a translation belongs to the section whose anchor it has."""
    starts = section_starts(passages)
    by_anchor = {passages[start].anchor: section for section, start in enumerate(starts)}
    return [
        int(np.searchsorted(starts, n, side="right")) - 1
        if passage.language == ENGLISH
        else by_anchor.get(passage.anchor, 0)
        for n, passage in enumerate(passages)
    ]


@dataclass(frozen=True)
class SectionHead:
    """One weight vector and one constant per section, the sections of an article next to each other."""

    weights: npt.NDArray[np.float32]
    """Shape (n_sections, dim); zeros for the sections of an article without tied examples."""
    intercept: npt.NDArray[np.float32]
    """Shape (n_sections,)."""
    starts: npt.NDArray[np.int64]
    """Shape (n_articles + 1,): article a has the sections starts[a] to starts[a + 1]."""

    def scores(self, article: int, query: Vector) -> Scores | None:
        """Return the log-odds of each section of an article, with mean 0; None if it learned nothing about them.

        :param article: Position in ``Searchable.article_ids``.
        :param query: The query's vector.
        :return: float32, shape (sections of the article,).
        """
        rows = slice(int(self.starts[article]), int(self.starts[article + 1]))
        if not self.weights[rows].any():
            return None
        logits = self.weights[rows] @ query + self.intercept[rows]
        centred: Scores = logits - logits.mean()
        return centred

    def to_files(self) -> dict[str, bytes]:
        """Return the head's files by name."""
        return {WEIGHTS: _npy(self.weights), INTERCEPT: _npy(self.intercept)}

    @classmethod
    def from_files(cls, files: Mapping[str, bytes], passages: Sequence[Sequence[Passage]]) -> SectionHead | None:
        """Read the head from verified files; an index without tied examples has none.

        :param files: By name.
        :param passages: By article, which say how many sections each has.
        :return: The head, or None.
        :raises ValueError: If the files are of another number of sections.
        """
        if WEIGHTS not in files:
            return None
        weights, intercept = (np.load(io.BytesIO(files[name]), allow_pickle=False) for name in (WEIGHTS, INTERCEPT))
        starts = starts_of(passages)
        if not len(weights) == len(intercept) == starts[-1]:
            raise ValueError(f"{len(weights)} sections have weights, but there are {starts[-1]}")
        return cls(weights, intercept, starts)


def starts_of(passages: Sequence[Sequence[Passage]]) -> npt.NDArray[np.int64]:
    """Return where the sections of each article begin among all sections; shape (n_articles + 1,)."""
    return np.cumsum([0, *(len(section_starts(of_article)) for of_article in passages)])


def _npy(array: npt.NDArray[np.float32]) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=False)
    return buffer.getvalue()
