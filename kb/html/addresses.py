"""Addresses of the pages and their parameters: each is written here once."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Param(StrEnum):
    """Parameters of an address."""

    QUERY = "q"
    NONE_OF_THESE = "none"
    EXACT = "exact"
    ARTICLE = "id"
    CATEGORY = "category"
    PART = "part"
    LETTER = "letter"
    LANGUAGE = "lang"
    NEXT = "next"
    DAYS = "days"
    FROM = "from"
    TO = "to"
    STATE = "state"
    GAP = "gap"
    VIEW = "view"
    OUTCOME = "outcome"
    FOLLOWED = "followed"
    OF_ARTICLE = "article"
    ASKED_IN = "language"
    JUDGED = "judged"
    ORDER = "order"
    AFTER = "after"
    WEEK = "week"
    PLACE = "place"
    LESSON = "lesson"
    DRAFT = "draft"
    WHOLE = "all"
    CSRF = "csrf"
    NAME = "name"
    PASSWORD = "password"  # noqa: S105 — the field's name


class Page(StrEnum):
    """Addresses of the pages."""

    ASK = "/"
    ARTICLE = "/article"
    BROWSE = "/browse"
    BILL = "/bill"
    CONTACT = "/contact"
    PRIVACY = "/privacy"
    WRITING = "/writing"
    INSIGHTS = "/insights"
    LOGIN = "/login"
    LOGOUT = "/logout"
    PLAIN = "/a"
    PLAIN_CATEGORY = "/c"
    PLAIN_ASK = "/ask"
    PLAIN_FEEDBACK = "/feedback"

    @property
    def url_path(self) -> str:
        """The address as Streamlit's ``url_path``: without its slash."""
        return self.value.removeprefix("/")


SPANISH: Final = "/es"
"""Leads to the first page in Spanish."""


class Machine(StrEnum):
    """Addresses of what other programs and other sites read."""

    LLMS = "/llms.txt"
    FEED = "/feed.xml"
    SEARCH = "/opensearch.xml"
    SITEMAP = "/sitemap.xml"
    ROBOTS = "/robots.txt"
    EMBED = "/embed"
    EMBED_SCRIPT = "/embed.js"
