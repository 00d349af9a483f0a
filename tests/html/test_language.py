"""In which language a page is: what the address, a cookie and the browser say."""

from __future__ import annotations

from contextvars import copy_context

import pytest

from kb.html import language
from kb.html.words import Language


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", Language.ENGLISH),
        ("es-MX,es;q=0.9,en;q=0.8", Language.SPANISH),
        ("en-US,en;q=0.9,es;q=0.8", Language.ENGLISH),
        ("fr,es;q=0.5,en;q=0.4", Language.SPANISH),
        ("de", Language.ENGLISH),
        ("es;q=0", Language.ENGLISH),
        ("en;q=oops, es;q=0.1", Language.SPANISH),
    ],
)
def test_a_browser_says_what_it_prefers(accepted: str, expected: Language) -> None:
    """The header is read with its weights; other languages are passed over."""
    assert language.preferred(accepted) is expected


def test_a_choice_stands_above_what_was_remembered_and_what_is_preferred() -> None:
    """Address, then cookie, then browser; nonsense in one of them is passed over."""
    kept = {language.COOKIE: "es"}
    assert language.negotiate(Language.ENGLISH, kept, "es") is Language.ENGLISH
    assert language.negotiate(None, kept, "en") is Language.SPANISH
    assert language.negotiate(language.chosen("xx"), {language.COOKIE: "xx"}, "es") is Language.SPANISH


def test_the_switch_keeps_the_page() -> None:
    """The same address with everything in it, in the other language; a page for staff has no other."""

    def switch(address: str, *, for_staff: bool = False) -> list[tuple[Language, str]]:
        language.stand_at(address)
        if for_staff:
            language.in_english_only()
        return language.other_addresses()

    assert copy_context().run(switch, "/?q=a+b%26c&lang=en") == [(Language.SPANISH, "/?q=a+b%26c&lang=es")]
    assert copy_context().run(switch, "/writing", for_staff=True) == []
