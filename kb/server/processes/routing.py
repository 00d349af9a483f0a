"""Which site and which process gets a connection, decided by the head of its first request.

Streamlit keeps a visit's session in the process that its websocket came to, with the files that it offers and takes. So
all connections of a visit go to one process, which the visit's key names; the process that begins a visit gives it such
a key. Everything else can be answered anywhere. Programs without a visit ask the API: those of one address go to one
process, where their limits are counted and their last questions are known at once.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import Final

from kb.app.visits import COOKIE, new_key, slot_of
from kb.common.hosts import is_loopback
from kb.common.limits import client_of

HEAD_END: Final = b"\r\n\r\n"
LONGEST_HEAD: Final = 16_384
"""Bytes of a request that are looked at; a longer head is refused later anyway."""
_API: Final = re.compile(rb"[A-Z]+ /api/")
_FORWARDED: Final = re.compile(rb"(?im)^x-forwarded-for:[ \t]*([^,\s]+)")
_HOST: Final = re.compile(rb"(?im)^host:[ \t]*([^\r\n]*?)[ \t]*\r?$")
_PORT: Final = re.compile(r":\d{1,5}$")


def slot_for(head: bytes, address: str, of: int, brand: str = "") -> int | None:
    """Return the process that must get a connection.

    :param head: The beginning of what was sent, if possible with all headers.
    :param address: The peer's.
    :param of: The number of processes.
    :param brand: The brand that they serve.
    :return: Its number; None if any will do.
    """
    headers = head.partition(HEAD_END)[0]
    found = _key(brand).search(headers)
    if found:
        return slot_of(found[1].decode(), of)
    if not _API.match(headers):
        return None
    forwarded = _FORWARDED.search(headers) if is_loopback(address) else None
    client = forwarded[1].decode("latin-1") if forwarded else address
    return None if is_loopback(client) else zlib.crc32(client_of(client).encode()) % of


def host_of(head: bytes) -> str:
    """Return the host that a request names, in lower case and without its port.

    :param head: The beginning of what was sent, with all headers.
    :return: Empty if it names none, or several.
    """
    found = _HOST.findall(head.partition(HEAD_END)[0])
    return _PORT.sub("", found[0].decode("latin-1").lower()) if len(found) == 1 else ""


def cookie_of(name: str, brand: str) -> str:
    """Return a cookie's name as browsers keep it: with the brand, so that no other brand is sent it for its own."""
    return f"{name}.{brand}" if brand else name


@lru_cache(maxsize=1024)
def _key(brand: str) -> re.Pattern[bytes]:
    name = re.escape(cookie_of(COOKIE, brand)).encode()
    return re.compile(rb"(?im)^cookie:[^\r\n]*\b" + name + rb"=([0-9a-f]{32})(?![0-9a-z])")


def key_for(slot: int, of: int) -> str:
    """Return the key of a new visit that belongs to a process.

    :param slot: The number of the process.
    :param of: The number of processes.
    :return: As random as any other key.
    """
    while slot_of(key := new_key(), of) != slot:
        pass
    return key
