"""Records of questions and events, and the protocol that stores them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from kb.types.retrieval import Answer


class QuerySource(StrEnum):
    """The origin of a query."""

    PAGE = "page"
    PLAIN = "plain"
    API = "api"
    MCP = "mcp"
    """An assistant asked, on behalf of somebody."""
    COMMAND = "command"


class EventKind(StrEnum):
    """The kind of an event after a query."""

    OPENED = "opened"
    EXPANDED = "expanded"
    CHOSE = "chose"
    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"
    CONTACT_SHOWN = "contact_shown"
    CONTACTED = "contacted"
    NONE_OF_THESE = "none_of_these"
    """The customer said that none of the articles offered was meant."""
    CONTACT_OPENED = "contact_opened"
    """The customer went to the contact page, where people on a computer read the number that they dial."""


class Traffic(StrEnum):
    """The sender of a query; reports count only customers."""

    CUSTOMER = "customer"
    TEST = "test"
    BOT = "bot"


@dataclass(frozen=True, slots=True)
class AskedOften:
    """A question that several customers asked in the same words, and that one article answered."""

    text: str
    """As most of them wrote it, after redaction."""
    article_id: str
    visits: int
    """How many visits asked it."""


class Journal(Protocol):
    """The store of questions and events, which redacts them first."""

    def record_query(
        self, answer: Answer, *, source: QuerySource, visit: str, traffic: Traffic = Traffic.CUSTOMER
    ) -> str:
        """Record a query soon, and return at once; the same one of the same visit is stored once.

        :param answer: The query and its answer.
        :param source: Its origin.
        :param visit: The visit's random key.
        :param traffic: The sender.
        :return: The query's id, 32 hexadecimal digits. A database failure raises nothing.
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
        """Record an event; a choice, a judgment and a contact are committed before this returns.

        :param query_id: The id that :meth:`record_query` returned; empty for an event without a query.
        :param kind: The kind of event.
        :param article_id: The article it concerns.
        :param reason: The reason, one of the choices offered.
        :param text: The customer's own words.
        :param visit: The visit's random key; needed without a query.
        :raises QueryUnknown: If no such query was recorded.
        :raises JournalUnavailable: If it must be committed but cannot be.
        """

    def knows(self, query_id: str) -> bool:
        """Return whether a query was recorded.

        :param query_id: The id that :meth:`record_query` returned.
        :return: Whether it was, here or in another process.
        :raises JournalUnavailable: If the database fails.
        """
