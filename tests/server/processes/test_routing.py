"""Which process gets a connection: always the same one for a visit."""

from __future__ import annotations

import pytest

from kb.app.visits import new_key, slot_of, valid_key
from kb.server.processes.routing import host_of, key_for, slot_for

FIRST = b"GET / HTTP/1.1\r\nHost: localhost\r\n"


def test_a_visit_stays_in_the_process_that_began_it() -> None:
    """A new key names the process that made it; every later connection carries the key."""
    for slot in range(3):
        key = key_for(slot, 3)
        assert valid_key(key)
        for head in (
            f"Cookie: kb_visit={key}\r\n",
            f"cookie: kb_lang=es; kb_visit={key}; _streamlit_xsrf=2|a\r\nUpgrade: websocket\r\n",
        ):
            assert slot_for(FIRST + head.encode() + b"\r\n", "192.0.2.7", 3) == slot


def test_keys_are_spread_over_all_processes() -> None:
    """No process gets most of the visits."""
    slots = [slot_of(new_key(), 4) for _ in range(400)]
    assert all(50 < slots.count(slot) < 150 for slot in range(4))


@pytest.mark.parametrize(
    "head",
    [
        b"",
        FIRST + b"\r\n",
        FIRST + b"Cookie: other_kb_visit_=" + b"0" * 32 + b"\r\n\r\n",
        FIRST + b"Cookie: kb_visit=" + b"0" * 31 + b"\r\n\r\n",
        FIRST + b"Cookie: kb_visit=" + b"0" * 40 + b"\r\n\r\n",
        FIRST + b"X: 1\r\n\r\nCookie: kb_visit=" + b"0" * 32 + b"\r\n",
    ],
)
def test_without_a_key_any_process_will_do(head: bytes) -> None:
    """Also for a damaged key, and for one in a body."""
    assert slot_for(head, "192.0.2.7", 3) is None


def test_programs_of_one_address_ask_one_process() -> None:
    """By the address that a proxy of this machine passes on; nobody else is believed."""
    ask = b"POST /api/ask HTTP/1.1\r\nHost: localhost\r\n"
    of = 5
    mine = slot_for(ask + b"\r\n", "192.0.2.7", of)
    assert mine is not None
    assert slot_for(ask + b"X-Forwarded-For: 192.0.2.7, 10.0.0.1\r\n\r\n", "127.0.0.1", of) == mine
    assert slot_for(ask + b"X-Forwarded-For: 203.0.113.9\r\n\r\n", "192.0.2.7", of) == mine
    assert slot_for(ask + b"\r\n", "127.0.0.1", of) is None
    same_network = {slot_for(ask + b"\r\n", f"2001:db8:1:2::{n:x}", of) for n in range(1, 9)}
    assert len(same_network) == 1


def test_a_visit_of_another_brand_says_nothing_here() -> None:
    """Each brand has its own cookie; the one without a brand is nobody's then."""
    key = key_for(2, 3)
    for name, found in (
        ("kb_visit.north", 2),
        ("kb_visit.north-west", None),
        ("kb_visit", None),
        ("kb_visitXnorth", None),
    ):
        head = FIRST + f"Cookie: {name}={key}\r\n\r\n".encode()
        assert slot_for(head, "192.0.2.7", 3, "north") == found


@pytest.mark.parametrize(
    ("lines", "host"),
    [
        ("Host: Help.Example.com", "help.example.com"),
        ("host:help.example.com:8443 ", "help.example.com"),
        ("Host: [2001:DB8::1]:80", "[2001:db8::1]"),
        ("Host: [2001:db8::1]", "[2001:db8::1]"),
        ("X-Forwarded-Host: a.example", ""),
        ("Host: a.example\r\nHost: b.example", ""),
        ("Host:", ""),
        ("X: 1\r\n\r\nHost: body.example", ""),
    ],
)
def test_the_host_of_a_request(lines: str, host: str) -> None:
    """One header alone counts, without its port."""
    assert host_of(f"GET http://other.example/ HTTP/1.1\r\n{lines}\r\n\r\n".encode()) == host
