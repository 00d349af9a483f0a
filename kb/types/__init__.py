"""The records that every package shares: articles, passages, hits, answers, findings, accounts.

Level 0 of the house: it imports the standard library and numpy's types only, so that no package has to
import another one for a word they both use.
"""

from kb.types.bill import BillLine, BillPart, BillWords
from kb.types.content import Article, ArticleKind, ArticleStatus, Category, Finding, Library, Section, Severity, Source
from kb.types.journal import EventKind, Journal, QuerySource, Traffic
from kb.types.outbox import OutboxMessage
from kb.types.retrieval import (
    DEFAULT_K,
    KNOWN_CONFIDENCE,
    MAX_K,
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
from kb.types.staff import Account, AccountStore, Attempt, AuditEntry, Role, StaffSession, User

__all__ = [
    "DEFAULT_K",
    "KNOWN_CONFIDENCE",
    "MAX_K",
    "Account",
    "AccountStore",
    "Answer",
    "Answered",
    "Answerer",
    "Article",
    "ArticleKind",
    "ArticleStatus",
    "Attempt",
    "AuditEntry",
    "BillLine",
    "BillPart",
    "BillWords",
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
    "OutboxMessage",
    "Outcome",
    "OutcomeKind",
    "Passage",
    "Progress",
    "Query",
    "QuerySource",
    "Role",
    "Scores",
    "Section",
    "Severity",
    "Source",
    "StaffSession",
    "Traffic",
    "UnitKind",
    "User",
    "Vector",
]
