"""What is written down of questions, and who writes."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol

from kb.types.retrieval import Answer


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
