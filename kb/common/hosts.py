"""Hosts and addresses that may be sent a customer's words."""

from __future__ import annotations

import os
from functools import lru_cache
from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit

_HERE: Final = ("127.0.0.1", "::1")
"""Where a proxy on this machine connects from."""
FORWARDED: Final = "FORWARDED_ALLOW_IPS"
"""The variable by which uvicorn is told of proxies on other machines."""


def is_trusted_hop(host: str) -> bool:
    """Return whether a proxy of ours connects from an address: on this machine, or as FORWARDED_ALLOW_IPS names it.

    What such a proxy says about its client is believed, and no limit that is one client's applies to it.

    :param host: The address of a connection's other end.
    :return: Whether a proxy stands there.
    """
    return host in _HERE or _is_named(host, os.environ.get(FORWARDED, ""))


@lru_cache(maxsize=1024)
def _is_named(host: str, names: str) -> bool:
    """Return whether a list of addresses and networks, with commas between them, has an address."""
    for name in filter(None, map(str.strip, names.split(","))):
        try:
            if name in {"*", host} or ip_address(host) in ip_network(name, strict=False):
                return True
        except ValueError:  # no address: compared as it is written
            continue
    return False


def is_loopback(host: str) -> bool:
    """Return whether a host is this machine."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_protected_url(url: str) -> bool:
    """Return whether the connection to an address cannot be read on the way: HTTPS, or HTTP to this machine."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        return False
    return bool(host) and (parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host)))
