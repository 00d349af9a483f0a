"""Write the risk-coverage curve of the project's own articles: how many questions are answered, and how many wrongly.

Usage: python benchmarks/curve.py [--out DIR]

Questions are the tests of the reported half of the articles, and as near misses the same tests, each asked of an index
without its article. Near misses count so that they make up the assumed share of all questions (a setting).
Writes risk-coverage.md and .csv, and .png if matplotlib is installed.
"""

from __future__ import annotations

import argparse
import csv
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from benchmarks.peers.base import System, Workshop
from benchmarks.peers.dense import SYSTEMS as DENSE
from benchmarks.peers.ours import SYSTEMS as OURS
from benchmarks.quality import markdown
from benchmarks.tasks import Bench
from kb.evaluation.runner import JudgedResult
from kb.evaluation.statistics import RiskPoint
from kb.settings.settings import load_settings

if TYPE_CHECKING:
    from matplotlib.axes import Axes

NAME = "risk-coverage"
STEPS = tuple(n / 20 for n in range(1, 21))
SHOWN: tuple[System, ...] = (OURS[0], DENSE[0])


def main() -> None:
    """Measure, and write the files."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", type=Path, default=Path("docs"), help="folder of the three files")
    parser.add_argument("--work", type=Path, help="keep the indexes there, for another run")
    options = parser.parse_args()
    settings = load_settings()
    with tempfile.TemporaryDirectory(prefix="kb-curve-") as scratch:
        bench = Bench(Workshop(settings, options.work or Path(scratch)), None)
        shelf, tests = bench.own
        curves = {s.name: curve(bench.ask(s, shelf, tests), bench.near_misses(s), bench.assumed) for s in SHOWN}
    options.out.mkdir(parents=True, exist_ok=True)
    write_tables(curves, options.out, len(tests), bench.assumed)
    drawn = draw(curves, settings.target_wrong_answers, options.out / f"{NAME}.png")
    print(f"Wrote {NAME}.md and .csv{' and .png' if drawn else '; no .png: install the bench group for it'}")


def curve(answerable: Sequence[JudgedResult], unanswerable: Sequence[JudgedResult], assumed: float) -> list[RiskPoint]:
    """Return the curve in the assumed mixture, one point per question, from the most confident down.

    :param answerable: Questions that an article answers.
    :param unanswerable: Questions that no article answers.
    :param assumed: The share of unanswerable questions among all.
    :return: Points whose coverage never falls along the list.
    """
    results = [*answerable, *unanswerable]
    confidence = np.array([r.confidence for r in results])
    right = np.array([r.is_first_right for r in results])
    weight = np.full(len(results), (1 - assumed) / len(answerable))
    weight[len(answerable) :] = assumed / len(unanswerable)
    order = np.argsort(-confidence, kind="stable")
    answered = np.cumsum(weight[order])
    wrong = np.cumsum((weight * ~right)[order])
    last = np.append(np.diff(confidence[order]) != 0, True)  # equal confidences are answered together
    return [
        RiskPoint(float(confidence[order[n]]), float(answered[n]), float(wrong[n] / answered[n]))
        for n in np.flatnonzero(last).tolist()
    ]


def at(points: Sequence[RiskPoint], coverage: float) -> RiskPoint:
    """Return the first point that reaches the given coverage."""
    return next((p for p in points if p.coverage >= coverage - 1e-9), points[-1])


def write_tables(curves: dict[str, list[RiskPoint]], folder: Path, questions: int, assumed: float) -> None:
    """Write the curve as a page and for spreadsheets."""
    heads = ["answered"]
    for name in curves:
        heads += [f"{name}: threshold", f"{name}: wrong among answered"]
    rows = []
    for step in STEPS:
        points = [at(points, step) for points in curves.values()]
        rows.append([f"{step:.2f}", *(f"{value:.4f}" for p in points for value in (p.threshold, p.risk))])
    with (folder / f"{NAME}.csv").open("w", newline="", encoding="utf-8") as file:
        csv.writer(file, lineterminator="\n").writerows([heads, *rows])
    page = (
        "# Risk and coverage\n\n"
        "Written by `make quality`. If only the questions with the highest confidence were answered, how many of the\n"
        "answers would be wrong?\n\n"
        f"{questions} tests of the half of the articles that is only reported, and the same {questions} as near "
        "misses, each\n"
        "asked of an index without its article. Near misses count so that they are "
        f"{round(100 * assumed)} % of all questions. The threshold\n"
        "is on the confidence; the tutorial's confidence is its cosine.\n\n"
        f"![The share of wrong answers grows with the share of questions answered]({NAME}.png)\n\n"
    )
    (folder / f"{NAME}.md").write_text(f"{page}{markdown([heads, *rows])}\n", encoding="utf-8")


def draw(curves: dict[str, list[RiskPoint]], target: float, path: Path) -> bool:
    """Draw the curves; return whether matplotlib is installed."""
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        return False
    with mpl.rc_context({"svg.hashsalt": NAME}):
        figure = Figure(figsize=(7, 4.2), layout="constrained")
        _plot(figure.subplots(), curves, target)
        figure.savefig(path, dpi=150, metadata={"Software": None})  # no version, no date: the same curve, the same file
    return True


def _plot(axes: Axes, curves: dict[str, list[RiskPoint]], target: float) -> None:
    for (name, points), style in zip(curves.items(), ("-", "--", ":", "-."), strict=False):
        shown = [p for p in points if p.coverage >= STEPS[0] / 2]  # a handful of answers says nothing
        axes.plot([p.coverage for p in shown], [p.risk for p in shown], style, label=name)
    axes.axhline(target, color="0.5", linewidth=1)
    axes.text(0.995, target + 0.005, f"promised: {100 * target:.0f} %", color="0.35", fontsize="small", ha="right")
    axes.set(xlabel="share of questions answered", ylabel="wrong among answered", xlim=(0, 1), ylim=(0, None))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="upper left")


if __name__ == "__main__":
    main()
