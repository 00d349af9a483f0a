"""An answerer that says what a test tells it to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from kb.errors import KbError
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import JudgedResult
from kb.types import (
    Answer,
    Answered,
    Clarify,
    Hit,
    Library,
    NoAnswer,
    NoAnswerReason,
    Outcome,
    OutcomeKind,
    Passage,
    Query,
)
from tests.support import make_article, make_library

ANSWERED, CLARIFY, NO_ANSWER = OutcomeKind.ANSWERED, OutcomeKind.CLARIFY, OutcomeKind.NO_ANSWER


def hits_of(ranking: Sequence[str]) -> tuple[Hit, ...]:
    """Return hits with scores 0.9, 0.8, … for article ids."""
    return tuple(
        Hit(n + 1, article, article.title(), Passage(f"{article}#0", article, "", "", "text", "text"), 0.9 - n / 10)
        for n, article in enumerate(ranking)
    )


class FakeAnswerer:
    """Answers from a table: text to (outcome, confidence, ranking); anything else is handed over."""

    def __init__(
        self,
        table: Mapping[str, tuple[OutcomeKind, float, Sequence[str]]],
        library: Library | None = None,
        version: str = "v1-fake",
        broken: Sequence[str] = (),
    ) -> None:
        """Answer from a table; the ``broken`` texts raise."""
        self.table = table
        self.library = library or make_library(*(make_article(name) for name in "abcd"))
        self.index_version = version
        self.broken = broken

    def ask(self, text: str, k: int = 5) -> Answer:
        """Return the table's answer."""
        if text in self.broken:
            raise KbError("the index fell over")
        kind, confidence, ranking = self.table.get(text, (NO_ANSWER, 0.0, ()))
        hits = hits_of(ranking)
        return Answer(Query(text, text), outcome(kind, hits), confidence, hits[:k], self.index_version, 2.0)


def outcome(kind: OutcomeKind, hits: tuple[Hit, ...]) -> Outcome:
    """Return an outcome over hits; two choices for ``clarify``."""
    if kind is ANSWERED:
        return Answered(hits[0], hits[1:])
    if kind is CLARIFY:
        return Clarify(hits[:2])
    return NoAnswer(NoAnswerReason.BELOW_THRESHOLD, hits)


def result(
    relevant: Mapping[str, int] | None = None,
    ranking: Sequence[str] = (),
    kind: OutcomeKind = NO_ANSWER,
    confidence: float = 0.0,
    query_id: str = "q",
    voice: str = "messy",
    error: str = "",
) -> JudgedResult:
    """Return a result as a run would hold it."""
    return JudgedResult(
        judged=Judged(query_id, f"text of {query_id}", relevant or {}, voice),
        ranking=tuple(ranking),
        outcome=kind,
        confidence=confidence,
        took_ms=2.0,
        choices=tuple(ranking[:2]) if kind is CLARIFY else (),
        scores=tuple(0.9 - n / 10 for n in range(len(ranking))),
        error=error,
    )
