"""The pieces of the pages that need no page: addresses, dates, the answerer's slot, the two configurations."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.app.lazy import AnswererSlot, SuggesterSlot
from kb.errors import IndexMissing, KbError
from kb.html import links
from kb.html.format import date_words
from kb.html.parts import article_body, contact, frame, outcome
from kb.html.words import Language, use_language, words
from kb.settings.channels import Channel
from kb.settings.site import Site
from kb.types import Answer, Answered, Answerer, Hit, Library, NoAnswer, NoAnswerReason, Passage, Query, Source
from tests.ui.fakes import FakeAnswerer

ROOT = Path(__file__).resolve().parent.parent.parent


def test_both_streamlit_configurations_are_the_same() -> None:
    """``streamlit run app.py`` and ``kb serve`` must look and behave alike."""
    at_root = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8")
    assert at_root == (ROOT / "kb" / "ui" / "entry" / ".streamlit" / "config.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize("script", [ROOT / "app.py", ROOT / "kb" / "ui" / "entry" / "script.py"])
def test_no_folder_of_pages_beside_a_script(script: Path) -> None:
    """Streamlit would run its files without the router, until somebody has opened the start page."""
    assert script.is_file()
    assert not (script.parent / "pages").exists()


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        (links.ask(), "/"),
        (links.ask("a b&c"), "/?q=a+b%26c"),
        (links.ask("a", none_of_these=True), "/?q=a&none=1"),
        (links.article("x", "y"), "/article?id=x#y"),
        (links.plain_article("x/../y"), "/a/x%2F..%2Fy"),
        (links.category("c d"), "/browse?category=c+d"),
        (links.within("me")("", "part"), "/article?id=me#part"),
        (links.within("me", links.plain_article)("you", ""), "/a/you"),
    ],
)
def test_addresses(address: str, expected: str) -> None:
    """Each address is percent-encoded, whatever is put into it."""
    assert address == expected


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://www.example.com/a", "example.com"),
        ("http://example.com:80", "example.com"),
        ("javascript:alert(1)", ""),
        ("http://[bad", ""),
        ("a letter", ""),
    ],
)
def test_only_web_addresses_become_links(address: str, host: str) -> None:
    """The host is what a reader recognizes; anything that is no web address has none."""
    assert links.web_host(address) == host


def test_a_long_address_is_shortened_in_the_middle() -> None:
    """Host and last part stay readable."""
    short = links.web_short(f"https://www.example.com/{'folder/' * 20}bill-explained")
    assert short == "example.com/…/bill-explained"
    assert links.web_short("mailto:a@b") == ""


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("(833) 267-6094", "tel:+18332676094"),
        ("1-800-314-7195", "tel:+18003147195"),
        ("611", ""),
        ("+44 20 7946 0000", ""),
    ],
)
def test_only_whole_numbers_can_be_called(text: str, number: str) -> None:
    """A short code or a foreign number is shown, but not dialed."""
    assert links.telephone(text) == number


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("2024", "2024"),
        ("2024-01", "January 2024"),
        ("2026-11-22", "November 22, 2026"),
        ("2024-13", "2024-13"),
        ("x", "x"),
    ],
)
def test_dates_in_words(written: str, expected: str) -> None:
    """A date is as exact as its source, never more."""
    assert date_words(written) == expected


def test_a_source_that_is_no_address_is_text() -> None:
    """A letter or a phone call can be a source, too."""
    assert article_body.source_words(Source("A <b>letter</b>", "unknown", "2026")) == (
        "<span>Undated source, read 2026:</span> A &lt;b&gt;letter&lt;/b&gt;"
    )


def test_hours_are_shown_only_as_given() -> None:
    """Hours come with their time zone; a source that is no web address is named without a link."""
    channel = Channel("p", "chat", "Chat", "a chat", source="Letter", dated="2024", hours="8 to 5", time_zone="Eastern")
    html = contact.channel_list([channel])
    assert "Hours: 8 to 5 (Eastern)" in html
    assert "A chat" in html
    assert "From a page on Letter dated 2024" in html


def test_a_site_without_channels_says_so() -> None:
    """Nothing is invented."""
    html = contact.panel(Site())
    assert "Use the contact details on your statement" in html
    assert "kb-ready" not in html
    assert "<p></p>" not in frame.footer(Site())


def test_who_runs_the_site_is_said_in_the_readers_language() -> None:
    """Where the operator gives it in Spanish; else in English, marked as such for screen readers."""
    site = Site(notice="Not theirs.", notice_es="No es suyo.")
    assert frame.footer(site).startswith('<footer class="kb-footer"><p>Not theirs.</p>')
    use_language(Language.SPANISH)
    try:
        assert frame.footer(site).startswith('<footer class="kb-footer"><p>No es suyo.</p>')
        assert '<p lang="en">Not theirs.</p>' in frame.footer(Site(notice="Not theirs."))
    finally:
        use_language(Language.ENGLISH)


class _Loader:
    def __init__(self, *failures: KbError) -> None:
        self.failures = list(failures)
        self.calls = 0

    def __call__(self) -> Answerer:
        self.calls += 1
        if self.failures:
            raise self.failures.pop(0)
        return FakeAnswerer()


def test_the_slot_tries_again_only_after_a_while() -> None:
    """A missing index is looked for now and then, not at every request; once there, it stays."""
    now = [0.0]
    loader = _Loader(IndexMissing("none"), IndexMissing("none"))
    slot = AnswererSlot(loader, retry_seconds=1.0, clock=lambda: now[0])
    for _ in range(3):
        with pytest.raises(IndexMissing, match="none"):
            slot.get()
    assert loader.calls == 1
    now[0] = 1.0
    with pytest.raises(IndexMissing):
        slot.get()
    now[0] = 2.0
    first = slot.get()
    assert slot.get() is first
    assert loader.calls == 3


def test_a_spanish_question_is_told_that_articles_are_in_english() -> None:
    """The note is in Spanish and marked as such; an English question gets none."""
    hit = Hit(1, "pay", "Pay", Passage("pay#0", "pay", "Pay", "", "text", "text"), 0.9)
    library = Library({}, ())
    spanish = Answer(Query("¿cómo pago?", "cómo pago", "es"), Answered(hit, ()), 0.9, (hit,), "v1", 0.1)
    english = Answer(Query("how do i pay", "how do i pay"), Answered(hit, ()), 0.9, (hit,), "v1", 0.1)
    assert f'lang="es">{words().ask.articles_in_english_es}</p>' in outcome.reply(spanish, library, Site())
    assert words().ask.articles_in_english_es not in outcome.reply(english, library, Site())


def test_a_question_out_of_scope_hears_what_this_is_about() -> None:
    """Bread is not a matter for an agent who looks at the account."""
    answer = Answer(Query("bread", "bread"), NoAnswer(NoAnswerReason.OUT_OF_SCOPE, ()), 0.1, (), "v1", 0.1)
    assert "about billing by Spectrum" in outcome.reply(answer, Library({}, ()), Site(provider="Spectrum"))


def test_suggestions_follow_the_index() -> None:
    """Made once for a library, and anew for the next."""
    slot, first, second = SuggesterSlot(), Library({}, ()), FakeAnswerer().library
    made = slot.get(first)
    assert slot.get(first) is made
    assert [s.article_id for s in slot.get(second).suggest("late fee")] == ["late-fee"]
