"""Rows of questions and events: redacted, cut to length, with ids derived from their content.

An id is derived from the *redacted* words and from what was shown: a question of a visit has the same id after a
reload, in another process and by another version of the index, as long as the customer sees the same. A reader of the
journal cannot guess a number by trying which one gives the id.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING, Any, Final

from kb.privacy.redact import redact
from kb.types import Answer, Answered, Clarify, EventKind, NoAnswer, QuerySource, Traffic

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

MOST_HITS: Final = 10
"""Hits of a ranking that are stored."""
MOST_TEXT: Final = 2000
"""Characters of a text that are stored: as many as are read of a question."""
MOST_NAME: Final = 200
"""Characters of an article's id, of an anchor or of a reason."""
MOST_HEADING: Final = 300
"""Characters of a heading."""
_LOOKED_AT: Final = 4
"""This many times the stored characters are redacted: a mark is shorter than what it replaces."""
_SEPARATOR: Final = "\x1f"
_SHOWN: Final = ("outcome", "reason", "article_id", "anchor", "heading", "choices")
"""The columns of what the customer saw."""


def query_id(row: Mapping[str, Any], *, exact: bool = False) -> str:
    """Return the id of a question: the same for the same visit, words and answer, whichever version answered.

    So two processes that meet a question of a page, one after the other or at once, name it alike without asking each
    other, and the database keeps its first row.

    :param row: Values by column, after redaction.
    :param exact: Whether it was searched as typed; that is a question of its own.
    :return: 32 hexadecimal digits.
    """
    words = " ".join(row["text"].casefold().split())
    shown = json.dumps([row[name] for name in _SHOWN])
    return _digest(row["visit"], words, shown, *(["exact"] if exact else []))


def written(text: str, most: int = MOST_TEXT) -> str:
    """Return a text as it may be stored: redacted, then cut, without characters that a database cannot hold.

    Text far beyond the cut is not redacted at all: the time that redaction takes grows with every character.
    """
    return _storable(redact(text[: _LOOKED_AT * most]).text)[:most]


def query_row(answer: Answer, *, source: QuerySource, visit: str, traffic: Traffic, at: datetime) -> dict[str, Any]:
    """Return the row of a question.

    :param answer: The question and its outcome.
    :param source: Where the question came from.
    :param visit: The visit's random key.
    :param traffic: The origin of the request.
    :param at: The moment, aware.
    :return: Values by column.
    """
    outcome = answer.outcome
    text = written(answer.query.raw)
    shown = outcome.hit.passage if isinstance(outcome, Answered) else None
    row = {
        "visit": visit,
        "source": source.value,
        "traffic": traffic.value,
        "asked_at": at,
        "text": text,
        "language": answer.query.language,
        "outcome": outcome.kind.value,
        "reason": outcome.reason.value if isinstance(outcome, NoAnswer) else None,
        "confidence": round(float(answer.confidence), 6),
        "hits": [[hit.article_id, round(float(hit.score), 4)] for hit in answer.hits[:MOST_HITS]],
        "choices": [hit.article_id for hit in outcome.choices] if isinstance(outcome, Clarify) else [],
        "index_version": answer.index_version,
        "took_ms": round(float(answer.took_ms), 3),
        "article_id": _storable(shown.article_id)[:MOST_NAME] if shown is not None else "",
        "anchor": _storable(shown.anchor)[:MOST_NAME] if shown is not None else None,
        "heading": _storable(shown.heading)[:MOST_HEADING] if shown is not None else "",
    }
    return {"query_id": query_id(row, exact=answer.query.exact), **row}


_JUDGMENTS: Final = frozenset({EventKind.HELPFUL, EventKind.NOT_HELPFUL})


def event_row(
    asked: str, kind: EventKind, *, article_id: str, reason: str, text: str, visit: str, at: datetime
) -> dict[str, Any]:
    """Return the row of an event; the same event of the same question has the same id each time it is sent.

    A question judges an article once each way, whatever words come with it: nobody can be unhappy a hundred times.

    :param asked: The question's id; empty for an event without one.
    :param kind: The kind of event.
    :param article_id: The article it concerns.
    :param reason: The reason, one of the choices offered.
    :param text: The customer's own words.
    :param visit: The visit's random key; stored only without a question, since a question has its visit.
    :param at: The moment, aware.
    :return: Values by column.
    """
    visit = "" if asked else visit
    article_id, reason, text = _storable(article_id)[:MOST_NAME], written(reason, MOST_NAME), written(text)
    words = () if kind in _JUDGMENTS else (reason, text)
    return {
        "event_id": _digest(asked, visit, kind.value, article_id, *words),
        "query_id": asked or None,
        "visit": visit,
        "kind": kind.value,
        "article_id": article_id,
        "reason": reason,
        "text": text,
        "at": at,
    }


def _digest(*parts: str) -> str:
    return hashlib.sha256(_SEPARATOR.join(parts).encode("utf-8", "replace")).hexdigest()[:32]


def _storable(text: str) -> str:
    """Return a text without NUL, which PostgreSQL refuses, and without unpaired surrogates."""
    return text.replace("\x00", " ").encode("utf-8", "replace").decode("utf-8")
