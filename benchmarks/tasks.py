"""The tasks: each asks one system all of its questions and returns the figures by name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TypeAlias

from benchmarks import data, promise
from benchmarks.figures import Figures, by_voice, decision, ranking
from benchmarks.noise import NOISE
from benchmarks.peers.base import Ranker, Shelf, System, Workshop
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import JudgedResult
from kb.retrieval.build.calibration import Mixture
from kb.retrieval.build.learning import guiding_tests
from kb.retrieval.build.trials import Course, run_trials
from kb.retrieval.index.index import Index
from kb.retrieval.index.names import Mentions
from kb.retrieval.query.normalise import normalise, without_name
from kb.types import Half, Library

Task: TypeAlias = Callable[["Bench", System], dict[str, Figures]]
FEW = 10
EXAMPLES: tuple[int | None, ...] = (5, FEW, None)


@dataclass(eq=False)
class Bench:
    """The questions, read once, and the resources that systems share."""

    shop: Workshop
    folder: Path | None
    """The judged sets; None measures only the project's own articles."""
    half: Half = Half.REPORT
    _rankers: dict[tuple[str, str], Ranker] = field(default_factory=dict)

    @cached_property
    def own(self) -> tuple[Shelf, list[Judged]]:
        """The project's own articles and their tests."""
        return data.own_articles(self.shop.settings, self.half)

    @cached_property
    def folds(self) -> list[Shelf]:
        """The project's own articles in five folds, each without a fifth of them."""
        return data.without_folds(self.own[0])

    @property
    def assumed(self) -> float:
        """The share of unanswerable questions for which risk is reported."""
        return self.shop.settings.assumed_unanswerable

    def ask(self, system: System, shelf: Shelf, judged: Sequence[Judged]) -> list[JudgedResult]:
        """Ask a system, which is set up once per collection."""
        key = (system.name, shelf.name)
        if key not in self._rankers:
            self._rankers[key] = system.ranker(shelf, self.shop)
        return self._rankers[key](judged)

    def near_misses(self, system: System) -> list[JudgedResult]:
        """Ask each test in the fold without its article."""
        folds = zip(self.folds, data.near_misses(self.own[1]), strict=True)
        return [result for shelf, judged in folds for result in self.ask(system, shelf, judged)]

    def forget(self, system: System) -> None:
        """Release what a system built."""
        self._rankers = {key: value for key, value in self._rankers.items() if key[0] != system.name}


def own_articles(bench: Bench, system: System) -> dict[str, Figures]:
    """Measure the tests of the project's own articles, near misses, voices and noise."""
    shelf, tests = bench.own
    asked = bench.ask(system, shelf, tests)
    near = bench.near_misses(system)
    found = ranking(asked)
    losses: Figures = {}
    for name, change in NOISE.items():
        noisy = ranking(bench.ask(system, shelf, [replace(j, text=change(j.text)) for j in tests]))
        losses[name] = (found["first"] or 0) - (noisy["first"] or 0)
    groups = {
        "own": found,
        "own, near misses": _honest(system, decision(asked, near, bench.assumed)),
        "own, voices": by_voice(asked),
        "own, losses": losses,
    }
    if system.name == "kb":
        target = bench.shop.settings.target_wrong_answers
        groups["promise, tests"] = promise.splits(promise.of_results(asked, near, bench.assumed), target)
        groups["promise, trials"] = _promise_of_trials(bench)
    return groups


def _promise_of_trials(bench: Bench) -> Figures:
    settings = bench.shop.settings
    index = bench.shop.index(bench.own[0])
    seen = run_trials(course_of(index, bench.own[0].library), index.encoder.encode_queries)
    assumed = Mixture(settings.assumed_unanswerable, settings.assumed_known)
    return promise.splits(promise.of_trials(seen, assumed), settings.target_wrong_answers)


def course_of(index: Index, library: Library) -> Course:
    """Return the trial runs of an index.

    :param index: As it answers.
    :param library: Its articles with their tests, which an index does not have.
    :return: What :func:`~kb.retrieval.build.trials.run_trials` takes.
    """
    return Course(
        index.searchable,
        {article.id: article.title for article in library},
        guiding_tests(library),
        Mentions.of(index.names.organizations, index.searchable.units),
        lambda text: without_name(index.speller.searched(normalise(text)), index.own_name),
    )


def _honest(system: System, found: Figures) -> Figures:
    """Remove the calibration error if the confidence is not a probability."""
    return found if system.is_probability else {**found, "calibration_error": None}


def telecom(bench: Bench, system: System) -> dict[str, Figures]:
    """Measure real customers' messages."""
    if bench.folder is None:
        return {}
    shelf = bench.own[0]
    answerable, nothing = data.telecom(bench.folder, shelf.library)
    asked = bench.ask(system, shelf, answerable)
    likely = bench.ask(system, shelf, data.telecom(bench.folder, shelf.library, least=2)[0])
    handed = decision(asked, bench.ask(system, shelf, nothing), bench.assumed)
    return {"telecom": ranking(asked), "telecom, decision": _honest(system, handed), "telecom, likely": ranking(likely)}


def banking(bench: Bench, system: System) -> dict[str, Figures]:
    """Measure a bank's intents, with few and with many examples."""
    if bench.folder is None:
        return {}
    found: dict[str, Figures] = {}
    for examples in EXAMPLES:
        shelf, asked = data.banking(bench.folder, examples)
        answerable = bench.ask(system, shelf, asked["in"])
        name = f"banking, {examples or 'all'}"
        found[name] = ranking(answerable)
        if examples == FEW:
            for scope, kind in (("id-oos", "near misses"), ("ood-oos", "far")):
                handed = decision(answerable, bench.ask(system, shelf, asked[scope]), bench.assumed)
                found[f"{name}, {kind}"] = _honest(system, handed)
    return found


def retrieval_sets(bench: Bench, system: System) -> dict[str, Figures]:
    """Measure documents without examples."""
    if bench.folder is None or system.needs_examples:
        return {}
    found = {}
    for name in data.RETRIEVAL_SETS:
        shelf, judged = data.retrieval_set(bench.folder, name)
        found[name] = ranking(bench.ask(system, shelf, judged))
    return found


TASKS: tuple[Task, ...] = (own_articles, telecom, banking, retrieval_sets)
