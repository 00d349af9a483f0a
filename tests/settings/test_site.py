"""Hours, ladder and hand-over as site.yaml states them; every mistake names its line."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from kb.errors import ConfigError
from kb.settings.channels import ChannelWords
from kb.settings.handover import Delivery, HandOver, Security
from kb.settings.hours import OpeningHours, Span
from kb.settings.ladder import LadderStep, LadderWords
from kb.settings.settings import load_site
from kb.settings.site import Site

_SITE = """\
channels:
  phone:
    kind: phone
    label: Call
    text: (555) 010-0100
    time_zone: America/New_York
    hours:
      mon-thu: 08:00-12:00, 13:00-21:00
      fri: 24 hours
      sat, sun: 20:00-02:00
    holidays:
      2026-12-25: closed
      2026-12-24: 8:00-14:00
    wait_minutes: 10
escalation:
  - title: Call
    say: "Please."
    es: {title: Llame}
    channel: phone
  - title: Write
    article: write-to-us
    after_days: 7
    answer_days: 30
    source: https://example.org/rule
    dated: 2024-09
handover:
  deliver: smtp
  to: desk@example.com
  sender: help@example.com
  host: mail.example.com
  security: tls
"""


def _load(tmp_path: Path, text: str) -> Site:
    path = tmp_path / "site.yaml"
    path.write_text(text, encoding="utf-8")
    return load_site(path)[0]


def test_hours_are_data(tmp_path: Path) -> None:
    """Ranges, lists, several stretches, around the clock, over midnight, holidays in order."""
    (phone,) = _load(tmp_path, _SITE).channels
    day, night = (Span(480, 720), Span(780, 1260)), (Span(1200, 1560),)
    assert phone.opening == OpeningHours(
        "America/New_York",
        (day, day, day, day, (Span(0, 1440),), night, night),
        ((date(2026, 12, 24), (Span(480, 840),)), (date(2026, 12, 25), ())),
    )
    assert phone.opening.spans(date(2026, 12, 25)) == ()
    assert phone.opening.spans(date(2026, 11, 25)) == day
    assert (phone.wait_minutes, phone.hours) == (10, "")


def test_hours_may_be_words(tmp_path: Path) -> None:
    """Hours may be text as in a source; then the page does not say whether the channel is open."""
    text = "channels:\n  a: {kind: web, label: l, text: t, hours: early till late, time_zone: Eastern}\n"
    (channel,) = _load(tmp_path, text).channels
    assert (channel.hours, channel.time_zone, channel.opening) == ("early till late", "Eastern", None)


def test_a_channel_may_speak_spanish(tmp_path: Path) -> None:
    """What is not translated, such as a number, stays; so does everything in any other language."""
    text = "channels:\n  a: {kind: phone, label: Call, text: '555', note: n, es: {label: Llame}}\nhave_ready: [a]\n"
    site = _load(tmp_path, text + "have_ready_es: [b]\nnotice: Not theirs.\nnotice_es: No es suyo.\n")
    assert site.channels[0].in_language("es") == ChannelWords("Llame", "555", "n")
    assert site.channels[0].in_language("en") == ChannelWords("Call", "555", "n")
    assert (site.have_ready_in("es"), site.have_ready_in("en")) == (("b",), ("a",))
    assert _load(tmp_path, text).have_ready_in("es") == ("a",)
    assert (site.notice_in("es"), site.notice_in("en")) == (("No es suyo.", "es"), ("Not theirs.", "en"))
    assert _load(tmp_path, text + "notice: Not theirs.\n").notice_in("es") == ("Not theirs.", "en")
    with pytest.raises(ConfigError, match=r"site.yaml:2:\d+: unknown key 'name'"):
        _load(tmp_path, text.replace("{label: Llame}", "{name: x}"))


def test_a_channel_may_have_a_page(tmp_path: Path) -> None:
    """Articles get its address; another one than a protected one is refused."""
    text = "channels:\n  chat: {kind: chat, label: Chat, text: the chat, url: https://example.com/chat}\n"
    assert _load(tmp_path, text).channel_texts() == {
        "chat": "the chat",
        "es.chat": "the chat",
        "url.chat": "https://example.com/chat",
    }
    with pytest.raises(ConfigError, match=r"site.yaml:2:\d+: 'url' of the channel 'chat' is 'javascript:x'"):
        _load(tmp_path, text.replace("https://example.com/chat", "'javascript:x'"))


def test_the_ladder_is_read(tmp_path: Path) -> None:
    """The ladder has words in two languages, days, source, and the position of the article's id."""
    call, write = _load(tmp_path, _SITE).escalation
    assert (call.words, call.spanish) == (LadderWords("Call", say="Please."), LadderWords("Llame"))
    assert (call.channel, call.article, call.after_days, call.answer_days) == ("phone", "", 0, None)
    assert write == LadderStep(
        LadderWords("Write"),
        article="write-to-us",
        after_days=7,
        answer_days=30,
        source="https://example.org/rule",
        dated="2024-09",
        line=21,
        column=14,
    )


def test_the_hand_over_is_read_and_off_by_default(tmp_path: Path) -> None:
    """Without the section, or with an empty one, there is none."""
    handover = _load(tmp_path, _SITE).handover
    assert handover == HandOver(
        Delivery.SMTP, "desk@example.com", "help@example.com", "mail.example.com", 465, Security.TLS
    )
    assert _load(tmp_path, "name: x").handover is None
    assert _load(tmp_path, "handover:\n").handover is None
    hook = _load(tmp_path, "handover: {deliver: webhook, url: 'https://desk.example.com/x', promise: Soon.}").handover
    assert hook is not None
    assert (hook.deliver, hook.url, hook.promise) == (Delivery.WEBHOOK, "https://desk.example.com/x", "Soon.")


_CHANNEL = "channels:\n  a:\n    kind: web\n    label: l\n    text: t\n"
_SMTP = "handover:\n  deliver: smtp\n  to: a@b\n  sender: c@d\n  host: mail.example.com\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (_CHANNEL + "    hours: {mon: closed}", r"site.yaml:6:12: opening hours need a time zone. Add 'time_zone: Am"),
        (
            _CHANNEL + "    hours: {mon: closed}\n    time_zone: Eastern",
            r"site.yaml:7:16: there is no time zone 'Eastern'. Use an IANA name",
        ),
        (
            _CHANNEL + "    time_zone: UTC\n    hours:\n      monday: closed",
            r"site.yaml:8:7: 'monday' does not name a day. Use mon, tue",
        ),
        (
            _CHANNEL + "    time_zone: UTC\n    hours:\n      mon-fri: closed\n      wed: 24 hours",
            r"site.yaml:9:7: 'wed' has hours twice. Name each day once.",
        ),
        (
            _CHANNEL + "    time_zone: UTC\n    hours:\n      mon: 9 to 5",
            r"site.yaml:8:12: '9 to 5' is not an opening time. Write 08:00-21:00",
        ),
        (
            _CHANNEL + "    time_zone: UTC\n    hours:\n      mon: 08:00-24:30",
            r"site.yaml:8:12: '08:00-24:30' is not an opening time",
        ),
        (
            _CHANNEL + "    time_zone: UTC\n    hours:\n      mon: 08:00-13:00, 12:00-14:00",
            r"site.yaml:8:12: the times of '08:00-13:00, 12:00-14:00' overlap",
        ),
        (
            _CHANNEL + "    time_zone: UTC\n    hours: {mon: closed}\n    holidays: {25 December: closed}",
            r"site.yaml:8:16: '25 December' is not a date. Write 2026-12-25: closed.",
        ),
        (
            _CHANNEL + "    time_zone: UTC\n    hours: {mon: closed}\n    holidays: [a]",
            r"site.yaml:8:15: 'holidays' must be dates with times",
        ),
        (_CHANNEL + "    wait_minutes: soon", r"site.yaml:6:19: 'wait_minutes' must be a whole number from 0 to 600"),
        ("escalation: {a: b}", r"site.yaml:1:13: 'escalation' must be a list of steps"),
        ("escalation:\n  - text: x", r"site.yaml:2:5: a step of the escalation lacks 'title'. Add it."),
        ("escalation:\n  - title: x\n    es: {say: y}", r"site.yaml:3:9: a step of the escalation lacks 'title'"),
        (
            "escalation:\n  - title: x\n    channel: fax",
            r"site.yaml:3:14: there is no channel 'fax'. Use one of: none is defined.",
        ),
        (
            "escalation:\n  - title: x\n    answer_days: 30",
            r"site.yaml:3:18: a time within which an answer is due needs its source. Add 'source' and 'dated'",
        ),
        (
            "escalation:\n  - title: x\n    after_days: -1",
            r"site.yaml:3:17: 'after_days' must be a whole number from 0",
        ),
        ("handover: {to: a@b}", r"site.yaml:1:11: the hand-over lacks 'deliver'. Use one of: smtp, webhook."),
        ("handover: {deliver: fax}", r"site.yaml:1:21: 'deliver' cannot be 'fax'. Use one of: smtp, webhook."),
        ("handover: {deliver: smtp, to: a@b, sender: c@d}", r"site.yaml:1:11: the hand-over by smtp lacks 'host'"),
        (_SMTP.replace("a@b", "'a@b, x@y'"), r"site.yaml:3:7: 'a@b, x@y' is not a mail address"),
        (_SMTP + "  security: none", r"site.yaml:6:13: mail would travel unprotected. Use starttls or tls."),
        (_SMTP + "  port: 99999", r"site.yaml:6:9: 'port' must be a whole number from 1 to 65535"),
        (_SMTP + "  password: x", r"site.yaml:6:3: unknown key 'password'"),
        (
            "handover: {deliver: webhook, url: 'http://x.org'}",
            r"site.yaml:1:35: 'http://x.org' is not a protected address",
        ),
        ("handover: {deliver: webhook, url: 'http://[::1'}", r"is not a protected address. Use one with https://."),
    ],
)
def test_each_mistake_names_its_line(tmp_path: Path, text: str, message: str) -> None:
    """One sentence with file, line, column and remedy."""
    with pytest.raises(ConfigError, match=message):
        _load(tmp_path, text)
