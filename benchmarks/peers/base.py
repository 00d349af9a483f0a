"""The interface of the compared systems: what each receives, and what it returns."""

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
"""Asks all questions of one collection."""


@dataclass(frozen=True, eq=False)
class Shelf:
    """A collection of articles: every system gets the same texts of it."""

    name: str
    """Also the name of its index's folder."""
    library: Library
    plain_text: PlainText
    seed: Shelf | None = None
    """A larger collection whose vectors are reused."""

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """Titles, passages and examples, grouped by article, articles in ascending order."""
        articles = sorted(self.library, key=lambda a: a.id)
        return tuple(u for a in articles for u in units(a, split_passages(a, self.plain_text)))

    @cached_property
    def article_ids(self) -> tuple[str, ...]:
        """The ids in ascending order."""
        return tuple(sorted(self.library.articles))

    @cached_property
    def starts(self) -> npt.NDArray[np.int64]:
        """The first row of each article among the units."""
        owners = np.array([unit.article_id for unit in self.units])
        return np.searchsorted(owners, np.array(self.article_ids))

    @cached_property
    def documents(self) -> tuple[str, ...]:
        """All texts of each article joined into one."""
        ends = [*self.starts[1:].tolist(), len(self.units)]
        runs = zip(self.starts.tolist(), ends, strict=True)
        return tuple("\n".join(unit.text for unit in self.units[start:end]) for start, end in runs)


@dataclass(eq=False)
class Workshop:
    """The indexes and vectors that systems share, so that nothing is encoded or built twice."""

    settings: Settings
    folder: Path
    """A folder for indexes, which may be deleted afterwards."""
    _indexes: dict[tuple[str, str], Index] = field(default_factory=dict)

    def index(self, shelf: Shelf, encoder: str = "") -> Index:
        """Return the index that ``kb build`` makes from a collection.

        :param shelf: The collection.
        :param encoder: An encoder other than that of the settings.
        :return: The index, ready to be asked.
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
        """Return the small model's exact vector of a question, encoding each only once."""
        return self.exact.encode_query(text)

    def vectors(self, shelf: Shelf) -> npt.NDArray[np.float32]:
        """Return the small model's exact vector of each unit."""
        return self.exact.encode_documents([unit.text for unit in shelf.units])


@dataclass(frozen=True)
class System:
    """A compared system: its name, and how it is set up."""

    name: str
    about: str
    """How it decides, in a few words."""
    package: str
    """The package whose version is shown; empty for what comes with Python."""
    ranker: Callable[[Shelf, Workshop], Ranker]
    is_probability: bool = False
    """Whether its confidence is a probability, so that a calibration error can be computed."""
    needs_examples: bool = False
    missing: Callable[[], bool] | None = None
    """Returns whether something other than a Python package is missing."""
    label: Callable[[], str] | None = None
    """Returns the version where no Python package does."""

    def version(self) -> str | None:
        """Return the version, or None if the system is not installed."""
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
    """A rule that decides whether the first article is shown as the answer."""

    least: float = 0.0
    """Minimum score of rank 1; scores of 0 never answer."""
    lead: float = 0.0
    """Minimum lead over rank 2."""

    def answers(self, scores: Sequence[float]) -> bool:
        """Return whether the rule answers, given descending scores."""
        if not scores or scores[0] <= 0:
            return False
        second = scores[1] if len(scores) > 1 else 0.0
        return scores[0] >= self.least and scores[0] - second >= self.lead


def best_of_each(shelf: Shelf, scores: Floats) -> Floats:
    """Return each article's best score over its units."""
    return np.maximum.reduceat(scores, shelf.starts)


def result(judged: Judged, shelf: Shelf, scores: Floats, rule: Rule) -> JudgedResult:
    """Return the result of a question.

    :param judged: The question.
    :param shelf: The collection it was asked of.
    :param scores: The score of each article, in the order of the ids.
    :param rule: When to answer.
    :return: The first ten articles, with the best score as the confidence.
    """
    order = np.argsort(-scores, kind="stable")[:DEPTH]
    return listed(judged, [shelf.article_ids[a] for a in order], [float(scores[a]) for a in order], rule)


def listed(judged: Judged, ranking: Sequence[str], scores: Sequence[float], rule: Rule) -> JudgedResult:
    """Return the result of a question from a list that is already ordered."""
    outcome = OutcomeKind.ANSWERED if rule.answers(scores) else OutcomeKind.NO_ANSWER
    confidence = scores[0] if scores else 0.0
    return JudgedResult(judged, tuple(ranking), outcome, confidence, 0.0, scores=tuple(scores))
