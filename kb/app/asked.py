"""What is remembered of a question that a visit asked: enough to know it again, and what it brought up."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from kb.errors import JournalUnavailable
from kb.journal.encode import written
from kb.types import Answer, Answered, Clarify, NoAnswer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from kb.journal.recall import KeptQuestion
    from kb.journal.writer import Store

_MOST = 10


@dataclass(frozen=True, slots=True)
class Asked:
    """One question of a visit, and its answer."""

    query_id: str
    at: datetime
    """When it was last seen."""
    version: str
    """The index version that answered."""
    articles: frozenset[str]
    """The articles of its ranking."""
    choices: frozenset[str]
    shown: tuple[str | None, ...]
    """What the customer saw: outcome, article, part, reason, choices."""
    raw: str = ""
    """The question as it was asked, where it was asked in this process."""
    text: str = ""
    """The question after redaction, where it is read back."""

    def is_same_text(self, other: Asked) -> bool:
        """Return whether a question that is asked now has the same words as this one."""
        if self.raw:
            return _words(self.raw) == _words(other.raw)
        return _words(self.text) == _words(written(other.raw))


def asked_of(answer: Answer, at: datetime) -> Asked:
    """Return what is remembered of a question that is answered now, without its id.

    :param answer: The question and its answer.
    :param at: The moment, aware.
    :return: The question.
    """
    outcome = answer.outcome
    choices = tuple(hit.article_id for hit in outcome.choices) if isinstance(outcome, Clarify) else ()
    part = outcome.hit.passage if isinstance(outcome, Answered) else None
    shown = (
        outcome.kind.value,
        outcome.reason.value if isinstance(outcome, NoAnswer) else None,
        part.article_id if part is not None else "",
        part.anchor if part is not None else None,
        part.heading if part is not None else "",
        *choices,
    )
    articles = frozenset(hit.article_id for hit in answer.hits)
    return Asked("", at, answer.index_version, articles, frozenset(choices), shown, raw=answer.query.raw)


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
        return [_from_journal(kept) for kept in last_questions(store.engine, visit, _MOST)]
    except JournalUnavailable:  # the writer meets it as well, and says so once
        return ()


def _from_journal(kept: KeptQuestion) -> Asked:
    return Asked(
        kept.query_id,
        kept.asked_at,
        kept.index_version,
        frozenset(kept.articles),
        frozenset(kept.choices),
        (kept.outcome, kept.reason, *kept.shown, *kept.choices),
        text=kept.text,
    )


def _words(text: str) -> str:
    return " ".join(text.casefold().split())
