"""A customer's request for a call or an answer: its rules, and its form as a message."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from kb.privacy.redact import redact
from kb.types import OutboxMessage

LONGEST_NAME: Final = 80
LONGEST_REACH: Final = 120
LONGEST_QUESTION: Final = 1500
_LEAST_DIGITS: Final = 7
_WORD = r"[\w!#$%&'*+/=?^`{|}~-]+"
_MAIL = re.compile(rf"{_WORD}(?:\.{_WORD})*@(?:[^\W_](?:[\w-]{{0,61}}[^\W_])?\.)+[^\W\d_][\w-]*[^\W_]")
"""What a mail program takes as it is: no quotes, no brackets, no dot at an end."""
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")


class RequestKind(StrEnum):
    """The kind of a request."""

    CALLBACK = "callback"
    TICKET = "ticket"


class RequestProblem(StrEnum):
    """A part that a request lacks."""

    NAME = "name"
    REACH = "reach"
    QUESTION = "question"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """Everything that a customer hands over."""

    kind: RequestKind
    name: str
    reach: str
    """A telephone number or an e-mail address."""
    question: str
    language: str = "en"

    def problems(self, *, consent: bool) -> list[RequestProblem]:
        """Return the parts that are missing before the request may be passed on.

        :param consent: Whether the customer has agreed to that.
        :return: The missing parts; empty when it is complete.
        """
        can_call = sum(c.isdigit() for c in self.reach) >= _LEAST_DIGITS
        can_write = bool(_MAIL.fullmatch(self.reach))
        reachable = can_call if self.kind is RequestKind.CALLBACK else can_write or can_call
        lacking = {
            RequestProblem.NAME: not self.name,
            RequestProblem.REACH: not reachable,
            RequestProblem.QUESTION: not self.question,
            RequestProblem.CONSENT: not consent,
        }
        return [problem for problem, is_lacking in lacking.items() if is_lacking]

    def message(self, message_id: str, now: datetime, query_id: str = "") -> OutboxMessage:
        """Return the request as a message of the outbox, with the question redacted: name and number have their fields.

        :param message_id: Its id, from the form to the help desk.
        :param now: The moment it was sent.
        :param query_id: The question it came from, if any.
        :return: A message with a JSON payload.
        """
        question = redact(self.question).text
        payload = json.dumps(
            {**asdict(self), "question": question, "id": message_id, "sent_at": now.isoformat(timespec="seconds")}
        )
        return OutboxMessage(message_id, self.kind.value, payload, now, 0, query_id)


def new_request_id() -> str:
    """Return an id that cannot be guessed: 32 hex digits."""
    return uuid.uuid4().hex


def clean_request(kind: RequestKind, name: str, reach: str, question: str, language: str) -> HelpRequest:
    """Return a request from typed texts, cut to their lengths; all but the question are one line."""
    return HelpRequest(
        kind,
        _line(name)[:LONGEST_NAME],
        _line(reach)[:LONGEST_REACH],
        "\n".join(_line(line) for line in question.splitlines()).strip()[:LONGEST_QUESTION],
        language,
    )


def mail_address(text: str) -> str:
    """Return a text if it is an e-mail address, else the empty text."""
    return text if _MAIL.fullmatch(text) else ""


def _line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()
