"""Token buckets: how fast one client may ask, and how little is remembered of it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.common.limits import Buckets, client_of, network_of


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        """Start at some time."""
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time that was set."""
        return self.now


def test_a_full_bucket_empties_and_fills_again() -> None:
    """Sixty a minute: sixty at once, then one a second."""
    clock = Clock()
    buckets = Buckets(60, clock=clock)
    assert [buckets.take("a") for _ in range(60)] == [0.0] * 60
    assert buckets.take("a") == pytest.approx(1.0)
    clock.now += 0.5
    assert buckets.take("a") == pytest.approx(0.5)
    clock.now += 0.5
    assert buckets.take("a") == 0.0
    assert buckets.take("a") == pytest.approx(1.0)
    clock.now += 3600
    assert [buckets.take("a") for _ in range(61)][-1] == pytest.approx(1.0)


def test_clients_do_not_share_a_bucket() -> None:
    """One client over its limit does not affect the others."""
    buckets = Buckets(1, clock=Clock())
    assert buckets.take("a") == 0.0
    assert buckets.take("a") > 0
    assert buckets.take("b") == 0.0


def test_no_limit_remembers_nobody() -> None:
    """Zero means that nothing is counted."""
    buckets = Buckets(0)
    assert [buckets.take("a") for _ in range(1000)] == [0.0] * 1000
    assert len(buckets) == 0


def test_memory_is_bounded() -> None:
    """The client that was not seen for longest is forgotten first."""
    buckets = Buckets(1, most_clients=3, clock=Clock())
    for client in "abcabd":  # a and b are seen again, so c goes when d comes
        buckets.take(client)
    assert len(buckets) == 3
    assert buckets.take("a") > 0
    assert buckets.take("c") == 0.0


@given(st.integers(1, 1000), st.lists(st.floats(0, 100), max_size=60))
def test_never_more_than_promised(per_minute: int, pauses: list[float]) -> None:
    """In any stretch of time at most a bucket and what came back in it is let through."""
    clock = Clock()
    buckets = Buckets(per_minute, clock=clock)
    allowed = 0
    for pause in pauses:
        clock.now += pause
        allowed += buckets.take("a") == 0.0
    assert allowed <= per_minute + (clock.now - 1000.0) * per_minute / 60 + 1


@pytest.mark.parametrize(
    ("host", "client"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("testclient", "testclient"),
        ("", ""),
    ],
)
def test_a_client_is_an_address_or_a_network(host: str, client: str) -> None:
    """All addresses of an IPv6 network count as one client."""
    assert client_of(host) == client


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.0/24"),
        ("::ffff:192.0.2.7", "192.0.2.0/24"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1::/48"),
        ("testclient", "testclient"),
    ],
)
def test_a_network_is_what_one_person_cannot_change(host: str, network: str) -> None:
    """A provider's customer has fewer bits than the rest of the address."""
    assert network_of(host) == network
