"""The units of a library: those of its articles, and those of questions that are not answered here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from kb.retrieval.build.general_questions import MARK, foreign
from kb.retrieval.index.passages import Unit, signpost_units, units
from kb.types import Article, EmbeddingMatrix, Library, Passage, UnitKind

NOT_FOR = f"{MARK}not-for"
"""The class of questions that no article and no signpost answers."""


@dataclass(frozen=True)
class EmbeddedUnits:
    """Units with their vectors, and the passages of their articles, both in the order of the ids."""

    units: tuple[Unit, ...]
    passages: tuple[Sequence[Passage], ...]
    vectors: EmbeddingMatrix


def units_of_articles(
    library: Library, articles: Sequence[Article], passages: Sequence[Sequence[Passage]]
) -> list[Unit]:
    """Return the units of articles.

    :param library: What the questions in ``not_for`` belong to.
    :param articles: In the order of their ids.
    :param passages: By article, in the same order.
    :return: The units of each article next to each other.
    """
    belonging = _belonging(library)
    return [u for a, p in zip(articles, passages, strict=True) for u in (*units(a, p), *belonging.get(a.id, ()))]


def units_elsewhere(library: Library) -> list[Unit]:
    """Return the units of signposts, and the questions that nothing answers."""
    belonging = _belonging(library)
    found = [u for s in library.signposts.values() for u in (*signpost_units(s), *belonging.get(s.id, ()))]
    return found + belonging.get(NOT_FOR, [])


def _belonging(library: Library) -> dict[str, list[Unit]]:
    """Return the questions that articles do not answer, as examples of what they belong to."""
    found: dict[str, list[Unit]] = {}
    for article in sorted(library, key=lambda a: a.id):
        for other in article.not_for:
            known = other.belongs in library.articles or other.belongs in library.signposts
            owner = other.belongs if known else NOT_FOR  # nothing, or a draft
            found.setdefault(owner, []).append(Unit(UnitKind.EXAMPLE, owner, other.question, -1))
    return found


def with_elsewhere(
    of_articles: EmbeddedUnits, elsewhere: Sequence[Unit], bank: Sequence[Unit], vectors: EmbeddingMatrix
) -> tuple[EmbeddedUnits, set[str]]:
    """Return the units of articles together with those of questions that are not answered.

    :param of_articles: The articles' units.
    :param elsewhere: Those of :func:`units_elsewhere`.
    :param bank: The shipped bank; what the articles answer themselves is left out.
    :param vectors: One row per unit, first of ``elsewhere``, then of the bank.
    :return: All units, and the ids of those that are no articles.
    """
    own = [n for n, unit in enumerate(of_articles.units) if unit.kind is UnitKind.EXAMPLE]
    owners = [of_articles.units[n].article_id for n in own]
    kept = foreign(bank, vectors[len(elsewhere) :], of_articles.vectors[own], owners)
    others = [*elsewhere, *(bank[n] for n in kept)]
    together = [*of_articles.units, *others]
    order = sorted(range(len(together)), key=lambda n: together[n].article_id)
    passages: dict[str, Sequence[Passage]] = {unit.article_id: () for unit in others}
    ids = sorted({unit.article_id for unit in of_articles.units})
    passages |= dict(zip(ids, of_articles.passages, strict=True))
    rows = [*range(len(elsewhere)), *(len(elsewhere) + n for n in kept)]
    matrix = np.concatenate([of_articles.vectors, vectors[rows]])[order]
    found = EmbeddedUnits(tuple(together[n] for n in order), tuple(passages[i] for i in sorted(passages)), matrix)
    return found, {unit.article_id for unit in others}
