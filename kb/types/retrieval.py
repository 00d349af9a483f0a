"""Passages, hits and answers, and the Protocols of what makes them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias

from kb.types.content import ENGLISH, Article, Library

if TYPE_CHECKING:  # numpy takes a tenth of a second that 'kb --help' can do without
    import numpy as np
    import numpy.typing as npt

EmbeddingMatrix: TypeAlias = "npt.NDArray[np.float32]"
"""float32, shape (n_texts, dim), rows of unit L2 norm."""

Vector: TypeAlias = "npt.NDArray[np.float32]"
"""float32, shape (dim,), unit L2 norm unless stated otherwise."""

Scores: TypeAlias = "npt.NDArray[np.float32]"
"""float32, shape (n,), higher is better."""

Progress: TypeAlias = Callable[[int, int], None]
"""Called with (done, total) during a long step."""

Say: TypeAlias = Callable[[str], None]
"""Called with one sentence for the operator, such as the step that begins or a version that is refused."""

DEFAULT_K: Final = 5
"""Hits given when no number is asked for, and articles that a page shows: the answer and four others."""
MAX_K: Final = 100
"""Most hits that may be asked for."""
KNOWN_CONFIDENCE: Final = 0.98
"""Least confidence in the answer to a query that an editor wrote, word for word, for one article only; a few such
queries may still mean something else."""


@dataclass(frozen=True, slots=True)
class Passage:
    """The unit that is embedded, retrieved and shown: a section of an article, or a part of a long one."""

    passage_id: str
    """``<article_id>#<n>``, n counted from 0 within the article."""
    article_id: str
    heading: str
    """The section's heading; the article's title for the text before the first one."""
    anchor: str
    """The section's anchor; empty for the text before the first heading."""
    text: str
    """Plain text, which is embedded and printed."""
    markdown: str
    """The same as Markdown, which pages render."""
    language: str = ENGLISH
    """The language that it is written in."""


@dataclass(frozen=True, slots=True)
class Query:
    """A customer's query: the text as typed and the text that is searched."""

    raw: str
    text: str
    language: str = "en"
    """``en`` or ``es``, the languages that are expected; any other counts as English."""
    searched: str = ""
    """The normalized text with typing errors corrected; it is encoded and compared."""
    exact: bool = False
    """Whether it is searched as typed, because the customer refused the correction."""


class UnitKind(StrEnum):
    """The source of a row of the index."""

    TITLE = "title"
    PASSAGE = "passage"
    EXAMPLE = "example"


@dataclass(frozen=True, slots=True)
class PartEvidence:
    """The reason why a part of an article is shown: what of it is nearest to the question."""

    unit_kind: UnitKind
    unit_text: str
    """An example that is tied to the section, the article's title, or a passage."""
    share: float
    """The part's share of the likelihood among the parts of its article, 0 to 1."""


@dataclass(frozen=True, slots=True)
class HitEvidence:
    """The reasons for an article's rank: its best match and each part's score."""

    unit_kind: UnitKind
    unit_text: str
    parts: Mapping[str, float]
    """Each part of the score by name, before weighting."""
    part: PartEvidence | None = None
    """The reason for the passage that is shown."""


@dataclass(frozen=True, slots=True)
class Hit:
    """One article of a ranking, with the part of it that answers the query best."""

    rank: int
    """1-based."""
    article_id: str
    title: str
    passage: Passage
    """The part that is shown: the direct answer, or a section that is clearly nearer."""
    score: float
    """Fused similarity, higher is better, 0 to 1 for ordinary queries."""
    evidence: HitEvidence | None = None
    lead: Passage | None = None
    """The article's direct answer, its text before the first heading; None if there is none."""

    def as_json(self) -> dict[str, Any]:
        """Return the hit as the command line and the API print it; English is not named."""
        language = self.passage.language
        return {
            "rank": self.rank,
            "article_id": self.article_id,
            "title": self.title,
            "heading": self.passage.heading,
            "anchor": self.passage.anchor,
            "passage": self.passage.text,
            "score": round(self.score, 4),
            "direct_answer": self.lead.text if self.lead else None,
            **({} if language == ENGLISH else {"language": language}),
        }


class OutcomeKind(StrEnum):
    """The decision about a query."""

    ANSWERED = "answered"
    CLARIFY = "clarify"
    NO_ANSWER = "no_answer"


class NoAnswerReason(StrEnum):
    """The reason for giving no answer."""

    BELOW_THRESHOLD = "below_threshold"
    OUT_OF_SCOPE = "out_of_scope"
    ELSEWHERE = "elsewhere"
    """It is about something that is not answered here, and a signpost or a name says what."""
    AGENT = "agent"
    """The customer asks for a person, and for nothing else."""
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
class Elsewhere:
    """The reason to believe that a question is not answered here."""

    signpost: Article | None = None
    """Says what the question is about and who helps; None if there is no signpost for it."""
    names: tuple[str, ...] = ()
    """The organizations that the question is about, by name."""

    def as_json(self) -> dict[str, Any]:
        """Return the signpost as the command line and the API print it."""
        signpost = self.signpost
        return {
            "id": signpost.id if signpost else None,
            "title": signpost.title if signpost else None,
            "text": signpost.body.strip() if signpost else None,
            "names": list(self.names),
        }


@dataclass(frozen=True, slots=True)
class NoAnswer:
    """The hand-over to an agent; ``nearest`` are related topics, shown separately and not as an answer."""

    reason: NoAnswerReason
    nearest: tuple[Hit, ...]
    elsewhere: Elsewhere | None = None
    """Given with the reason :attr:`NoAnswerReason.ELSEWHERE`."""
    kind: OutcomeKind = field(default=OutcomeKind.NO_ANSWER, init=False)


Outcome: TypeAlias = Answered | Clarify | NoAnswer


@dataclass(frozen=True, slots=True)
class Answer:
    """The complete reply to one query."""

    query: Query
    outcome: Outcome
    confidence: float
    """Calibrated probability, 0 to 1, that rank 1 answers the query."""
    hits: tuple[Hit, ...]
    """The ranking of articles, best first, for every outcome."""
    index_version: str
    took_ms: float
    signals: Mapping[str, float] = field(default_factory=dict)
    """The signals that the confidence was computed from, by name."""

    def as_json(self, query_id: Any = None) -> dict[str, Any]:
        """Return the answer as the command line and the API print it.

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
            "signpost": outcome.elsewhere.as_json() if isinstance(outcome, NoAnswer) and outcome.elsewhere else None,
            "index_version": self.index_version,
            "took_ms": round(self.took_ms, 2),
        }


class Encoder(Protocol):
    """An encoder of texts as unit vectors; other code never names a model library."""

    @property
    def dim(self) -> int:
        """Length of a vector."""

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Encode passages, titles and examples; a vector does not depend on the other texts of the call."""

    def encode_query(self, text: str) -> Vector:
        """Encode one query."""

    def encode_queries(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Encode many queries, each as :meth:`encode_query` does."""

    def knows(self, word: str) -> bool:
        """Return whether a word, in lower case, is in the encoder's vocabulary as a whole."""


class Answerer(Protocol):
    """An answerer of queries, from one index or from the newest good one."""

    @property
    def index_version(self) -> str:
        """The version that answers now."""

    @property
    def library(self) -> Library:
        """The articles of that version."""

    def ask(self, text: str, k: int = DEFAULT_K, *, exact: bool = False, language: str | None = None) -> Answer:
        """Rank the articles for a query, corrected unless it is exact, and decide the outcome.

        The parts are shown in a language, or by default in that of the query, as far as the articles are translated.
        """


class ServingIndex(Protocol):
    """The index behind an answerer, as others may read it."""

    @property
    def encoder(self) -> Encoder:
        """Its encoder."""

    @property
    def manifest(self) -> Mapping[str, Any]:
        """The record of its build."""

    @property
    def library(self) -> Library:
        """Its articles."""


class IndexedAnswerer(Answerer, Protocol):
    """An answerer whose index can be read, and which is closed when it is no longer needed."""

    @property
    def index(self) -> ServingIndex:
        """The index that answers now."""

    def close(self) -> None:
        """Stop what runs in the background."""
