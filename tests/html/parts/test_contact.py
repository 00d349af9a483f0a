"""Channels, their hours, the ladder, and who runs the site."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kb.html.parts import contact, frame
from kb.html.parts.contact import ladder, opening, panel
from kb.html.words import Language, use_language
from kb.settings.channels import Channel
from kb.settings.hours import OpeningHours, Span
from kb.settings.site import Site
from tests.ui import fakes

WEEK = OpeningHours("America/New_York", ((Span(480, 1260),),) * 5 + ((Span(540, 1020),), ()))
PHONE = Channel("phone", "phone", "Call", "(555) 555-0100", opening=WEEK, wait_minutes=10)


def test_hours_are_shown_only_as_given() -> None:
    """Hours come with their time zone; a source that is not a web address is named without a link."""
    channel = Channel("p", "chat", "Chat", "a chat", source="Letter", dated="2024", hours="8 to 5", time_zone="Eastern")
    html = contact.channel_list([channel])
    assert "Hours: 8 to 5 (Eastern)" in html
    assert "A chat" in html
    assert "From a page on Letter dated 2024" in html


def test_a_site_without_channels_says_so() -> None:
    """A site without channels says that it has none."""
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


@pytest.mark.parametrize(
    ("now", "zone", "said"),
    [
        ((2026, 11, 23, 18), "America/New_York", "<strong>Open now</strong>, until 9:00 PM</p>"),
        ((2026, 11, 23, 18), "America/Los_Angeles", ", until 6:00 PM your time (9:00 PM at the center)</p>"),
        ((2026, 11, 23, 18), "", ", until 9:00 PM at the center</p>"),
        ((2026, 11, 23, 18), "Mars/Olympus", ", until 9:00 PM at the center</p>"),
        ((2026, 11, 22, 18), "America/New_York", "<strong>Closed now</strong>, opens Monday, 8:00 AM</p>"),
        (
            (2026, 11, 23, 3),
            "Asia/Tokyo",
            ", opens 10:00 PM your time (Monday, 8:00 AM at the center)</p>",
        ),
    ],
)
def test_open_now_is_said_in_both_times(now: tuple[int, int, int, int], zone: str, said: str) -> None:
    """The customer's first; the weekday when it is not today; one time where both clocks agree."""
    html = opening(PHONE, datetime(*now, tzinfo=UTC), zone)
    assert said in html
    assert ("about 10 minutes" in html) is ("Open now" in html)


def test_the_week_is_told_in_runs() -> None:
    """The week is shown by the center's wall clock."""
    html = opening(PHONE, datetime(2026, 11, 23, tzinfo=UTC))
    assert "<dt>Monday–Friday</dt><dd>8:00 AM–9:00 PM</dd>" in html
    assert "<dt>Saturday</dt><dd>9:00 AM–5:00 PM</dd>" in html
    assert "<dt>Sunday</dt><dd>closed</dd>" in html


def test_hours_that_are_not_known_are_not_told() -> None:
    """Unknown hours are not shown."""
    assert opening(replace(PHONE, opening=None), datetime(2026, 11, 23, tzinfo=UTC)) == ""
    assert "kb-open" not in panel(fakes.SITE)


def test_the_ladder_has_days_words_and_living_articles() -> None:
    """Days count from the contact; a dead article is not linked; the rule names its source."""
    site = replace(fakes.SITE, escalation=fakes.LADDER)
    html = ladder(site, fakes.library(), date(2026, 11, 25))
    assert "From November 25, 2026" in html
    assert "From December 2, 2026" in html
    assert "an answer is due by January 1, 2027 (30 days)" in html
    assert "Please correct it." in html
    assert 'href="/article?id=contact-billing"' in html
    assert "gone" not in html
    assert "From a page on <a" in html
    plain = ladder(site, fakes.library(), None, plain=True)
    assert "An answer is due within 30 days." in plain
    assert 'href="/a/contact-billing"' in plain
    assert ladder(fakes.SITE, fakes.library(), None) == ""
