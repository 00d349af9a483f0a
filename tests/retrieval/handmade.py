"""Small indexes and rankings whose every number can be worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from kb.retrieval.answering.ranking import PARTS, Elsewhere, Ranking
from kb.retrieval.index.passages import Unit
from kb.retrieval.index.searchable import Searchable
from kb.types import Passage, UnitKind, Vector

QUERY = np.array([1.0, 0.0], np.float32)
"""The query's vector in an index of :func:`searchable_of`: every cosine is what the unit's line says."""


class Line(NamedTuple):
    """A unit of a hand-made index."""

    article: str
    kind: UnitKind
    cosine: float
    """To :data:`QUERY`."""
    text: str
    anchor: str = ""
    """Of a passage's section, or of the section that an example is tied to."""
    heading: str = ""


def title(article: str, cosine: float, text: str = "") -> Line:
    """Return a title."""
    return Line(article, UnitKind.TITLE, cosine, text)


def passage(article: str, cosine: float, text: str = "", anchor: str = "", heading: str = "") -> Line:
    """Return a passage."""
    return Line(article, UnitKind.PASSAGE, cosine, text, anchor, heading)


def example(article: str, cosine: float, text: str = "", section: str = "") -> Line:
    """Return an example question, perhaps tied to a section."""
    return Line(article, UnitKind.EXAMPLE, cosine, text, section)


def searchable_of(*lines: Line, elsewhere: Collection[str] = ()) -> Searchable:
    """Return an index without a head; the units of an article next to each other, articles ascending."""
    units: list[Unit] = []
    passages: dict[str, list[Passage]] = {line.article: [] for line in lines}
    for line in lines:
        mine, position = passages[line.article], -1
        if line.kind is UnitKind.PASSAGE:
            position = len(mine)
            name = f"{line.article}#{position}"
            mine.append(Passage(name, line.article, line.heading, line.anchor, line.text, line.text))
        elif line.anchor:
            position = next(n for n, found in enumerate(mine) if found.anchor == line.anchor)
        units.append(Unit(line.kind, line.article, line.text, position))
    matrix = np.array([at(line.cosine) for line in lines], np.float32)
    return Searchable.unlearned(units, list(passages.values()), matrix, elsewhere=elsewhere)


def at(cosine: float) -> Vector:
    """Return a unit vector of two dimensions at some cosine to :data:`QUERY`."""
    return np.array([cosine, math.sqrt(1.0 - cosine * cosine)], np.float32)


def ranking_of(
    scores: Sequence[float],
    shares: Sequence[float],
    parts: Mapping[str, Sequence[float]],
    elsewhere: Elsewhere | None = None,
) -> Ranking:
    """Return a ranking of articles 0, 1, 2, …; parts that are not given are 0 everywhere."""
    n = len(scores)
    return Ranking(
        articles=np.arange(n),
        scores=np.array(scores, np.float32),
        parts={name: np.array(parts.get(name, [0.0] * n), np.float32) for name in PARTS},
        shares=np.array(shares, np.float32),
        unit_scores=np.zeros(n, np.float32),
        elsewhere=elsewhere,
    )
