"""A customer's request to be called back or written to: what it must have, and how it travels."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import asdict, dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from kb.types import OutboxMessage

LONGEST_NAME: Final = 80
LONGEST_REACH: Final = 120
LONGEST_QUESTION: Final = 1500
_LEAST_DIGITS: Final = 7
_MAIL = re.compile(r"[^@\s<>,;:\"]+@[^@\s<>,;:\"]+\.[^@\s<>,;:\".]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f\u0085\u2028\u2029]")


class RequestKind(StrEnum):
    """What the customer asks for."""

    CALLBACK = "callback"
    TICKET = "ticket"


class RequestProblem(StrEnum):
    """What a request lacks."""

    NAME = "name"
    REACH = "reach"
    QUESTION = "question"
    CONSENT = "consent"


@dataclass(frozen=True, slots=True)
class HelpRequest:
    """What a customer hands over, and nothing else."""

    kind: RequestKind
    name: str
    reach: str
    """A telephone number or a mail address."""
    question: str
    language: str = "en"

    def problems(self, *, consent: bool) -> list[RequestProblem]:
        """Return what is missing before it may be passed on.

        :param consent: Whether the customer has agreed to it.
        :return: Nothing when it is complete.
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
        """Return the request as it is kept and sent.

        :param message_id: What it is known by, from the form to the help desk.
        :param now: When it was sent off.
        :param query_id: The question it came from, if any.
        :return: With a payload of JSON.
        """
        payload = json.dumps({**asdict(self), "id": message_id, "sent_at": now.isoformat(timespec="seconds")})
        return OutboxMessage(message_id, self.kind.value, payload, now, 0, query_id)


def new_request_id() -> str:
    """Return an id that nobody can guess: 32 hex digits."""
    return uuid.uuid4().hex


def clean_request(kind: RequestKind, name: str, reach: str, question: str, language: str) -> HelpRequest:
    """Return a request of typed texts: one line each but for the question, cut to their lengths."""
    return HelpRequest(
        kind,
        _line(name)[:LONGEST_NAME],
        _line(reach)[:LONGEST_REACH],
        "\n".join(_line(line) for line in question.splitlines()).strip()[:LONGEST_QUESTION],
        language,
    )


def mail_address(text: str) -> str:
    """Return a text if it is a mail address, else nothing."""
    return text if _MAIL.fullmatch(text) else ""


def _line(text: str) -> str:
    return _CONTROL.sub(" ", text).strip()
