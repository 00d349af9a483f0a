"""The origin of a question: a customer, a program that reads the web, or a test."""

from __future__ import annotations

import re
from typing import Final

from kb.types import Traffic

HEADER: Final = "x-kb-traffic"
"""Monitoring and load tests send ``test`` here, and reports leave them out. No value makes a request a customer's."""
_BOT: Final = re.compile(
    r"(?<!cu)bot(?:\b|_)|crawl|spider|slurp|archiver|headlesschrome|lighthouse|pagespeed|preview|facebookexternalhit|"
    r"monitor|uptime|pingdom|statuscake|nagios|zabbix|prometheus|kube-probe|scan(?:ner)?\b",
    re.IGNORECASE,
)
"""User agents of crawlers, monitors and browsers without a window; Cubot makes telephones.

Scripts that use the API are not bots.
"""


def traffic_of(user_agent: str, header: str = "", setting: Traffic = Traffic.CUSTOMER) -> Traffic:
    """Return the origin of a request.

    :param user_agent: As sent.
    :param header: The value of :data:`HEADER`, if sent.
    :param setting: The operator's setting for the whole server.
    :return: The setting, unless it is ``customer`` and the header or the user agent says otherwise.
    """
    if setting is not Traffic.CUSTOMER:
        return setting
    declared = header.strip().lower()
    if declared in (Traffic.TEST, Traffic.BOT):
        return Traffic(declared)
    return Traffic.BOT if _BOT.search(user_agent) else Traffic.CUSTOMER
