"""Compare signals for "an answer exists": learn from trial runs with each choice, judge on questions by other people.

Usage: python benchmarks/signals.py [--index DIR]

The questions are those of ``benchmarks/questions/tune.jsonl``. ``near`` are unanswerable questions with the words of
billing; they are compared with answerable ones.
"""

from __future__ import annotations

import argparse
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from benchmarks.hand_over import read
from benchmarks.quality import cell, markdown
from benchmarks.tasks import course_of
from kb.content.articles.corpus import load_articles
from kb.evaluation.statistics import auroc, share_above
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.confidence import RIGHT, SIGNALS, Logistic, columns, log_odds
from kb.retrieval.answering.live import load_newest
from kb.retrieval.build.calibration import Mixture, exists_in, regress, weights_of
from kb.retrieval.build.trials import Observations, run_trials
from kb.settings.settings import load_settings

CHOICES = (
    ("score", "best"),
    ("score", "best", "elsewhere"),
    ("score", "best", "stranger"),
    ("score", "best", "elsewhere", "stranger"),
    ("score", "best", "elsewhere", "stranger", "margin"),
    ("score", "best", "elsewhere", "stranger", "agreement"),
    tuple(SIGNALS),
)


def confidence(
    seen: Observations, rows: npt.NDArray[np.float32], signals: tuple[str, ...], assumed: Mixture
) -> npt.NDArray[np.float64]:
    """Return the confidence of questions, learned from trial runs with some of the signals.

    :param seen: Trial runs.
    :param rows: The signals of the questions.
    :param signals: Those that tell whether an answer exists.
    :param assumed: The questions that customers are assumed to ask.
    :return: A probability for each row, up to a monotone function.
    """
    exists, weight = exists_in(seen), weights_of(seen.kind, replace(assumed, unanswerable=0.5))
    first = regress(seen.signals[:, columns(signals)], exists, weight, _flat(seen.signals[:, columns(signals)]))
    own = seen.signals[exists][:, columns(RIGHT)]
    right = regress(own, seen.first[exists], weight[exists], _flat(own))
    product = first.probabilities(rows[:, columns(signals)]) * right.probabilities(rows[:, columns(RIGHT)])
    return log_odds(product)


def _flat(values: npt.NDArray[np.float32]) -> Logistic:
    """Return a prior that says nothing but the scale of the signals."""
    n = values.shape[1]
    scale = np.maximum(values.std(axis=0), 1e-3)
    return Logistic(tuple(values.mean(axis=0).tolist()), tuple(scale.tolist()), (0.0,) * n, 0.0)


def main() -> None:
    """Learn, ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, help="folder of the index")
    settings = load_settings(index=parser.parse_args().index)
    index = load_newest(settings, print)
    library = load_articles(settings.articles, settings.site.channel_texts()).library
    seen = run_trials(course_of(index, library), index.encoder.encode_queries)
    answerer = IndexAnswerer(index)
    asked = [row for row in read("tune") if row["kind"] in ("answer", "near")]
    answers = [answerer.ask(row["text"]) for row in asked]
    rows = np.array([[answer.signals[name] for name in SIGNALS] for answer in answers], np.float32)
    answerable = np.array([row["kind"] == "answer" for row in asked])
    assumed = Mixture(settings.assumed_unanswerable, settings.assumed_known)
    table = [["signals that an answer exists", "AUROC", "near answered when 80 % of the others are"]]
    for signals in CHOICES:
        found = confidence(seen, rows, signals, assumed)
        ones = np.ones((1, len(found)))
        kept = share_above(found, answerable, 0.8, ~answerable)(ones)[0]
        table.append([", ".join(signals), cell(auroc(found, answerable, ~answerable)(ones)[0]), cell(kept)])
    print(f"{len(seen)} trial runs, {len(asked)} questions\n\n{markdown(table)}")


if __name__ == "__main__":
    main()
