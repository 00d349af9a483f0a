"""Who is behind a question: a customer, a program that reads the web, or a test."""

from __future__ import annotations

import re
from typing import Final

from kb.types import Traffic

HEADER: Final = "x-kb-traffic"
"""Monitoring and load tests say ``test`` here; what they ask is kept apart. Nobody becomes a customer by it."""
_BOT: Final = re.compile(
    r"(?<!cu)bot(?:\b|_)|crawl|spider|slurp|archiver|headlesschrome|lighthouse|pagespeed|preview|facebookexternalhit|"
    r"monitor|uptime|pingdom|statuscake|nagios|zabbix|prometheus|kube-probe|scan(?:ner)?\b",
    re.IGNORECASE,
)
"""What crawlers, monitors and browsers without a window call themselves; Cubot makes telephones.

Scripts that use the API are no bots.
"""


def traffic_of(user_agent: str, header: str = "", setting: Traffic = Traffic.CUSTOMER) -> Traffic:
    """Return who is behind a request.

    :param user_agent: As sent.
    :param header: The value of :data:`HEADER`, if sent.
    :param setting: What the operator says of this whole server.
    :return: The setting, unless it is ``customer`` and header or user agent know better.
    """
    if setting is not Traffic.CUSTOMER:
        return setting
    said = header.strip().lower()
    if said in (Traffic.TEST, Traffic.BOT):
        return Traffic(said)
    return Traffic.BOT if _BOT.search(user_agent) else Traffic.CUSTOMER
