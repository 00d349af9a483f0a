"""Telephone numbers and the channels that have them."""

from __future__ import annotations

import pytest

from kb.content.articles.telephone import by_channel, channel_of, digits

CHANNELS = {"chat": "the chat", "phone": "(555) 210-0000", "toll-free": "1-800-555-CALL", "es.phone": "555-310-0000"}


@pytest.mark.parametrize(
    ("number", "channel"),
    [
        ("555-210-0000", "phone"),
        ("+1 555.210.0000", "phone"),
        ("tel:+15552100000", "phone"),
        ("8005552255", "toll-free"),
        ("555-210-0001", ""),
        ("555-310-0000", ""),
    ],
)
def test_a_number_is_a_channel_s_in_every_form(number: str, channel: str) -> None:
    """Signs, the country code and letters do not matter; Spanish texts have no names of their own."""
    assert channel_of(number, CHANNELS) == channel


def test_the_country_code_is_left_out_of_whole_numbers_alone() -> None:
    """A short number that begins with 1 keeps it."""
    assert [digits(text) for text in ("1 (555) 210-0000", "155-2100", "1-800-GO-EASY1")] == [
        "5552100000", "1552100", "8004632791",
    ]  # fmt: skip


def test_numbers_are_written_as_their_channel_writes_them() -> None:
    """Only those that a channel has."""
    text = "Call 555-210-0000 or 1 800 555 2255, not 555-444-0000."
    assert by_channel(text, CHANNELS) == "Call (555) 210-0000 or 1-800-555-CALL, not 555-444-0000."
