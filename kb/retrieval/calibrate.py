"""Learn the confidence at build time, from the corpus alone.

Every example question (and title) is asked of an index that does not hold it: once with the rest of its article in
place, so that an answer exists; and once with the whole article left out, so that none does: a true near miss. A
shipped list of questions about quite other things completes the picture. Two logistic regressions learn when rank 1,
and one of the first three, is right. Thresholds are chosen on predictions for articles that the regression had not
seen.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.retrieval.confidence import DEFAULT, ConfidenceModel, Logistic, signals
from kb.retrieval.index import Searchable
from kb.retrieval.ranking import Masked, RankingModel, rank_articles
from kb.retrieval.text import normalise, words
from kb.types import Library, UnitKind, Vector

MAX_TRIALS = 1500
"""Questions tried, an article's in turn; more change the figures by less than their own uncertainty."""
MIN_TRIALS = 60
MIN_ARTICLES = 12
"""Below either, nothing sound can be learned and fixed figures are used."""
_FOLDS = 5
_WITHIN_TARGET = 0.75
"""Least share of offered choices that hold the right article."""


@dataclass(frozen=True, slots=True)
class Trial:
    """One question of the calibration."""

    text: str
    article: int
    """The article it was written for; -1 for a question about something else."""
    row: int
    """The unit it was made into; -1 for none."""


@dataclass(frozen=True)
class Observations:
    """What was seen: a row a ranking."""

    values: npt.NDArray[np.float32]
    first: npt.NDArray[np.bool_]
    """Whether rank 1 was right."""
    within: npt.NDArray[np.bool_]
    """Whether one of the first three was right."""
    group: npt.NDArray[np.int64]
    """The article, so that no article is on both sides of a split; -1 - n for other questions."""
    weight: npt.NDArray[np.float64]


@dataclass(frozen=True)
class Calibration:
    """The learned model and the figures the manifest keeps."""

    model: ConfidenceModel
    figures: dict[str, Any]


def out_of_scope_questions() -> list[str]:
    """Return the shipped questions that no billing help centre answers."""
    text = files("kb.retrieval").joinpath("data/out_of_scope.txt").read_text(encoding="utf-8")
    return [line.strip() for line in text.splitlines() if line.strip() and not line.startswith("#")]


def trials(searchable: Searchable, library: Library) -> list[Trial]:
    """Choose the questions: examples and titles, the articles in turn, in an order that only the texts decide."""
    by_article: list[list[Trial]] = []
    for article, article_id in enumerate(searchable.article_ids):
        rows = searchable.rows(article)
        found = []
        for offset, unit in enumerate(searchable.units[rows]):
            if unit.kind is UnitKind.EXAMPLE:
                found.append(Trial(unit.text, article, rows.start + offset))
            elif unit.kind is UnitKind.TITLE and rows.stop - rows.start > 1:
                found.append(Trial(library.articles[article_id].title, article, rows.start + offset))
        by_article.append(sorted(found, key=lambda t: hashlib.sha256(t.text.encode()).digest()))
    chosen: list[Trial] = []
    for turn in range(max(map(len, by_article), default=0)):
        chosen += [found[turn] for found in by_article if turn < len(found)]
        if len(chosen) >= MAX_TRIALS:
            break
    return chosen[:MAX_TRIALS]


def calibrate(
    searchable: Searchable,
    library: Library,
    ranking: RankingModel,
    encode: Callable[[str], Vector],
    *,
    target: float,
    unanswerable: float,
) -> Calibration:
    """Learn the confidence of an index.

    :param searchable: The index.
    :param library: Its articles.
    :param ranking: The weights that will serve.
    :param encode: Encodes a question as it will be encoded when serving.
    :param target: Greatest share of wrong answers among those answered that is aimed at, 0 to 1.
    :param unanswerable: Assumed share of questions without an article, 0 to 1.
    :return: The model, or the fixed one with the reason when there is too little to learn from.
    """
    chosen = trials(searchable, library)
    if len(chosen) < MIN_TRIALS or len(searchable) < MIN_ARTICLES:
        reason = f"{len(chosen)} questions of {len(searchable)} articles; {MIN_TRIALS} of {MIN_ARTICLES} are needed"
        return Calibration(DEFAULT, {"calibrated": False, "reason": reason})
    seen = _observe(searchable, ranking, encode, chosen, unanswerable)
    if len(set(seen.first.tolist())) < 2 or len(set(seen.within.tolist())) < 2:  # noqa: PLR2004 — right and wrong
        reason = "every trial came out the same, so nothing tells right from wrong"
        return Calibration(DEFAULT, {"calibrated": False, "reason": reason})
    first, unseen_first = _fit(seen, seen.first)
    within, unseen_within = _fit(seen, seen.within)
    answer_at, coverage, risk = _threshold(unseen_first, seen.first, seen.weight, 1 - target)
    clarify_at, _, _ = _threshold(unseen_within, seen.within, seen.weight, _WITHIN_TARGET)
    best = seen.values[:, 3]
    model = ConfidenceModel(
        first=first,
        within=within,
        answer_at=answer_at,
        clarify_at=clarify_at,
        in_scope_from=round(float(np.quantile(best[seen.group >= 0], 0.01)), 4),
        is_calibrated=True,
    )
    figures = {
        "calibrated": True,
        "trials": len(chosen),
        "observations": len(seen.first),
        "target_wrong_answers": target,
        "assumed_unanswerable": unanswerable,
        "coverage": round(coverage, 4),
        "risk": round(risk, 4),
        "calibration_error": round(_calibration_error(unseen_first, seen.first, seen.weight), 4),
    }
    return Calibration(model, figures)


def _observe(
    searchable: Searchable,
    ranking: RankingModel,
    encode: Callable[[str], Vector],
    chosen: Sequence[Trial],
    unanswerable: float,
) -> Observations:
    """Ask every question with its article in place and left out, and the shipped ones about other things."""
    others = [Trial(text, -1, -1) for text in out_of_scope_questions()]
    values, first, within, group, kind = [], [], [], [], []
    for n, trial in enumerate([*chosen, *others]):
        text = normalise(trial.text).text
        if not text:
            continue
        vector, query_words = encode(text), words(text)
        if trial.article < 0:
            cases = [("other", Masked())]
        else:
            rows = _same_text_rows(searchable, trial)
            cases = [("answerable", Masked(rows=rows)), ("near miss", Masked(articles=[trial.article]))]
        for name, masked in cases:
            ranked = rank_articles(searchable, ranking, vector, query_words, 6, masked)
            top = ranked.articles[:3].tolist()
            values.append(signals(ranked, len(text.split())))
            first.append(bool(top) and top[0] == trial.article)
            within.append(trial.article in top)
            group.append(trial.article if trial.article >= 0 else -1 - n)
            kind.append(name)
    return Observations(
        np.array(values, np.float32),
        np.array(first, bool),
        np.array(within, bool),
        np.array(group, np.int64),
        _weights(kind, unanswerable),
    )


def _same_text_rows(searchable: Searchable, trial: Trial) -> list[int]:
    """Return the trial's own row and those of its article with the same words: a copy would give it away."""
    rows = searchable.rows(trial.article)
    wanted = words(trial.text)
    same = [rows.start + n for n, u in enumerate(searchable.units[rows]) if words(u.text) == wanted]
    left = {*same, trial.row}
    return sorted(left) if len(left) < rows.stop - rows.start else [trial.row]


def _weights(kind: Sequence[str], unanswerable: float) -> npt.NDArray[np.float64]:
    """Weigh the kinds so that the unanswerable have their assumed share: two thirds near misses, one third others."""
    shares = {"answerable": 1 - unanswerable, "near miss": unanswerable * 2 / 3, "other": unanswerable / 3}
    counts = {name: kind.count(name) for name in shares}
    return np.array([shares[name] / counts[name] for name in kind]) * len(kind)


def _folds(group: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Return a fold a row; the rows of a group are in one fold, whichever order they come in."""
    return np.array([int(hashlib.sha256(f"fold {g}".encode()).hexdigest(), 16) % _FOLDS for g in group.tolist()])


def _fit(seen: Observations, right: npt.NDArray[np.bool_]) -> tuple[Logistic, npt.NDArray[np.float64]]:
    """Return the regression on everything, and predictions for each row by one that had not seen its article."""
    folds = _folds(seen.group)
    unseen = np.zeros(len(right))
    for fold in range(_FOLDS):
        test = folds == fold
        if test.any() and len(set(right[~test].tolist())) > 1:
            model = _regress(seen.values[~test], right[~test], seen.weight[~test])
            unseen[test] = [model.probability(row) for row in seen.values[test]]
    return _regress(seen.values, right, seen.weight), unseen


def _regress(
    values: npt.NDArray[np.float32], right: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64]
) -> Logistic:
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 — build only

    centre = values.mean(axis=0).astype(float)
    scale = np.maximum(values.std(axis=0).astype(float), 1e-6)
    model = LogisticRegression(C=1.0, max_iter=1000).fit((values - centre) / scale, right, sample_weight=weight)
    return Logistic(
        tuple(round(float(v), 6) for v in centre),
        tuple(round(float(v), 6) for v in scale),
        tuple(round(float(v), 6) for v in model.coef_[0]),
        round(float(model.intercept_[0]), 6),
    )


def _threshold(
    predicted: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64], wanted: float
) -> tuple[float, float, float]:
    """Return the lowest threshold at which the share of right ones reaches ``wanted``, with coverage and risk there.

    When no threshold reaches it, the one with the greatest share of right ones over at least a twentieth of the
    questions.
    """
    order = np.argsort(-predicted, kind="stable")
    kept = np.cumsum(weight[order])
    good = np.cumsum(weight[order] * right[order])
    share, coverage = good / kept, kept / kept[-1]
    reached = np.flatnonzero(share >= wanted)
    reached = reached[coverage[reached] >= 1 / 20]
    at = int(reached[-1]) if len(reached) else int(np.argmax(np.where(coverage >= 1 / 20, share, -1)))
    return round(float(predicted[order[at]]), 6), float(coverage[at]), float(1 - share[at])


def _calibration_error(
    predicted: npt.NDArray[np.float64], right: npt.NDArray[np.bool_], weight: npt.NDArray[np.float64], bins: int = 10
) -> float:
    """Return the expected calibration error over equally wide bins (Guo et al., 2017)."""
    which = np.minimum((predicted * bins).astype(int), bins - 1)
    error = 0.0
    for b in range(bins):
        mine = which == b
        if mine.any():
            share = weight[mine].sum() / weight.sum()
            gap = np.average(predicted[mine], weights=weight[mine]) - np.average(right[mine], weights=weight[mine])
            error += share * abs(float(gap))
    return error
