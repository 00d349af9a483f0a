"""Checks that connect to servers elsewhere, and therefore run only when they are asked for."""

from __future__ import annotations

import http.client
import json
import socket
import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any, Final
from urllib.parse import urlsplit

from kb.care.checks.staff import provider_settings
from kb.care.installation import Installation
from kb.care.results import Result, ok, problem, warning
from kb.contact import delivery
from kb.errors import ConfigError, DeliveryFailed

_PATIENCE_S: Final = 10.0
_ENDS_SOON: Final = timedelta(days=14)
_CLOCKS_APART: Final = timedelta(minutes=5)


def connect(installation: Installation) -> Iterator[Result]:
    """Connect to the help desk, the identity provider, and our own addresses as visitors find them."""
    if not installation.connect:
        yield ok("connect", "no server elsewhere was tried; --connect does")
        return
    yield from _help_desk(installation)
    yield from _provider(installation)
    for name in installation.settings.hosts:
        yield _as_visitors(name, installation.now)


def _help_desk(installation: Installation) -> Iterator[Result]:
    wanted = installation.settings.site.handover
    if wanted is None:
        return
    try:
        delivery.carrier(wanted, installation.environ).reach()
    except ConfigError:
        return  # said by the check of the hand-over
    except DeliveryFailed as error:
        yield problem("connect", str(error), "Check 'handover' in site.yaml, the firewall, and the help desk's server.")
        return
    yield ok("connect", f"the help desk's server answers ({wanted.deliver}); nothing was sent to it")


def _provider(installation: Installation) -> Iterator[Result]:
    try:
        address = str(provider_settings().get("server_metadata_url", ""))
    except ConfigError:
        return
    if not address:
        return
    try:
        found, date = _fetched(address)
    except (OSError, http.client.HTTPException, ValueError) as error:
        said = f"the identity provider does not answer at {address} ({type(error).__name__})"
        yield problem("connect", said, "Check 'server_metadata_url' and the firewall: staff cannot sign in.")
        return
    if not isinstance(found, dict) or not found.get("issuer"):
        yield problem("connect", f"{address} names no issuer", "Check 'server_metadata_url'.")
        return
    if date is not None and abs(date - installation.now) > _CLOCKS_APART:
        said = f"the identity provider's clock shows {date:%H:%M} UTC, this one {installation.now:%H:%M} UTC"
        yield problem("clock", said, "Have the clock set by the network (NTP), or sign-ins are refused.")
    yield ok("connect", f"the identity provider {found['issuer']} answers")


def _fetched(address: str) -> tuple[Any, datetime | None]:
    """Return the JSON at an address, and its server's clock."""
    parts = urlsplit(address)
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(parts.hostname or "", parts.port, timeout=_PATIENCE_S)
    try:
        connection.request("GET", parts.path or "/")
        reply = connection.getresponse()
        date = reply.getheader("Date")
        return json.loads(reply.read(1 << 20)), parsedate_to_datetime(date) if date else None
    finally:
        connection.close()


def _as_visitors(host: str, now: datetime) -> Result:
    """Check an address as visitors find it: its certificate, and that this help center answers."""
    name, _, number = host.partition(":")
    context = ssl.create_default_context()
    try:
        with (
            socket.create_connection((name, int(number or 443)), timeout=_PATIENCE_S) as plain,
            context.wrap_socket(plain, server_hostname=name) as protected,
        ):
            certificate = protected.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        return problem(
            "connect", f"the certificate of {host} is refused: {error.verify_message}", "Renew or correct it."
        )
    except (OSError, ValueError) as error:
        said = f"{host} cannot be reached with TLS from here ({type(error).__name__})"
        return warning("connect", said, "Check its DNS entry and the proxy; from inside it may be hidden on purpose.")
    ends = datetime.fromtimestamp(ssl.cert_time_to_seconds(str(certificate["notAfter"])), UTC)
    if ends - now < _ENDS_SOON:
        return warning("connect", f"the certificate of {host} ends on {ends:%Y-%m-%d}", "Renew it.")
    return ok("connect", f"{host} answers with TLS; its certificate is good until {ends:%Y-%m-%d}")
