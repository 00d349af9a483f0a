"""Measure when the help center answers and when it hands over, on questions by people who saw no example.

Usage: python benchmarks/hand_over.py [--index DIR] [--set report] [--list]

``benchmarks/questions`` holds two sets, each by another hand, written from the articles' titles and texts without sight
of examples, signposts and tests. ``tune`` may guide choices; ``report`` is only measured. Kinds: ``answer``, ``near``
(the words of billing, but no article answers), ``far`` (something else altogether), and in ``report`` 83 questions as
customers type them first (``customer``). ``--list`` prints every question that came out wrong.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.figures import decision, ranking
from benchmarks.quality import cell, markdown
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import JudgedResult
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.settings.settings import load_settings
from kb.types import Answer, Clarify, NoAnswer, NoAnswerReason, OutcomeKind

FOLDER = Path(__file__).parent / "questions"


@dataclass(frozen=True)
class Asked:
    """A judged question with its answer."""

    row: Mapping[str, Any]
    answer: Answer

    @property
    def result(self) -> JudgedResult:
        """The answer in the form that the figures are computed from."""
        outcome = self.answer.outcome
        return JudgedResult(
            Judged(self.row["id"], self.row["text"], dict.fromkeys(self.row["articles"], 1)),
            tuple(hit.article_id for hit in self.answer.hits),
            outcome.kind,
            self.answer.confidence,
            self.answer.took_ms,
            tuple(hit.article_id for hit in outcome.choices) if isinstance(outcome, Clarify) else (),
        )

    @property
    def outcome(self) -> str:
        """``answered``, ``undecided``, or the reason for no answer."""
        outcome = self.answer.outcome
        return outcome.reason.value if isinstance(outcome, NoAnswer) else outcome.kind.value

    @property
    def is_wrong(self) -> bool:
        """Whether a wrong answer was given, or none where there is one."""
        if not self.row["articles"]:
            return self.answer.outcome.kind is OutcomeKind.ANSWERED
        if self.answer.outcome.kind is OutcomeKind.ANSWERED:
            return not self.result.is_first_right
        return self.outcome in (NoAnswerReason.ELSEWHERE, NoAnswerReason.OUT_OF_SCOPE)


def read(name: str, folder: Path = FOLDER) -> list[dict[str, Any]]:
    """Return the questions of a set."""
    return [json.loads(line) for line in (folder / f"{name}.jsonl").read_text(encoding="utf-8").splitlines()]


def figures(asked: Sequence[Asked], assumed: float) -> list[list[str]]:
    """Return one row of figures per language, and one of both."""
    columns = (
        "first",
        "three",
        "auroc_all",
        "wrong_at_80",
        "answered",
        "wrongly_answered",
        "risk",
        "calibration_error",
    )
    rows = [["language", "answerable", "near", *columns, "far answered"]]
    for language in ("en", "es", "both"):
        mine = [a for a in asked if language in ("both", a.row["language"])]
        of_kind = {kind: [a.result for a in mine if a.row["kind"] == kind] for kind in ("answer", "near", "far")}
        if not of_kind["answer"] or not of_kind["near"]:
            continue
        found = ranking(of_kind["answer"]) | decision(of_kind["answer"], of_kind["near"], assumed)
        far = sum(r.outcome is OutcomeKind.ANSWERED for r in of_kind["far"])
        counts = [str(len(of_kind["answer"])), str(len(of_kind["near"]))]
        rows.append([language, *counts, *(cell(found[name]) for name in columns), f"{far} of {len(of_kind['far'])}"])
    return rows


def outcomes(asked: Sequence[Asked]) -> list[list[str]]:
    """Return the share of each outcome by kind of question."""
    names = sorted({a.outcome for a in asked})
    rows = [["kind", "questions", *names]]
    for kind in dict.fromkeys(a.row["kind"] for a in asked):
        mine = [a for a in asked if a.row["kind"] == kind]
        shares = [sum(a.outcome == name for a in mine) / len(mine) for name in names]
        rows.append([kind, str(len(mine)), *(f"{share:.3f}" for share in shares)])
    return rows


def main() -> None:
    """Ask and print."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path, help="folder of the index")
    parser.add_argument("--set", action="append", choices=("tune", "report"), help="only this set")
    parser.add_argument("--list", action="store_true", help="print what came out wrong")
    options = parser.parse_args()
    settings = load_settings(index=options.index)
    answerer = IndexAnswerer(load_newest(settings, print))
    print(f"Index {answerer.index_version}; unanswerable in the mixture: {settings.assumed_unanswerable:.0%}\n")
    for name in options.set or ("tune", "report"):
        asked = [Asked(row, answerer.ask(row["text"])) for row in read(name)]
        print(
            f"## {name}\n\n{markdown(figures(asked, settings.assumed_unanswerable))}\n\n{markdown(outcomes(asked))}\n"
        )
        for wrong in (a for a in asked if options.list and a.is_wrong):
            print(
                f"{wrong.outcome} {wrong.answer.confidence:.2f} {wrong.answer.hits[0].article_id}: {wrong.row['text']}"
            )


if __name__ == "__main__":
    main()
