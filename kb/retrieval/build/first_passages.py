"""Estimated vectors of passages, for a first index that has no time to encode them.

Passages are an eighth of the texts and more than half of what an encoder has to read. Until theirs are encoded, each
has the direction of its headings and of the questions that its editor tied to it, which are short and encoded anyway.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from kb.retrieval.index.passages import Unit
from kb.types import EmbeddingMatrix, Passage, UnitKind


def headings_alone(rows: Sequence[Unit], passages: Sequence[Sequence[Passage]]) -> list[Unit]:
    """Return the units, passages without their text.

    :param rows: Units of articles; those of an article next to each other, articles ascending.
    :param passages: By article, in the same order.
    :return: One unit per row. A passage is its article's title and its own heading.
    """
    of_article = {found[0].article_id: found for found in passages}
    return [
        replace(unit, text=_headings(unit, of_article[unit.article_id])) if unit.kind is UnitKind.PASSAGE else unit
        for unit in rows
    ]


def _headings(unit: Unit, passages: Sequence[Passage]) -> str:
    title, _, _ = unit.text.partition("\n")
    heading = passages[unit.passage].heading
    return title if heading == title else f"{title}\n{heading}"


def estimated(rows: Sequence[Unit], vectors: EmbeddingMatrix) -> EmbeddingMatrix:
    """Return the vectors, those of passages drawn to the questions that are tied to them.

    :param rows: The units.
    :param vectors: One row per unit of :func:`headings_alone`, of unit L2 norm.
    :return: float32, the same shape, rows of unit L2 norm.
    """
    tied: dict[tuple[str, int], list[int]] = {}
    for row, unit in enumerate(rows):
        if unit.kind is UnitKind.EXAMPLE and unit.passage >= 0:
            tied.setdefault((unit.article_id, unit.passage), []).append(row)
    found = vectors.copy()
    for row, unit in enumerate(rows):
        questions = tied.get((unit.article_id, unit.passage)) if unit.kind is UnitKind.PASSAGE else None
        if questions:
            drawn = vectors[row] + vectors[questions].mean(axis=0)
            found[row] = drawn / np.linalg.norm(drawn)
    return found
