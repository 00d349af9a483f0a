"""Visits to a Streamlit page without a browser: its websocket protocol, as cheap for this machine as Python allows.

Usage: python benchmarks/visits.py ORIGIN --questions FILE [--visits N] [--seconds S] [--think S] [--bare]

One visit loads the page, opens its websocket, sends a question, waits for the elements of the answer, thinks, and asks
the next one, until the time is over. Visitors share the machine with the server that they measure, so a visit parses
only the messages it must: it reads frames by itself, looks for the answer's mark in the bytes of a large one, and
answers pings. It keeps the messages that Streamlit lets a browser keep, and says so, as the browser does.

Prints one line of JSON: the times in milliseconds, the errors, and the processor time that the visitors took.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import re
import struct
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

_SMALL = 400
"""Bytes; larger messages are elements, and are searched rather than parsed."""
_LARGE = 9_000
"""Bytes from which a browser may be asked to keep a message."""
_PATIENCE = 60.0
"""Seconds after which a visitor gives a question up."""
_MARK, _BARE_MARK = b"data-announce", b"You asked: "
_WIDGET = b"$$ID-"
"""How the id of a field or a button begins."""
_HANDSHAKE = (
    "GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: {scheme}://{host}\r\nUpgrade: websocket\r\n"
    "Connection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n"
    "Sec-WebSocket-Protocol: {protocol}\r\n{cookie}\r\n"
)
_COOKIE = re.compile(rb"(?im)^set-cookie: (kb_visit=[0-9a-f]+)")
_LENGTH = re.compile(rb"(?im)^content-length: (\d+)")
_TEXT, _BINARY, _CLOSE, _PING, _PONG = 1, 2, 8, 9, 10


async def cookie_of_answer(reader: asyncio.StreamReader, cookie: str) -> str:
    """Read an answer to its end; return the cookie of the visit, which stays as it is where the answer sets none.

    :param reader: Of a connection on which an address was asked for.
    :param cookie: The cookie so far, as ``name=value``; empty for none.
    :return: The cookie from now on.
    :raises ConnectionError: If the answer is not a page.
    """
    head = await reader.readuntil(b"\r\n\r\n")
    length = _LENGTH.search(head)
    await reader.readexactly(int(length[1]) if length else 0)
    if b" 200 " not in head.split(b"\r\n")[0]:
        raise ConnectionError(head.split(b"\r\n")[0].decode())
    found = _COOKIE.search(head)
    return found[1].decode() if found else cookie


@dataclass
class Result:
    """What the visitors of one run met; times in milliseconds."""

    page: list[float] = field(default_factory=list)
    """From opening the page to its last element: HTML, handshake, first run."""
    answer: list[float] = field(default_factory=list)
    """From sending a question to the element that answers it."""
    whole: list[float] = field(default_factory=list)
    """From sending a question to the end of the run, after the page's last element."""
    errors: Counter[str] = field(default_factory=Counter)
    opened: int = 0
    """Visits that were open at the end."""
    seconds: float = 0.0
    """Time over which questions were counted, once every visit was open."""
    client_seconds: float = 0.0
    """Processor time of this program in that time."""


class Socket(asyncio.Protocol):
    """A client's end of a websocket; frames are taken as they come."""

    def __init__(self, host: str, cookie: str, scheme: str = "http", protocol: str = "streamlit") -> None:
        """Prepare to shake hands."""
        kept = f"Cookie: {cookie}\r\n" if cookie else ""
        self._request = _HANDSHAKE.format(host=host, scheme=scheme, protocol=protocol, cookie=kept).encode()
        self._buffer = bytearray()
        self._frames: asyncio.Queue[bytes] = asyncio.Queue()
        self._is_open = False
        self.is_lost = False
        """Whether the connection has ended."""
        self.opened: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._transport: Any = None

    def connection_made(self, transport: Any) -> None:
        """Shake hands."""
        self._transport = transport
        transport.write(self._request)

    def data_received(self, data: bytes) -> None:
        """Cut what arrived into frames."""
        self._buffer += data
        if not self._is_open:
            head, found, rest = bytes(self._buffer).partition(b"\r\n\r\n")
            if not found:
                return
            if b" 101 " not in head.split(b"\r\n")[0]:
                self._transport.abort()
                return
            self._is_open, self._buffer = True, bytearray(rest)
            self.opened.set_result(None)
        start, buffer = 0, self._buffer
        while (frame := _frame(buffer, start)) is not None:
            opcode, begin, end = frame
            if opcode == _PING:
                self._send(_PONG, bytes(buffer[begin:end]))
            elif opcode == _CLOSE:
                self._transport.close()
            else:
                self._frames.put_nowait(bytes(buffer[begin:end]))
            start = end
        del buffer[:start]

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell the visit, which may be waiting."""
        self.is_lost = True
        if not self.opened.done():
            self.opened.set_exception(exc or ConnectionError("the server refused the socket"))
        self._frames.put_nowait(b"")

    async def receive(self) -> bytes:
        """Return the next message; empty once the server has closed."""
        return await self._frames.get()

    def send(self, message: bytes) -> None:
        """Send a message."""
        self._send(_BINARY, message)

    def _send(self, opcode: int, data: bytes) -> None:
        size = len(data)
        if size < 126:
            head = struct.pack("!BB", 0x80 | opcode, 0x80 | size)
        elif size < 65_536:
            head = struct.pack("!BBH", 0x80 | opcode, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x80 | opcode, 0x80 | 127, size)
        self._transport.write(head + b"\0\0\0\0" + data)  # the mask of zeros spares the work of masking

    def close(self) -> None:
        """Close, as a browser does when the tab is closed."""
        if self._transport is not None:
            self._transport.close()


def _frame(buffer: bytearray, start: int) -> tuple[int, int, int] | None:
    """Return opcode, begin and end of the frame at a place; None if it is not all there."""
    if len(buffer) < start + 2:
        return None
    size, begin = buffer[start + 1] & 0x7F, start + 2
    if size == 126:
        begin += 2
        size = int.from_bytes(buffer[begin - 2 : begin], "big") if len(buffer) >= begin else len(buffer)
    elif size == 127:
        begin += 8
        size = int.from_bytes(buffer[begin - 8 : begin], "big") if len(buffer) >= begin else len(buffer)
    return (buffer[start] & 0x0F, begin, begin + size) if len(buffer) >= begin + size else None


class Visit:
    """One visitor."""

    def __init__(self, origin: str, questions: list[str], *, is_bare: bool) -> None:
        """Remember where to go and what to ask."""
        parts = urlsplit(origin)
        self._host, self._port = parts.hostname or "", parts.port or 80
        self._questions, self._is_bare = questions, is_bare
        self._mark = _BARE_MARK if is_bare else _MARK
        self._socket: Socket | None = None
        self._state = BackMsg()
        self._field = self._button = ""
        self._kept: tuple[set[str], set[str]] = (set(), set())

    async def open(self) -> None:
        """Load the page and let it be drawn for the first time."""
        host = f"{self._host}:{self._port}"
        cookie = await self._get("/", host)
        loop = asyncio.get_running_loop()
        _, self._socket = await loop.create_connection(lambda: Socket(host, cookie), self._host, self._port)
        await self._socket.opened
        client = self._state.rerun_script
        client.context_info.timezone, client.context_info.locale = "America/New_York", "en-US"
        client.context_info.url = f"http://{host}/"
        await self._run(is_first=True)

    async def ask(self, question: str) -> tuple[float, float]:
        """Send a question.

        :return: Seconds until the answer's element, and until the run had ended.
        """
        client = self._state.rerun_script
        del client.widget_states.widgets[:]
        client.widget_states.widgets.add(id=self._field, string_value=question)
        if self._button:
            client.widget_states.widgets.add(id=self._button, trigger_value=True)
        return await self._run()

    def close(self) -> None:
        """Leave."""
        if self._socket is not None:
            self._socket.close()

    async def _get(self, path: str, host: str) -> str:
        """Load the page's HTML, and what its program asks for before it opens the socket; return the visit's cookie."""
        reader, writer = await asyncio.open_connection(self._host, self._port)
        cookie = ""
        try:
            for address in (path, "/_stcore/health", "/_stcore/host-config"):
                kept = f"Cookie: {cookie}\r\n" if cookie else ""
                writer.write(f"GET {address} HTTP/1.1\r\nHost: {host}\r\nAccept-Encoding: gzip\r\n{kept}\r\n".encode())
                cookie = await cookie_of_answer(reader, cookie)
        finally:
            writer.close()
        return cookie

    async def _run(self, *, is_first: bool = False) -> tuple[float, float]:
        assert self._socket is not None
        client = self._state.rerun_script
        del client.cached_message_hashes[:]
        client.cached_message_hashes.extend(self._kept[0] | self._kept[1])
        self._kept, self._field, self._button = (set(), self._kept[0]), "", ""
        self._socket.send(self._state.SerializeToString())
        started, answered = time.perf_counter(), 0.0
        while True:
            data = await self._socket.receive()
            if not data:
                raise ConnectionError("the server closed the socket")
            if not answered and self._mark in data:
                answered = time.perf_counter() - started
            if len(data) < _SMALL or len(data) > _LARGE or _WIDGET in data:
                message = ForwardMsg.FromString(data)
                if self._take(message):
                    break
        if not answered and not is_first:
            raise LookupError("a page without an answer")
        return answered, time.perf_counter() - started

    def _take(self, message: ForwardMsg) -> bool:
        """Remember what the next run must say; return whether this one has ended."""
        kind = message.WhichOneof("type")
        if kind == "script_finished":
            return True
        if kind == "ref_hash" or message.metadata.cacheable:
            self._kept[0].add(message.ref_hash or message.hash)
        client = self._state.rerun_script
        if kind == "new_session":
            client.page_script_hash = message.new_session.page_script_hash
        elif kind == "page_info_changed":
            client.query_string = message.page_info_changed.query_string
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            element = message.delta.new_element
            if element.WhichOneof("type") == "text_input" and not self._field:
                self._field = element.text_input.id
            elif element.WhichOneof("type") == "button" and not self._button:
                self._button = element.button.id
        return False


async def visit(number: int, chosen: argparse.Namespace, questions: list[str], result: Result, begin: float) -> None:
    """Be one visitor until the time is over."""
    chance = random.Random(number)
    await asyncio.sleep(number / chosen.visits * chosen.ramp)
    guest = Visit(chosen.origin, questions, is_bare=chosen.bare)
    try:
        started = time.perf_counter()
        await asyncio.wait_for(guest.open(), _PATIENCE)
        result.page.append((time.perf_counter() - started) * 1000)
        await asyncio.sleep(chance.random() * chosen.think)
        while (asked := time.perf_counter()) < begin + chosen.seconds:
            question = questions[chance.randrange(len(questions))]
            answered, whole = await asyncio.wait_for(guest.ask(question), _PATIENCE)
            if asked >= begin:
                result.answer.append(answered * 1000)
                result.whole.append(whole * 1000)
            await asyncio.sleep(chosen.think)
        result.opened += 1
    except (OSError, LookupError, asyncio.IncompleteReadError, TimeoutError) as error:
        result.errors[f"{type(error).__name__}: {error}"[:80]] += 1
    finally:
        guest.close()


async def run(chosen: argparse.Namespace, questions: list[str]) -> Result:
    """Let all visitors in, a few at a time, and count from the moment when the last one has had time to settle."""
    result = Result()
    begin = time.perf_counter() + chosen.ramp + chosen.think
    tasks = [asyncio.create_task(visit(n, chosen, questions, result, begin)) for n in range(chosen.visits)]
    await asyncio.sleep(max(0.0, begin - time.perf_counter()))
    used, started = time.process_time(), time.perf_counter()
    await asyncio.sleep(chosen.seconds)
    result.client_seconds, result.seconds = time.process_time() - used, time.perf_counter() - started
    await asyncio.gather(*tasks)
    return result


def main() -> None:
    """Print the result of a run."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("origin")
    parser.add_argument("--questions", required=True, help="a JSON list of questions")
    parser.add_argument("--visits", type=int, default=1)
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--think", type=float, default=5.0)
    parser.add_argument("--ramp", type=float, default=10.0, help="seconds over which visitors arrive")
    parser.add_argument("--bare", action="store_true", help="the page is the bare one of benchmarks/peers/page.py")
    chosen = parser.parse_args()
    questions = json.loads(Path(chosen.questions).read_text(encoding="utf-8"))
    result = asyncio.run(run(chosen, questions))
    print(json.dumps({**vars(result), "errors": dict(result.errors)}))


if __name__ == "__main__":
    main()
