"""Visits: a customer's last questions, so that an opened article can be tied to the question it answers.

A visit's key is a random cookie that ends with the browser's session and says nothing about the customer. What was
asked last is kept in memory, by id; what other processes answered is read back from the journal.
"""

from __future__ import annotations

import logging
import re
import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final

from kb.app.asked import Asked, asked_of
from kb.common.hosts import is_trusted_hop
from kb.common.limits import client_of
from kb.errors import JournalUnavailable, QueryUnknown
from kb.types import Answer, EventKind, Journal, NoAnswer, NoAnswerReason, QuerySource, Traffic

_log = logging.getLogger(__name__)

COOKIE: Final = "kb_visit"
_KEY: Final = re.compile(r"[0-9a-f]{32}")
_QUESTIONS: Final = 10
"""Questions remembered per visit."""
_VISITS: Final = 10_000
"""Visits remembered."""


def new_key() -> str:
    """Return the key of a new visit: 32 hexadecimal digits."""
    return secrets.token_hex(16)


def slot_of(key: str, of: int) -> int:
    """Return the serving process that a visit belongs to.

    :param key: The visit's key.
    :param of: The number of processes.
    :return: From 0 on.
    """
    return int(key[:8], 16) % of


def valid_key(key: str) -> bool:
    """Return whether a cookie's value has the form of a visit's key."""
    return _KEY.fullmatch(key) is not None


def visitor(address: str, key: str) -> str:
    """Return who asks, for the queue of questions.

    :param address: The peer's; empty where it is not known.
    :param key: The visit's.
    :return: The address, or an IPv6 address's network; the visit where the address is that of a proxy of ours, which
        passes none on and has one in common for everybody.
    """
    return client_of(address) if address and not is_trusted_hop(address) else key


class RecentQuestions:
    """The last questions of the last visits, by id."""

    def __init__(self, visits: int = _VISITS) -> None:
        """Remember nothing yet.

        :param visits: Most visits remembered; the least recently used is forgotten first.
        """
        self._visits = visits
        self._lock = threading.Lock()
        self._asked: OrderedDict[str, tuple[Asked, ...]] = OrderedDict()

    def remember(self, visit: str, *asked: Asked) -> None:
        """Remember questions of a visit, each in the place that the time it was last seen gives it."""
        with self._lock:
            by_id = {known.query_id: known for known in self._asked.get(visit, ())}
            for each in asked:
                known = by_id.get(each.query_id)
                by_id[each.query_id] = each if known is None or known.at <= each.at else known
            self._asked[visit] = tuple(sorted(by_id.values(), key=lambda each: each.at))[-_QUESTIONS:]
            self._asked.move_to_end(visit)
            while len(self._asked) > self._visits:
                self._asked.popitem(last=False)

    def of(self, visit: str) -> tuple[Asked, ...] | None:
        """Return the questions of a visit, the one seen last at the end; None for a visit that is not known."""
        with self._lock:
            return self._asked.get(visit)


class Visits:
    """The visits of customers; shared by the pages, the plain pages and the API."""

    def __init__(
        self,
        journal: Callable[[], Journal],
        most: int = _VISITS,
        recall: Callable[[str], Iterable[Asked]] = lambda _visit: (),
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Remember nothing yet.

        :param journal: Returns the journal; called on each record.
        :param most: Visits remembered; the least recently used is forgotten first.
        :param recall: Returns what the journal has of a visit, of which other processes may have answered a part.
        :param clock: Returns the moment, aware.
        """
        self._journal = journal
        self._memory = RecentQuestions(most)
        self._recall = recall
        self._clock = clock

    def record(self, answer: Answer, *, source: QuerySource, visit: str, traffic: Traffic) -> str:
        """Record a question, and remember it as the visit's last.

        A page may be drawn again with a newer index, also by another process. If what it shows is the same, so is the
        question's id; with another answer it is a new one, since what follows belongs to what was shown.

        :param answer: The question and its answer.
        :param source: The question's origin.
        :param visit: The visit's key.
        :param traffic: The kind of visitor.
        :return: The question's id.
        """
        query_id = self._journal().record_query(answer, source=source, visit=visit, traffic=traffic)
        outcome = answer.outcome
        if not isinstance(outcome, NoAnswer) or outcome.reason is not NoAnswerReason.EMPTY_QUERY:
            self._memory.remember(visit, asked_of(query_id, answer, self._clock()))
        return query_id

    def _all(self, visit: str) -> tuple[Asked, ...]:
        """Return the questions of a visit, those among them that another process answered."""
        kept = tuple(self._recall(visit))
        if kept:
            self._memory.remember(visit, *kept)
        return self._memory.of(visit) or ()

    def _found(self, visit: str, article_id: str) -> tuple[str, bool]:
        """Return the last question of a visit whose ranking had an article, and whether it was a choice offered."""
        for asked in reversed(self._all(visit)):
            if article_id in asked.articles:
                return asked.query_id, article_id in asked.choices
        return "", False

    def record_event(
        self, query_id: str, kind: EventKind, *, visit: str, article_id: str = "", reason: str = "", text: str = ""
    ) -> bool:
        """Record an event of a page; the page is drawn whether this succeeds or not.

        :param query_id: The question's id; empty for none.
        :param kind: The kind of event.
        :param visit: The visit's key.
        :param article_id: The article it concerns.
        :param reason: The reason, one of the choices offered.
        :param text: The customer's own words.
        :return: Whether it is recorded; an event that is confirmed to the customer is committed first.
        """
        try:
            self._journal().record_event(query_id, kind, article_id=article_id, reason=reason, text=text, visit=visit)
        except (JournalUnavailable, QueryUnknown) as error:
            _log.warning("An event was not recorded: %s", error)
            return False
        return True

    def record_opened(self, visit: str, article_id: str) -> None:
        """Record that a visit opened an article that its question had found; call it after the article is drawn."""
        query_id, chosen = self._found(visit, article_id)
        if not query_id:
            return
        self.record_event(query_id, EventKind.OPENED, article_id=article_id, visit=visit)
        if chosen:
            self.record_event(query_id, EventKind.CHOSE, article_id=article_id, visit=visit)

    def record_contact_opened(self, visit: str) -> str:
        """Record that a visit went to the contact page, if it has asked a question.

        :param visit: The visit's key.
        :return: The id of its last question; empty without one, and then nothing is recorded.
        """
        query_id = self.last_question(visit)
        if query_id:
            self.record_event(query_id, EventKind.CONTACT_OPENED, visit=visit)
        return query_id

    def last_question(self, visit: str) -> str:
        """Return the id of a visit's last question, or an empty string."""
        asked = self._all(visit)
        return asked[-1].query_id if asked else ""

    def question_for(self, visit: str, article_id: str) -> str:
        """Return the id of a visit's last question that found an article, or an empty string."""
        return self._found(visit, article_id)[0]
