"""The figures of a task, all by ``kb.evaluation``: rankings as trec_eval defines them, and decisions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np

from kb.evaluation.metrics import KEPT, RunArrays
from kb.evaluation.runner import JudgedResult
from kb.evaluation.statistics import Statistic, auroc, calibration_error, share, share_above

Figures: TypeAlias = dict[str, float | None]


def plain(statistics: dict[str, Statistic], weights: np.ndarray) -> Figures:
    """Return the value of each statistic for one row of weights, without an interval."""
    found = {name: float(statistic(weights[None, :])[0]) for name, statistic in statistics.items()}
    return {name: None if np.isnan(value) else value for name, value in found.items()}


def ranking(results: Sequence[JudgedResult]) -> Figures:
    """Return the figures of the ranking of answerable questions."""
    table = RunArrays.of(results)
    measures = {"first": "success@1", "three": "success@3", "ndcg": "ndcg@10"}
    statistics = {name: share(table.ranking[key], table.answerable) for name, key in measures.items()}
    return plain(statistics, np.ones(len(results)))


def by_voice(results: Sequence[JudgedResult]) -> Figures:
    """Return the share with the right article first, by voice."""
    table = RunArrays.of(results)
    voices = sorted({str(voice) for voice in table.voices})
    statistics = {v: share(table.ranking["success@1"], table.answerable & (table.voices == v)) for v in voices}
    return plain(statistics, np.ones(len(results)))


def decision(answerable: Sequence[JudgedResult], unanswerable: Sequence[JudgedResult], assumed: float) -> Figures:
    """Return the figures of the decision whether to answer.

    :param answerable: Questions that an article answers.
    :param unanswerable: Questions that no article answers.
    :param assumed: The share of unanswerable questions for which risk and calibration error are stated.
    :return: ``auroc`` of right first articles against unanswerable questions; ``auroc_all`` of all answerable ones.
    """
    table = RunArrays.of([*answerable, *unanswerable])
    nothing = ~table.answerable
    everything = np.ones_like(nothing)
    parts = (table.answerable, (1 - assumed) / len(answerable)), (nothing, assumed / len(unanswerable))
    weights = sum((flags * weight for flags, weight in parts), np.zeros(len(nothing))) * len(nothing)
    statistics = {
        "auroc": auroc(table.confidence, table.first_right, nothing),
        "auroc_all": auroc(table.confidence, table.answerable, nothing),
        "wrong_at_80": share_above(table.confidence, table.answerable, KEPT, nothing),
        "answered": share(table.answered, table.answerable),
        "wrongly_answered": share(table.answered, nothing),
        "risk": share(~table.first_right, table.answered),
        "coverage": share(table.answered, everything),
        "calibration_error": calibration_error(table.confidence, table.first_right),
    }
    return plain(statistics, weights)
