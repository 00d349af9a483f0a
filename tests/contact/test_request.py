"""A customer's request: the addresses that it may give, and what of it is passed on."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.contact.delivery import as_mail
from kb.contact.request import RequestKind, clean_request, mail_address
from kb.settings.handover import Delivery, HandOver

HANDOVER = HandOver(Delivery.SMTP, to="desk@example.com", sender="help@example.com")
NOW = datetime(2026, 11, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    "address",
    [
        "ana@example.com",
        "ana.maria+bills@mail.example.co",
        "o'neill@example.com",
        "josé@example.com",
        "a@münchen.example",
    ],
)
def test_an_address_is_one(address: str) -> None:
    """As people have them."""
    assert mail_address(address) == address


@pytest.mark.parametrize(
    "address",
    ["a@[b.c", "a@b", "a@@b.co", "a@b..co", ".a@b.co", "a.@b.co", "a@-b.co", "a@b.co.", "a b@c.de", "(a)@b.co"],
)
def test_what_no_mail_program_takes_is_none(address: str) -> None:
    """The customer is told at once, rather than promised an answer that cannot be sent."""
    assert mail_address(address) == ""


@given(
    st.text("aZ0.-_@[]()<>\\\"',;:é \u200b%", max_size=20).map(lambda text: f"{text}@b.co" if "@" not in text else text)
)
def test_every_address_that_is_taken_can_be_answered(reach: str) -> None:
    """No request is set aside for ever because of its address."""
    request = clean_request(RequestKind.TICKET, "R", reach, "Q", "en")
    mail = as_mail(request.message("0" * 32, NOW), HANDOVER)
    assert bytes(mail)
    if mail_address(request.reach):
        assert mail["Reply-To"] == request.reach


@pytest.mark.parametrize(
    ("question", "passed_on"),
    [
        ("My card 4111 1111 1111 1111 was charged", "My card [card number] was charged"),
        ("Mi pin es nueve tres siete uno", "Mi pin es [PIN]"),
        ("I spoke with Keisha", "I spoke with [name]"),
    ],
)
def test_the_question_of_a_request_is_redacted(question: str, passed_on: str) -> None:
    """As in the journal; the name and the number to call have fields of their own."""
    request = clean_request(RequestKind.CALLBACK, "Ana Ruiz", "614-555-0112", question, "en")
    payload = json.loads(request.message("0" * 32, NOW).payload)
    assert (payload["name"], payload["reach"], payload["question"]) == ("Ana Ruiz", "614-555-0112", passed_on)
