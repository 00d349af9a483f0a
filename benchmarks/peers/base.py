"""What every system is given, and what it gives back."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from kb.common.files import sha256
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import DEPTH, JudgedResult
from kb.retrieval.build.builder import build_index
from kb.retrieval.build.encoding import CachedEncoder
from kb.retrieval.build.vector_cache import VectorCache
from kb.retrieval.encoder.prepare import prepared_encoder
from kb.retrieval.index.index import Index
from kb.retrieval.index.passages import PlainText, Unit, split_passages, units
from kb.retrieval.index.versions import read_version
from kb.settings.settings import Precision, Settings
from kb.types import Library, OutcomeKind, Vector

SMALL = "minilm"
"""The model that all systems on vectors share."""

Floats: TypeAlias = npt.NDArray[np.float64]
Ranker: TypeAlias = Callable[[Sequence[Judged]], list[JudgedResult]]
"""Asks every question of one collection."""


@dataclass(frozen=True, eq=False)
class Shelf:
    """A collection of articles: every system gets the same texts of it."""

    name: str
    """Also the name of its index's folder."""
    library: Library
    plain_text: PlainText
    seed: Shelf | None = None
    """A larger collection whose vectors are taken over."""

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Titles, passages and examples, an article's next to each other, articles ascending."""
        articles = sorted(self.library, key=lambda a: a.id)
        return tuple(u for a in articles for u in units(a, split_passages(a, self.plain_text)))

    @cached_property
    def article_ids(self) -> tuple[str, ...]:
        """Ascending."""
        return tuple(sorted(self.library.articles))

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """The first row of each article among the units."""
        owners = np.array([unit.article_id for unit in self.units])
        return np.searchsorted(owners, np.array(self.article_ids))

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """All texts of each article in one."""
        ends = [*self.starts[1:].tolist(), len(self.units)]
        runs = zip(self.starts.tolist(), ends, strict=True)
        return tuple("\n".join(unit.text for unit in self.units[start:end]) for start, end in runs)


@dataclass(eq=False)
class Workshop:
    """What systems share, so that nothing is encoded or built twice."""

    settings: Settings
    folder: Path
    """For indexes; may be thrown away afterwards."""
    _indexes: dict[tuple[str, str], Index] = field(default_factory=dict)

    def index(self, shelf: Shelf, encoder: str = "") -> Index:
        """Return the index that ``kb build`` makes of a collection.

        :param shelf: The collection.
        :param encoder: Another encoder than that of the settings.
        :return: Ready to be asked.
        """
        encoder = encoder or self.settings.encoder
        key = (shelf.name, encoder)
        if key not in self._indexes:
            place = self.folder / sha256(encoder.encode())[:8]
            folder = place / shelf.name
            if shelf.seed is not None and not folder.exists():
                self.index(shelf.seed, encoder)
                shutil.copytree(place / shelf.seed.name, folder)
            settings = replace(self.settings, index=folder, encoder=encoder)
            built = build_index(shelf.library, settings, shelf.plain_text)
            self._indexes[key] = Index.load(read_version(folder, built.version))
        return self._indexes[key]

    @cached_property
    def exact(self) -> CachedEncoder:
        """The small model, computed exactly."""
        settings = replace(self.settings, encoder=SMALL, precision=Precision.FP32)
        return CachedEncoder(prepared_encoder(settings), VectorCache(settings.cache))

    def question(self, text: str) -> Vector:
        """Return the small model's exact vector of a question; each is encoded once."""
        return self.exact.encode_query(text)

    def vectors(self, shelf: Shelf) -> npt.NDArray[np.float32]:
        """Return the small model's exact vector of each unit."""
        return self.exact.encode_documents([unit.text for unit in shelf.units])


@dataclass(frozen=True)
class System:
    """A system: how it is called, and how it is set up."""

    name: str
    about: str
    """How it decides, in a few words."""
    package: str
    """Whose version is named; empty for what comes with Python."""
    ranker: Callable[[Shelf, Workshop], Ranker]
    is_probability: bool = False
    """Whether its confidence claims to be one, so that a calibration error can be stated."""
    needs_examples: bool = False
    missing: Callable[[], bool] | None = None
    """Says whether something other than a Python package is missing."""
    label: Callable[[], str] | None = None
    """Names the version where no Python package does."""

    def version(self) -> str | None:
        """Return the version, or None when the system is not installed."""
        if self.missing is not None and self.missing():
            return None
        if self.label is not None:
            return self.label()
        try:
            return f"{self.package} {version(self.package)}"
        except PackageNotFoundError:
            return None


@dataclass(frozen=True)
class Rule:
    """When the first article is shown as the answer."""

    least: float = 0.0
    """Least score of rank 1; scores of 0 never answer."""
    lead: float = 0.0
    """Least lead over rank 2."""

    def answers(self, scores: Sequence[float]) -> bool:
        """Return whether the rule answers, for scores that fall."""
        if not scores or scores[0] <= 0:
            return False
        second = scores[1] if len(scores) > 1 else 0.0
        return scores[0] >= self.least and scores[0] - second >= self.lead


def best_of_each(shelf: Shelf, scores: Floats) -> Floats:
    """Return each article's best score of a unit."""
    return np.maximum.reduceat(scores, shelf.starts)


def result(judged: Judged, shelf: Shelf, scores: Floats, rule: Rule) -> JudgedResult:
    """Return what came of a question.

    :param judged: The question.
    :param shelf: Where it was asked.
    :param scores: Of each article, in the order of the ids.
    :param rule: When to answer.
    :return: The first ten, the best score as the confidence.
    """
    order = np.argsort(-scores, kind="stable")[:DEPTH]
    return listed(judged, [shelf.article_ids[a] for a in order], [float(scores[a]) for a in order], rule)


def listed(judged: Judged, ranking: Sequence[str], scores: Sequence[float], rule: Rule) -> JudgedResult:
    """Return what came of a question, from a list that is already in order."""
    outcome = OutcomeKind.ANSWERED if rule.answers(scores) else OutcomeKind.NO_ANSWER
    confidence = scores[0] if scores else 0.0
    return JudgedResult(judged, tuple(ranking), outcome, confidence, 0.0, scores=tuple(scores))
