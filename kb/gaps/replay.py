"""Replay gap questions against a new index: which are answered now, and which have regressed.

A question counts in a replay only when it is not, or nearly, a title, example or test of an article: copying a question
into the examples makes the index know it by heart and proves nothing. A question that had an answer before (which was
unsure, did not help, or led to an agent all the same) is served only when another article answers it now, the article's
text has changed, or the confidence is no longer low.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.common.folding import plain_words
from kb.gaps.states import GapState
from kb.gaps.unanswered import Unanswered
from kb.types import Answer, Article, Library, OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

CLOSES_AT = 2 / 3
"""The share of a gap's questions, weighted by how often each was asked, that proposes closing it."""
REOPENS_BELOW = 1 / 2
"""The share below which a closed gap opens again; lower than the other, so that noise opens and closes nothing."""
NEARLY = 90.0
"""The ratio of equal characters, 0 to 100, from which a question is nearly an example; as in ``kb check``."""


@dataclass(frozen=True, slots=True)
class RecordedAnswer:
    """The answer of one index to one question, as it is stored."""

    outcome: str
    confidence: float
    hits: tuple[tuple[str, float], ...]
    """Article ids with scores, best first."""
    digest: str = ""
    """Digest of the leading article's text; empty when it is not known."""

    @property
    def leading(self) -> str:
        """The id of the article at rank 1; empty without hits."""
        return self.hits[0][0] if self.hits else ""

    def place(self, article_id: str) -> tuple[int | None, float | None]:
        """Return the rank (from 1) and score of an article; None when it is not among the hits."""
        for n, (found, score) in enumerate(self.hits, start=1):
            if found == article_id:
                return n, score
        return None, None

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        hits = [[article, round(score, 4)] for article, score in self.hits]
        return {"outcome": self.outcome, "confidence": round(self.confidence, 4), "hits": hits, "digest": self.digest}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> RecordedAnswer:
        """Return the answer from its JSON values."""
        hits = tuple((str(article), float(score)) for article, score in values.get("hits", ()))
        return cls(str(values["outcome"]), float(values["confidence"]), hits, str(values.get("digest", "")))


@dataclass(frozen=True, slots=True)
class ReplayQuestion:
    """A question of a gap, as a replay needs it."""

    key: str
    text: str
    asked: int
    reasons: frozenset[str]
    """Values of :class:`Unanswered`, over all times it was asked."""
    before: RecordedAnswer
    """The answer when it was first asked."""


@dataclass(frozen=True, slots=True)
class BeforeAndAfter:
    """One question with its answers before and after."""

    key: str
    text: str
    asked: int
    before: RecordedAnswer
    after: RecordedAnswer
    counts: bool
    """False for an example of an article, or nearly one."""
    served: bool

    def as_json(self, article_id: str) -> dict[str, Any]:
        """Return both answers, with the rank and score of the article that may close the gap."""
        answers = {}
        for name, answer in (("before", self.before), ("after", self.after)):
            rank, score = answer.place(article_id)
            answers[name] = {
                "outcome": answer.outcome,
                "confidence": round(answer.confidence, 4),
                "leading": answer.leading,
                "rank": rank,
                "score": None if score is None else round(score, 4),
            }
        return {"key": self.key, "asked": self.asked, "counts": self.counts, "served": self.served, **answers}


@dataclass(frozen=True, slots=True)
class ReplayVerdict:
    """The result of a replay of one gap."""

    questions: tuple[BeforeAndAfter, ...]
    article_id: str
    """The article that answers most of its questions; empty when none does."""
    counted: int
    """How often the questions that count were asked."""
    served: int
    """How often the questions that are answered now were asked."""

    @property
    def share(self) -> float | None:
        """The share that is answered; None when no question counts."""
        return self.served / self.counted if self.counted else None

    @property
    def closes(self) -> bool:
        """Whether closing may be proposed."""
        return self.share is not None and self.share >= CLOSES_AT and bool(self.article_id)

    @property
    def reopens(self) -> bool:
        """Whether a closed gap must be opened again."""
        return self.share is not None and self.share < REOPENS_BELOW


def reopened_by(verdict: ReplayVerdict, state: GapState) -> bool:
    """Return whether a replay reopens a gap by itself: a closed one, never a dismissed one."""
    return state is GapState.VERIFIED and verdict.reopens


def article_digest(article: Article | None) -> str:
    """Return a digest of an article's title and text; empty without an article."""
    if article is None:
        return ""
    from hashlib import sha256  # noqa: PLC0415

    return sha256(f"{article.title}\n{article.body}".encode()).hexdigest()[:16]


def recorded_answer(answer: Answer, library: Library) -> RecordedAnswer:
    """Return an answer as it is stored."""
    hits = tuple((hit.article_id, hit.score) for hit in answer.hits)
    digest = article_digest(library.articles.get(hits[0][0])) if hits else ""
    return RecordedAnswer(answer.outcome.kind.value, answer.confidence, hits, digest)


def replay_questions(
    questions: Sequence[ReplayQuestion],
    ask: Callable[[str], RecordedAnswer],
    *,
    is_known: Callable[[str], bool],
    low_below: float,
) -> ReplayVerdict:
    """Ask a gap's questions again and decide.

    :param questions: The questions of one gap.
    :param ask: Returns the answer of the new index.
    :param is_known: Whether an editor wrote the question, or nearly; from :func:`known_questions`.
    :param low_below: The confidence below which an answer is unsure.
    :return: The share that is answered now, and the article that answers most.
    """
    done = [_replayed(question, ask(question.text), is_known(question.text), low_below) for question in questions]
    counting = [question for question in done if question.counts]
    by: Counter[str] = Counter()
    for question in counting:
        if question.served:
            by[question.after.leading] += question.asked
    article = min(by, key=lambda name: (-by[name], name)) if by else ""
    return ReplayVerdict(tuple(done), article, sum(q.asked for q in counting), sum(by.values()))


def _replayed(question: ReplayQuestion, after: RecordedAnswer, is_known: bool, low_below: float) -> BeforeAndAfter:  # noqa: FBT001
    served = after.outcome == OutcomeKind.ANSWERED and not _is_same_failure(question, after, low_below)
    return BeforeAndAfter(question.key, question.text, question.asked, question.before, after, not is_known, served)


def _is_same_failure(question: ReplayQuestion, after: RecordedAnswer, low_below: float) -> bool:
    """Return whether a question gets the same answer that did not serve before."""
    before = question.before
    if before.outcome != OutcomeKind.ANSWERED or before.leading != after.leading:
        return False
    changed = bool(before.digest) and before.digest != after.digest
    return not changed and not _only_unsure(question, after, low_below)


def _only_unsure(question: ReplayQuestion, after: RecordedAnswer, low_below: float) -> bool:
    """Return whether only a low confidence was wrong, and it is no longer low."""
    return question.reasons <= {Unanswered.LOW_CONFIDENCE} and after.confidence >= low_below


def known_questions(library: Library) -> Callable[[str], bool]:
    """Return a test of whether a question is a title, example or test of an article, or nearly one.

    :param library: The articles of the index.
    :return: A test that compares words only: in lower case, without accents and punctuation.
    """
    known = {plain_words(text) for article in library for text in (article.title, *article.examples, *article.tests)}
    listed = sorted(known - {""})

    def is_known(text: str) -> bool:
        from rapidfuzz import fuzz, process  # noqa: PLC0415 — compiled; not needed to read the module

        plain = plain_words(text)
        if plain in known:
            return True
        return process.extractOne(plain, listed, scorer=fuzz.ratio, score_cutoff=NEARLY) is not None

    return is_known
