"""A rate limit per client: one token bucket each, in memory, or counted by several processes together."""

from __future__ import annotations

import ipaddress
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from datetime import timedelta
from typing import Final, Protocol

MOST_CLIENTS: Final = 10_000
"""Buckets kept at once, some 2 MB; the least recently used one makes room."""
_NETWORK_BITS: Final = 64
"""The network part of an IPv6 address; one customer has all the other bits."""
_WIDE_BITS: Final = {4: 24, 6: 48}
"""The part of an address that one person cannot change at will: providers assign no more than the rest."""


class Buckets:
    """One bucket of tokens per client, refilled within a minute. Not safe to share between threads."""

    def __init__(
        self,
        per_minute: int,
        most_clients: int = MOST_CLIENTS,
        clock: Callable[[], float] = time.monotonic,
        seconds: float = 60.0,
    ) -> None:
        """Start with every bucket full.

        :param per_minute: Tokens in a full bucket, which is also how many come back in a minute; 0 for no limit.
        :param most_clients: Buckets kept at once.
        :param clock: Seconds from any point on, never going back.
        :param seconds: Time in which an empty bucket is full again, if not a minute.
        """
        self.per_minute = per_minute
        self._seconds = seconds
        self._most_clients = most_clients
        self._clock = clock
        self._levels: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def __len__(self) -> int:
        """Return the number of remembered clients."""
        return len(self._levels)

    def take(self, client: str, cost: float = 1.0) -> float:
        """Take the tokens that one request costs.

        :param client: The client, as :func:`client_of` names it.
        :param cost: Tokens; what costs more than a full bucket empties it.
        :return: 0.0 if there were enough; otherwise the seconds until there are.
        """
        if self.per_minute <= 0:
            return 0.0
        now = self._clock()
        level, at = self._levels.pop(client, (float(self.per_minute), now))
        level = min(float(self.per_minute), level + (now - at) * self.per_minute / self._seconds)
        cost = min(cost, float(self.per_minute))
        allowed = level >= cost
        self._levels[client] = (level - cost if allowed else level, now)
        if len(self._levels) > self._most_clients:
            self._levels.popitem(last=False)
        return 0.0 if allowed else (cost - level) * self._seconds / self.per_minute


class ClientLimit(Protocol):
    """A limit for each client, wherever it is counted."""

    def take(self, client: str) -> float:
        """Use the limit once.

        :param client: The client.
        :return: 0.0 if something was left of it; otherwise the seconds until there is.
        """


class Limit:
    """So many uses in a time, for each client; safe to share between threads.

    It is counted in memory and, where other processes serve the same clients, by all of them together as well: what is
    refused here costs the others nothing.
    """

    def __init__(
        self,
        most: int,
        within: timedelta,
        shared: ClientLimit | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Start with nothing used.

        :param most: The uses that a client has at once, and that come back within the time.
        :param within: The time.
        :param shared: The same limit as all processes count it; None for a process that serves alone.
        :param clock: Seconds from any point on, never going back.
        """
        self._lock = threading.Lock()
        self._here = Buckets(most, clock=clock, seconds=within.total_seconds())
        self._shared = shared

    def take(self, client: str) -> float:
        """Use the limit once; raises what the shared count raises.

        :param client: The client.
        :return: 0.0 if something was left of it; otherwise the seconds until there is.
        """
        with self._lock:
            wait = self._here.take(client)
        return wait if wait or self._shared is None else self._shared.take(client)


def client_of(host: str) -> str:
    """Return the identity of a client: its address, or the network of an IPv6 address.

    :param host: The peer's address; anything else counts as a client of that name.
    :return: The name of its bucket.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address):
        mapped = address.ipv4_mapped
        if mapped is not None:
            return str(mapped)
        return str(ipaddress.ip_network((address, _NETWORK_BITS), strict=False))
    return str(address)


def network_of(host: str) -> str:
    """Return the wider network of a client: the first 24 bits of an IPv4 address, the first 48 of an IPv6 address.

    :param host: The peer's address; anything else counts as a network of that name.
    :return: The network.
    """
    try:
        address = ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return host
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        address = address.ipv4_mapped
    return str(ipaddress.ip_network((address, _WIDE_BITS[address.version]), strict=False))
