"""Vectors for a first index that has no time to encode every text: some are encoded, the others are estimated.

Passages are an eighth of the texts and more than half of what an encoder has to read; example questions are most of the
texts. Until the better index has encoded them all, a passage has the direction of its headings and of the questions
that its editor tied to it, and an example that is not encoded has the one that its words and its article suggest.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final, TypeAlias

import numpy as np
import numpy.typing as npt

from kb.retrieval.index.passages import Unit
from kb.retrieval.query.normalise import words
from kb.types import EmbeddingMatrix, Passage, UnitKind

MOST_EXAMPLES: Final = 10
"""Examples of an article that are encoded, in each of its languages."""
_PLACES: Final = 4096
"""Places that words are counted in; more words share them. The time grows with their cube, and these take a second."""
_RIDGE: Final = 1.0
"""Penalty on what the words may say; from .3 to 3 makes no difference on the guiding half of the articles' tests."""

_Group: TypeAlias = tuple[str, str]
"""An article and a language."""


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


def encoded_first(rows: Sequence[Unit]) -> npt.NDArray[np.int64]:
    """Return the rows to encode: everything but examples, and as many of those as there is time for.

    :param rows: Units of articles.
    :return: Row numbers, ascending. Of an article's examples in a language, they are spread evenly over the list, since
        editors write questions of a kind next to each other.
    """
    chosen = [row for row, unit in enumerate(rows) if unit.kind is not UnitKind.EXAMPLE]
    for examples in _examples(rows).values():
        at = np.linspace(0, len(examples) - 1, min(MOST_EXAMPLES, len(examples))).astype(int)
        chosen += [examples[n] for n in at]
    return np.array(sorted(chosen), np.int64)


def _examples(rows: Sequence[Unit]) -> dict[_Group, list[int]]:
    found: dict[_Group, list[int]] = {}
    for row, unit in enumerate(rows):
        if unit.kind is UnitKind.EXAMPLE:
            found.setdefault((unit.article_id, unit.language), []).append(row)
    return found


def estimated(rows: Sequence[Unit], encoded: npt.NDArray[np.int64], vectors: EmbeddingMatrix) -> EmbeddingMatrix:
    """Return a vector for every unit.

    :param rows: Those of :func:`headings_alone`.
    :param encoded: Those of :func:`encoded_first`.
    :param vectors: One row per number in ``encoded``, of unit L2 norm.
    :return: float32, one row per unit, rows of unit L2 norm. Passages are drawn to the questions that are tied to them.
    """
    found = np.zeros((len(rows), vectors.shape[1]), np.float32)
    found[encoded] = vectors
    _estimate_examples(rows, encoded, found)
    _draw_passages(rows, found)
    return found


def _estimate_examples(rows: Sequence[Unit], encoded: npt.NDArray[np.int64], found: EmbeddingMatrix) -> None:
    """Fill in the examples that were not encoded: the mean of their article's, moved by what their words suggest."""
    missing = np.setdiff1d(np.arange(len(rows)), encoded)
    if not len(missing):
        return
    from sklearn.feature_extraction.text import HashingVectorizer, TfidfTransformer  # noqa: PLC0415 — once, in a first build
    from sklearn.linear_model import Ridge  # noqa: PLC0415

    known = np.array([row for row in encoded if rows[row].kind is UnitKind.EXAMPLE], np.int64)
    means = _means(rows, known, found)
    of_known, of_missing = (np.stack([means[_group(rows[row])] for row in part]) for part in (known, missing))
    counted = HashingVectorizer(analyzer=words, n_features=_PLACES, binary=True, alternate_sign=False, dtype=np.float32)
    weighed = TfidfTransformer()
    read = weighed.fit_transform(counted.transform(rows[row].text for row in known)).toarray()
    moved = Ridge(alpha=_RIDGE, fit_intercept=False, solver="cholesky").fit(read, found[known] - of_known)
    suggested = of_missing + moved.predict(weighed.transform(counted.transform(rows[row].text for row in missing)))
    found[missing] = suggested / np.linalg.norm(suggested, axis=1, keepdims=True)


def _group(unit: Unit) -> _Group:
    return unit.article_id, unit.language


def _means(
    rows: Sequence[Unit], known: npt.NDArray[np.int64], found: EmbeddingMatrix
) -> Mapping[_Group, EmbeddingMatrix]:
    own: dict[_Group, list[int]] = {}
    for row in known:
        own.setdefault(_group(rows[row]), []).append(row)
    return {group: found[members].mean(axis=0) for group, members in own.items()}


def _draw_passages(rows: Sequence[Unit], found: EmbeddingMatrix) -> None:
    """Draw each passage to the questions that are tied to it."""
    tied: dict[tuple[str, int], list[int]] = {}
    for row, unit in enumerate(rows):
        if unit.kind is UnitKind.EXAMPLE and unit.passage >= 0:
            tied.setdefault((unit.article_id, unit.passage), []).append(row)
    for row, unit in enumerate(rows):
        questions = tied.get((unit.article_id, unit.passage)) if unit.kind is UnitKind.PASSAGE else None
        if questions:
            drawn = found[row] + found[questions].mean(axis=0)
            found[row] = drawn / np.linalg.norm(drawn)
