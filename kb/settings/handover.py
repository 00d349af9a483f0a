"""The hand-over in site.yaml: where customers' requests for a call or a ticket go."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from kb.common.hosts import is_loopback, is_protected_url
from kb.common.yaml_file import Located
from kb.settings.site_reader import choice, fail, mapping, number, text


class Delivery(StrEnum):
    """The way in which a request reaches the help desk."""

    SMTP = "smtp"
    WEBHOOK = "webhook"


class Security(StrEnum):
    """The protection of the connection to a mail server; ``none`` is allowed on the same machine only."""

    STARTTLS = "starttls"
    TLS = "tls"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class HandOver:
    """The destination of customers' requests; secrets come from environment variables instead."""

    deliver: Delivery
    to: str = ""
    """Mail address of the help desk."""
    sender: str = ""
    host: str = ""
    port: int = 587
    security: Security = Security.STARTTLS
    url: str = ""
    """Address of the webhook."""
    promise: str = ""
    """When customers are told to expect an answer."""


_HANDOVER_KEYS: Final = ("deliver", "to", "sender", "host", "port", "security", "url", "promise")


def read_handover(path: Path, node: Located) -> HandOver | None:
    """Read the hand-over.

    :param path: The operator's file.
    :param node: The section.
    :return: Where requests go; None for an empty section, and then no form is shown.
    :raises ConfigError: Naming line and remedy.
    """
    fields = mapping(path, node, _HANDOVER_KEYS)
    if not fields:
        return None
    if "deliver" not in fields:
        raise fail(path, node, "the hand-over lacks 'deliver'", f"Use one of: {', '.join(Delivery)}.")
    deliver = Delivery(choice(path, fields, "deliver", tuple(Delivery), ""))
    values = {key: text(path, fields, key) for key in ("to", "sender", "host", "url", "promise")}
    security = Security(choice(path, fields, "security", tuple(Security), Security.STARTTLS))
    needed = ("to", "sender", "host") if deliver is Delivery.SMTP else ("url",)
    for key in needed:
        if not values[key]:
            raise fail(path, node, f"the hand-over by {deliver} lacks {key!r}", "Add it.")
    if deliver is Delivery.SMTP:
        for key in ("to", "sender"):
            if not re.fullmatch(r"[^@\s<>,;:]+@[^@\s<>,;:]+", values[key]):
                raise fail(path, fields[key], f"{values[key]!r} is not a mail address", "Write help@example.com.")
        if security is Security.NONE and not is_loopback(values["host"]):
            raise fail(path, fields["security"], "mail would travel unprotected", "Use starttls or tls.")
    elif not is_protected_url(values["url"]):
        raise fail(path, fields["url"], f"{values['url']!r} is not a protected address", "Use one with https://.")
    port = number(path, fields, "port", 1, 65535)
    default = 465 if security is Security.TLS else 587
    return HandOver(deliver=deliver, security=security, port=port or default, **values)
