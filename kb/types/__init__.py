"""The records every package shares: articles, passages, hits, answers and findings.

Level 0 of the house: imports the standard library and numpy's types only, so that no package has to
import another one for a word they both use.
"""

from kb.types.content import Article, ArticleKind, ArticleStatus, Category, Finding, Library, Section, Severity, Source
from kb.types.journal import EventKind, Journal, QuerySource, Traffic
from kb.types.retrieval import (
    Answer,
    Answered,
    Answerer,
    Clarify,
    EmbeddingMatrix,
    Encoder,
    Evidence,
    Hit,
    NoAnswer,
    NoAnswerReason,
    Outcome,
    OutcomeKind,
    Passage,
    Progress,
    Query,
    Scores,
    UnitKind,
    Vector,
)

__all__ = [
    "Answer",
    "Answered",
    "Answerer",
    "Article",
    "ArticleKind",
    "ArticleStatus",
    "Category",
    "Clarify",
    "EmbeddingMatrix",
    "Encoder",
    "EventKind",
    "Evidence",
    "Finding",
    "Hit",
    "Journal",
    "Library",
    "NoAnswer",
    "NoAnswerReason",
    "Outcome",
    "OutcomeKind",
    "Passage",
    "Progress",
    "Query",
    "QuerySource",
    "Scores",
    "Section",
    "Severity",
    "Source",
    "Traffic",
    "UnitKind",
    "Vector",
]
