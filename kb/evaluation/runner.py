"""A run: every judged question asked once, with its result.

Questions that were handed over or failed stay in the run: leaving them out would flatter it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from kb.errors import KbError
from kb.evaluation.judgments import Judged, trec_id
from kb.types import TOP, Answer, Answered, Answerer, Clarify, NoAnswer, Outcome, OutcomeKind, Progress

DEPTH = 10
"""The number of articles kept of each ranking."""
_MILLION = 1_000_000
"""A score in a file has six decimals."""


@dataclass(frozen=True, slots=True)
class ShownPart:
    """The part of the first article that a customer reads."""

    anchor: str
    """That of its section, or :data:`~kb.types.TOP` for the direct answer."""
    heading: str
    """Of its section; empty for the direct answer."""
    text: str


@dataclass(frozen=True, slots=True)
class JudgedResult:
    """The result of one question."""

    judged: Judged
    ranking: tuple[str, ...]
    """Article ids, best first, whatever the outcome; empty for an empty or failed question."""
    outcome: OutcomeKind
    """``no_answer`` for a question that failed: the customer gets no answer either."""
    confidence: float
    """Probability that the first article of the ranking answers, 0 to 1."""
    took_ms: float
    choices: tuple[str, ...] = ()
    """Article ids, for ``clarify``."""
    scores: tuple[float, ...] = ()
    """The scores of the ranking."""
    signpost: str = ""
    """The id of the signpost that the customer reads; empty if there is none."""
    error: str = ""
    """The reason why the question failed; empty if it did not."""
    part: ShownPart | None = None
    """What the customer reads, for ``answered``."""

    @property
    def is_part_right(self) -> bool:
        """Whether the customer reads one of the parts that answer; true as well if any part will do."""
        return not self.judged.sections or self.part is None or self.part.anchor in self.judged.sections

    @property
    def is_first_right(self) -> bool:
        """Whether the first article of the ranking answers."""
        return bool(self.ranking) and self.ranking[0] in self.judged.relevant

    @property
    def is_choice_right(self) -> bool:
        """Whether one of the choices offered answers."""
        return any(article in self.judged.relevant for article in self.choices)

    @property
    def right_rank(self) -> int | None:
        """The rank, from 1, of the first article that answers; None if none does."""
        return next((n for n, a in enumerate(self.ranking, start=1) if a in self.judged.relevant), None)


@dataclass(frozen=True, slots=True)
class Run:
    """The results of all questions, in their order."""

    results: tuple[JudgedResult, ...]
    index_version: str
    k: int = DEPTH

    def __iter__(self) -> Iterator[JudgedResult]:
        return iter(self.results)

    def __len__(self) -> int:
        return len(self.results)

    @property
    def failed(self) -> tuple[JudgedResult, ...]:
        """The questions that failed."""
        return tuple(result for result in self.results if result.error)


def run(answerer: Answerer, judged: Sequence[Judged], k: int = DEPTH, progress: Progress | None = None) -> Run:
    """Ask every question once.

    :param answerer: The answerer to measure.
    :param judged: The questions.
    :param k: The number of articles kept of each ranking.
    :param progress: Called after each question.
    :return: One result per question.
    """
    results = []
    for n, query in enumerate(judged, start=1):
        results.append(ask_one(answerer, query, k))
        if progress is not None:
            progress(n, len(judged))
    return Run(tuple(results), answerer.index_version, k)


def ask_one(answerer: Answerer, judged: Judged, k: int = DEPTH) -> JudgedResult:
    """Ask one question; an expected error becomes a result that gives the reason.

    :param answerer: The answerer to measure.
    :param judged: The question.
    :param k: The number of articles kept of the ranking.
    :return: The result.
    """
    try:
        answer = answerer.ask(judged.text, k)
    except (KbError, ValueError) as error:  # one question must not lose all others; a bug still stops the run
        return JudgedResult(judged, (), OutcomeKind.NO_ANSWER, 0.0, 0.0, error=str(error) or type(error).__name__)
    return _result(judged, answer)


def _result(judged: Judged, answer: Answer) -> JudgedResult:
    outcome = answer.outcome
    return JudgedResult(
        judged=judged,
        ranking=tuple(hit.article_id for hit in answer.hits),
        outcome=outcome.kind,
        confidence=answer.confidence,
        took_ms=answer.took_ms,
        choices=tuple(hit.article_id for hit in outcome.choices) if isinstance(outcome, Clarify) else (),
        scores=tuple(hit.score for hit in answer.hits),
        signpost=_signpost(outcome),
        part=_part(outcome),
    )


def _part(outcome: Outcome) -> ShownPart | None:
    if not isinstance(outcome, Answered):
        return None
    passage = outcome.hit.passage
    return ShownPart(passage.anchor or TOP, passage.heading if passage.anchor else "", passage.text)


def _signpost(outcome: Outcome) -> str:
    found = outcome.elsewhere.signpost if isinstance(outcome, NoAnswer) and outcome.elsewhere is not None else None
    return found.id if found is not None else ""


def run_lines(results: Iterable[JudgedResult], tag: str = "kb") -> Iterator[str]:
    """Yield a run in TREC's form: query, Q0, article, rank, score, tag.

    :param results: The results; one without a ranking gives no line.
    :param tag: The run's name.
    :yield: A line without its end. The score falls strictly, so that tools which sort by it keep the order.
    :raises QueryFileError: If an id has a space in it, which the form cannot hold.
    """
    for result in results:
        last: float = float("inf")
        for rank, (article, score) in enumerate(zip(result.ranking, result.scores, strict=True), start=1):
            last = min(round(score * _MILLION), last - 1)
            yield f"{trec_id(result.judged.query_id)} Q0 {trec_id(article)} {rank} {last / _MILLION:.6f} {tag}"
