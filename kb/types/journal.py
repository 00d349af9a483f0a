"""Records of the journal, and the Protocol of its writer."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from kb.types.retrieval import Answer


class QuerySource(StrEnum):
    """The origin of a query."""

    PAGE = "page"
    PLAIN = "plain"
    API = "api"
    COMMAND = "command"


class EventKind(StrEnum):
    """An event that followed a query."""

    OPENED = "opened"
    EXPANDED = "expanded"
    CHOSE = "chose"
    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    CONTACT_SHOWN = "contact_shown"
    CONTACTED = "contacted"


class Traffic(StrEnum):
    """Who asked a query; reports count only customers."""

    CUSTOMER = "customer"
    TEST = "test"
    BOT = "bot"


class Journal(Protocol):
    """A writer of queries and events; personal data is redacted before anything is written."""

    def record_query(
        self, answer: Answer, *, source: QuerySource, visit: str, traffic: Traffic = Traffic.CUSTOMER
    ) -> str:
        """Record a query soon, and return at once; a query repeated within a visit is recorded once.

        :param answer: The query and its answer.
        :param source: Its origin.
        :param visit: The visit's random key.
        :param traffic: Who asked.
        :return: The query's id, 32 hexadecimal digits. A failing database raises nothing.
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
        """Record an event after a query; a choice, a judgment and a contact are committed before this returns.

        :param query_id: What :meth:`record_query` returned; empty for an event without a query.
        :param kind: What happened.
        :param article_id: The article it was about.
        :param reason: Why, as one of the choices offered.
        :param text: The customer's own words.
        :param visit: The visit's random key; needed if there is no query.
        :raises QueryUnknown: If no such query was recorded.
        :raises JournalUnavailable: If it must be committed but cannot be.
        """

    def knows(self, query_id: str) -> bool:
        """Return whether a query was recorded.

        :param query_id: What :meth:`record_query` returned.
        :return: True if it was, by this process or another.
        :raises JournalUnavailable: If the database cannot be read.
        """
