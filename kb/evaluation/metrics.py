"""The figures of a run: the quality of the ranking, and of the decision whether to answer.

The ranking's figures are those of trec_eval, over answerable questions only. The decision's figures separate answerable
and unanswerable questions, since a mean of the two hides the trade-off.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.evaluation.runner import JudgedResult, Run
from kb.evaluation.statistics import (
    RESAMPLES,
    SEED,
    Figure,
    Flags,
    Floats,
    RiskPoint,
    Statistic,
    auroc,
    calibration_error,
    figures,
    risk_coverage,
    share,
    share_above,
    thinned,
    threshold_keeping,
)
from kb.types import OutcomeKind

RANKING = ("ndcg@10", "success@1", "success@3", "rr@10")
"""The ranking's figures, in the order they are printed."""
_DEPTH = 10
_CHOICES = 3
"""The ranks that these figures use."""
KEPT = 0.8
"""The share of answerable questions answered at which systems with other thresholds are compared."""


@dataclass(frozen=True, slots=True)
class ArticleFigures:
    """The results of one article's questions."""

    article: str
    questions: int
    first: int
    """Questions that find it at rank 1."""
    in_three: int
    answered_right: int
    """Questions answered with it, or with another right article."""
    rival: str
    """The article most often ranked first in its place; empty if there is none."""
    rival_first: int


@dataclass(frozen=True)
class Report:
    """All figures of a run."""

    index_version: str
    counts: Mapping[str, int]
    """Questions: ``all``, ``answerable``, ``unanswerable``, ``failed``."""
    ranking: Mapping[str, Figure]
    """Of answerable questions."""
    overall: Mapping[str, Figure]
    answerable: Mapping[str, Figure]
    unanswerable: Mapping[str, Figure]
    voices: Mapping[str, Mapping[str, Figure]]
    """Of answerable questions, by voice."""
    voice_counts: Mapping[str, int]
    articles: tuple[ArticleFigures, ...]
    """Every article asked for, the worst first."""
    curve: tuple[RiskPoint, ...]
    threshold: float | None
    """The confidence at or above which 80 % of the answerable questions lie."""
    took_ms: Mapping[str, float]
    """``median`` and ``p95`` of the time per question."""

    def as_json(self, worst: int | None = None) -> dict[str, Any]:
        """Return the report as plain JSON values.

        :param worst: The number of articles listed; None for all.
        :return: The object that ``kb evaluate --json`` prints.
        """
        parts = {"ranking": self.ranking, "all": self.overall}
        parts |= {"answerable": self.answerable, "unanswerable": self.unanswerable}
        return {
            "index_version": self.index_version,
            "queries": dict(self.counts),
            **{name: _json(group) for name, group in parts.items()},
            "threshold_80": None if self.threshold is None else round(self.threshold, 4),
            "voices": {v: {"queries": self.voice_counts[v], **_json(group)} for v, group in self.voices.items()},
            "articles": [asdict(article) for article in self.articles[:worst]],
            "risk_coverage": [{name: round(v, 4) for name, v in asdict(p).items()} for p in thinned(self.curve)],
            "took_ms": {name: round(value, 2) for name, value in self.took_ms.items()},
        }


def _json(group: Mapping[str, Figure]) -> dict[str, Any]:
    return {name: figure.as_json() for name, figure in group.items()}


# ---------------------------------------------------------------------------------------------- a run as arrays


@dataclass(frozen=True)
class RunArrays:
    """A run as arrays, with one element per question."""

    answerable: Flags
    first_right: Flags
    choice_right: Flags
    answered: Flags
    clarified: Flags
    handed_over: Flags
    confidence: Floats
    groups: tuple[str, ...]
    """The right article; for an unanswerable question, the question itself."""
    voices: npt.NDArray[Any]
    ranking: Mapping[str, Floats]
    """Each measure of :data:`RANKING`; 0 for unanswerable questions."""

    @classmethod
    def of(cls, results: Sequence[JudgedResult]) -> RunArrays:
        """Return the arrays of a run's results."""
        outcomes = [result.outcome for result in results]
        return cls(
            answerable=_flags(r.judged.is_answerable for r in results),
            first_right=_flags(r.is_first_right for r in results),
            choice_right=_flags(r.is_choice_right for r in results),
            answered=_flags(o is OutcomeKind.ANSWERED for o in outcomes),
            clarified=_flags(o is OutcomeKind.CLARIFY for o in outcomes),
            handed_over=_flags(o is OutcomeKind.NO_ANSWER for o in outcomes),
            confidence=np.array([r.confidence for r in results], float),
            groups=tuple(r.judged.article or f"?{r.judged.query_id}" for r in results),
            voices=np.array([r.judged.voice for r in results], dtype=object),
            ranking=ranking_values(results),
        )


def _flags(values: Any) -> Flags:
    return np.fromiter(values, bool)


def ranking_values(results: Sequence[JudgedResult]) -> dict[str, Floats]:
    """Return the ranking's measures of each question as trec_eval defines them; 0 for an unanswerable one.

    :param results: Questions that failed or have an empty ranking count as 0.
    :return: By the names of :data:`RANKING`, in the order of the results.
    """
    values = [_measures(result.ranking[:_DEPTH], result.judged.relevant) for result in results]
    return {name: np.array([value[n] for value in values], float) for n, name in enumerate(RANKING)}


def _measures(ranking: Sequence[str], relevant: Mapping[str, int]) -> tuple[float, float, float, float]:
    """Return one question's values in the order of :data:`RANKING`."""
    gains = [max(0, relevant.get(article, 0)) for article in ranking]
    best = sorted((gain for gain in relevant.values() if gain > 0), reverse=True)[:_DEPTH]
    first = next((rank for rank, gain in enumerate(gains, start=1) if gain > 0), 0)
    ndcg = _discounted(gains) / _discounted(best) if best else 0.0
    return ndcg, float(first == 1), float(1 <= first <= _CHOICES), 1 / first if first else 0.0


def _discounted(gains: Sequence[int]) -> float:
    return sum(gain / math.log2(rank + 1) for rank, gain in enumerate(gains, start=1))


# --------------------------------------------------------------------------------------------------- the report


def report(run: Run, resamples: int = RESAMPLES, seed: int = SEED) -> Report:
    """Return the figures of a run.

    :param run: Every judged question, failed ones included.
    :param resamples: The number of resamples of the bootstrap.
    :param seed: The seed of the bootstrap.
    :return: The figures with 95 % intervals, drawn by article.
    """
    table = RunArrays.of(run.results)
    voices = sorted({str(v) for v in table.voices[table.answerable]})
    statistics = {
        "ranking": _ranking(table, table.answerable),
        "overall": _overall(table),
        "answerable": _answerable(table, table.answerable),
        "unanswerable": _unanswerable(table),
    }
    for voice in voices:
        mine = table.answerable & (table.voices == voice)
        statistics[f"voice {voice}"] = {**_ranking(table, mine), **_answerable(table, mine)}
    found = _grouped(statistics, table.groups, resamples, seed)
    return Report(
        index_version=run.index_version,
        counts=_counts(run, table),
        ranking=found["ranking"],
        overall=found["overall"],
        answerable=found["answerable"],
        unanswerable=found["unanswerable"],
        voices={voice: found[f"voice {voice}"] for voice in voices},
        voice_counts={voice: int((table.answerable & (table.voices == voice)).sum()) for voice in voices},
        articles=tuple(by_article(run.results)),
        curve=tuple(risk_coverage(table.confidence, table.first_right)),
        threshold=threshold_keeping(table.confidence, table.answerable, KEPT),
        took_ms=_took(run.results),
    )


def _grouped(
    statistics: Mapping[str, Mapping[str, Statistic]], groups: Sequence[str], resamples: int, seed: int
) -> dict[str, dict[str, Figure]]:
    """Compute all statistics over the same resamples."""
    flat = {f"{group}/{name}": s for group, named in statistics.items() for name, s in named.items()}
    found = figures(flat, groups, resamples, seed)
    return {group: {name: found[f"{group}/{name}"] for name in named} for group, named in statistics.items()}


def _ranking(table: RunArrays, among: Flags) -> dict[str, Statistic]:
    return {name: share(values, among) for name, values in table.ranking.items()}


def _overall(table: RunArrays) -> dict[str, Statistic]:
    everything = np.ones_like(table.answered)
    return {
        "coverage": share(table.answered, everything),
        "risk": share(~table.first_right, table.answered),
        "handed_over": share(table.handed_over, everything),
        "clarify": share(table.clarified, everything),
        "clarify_right": share(table.choice_right, table.clarified),
        "calibration_error": calibration_error(table.confidence, table.first_right),
        "calibration_error_equal_mass": calibration_error(table.confidence, table.first_right, equal_mass=True),
    }


def _answerable(table: RunArrays, among: Flags) -> dict[str, Statistic]:
    return {
        "answered": share(table.answered, among),
        "risk": share(~table.first_right, table.answered & among),
        "clarify": share(table.clarified, among),
        "clarify_right": share(table.choice_right, table.clarified & among),
        "handed_over": share(table.handed_over, among),
        "served": share((table.answered & table.first_right) | table.choice_right, among),
    }


def _unanswerable(table: RunArrays) -> dict[str, Statistic]:
    nothing = ~table.answerable
    return {
        "wrongly_answered": share(table.answered, nothing),
        "clarify": share(table.clarified, nothing),
        "handed_over": share(table.handed_over, nothing),
        "auroc": auroc(table.confidence, table.first_right, nothing),
        "wrongly_answered_at_80": share_above(table.confidence, table.answerable, KEPT, nothing),
    }


def _counts(run: Run, table: RunArrays) -> dict[str, int]:
    answerable = int(table.answerable.sum())
    return {
        "all": len(run),
        "answerable": answerable,
        "unanswerable": len(run) - answerable,
        "failed": len(run.failed),
    }


def _took(results: Sequence[JudgedResult]) -> dict[str, float]:
    times = [result.took_ms for result in results if not result.error]
    if not times:
        return {"median": 0.0, "p95": 0.0}
    return {"median": float(np.median(times)), "p95": float(np.percentile(times, 95))}


def by_article(results: Sequence[JudgedResult]) -> list[ArticleFigures]:
    """Return the results of each article's questions, the worst first.

    :param results: Unanswerable questions belong to no article and are left out.
    :return: By the share found first, then in the first three, then the more questions, then the id.
    """
    questions: defaultdict[str, list[JudgedResult]] = defaultdict(list)
    for result in results:
        if result.judged.is_answerable:
            questions[result.judged.article].append(result)
    found = [_article(article, mine) for article, mine in questions.items()]
    return sorted(found, key=lambda a: (a.first / a.questions, a.in_three / a.questions, -a.questions, a.article))


def _article(article: str, results: Sequence[JudgedResult]) -> ArticleFigures:
    ranks = [result.right_rank for result in results]
    firsts = Counter(r.ranking[0] for r in results if r.ranking and not r.is_first_right)
    rival, times = min(firsts.items(), key=lambda item: (-item[1], item[0]), default=("", 0))
    return ArticleFigures(
        article=article,
        questions=len(results),
        first=sum(rank == 1 for rank in ranks),
        in_three=sum(rank is not None and rank <= 3 for rank in ranks),  # noqa: PLR2004 — the name says it
        answered_right=sum(r.outcome is OutcomeKind.ANSWERED and r.is_first_right for r in results),
        rival=rival,
        rival_first=times,
    )
