"""The kind of traffic behind a question."""

from __future__ import annotations

import pytest

from kb.journal.traffic import traffic_of
from kb.types import Traffic

PEOPLE = (
    "",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Android 14; Mobile; rv:131.0) Gecko/131.0 Firefox/131.0 Cubot/X18",
    "python-httpx/0.28.1",
    "curl/8.5.0",
)
MACHINES = (
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; GPTBot/1.2; +https://openai.com/gptbot)",
    "Mozilla/5.0 (compatible; YandexBot/3.0)",
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) HeadlessChrome/130.0.0.0 Safari/537.36",
    "facebookexternalhit/1.1",
    "Baiduspider/2.0",
    "UptimeRobot/2.0 monitor",
    "kube-probe/1.30",
    "Pingdom.com_bot_version_1.4",
)


@pytest.mark.parametrize("agent", PEOPLE)
def test_a_browser_or_a_script_is_a_customer(agent):
    """Scripts that use the API ask on behalf of a person."""
    assert traffic_of(agent) is Traffic.CUSTOMER


@pytest.mark.parametrize("agent", MACHINES)
def test_a_crawler_or_a_monitor_is_a_bot(agent):
    """A bot is recognized by its user agent."""
    assert traffic_of(agent) is Traffic.BOT


def test_header_and_setting_say_more():
    """A header may exclude a customer from the reports, never include a bot; the setting overrides both."""
    assert traffic_of("", "test") is Traffic.TEST
    assert traffic_of("", " BOT ") is Traffic.BOT
    assert traffic_of(MACHINES[0], "customer") is Traffic.BOT
    assert traffic_of("", "nonsense") is Traffic.CUSTOMER
    assert traffic_of(MACHINES[0], "bot", Traffic.TEST) is Traffic.TEST
