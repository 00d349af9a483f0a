"""Replay gap questions against a new index: which are answered now, and which have regressed.

An index knows its own titles and examples by heart, so that a question which repeats one would prove nothing. Such a
question is asked a second time, of the index without the very title or example that repeats it, and counts as answered
only if the same article answers it there as well. A question that had an answer before (which was unsure, did not help,
or led to an agent all the same) is served only when another article answers it now, the article's text has changed, or
the confidence is no longer low.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from kb.common.folding import plain_words
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

    def side(self, article_id: str) -> dict[str, Any]:
        """Return the answer as one side of a comparison, with the rank and score of an article."""
        rank, score = self.place(article_id)
        return {
            "outcome": self.outcome,
            "confidence": round(self.confidence, 4),
            "leading": self.leading,
            "rank": rank,
            "score": None if score is None else round(score, 4),
        }

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
    """The answer of the index as it is, which customers get."""
    apart: RecordedAnswer | None
    """The answer of the index without the titles and examples that repeat the question; None if none does."""
    answered: bool
    """Whether the index as it is serves it."""

    @property
    def served(self) -> bool:
        """Whether it is served, and not only because a title or an example repeats it."""
        return self.answered and (self.apart is None or self._holds(self.apart))

    def _holds(self, apart: RecordedAnswer) -> bool:
        return apart.outcome == OutcomeKind.ANSWERED and apart.leading == self.after.leading

    def as_json(self, article_id: str) -> dict[str, Any]:
        """Return the answers, with the rank and score of the article that may close the gap."""
        found = {"before": self.before, "after": self.after, "apart": self.apart}
        answers = {name: answer.side(article_id) for name, answer in found.items() if answer is not None}
        about = {"key": self.key, "asked": self.asked, "served": self.served, "answered": self.answered}
        return {**about, "repeated": self.apart is not None, **answers}


@dataclass(frozen=True, slots=True)
class ReplayVerdict:
    """The result of a replay of one gap."""

    questions: tuple[BeforeAndAfter, ...]
    article_id: str
    """The article that answers most of its questions; empty when none does."""
    counted: int
    """How often the questions were asked."""
    served: int
    """How often the questions were asked that are proved to be answered."""

    @property
    def answered(self) -> int:
        """How often the questions were asked that the index as it is answers."""
        return sum(question.asked for question in self.questions if question.answered)

    @property
    def share(self) -> float | None:
        """The share that is proved to be answered; None without questions."""
        return self.served / self.counted if self.counted else None

    @property
    def closes(self) -> bool:
        """Whether closing may be proposed."""
        return self.share is not None and self.share >= CLOSES_AT and bool(self.article_id)

    def reopens(self, excused: Mapping[str, int] | None = None) -> bool:
        """Return whether a closed gap must be opened again: customers no longer get an answer.

        :param excused: How often questions had been asked that were not answered when the gap was closed by hand.
        :return: Whether fewer than half of the other times are answered by the index as it is.
        """
        times = [(q, max(q.asked - (excused or {}).get(q.key, 0), 0)) for q in self.questions]
        counted = sum(asked for _, asked in times)
        return counted > 0 and sum(asked for q, asked in times if q.answered) / counted < REOPENS_BELOW


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
    ask_apart: Callable[[str], RecordedAnswer | None],
    low_below: float,
) -> ReplayVerdict:
    """Ask a gap's questions again and decide.

    :param questions: The questions of one gap.
    :param ask: Returns the answer of the new index.
    :param ask_apart: Returns the answer of the new index without the titles and examples that repeat the question; None
        if none does.
    :param low_below: The confidence below which an answer is unsure.
    :return: The share that is answered now, and the article that answers most.
    """
    done = [_replayed(q, ask(q.text), ask_apart(q.text), low_below) for q in questions]
    by: Counter[str] = Counter()
    for question in done:
        if question.served:
            by[question.after.leading] += question.asked
    article = min(by, key=lambda name: (-by[name], name)) if by else ""
    return ReplayVerdict(tuple(done), article, sum(q.asked for q in done), sum(by.values()))


def _replayed(
    question: ReplayQuestion, after: RecordedAnswer, apart: RecordedAnswer | None, low_below: float
) -> BeforeAndAfter:
    answered = after.outcome == OutcomeKind.ANSWERED and not _is_same_failure(question, after, low_below)
    return BeforeAndAfter(question.key, question.text, question.asked, question.before, after, apart, answered)


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


def repeated_in(library: Library) -> Callable[[str], tuple[str, ...]]:
    """Return what finds the titles and examples that repeat a question, word for word or nearly.

    A test is none of them: no index holds it.

    :param library: The articles of the index.
    :return: A function of a question; it compares words only, in lower case, without accents and punctuation.
    """
    written: dict[str, str] = {}
    for article in library:
        others = (other.question for other in article.not_for if other.belongs in library.articles)
        titles = (text.title for text in article.all_languages)
        for text in (*titles, *article.every_example, *others):
            written.setdefault(plain_words(text), text)
    written.pop("", None)
    listed = sorted(written)

    def repeated(question: str) -> tuple[str, ...]:
        from rapidfuzz import fuzz, process  # noqa: PLC0415 — compiled; not needed to read the module

        found = process.extract(plain_words(question), listed, scorer=fuzz.ratio, score_cutoff=NEARLY, limit=None)
        return tuple(written[plain] for plain, _, _ in found)

    return repeated
