"""The records every package shares: articles, passages, hits, answers and findings.

Level 0 of the house: imports the standard library and numpy's types only, so that no package has to
import another one for a word they both use.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from kb.sample_bill import BillPart

if TYPE_CHECKING:  # numpy takes a tenth of a second that 'kb --help' can do without
    import numpy as np
    import numpy.typing as npt

EmbeddingMatrix: TypeAlias = "npt.NDArray[np.float32]"
"""float32, shape (n_texts, dim), rows of unit L2 norm."""

Vector: TypeAlias = "npt.NDArray[np.float32]"
"""float32, shape (dim,), unit L2 norm unless said otherwise."""

Scores: TypeAlias = "npt.NDArray[np.float32]"
"""float32, shape (n,), higher is better."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (done, total) while a long step runs."""


# --------------------------------------------------------------------------------------------- content


class ArticleKind(StrEnum):
    """What an article is, which decides how it is laid out."""

    FAQ = "faq"
    TROUBLESHOOTING = "troubleshooting"
    TUTORIAL = "tutorial"
    REFERENCE = "reference"


class ArticleStatus(StrEnum):
    """Whether customers may see an article; drafts are never indexed."""

    DRAFT = "draft"
    PUBLISHED = "published"


class Severity(StrEnum):
    """How bad a finding is; only errors stop a build."""

    ERROR = "error"
    WARNING = "warning"
    ADVICE = "advice"


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """One thing wrong with a file, where it is, and how to mend it."""

    path: str
    line: int
    """1-based; 1 when the whole file is meant."""
    column: int
    """1-based, counted in characters."""
    severity: Severity = field(compare=False)
    code: str
    message: str
    fix: str

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}:{self.column}"
        return f"{place}: {self.severity.value} {self.code}: {self.message} ({self.fix})"


@dataclass(frozen=True, slots=True)
class Source:
    """Where an article's facts come from."""

    address: str
    dated: str
    """The source's own date, YYYY, YYYY-MM or YYYY-MM-DD, or ``unknown``."""
    read: str
    """When the copy at hand was read, same forms."""


@dataclass(frozen=True, slots=True)
class Section:
    """A heading of an article and the Markdown beneath it, up to the next heading."""

    heading: str
    """Plain text; empty for what stands before the first heading."""
    anchor: str
    """ASCII, unique within the article; empty for what stands before the first heading."""
    level: int
    """2 to 6; 1 for what stands before the first heading."""
    markdown: str
    line: int
    """1-based line of the heading in the article's file."""


@dataclass(frozen=True, slots=True)
class Article:
    """One help article, parsed; its id is the file's stem, for life."""

    id: str
    title: str
    kind: ArticleKind
    category: str
    body: str
    """Markdown below the front matter, channel names already filled in."""
    sections: tuple[Section, ...]
    summary: str = ""
    examples: tuple[str, ...] = ()
    """Ways customers ask; embedded into the index."""
    tests: tuple[str, ...] = ()
    """Ways customers ask; never embedded: each must find this article."""
    keywords: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    owner: str = ""
    reviewed: date | None = None
    """When the owner last read the article against its sources."""
    review_in_days: int | None = None
    sources: tuple[Source, ...] = ()
    redirects: tuple[str, ...] = ()
    """Earlier ids of this article."""
    status: ArticleStatus = ArticleStatus.PUBLISHED
    path: str = ""
    """Where it was read from, as given, for messages."""


@dataclass(frozen=True, slots=True)
class Category:
    """A shelf of the help centre: articles of one folder, with a paragraph of introduction."""

    id: str
    title: str
    text: str = ""
    order: int = 1000
    """Lower is shown first; equal orders go by title."""


@dataclass(frozen=True)
class Library:
    """Everything a reader may open: published articles and their categories."""

    articles: Mapping[str, Article]
    categories: tuple[Category, ...]
    """In the order shown; each has at least one article."""
    bill: tuple[BillPart, ...] = ()
    """The sample bill from top to bottom; empty where the articles bring none."""

    def resolve(self, article_id: str) -> Article | None:
        """Return the article of an id or of an earlier id of it, or None."""
        found = self.articles.get(article_id)
        if found is not None:
            return found
        for article in self.articles.values():
            if article_id in article.redirects:
                return article
        return None

    def in_category(self, category_id: str) -> list[Article]:
        """Return the articles of a category, by title."""
        chosen = [a for a in self.articles.values() if a.category == category_id]
        return sorted(chosen, key=lambda a: (a.title.casefold(), a.id))

    def __iter__(self) -> Iterator[Article]:
        return iter(self.articles.values())

    def __len__(self) -> int:
        return len(self.articles)


# ------------------------------------------------------------------------------------------- retrieval


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is embedded, retrieved and shown: a section of an article, or a part of a long one."""

    passage_id: str
    """``<article_id>#<n>``, n counted from 0 within the article."""
    article_id: str
    heading: str
    """The section's heading; the article's title for what stands before the first one."""
    anchor: str
    """The section's anchor; empty for what stands before the first heading."""
    text: str
    """Plain text, as spoken; what is embedded and printed."""
    markdown: str
    """The same as Markdown; what a page renders."""


@dataclass(frozen=True, slots=True)
class Query:
    """What a customer typed: the raw text and the normalised one that is searched."""

    raw: str
    text: str
    language: str = "en"
    """``en`` or ``es``, the languages in which questions are expected; another one counts as English."""
    searched: str = ""
    """The normalised text with slips of the finger put right; what is encoded and compared."""


class UnitKind(StrEnum):
    """What a row of the index was made from."""

    TITLE = "title"
    PASSAGE = "passage"
    EXAMPLE = "example"


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why an article was ranked where it is: what matched best, and each part's score."""

    unit_kind: UnitKind
    unit_text: str
    parts: Mapping[str, float]
    """Each part of the score by name, before weighting."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article of a ranking, with the passage of it that fits the query best."""

    rank: int
    """1-based."""
    article_id: str
    title: str
    passage: Passage
    score: float
    """Fused similarity, higher is better, 0 to 1 for ordinary queries."""
    evidence: Evidence | None = None

    def as_json(self) -> dict[str, Any]:
        """Return the row of contract 4.2."""
        return {
            "rank": self.rank,
            "article_id": self.article_id,
            "title": self.title,
            "heading": self.passage.heading,
            "anchor": self.passage.anchor,
            "passage": self.passage.text,
            "score": round(self.score, 4),
        }


class OutcomeKind(StrEnum):
    """What was decided about a query."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    NO_ANSWER = "no_answer"


class NoAnswerReason(StrEnum):
    """Why there is no answer."""

    BELOW_THRESHOLD = "below_threshold"
    OUT_OF_SCOPE = "out_of_scope"
    EMPTY_QUERY = "empty_query"


@dataclass(frozen=True, slots=True)
class Answered:
    """Rank 1 answers the query; ``others`` are further articles, never part of the answer."""

    hit: Hit
    others: tuple[Hit, ...]
    kind: OutcomeKind = field(default=OutcomeKind.ANSWERED, init=False)


@dataclass(frozen=True, slots=True)
class Clarify:
    """Two or three articles are likely enough together: the customer chooses."""

    choices: tuple[Hit, ...]
    kind: OutcomeKind = field(default=OutcomeKind.CLARIFY, init=False)


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The hand-over to an agent; ``nearest`` are near topics, shown apart and as no answer."""

    reason: NoAnswerReason
    nearest: tuple[Hit, ...]
    kind: OutcomeKind = field(default=OutcomeKind.NO_ANSWER, init=False)


Outcome: TypeAlias = Answered | Clarify | NoAnswer


@dataclass(frozen=True, slots=True)
class Answer:
    """The whole reply to one query."""

    query: Query
    outcome: Outcome
    confidence: float
    """Calibrated probability, 0 to 1, that rank 1 answers the query."""
    hits: tuple[Hit, ...]
    """The ranking of articles, best first, whatever the outcome."""
    index_version: str
    took_ms: float
    signals: Mapping[str, float] = field(default_factory=dict)
    """What the confidence was computed from, by name."""

    def as_json(self, query_id: Any = None) -> dict[str, Any]:
        """Return the object of contract 4.2.

        :param query_id: Echoed as ``id`` with its type; None for a single question.
        :return: Plain JSON values.
        """
        outcome = self.outcome
        return {
            "id": query_id,
            "query": self.query.raw,
            "outcome": outcome.kind.value,
            "confidence": round(self.confidence, 4),
            "hits": [hit.as_json() for hit in self.hits],
            "choices": [h.article_id for h in outcome.choices] if isinstance(outcome, Clarify) else [],
            "reason": outcome.reason.value if isinstance(outcome, NoAnswer) else None,
            "index_version": self.index_version,
            "took_ms": round(self.took_ms, 2),
        }


class Encoder(Protocol):
    """Turns texts into unit vectors; the core never names a model library."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Encode passages, titles and examples; the result does not depend on what else is in the call."""

    def encode_query(self, text: str) -> Vector:
        """Encode one query."""

    def encode_queries(self, texts: Sequence[str]) -> EmbeddingMatrix:
        """Encode many queries, each as :meth:`encode_query` does."""

    def knows(self, word: str) -> bool:
        """Return whether a word, in lower case, is in the encoder's vocabulary whole."""


class Answerer(Protocol):
    """Answers queries from one index, or from the newest good one."""

    @property
    def index_version(self) -> str:
        """The version that answers now."""

    @property
    def library(self) -> Library:
        """The articles of that version."""

    def ask(self, text: str, k: int = 5) -> Answer:
        """Rank the articles for a query and decide the outcome."""


class QuerySource(StrEnum):
    """Where a query came from."""

    PAGE = "page"
    PLAIN = "plain"
    API = "api"
    COMMAND = "command"


class EventKind(StrEnum):
    """What happened after a query."""

    OPENED = "opened"
    EXPANDED = "expanded"
    CHOSE = "chose"
    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    CONTACT_SHOWN = "contact_shown"
    CONTACTED = "contacted"


class Traffic(StrEnum):
    """Who was behind a query; reports count customers alone."""

    CUSTOMER = "customer"
    TEST = "test"
    BOT = "bot"


class Journal(Protocol):
    """Writes down what customers asked and what came of it, everything personal taken out before."""

    def record_query(
        self, answer: Answer, *, source: QuerySource, visit: str, traffic: Traffic = Traffic.CUSTOMER
    ) -> str:
        """Write a query down soon, and return at once; the same one of the same visit is written once.

        :param answer: What was asked and found.
        :param source: Where it came from.
        :param visit: The visit's random key.
        :param traffic: Who was behind it.
        :return: The query's id, 32 hexadecimal digits. A database that fails is no reason to raise.
        """

    def record_event(
        self,
        query_id: str,
        kind: EventKind,
        *,
        article_id: str = "",
        reason: str = "",
        text: str = "",
        visit: str = "",
    ) -> None:
        """Write down what came after a query; a choice, a judgment and a contact are committed before it returns.

        :param query_id: What :meth:`record_query` returned; empty for an event without a query.
        :param kind: What happened.
        :param article_id: Which article it was about.
        :param reason: Why, as one of the choices offered.
        :param text: The customer's own words.
        :param visit: The visit's random key; needed where there is no query.
        :raises QueryUnknown: If no such query was recorded.
        :raises JournalUnavailable: If it must be committed and cannot be.
        """

    def knows(self, query_id: str) -> bool:
        """Return whether a query was recorded.

        :param query_id: What :meth:`record_query` returned.
        :return: Whether it was, here or in another process.
        :raises JournalUnavailable: If that cannot be told now.
        """
