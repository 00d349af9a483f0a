"""What is remembered of a question that a visit asked: its id, and what it brought up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.errors import JournalUnavailable
from kb.types import Answer, Clarify

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from kb.journal.writer import Store

_MOST = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a visit, and its answer."""

    query_id: str
    at: datetime
    """When it was last seen."""
    articles: frozenset[str]
    """The articles of its ranking."""
    choices: frozenset[str]


def asked_of(query_id: str, answer: Answer, at: datetime) -> Asked:
    """Return what is remembered of a question that is answered now.

    :param query_id: Its id.
    :param answer: The question and its answer.
    :param at: The moment, aware.
    :return: The question.
    """
    outcome = answer.outcome
    choices = outcome.choices if isinstance(outcome, Clarify) else ()
    articles = frozenset(hit.article_id for hit in answer.hits)
    return Asked(query_id, at, articles, frozenset(hit.article_id for hit in choices))


def recalled(store: Store, visit: str) -> Iterable[Asked]:
    """Return the last questions of a visit, whichever process answered them; nothing while the database fails.

    :param store: The journal.
    :param visit: The visit's key.
    :return: The questions, oldest first.
    """
    from kb.journal.recall import last_questions

    if not store.is_up:  # no customer waits for a database that is known to fail
        return ()
    try:
        kept = last_questions(store.engine, visit, _MOST)
    except JournalUnavailable:  # the writer meets it as well, and says so once
        return ()
    return [Asked(each.query_id, each.asked_at, frozenset(each.articles), frozenset(each.choices)) for each in kept]
