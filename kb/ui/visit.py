"""A visit: its random key, and what it asked last, so that an article that is opened is known to answer a question.

The key is a cookie that ends with the browser's session; it says nothing about who is behind it. What was asked last is
in memory alone, by ids.
"""

from __future__ import annotations

import logging
import re
import secrets
import threading
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import Final

import streamlit as st

from kb.app import container
from kb.errors import JournalUnavailable, QueryUnknown
from kb.journal.traffic import HEADER, traffic_of
from kb.types import Answer, Clarify, EventKind, NoAnswer, NoAnswerReason, QuerySource, Traffic
from kb.ui.keys import Key

_log = logging.getLogger(__name__)

COOKIE: Final = "kb_visit"
_KEY: Final = re.compile(r"[0-9a-f]{32}")
_QUESTIONS: Final = 10
"""Of one visit that are remembered."""
_VISITS: Final = 10_000
"""That are remembered."""


def new_key() -> str:
    """Return the key of a new visit: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def valid_key(key: str) -> bool:
    """Return whether a cookie's value is a key of ours."""
    return _KEY.fullmatch(key) is not None


# --------------------------------------------------------------------------------------------------- memory


@dataclass(frozen=True, slots=True)
class _Asked:
    query_id: str
    articles: frozenset[str]
    choices: frozenset[str]


class Memory:
    """The last questions of the last visits, by ids; shared by pages, plain pages and API."""

    def __init__(self, visits: int = _VISITS) -> None:
        """Remember nothing yet.

        :param visits: Most visits remembered; the one unused for longest is forgotten first.
        """
        self._visits = visits
        self._lock = threading.Lock()
        self._asked: OrderedDict[str, deque[_Asked]] = OrderedDict()

    def remember(self, visit: str, query_id: str, answer: Answer) -> None:
        """Remember a question of a visit as its last."""
        outcome = answer.outcome
        choices = outcome.choices if isinstance(outcome, Clarify) else ()
        asked = _Asked(query_id, frozenset(h.article_id for h in answer.hits), frozenset(h.article_id for h in choices))
        with self._lock:
            questions = self._asked.setdefault(visit, deque(maxlen=_QUESTIONS))
            if asked in questions:
                questions.remove(asked)
            questions.append(asked)
            self._asked.move_to_end(visit)
            while len(self._asked) > self._visits:
                self._asked.popitem(last=False)

    def last(self, visit: str) -> str:
        """Return the id of a visit's last question, or nothing."""
        with self._lock:
            questions = self._asked.get(visit)
            return questions[-1].query_id if questions else ""

    def found(self, visit: str, article_id: str) -> tuple[str, bool]:
        """Return the last question of a visit whose ranking had an article, and whether it was a choice offered."""
        with self._lock:
            for asked in reversed(self._asked.get(visit, ())):
                if article_id in asked.articles:
                    return asked.query_id, article_id in asked.choices
        return "", False


memory: Final = Memory()


def record(answer: Answer, *, source: QuerySource, visit: str, traffic: Traffic) -> str:
    """Record a question and remember it as the visit's last.

    :param answer: What was asked and found.
    :param source: Where it came from.
    :param visit: The visit's key.
    :param traffic: Who is behind it.
    :return: The question's id.
    """
    query_id = container.get_journal().record_query(answer, source=source, visit=visit, traffic=traffic)
    outcome = answer.outcome
    if not (isinstance(outcome, NoAnswer) and outcome.reason is NoAnswerReason.EMPTY_QUERY):
        memory.remember(visit, query_id, answer)
    return query_id


def happen(
    query_id: str, kind: EventKind, *, visit: str, article_id: str = "", reason: str = "", text: str = ""
) -> bool:
    """Record an event of a page, which is drawn whatever becomes of it.

    :param query_id: Of the question; empty for none.
    :param kind: What happened.
    :param visit: The visit's key.
    :param article_id: Which article it was about.
    :param reason: Why, as one of the choices offered.
    :param text: The customer's own words.
    :return: Whether it is recorded: what must be committed before it is confirmed, is.
    """
    try:
        container.get_journal().record_event(
            query_id, kind, article_id=article_id, reason=reason, text=text, visit=visit
        )
    except (JournalUnavailable, QueryUnknown) as error:
        _log.warning("An event was not recorded: %s", error)
        return False
    return True


def opened(visit: str, article_id: str) -> None:
    """Record that a visit opened an article that its question had found; called after the article is drawn."""
    query_id, chosen = memory.found(visit, article_id)
    if not query_id:
        return
    happen(query_id, EventKind.OPENED, article_id=article_id, visit=visit)
    if chosen:
        happen(query_id, EventKind.CHOSE, article_id=article_id, visit=visit)


# ------------------------------------------------------------------------------------------- Streamlit's pages


def visit_key() -> str:
    """Return the key of the visit that is drawn: the browser's cookie, or, without one, one of this tab alone."""
    cookie = str(st.context.cookies.get(COOKIE, ""))
    if valid_key(cookie):
        return cookie
    if Key.VISIT not in st.session_state:
        st.session_state[Key.VISIT] = new_key()
    return str(st.session_state[Key.VISIT])


def recorded(answer: Answer) -> str:
    """Record the question of a page, once: drawn again, reloaded or gone back to, it has the same id.

    :param answer: What was asked and found.
    :return: The question's id.
    """
    headers = st.context.headers
    traffic = traffic_of(headers.get("user-agent") or "", headers.get(HEADER) or "", container.get_settings().traffic)
    return record(answer, source=QuerySource.PAGE, visit=visit_key(), traffic=traffic)


def happened(query_id: str, kind: EventKind, *, article_id: str = "", reason: str = "", text: str = "") -> bool:
    """Record an event of the page that is drawn.

    :param query_id: Of the question; empty for an article that was opened without one.
    :param kind: What happened.
    :param article_id: Which article it was about.
    :param reason: Why, as one of the choices offered.
    :param text: The customer's own words.
    :return: Whether it is recorded.
    """
    return happen(query_id, kind, article_id=article_id, reason=reason, text=text, visit=visit_key())


def asked_for(article_id: str) -> str:
    """Return the id of the visit's last question that found an article; empty for none."""
    return memory.found(visit_key(), article_id)[0]
