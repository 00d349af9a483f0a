"""Which hosts are this machine, and which addresses are safe to send a customer's words to."""

from __future__ import annotations

import pytest

from kb.common.hosts import FORWARDED, is_loopback, is_protected_url, is_trusted_hop


def test_what_is_this_machine() -> None:
    """Loopback addresses and the name."""
    assert [is_loopback(h) for h in ("127.0.0.1", "::1", "localhost")] == [True] * 3
    assert [is_loopback(h) for h in ("10.0.0.1", "example.com", "localhost.example.com", "")] == [False] * 4


@pytest.mark.parametrize(
    ("url", "protected"),
    [
        ("https://example.com/hook", True),
        ("http://127.0.0.1:8080/hook", True),
        ("http://[::1]/hook", True),
        ("http://example.com/hook", False),
        ("ftp://localhost/hook", False),
        ("https://", False),
        ("http://[::1", False),
        ("", False),
    ],
)
def test_what_nobody_reads_along(url, protected) -> None:
    """HTTPS, or HTTP that does not leave the machine."""
    assert is_protected_url(url) is protected


def test_a_proxy_stands_on_this_machine_or_where_the_operator_says(monkeypatch: pytest.MonkeyPatch) -> None:
    """Any other address is a client's, also one of this machine's further addresses."""
    monkeypatch.delenv(FORWARDED, raising=False)
    assert [is_trusted_hop(h) for h in ("127.0.0.1", "::1")] == [True] * 2
    assert [is_trusted_hop(h) for h in ("127.0.0.2", "10.0.0.7", "203.0.113.7", "")] == [False] * 4
    monkeypatch.setenv(FORWARDED, "10.0.0.0/8, 203.0.113.7, unix")
    assert [is_trusted_hop(h) for h in ("10.0.0.7", "203.0.113.7", "127.0.0.1")] == [True] * 3
    assert not is_trusted_hop("203.0.113.8")
