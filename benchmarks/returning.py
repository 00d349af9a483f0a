"""Visitors who come back: a page that loses its server connects again through the proxy, as a browser does.

A browser whose websocket closes asks for Streamlit's health until it answers, and opens another one that names the
session it had. If a run was under way, it asks for the page again, with what the field held when it was sent and
without the click. Otherwise it does nothing until the next click, and the page stays as it was.
"""

from __future__ import annotations

import asyncio
import re
import ssl
import time
import uuid
from collections import Counter
from dataclasses import dataclass, field

from markupsafe import escape
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

from benchmarks.visits import _MARK, Socket, Visit, cookie_of_answer

_FIRST_WAIT, _LONGEST_WAIT = 0.5, 4.0
"""Seconds between two attempts of a browser to reach the server."""
_PATIENCE = 30.0
"""Seconds after which a visitor gives up."""
_EDITION = re.compile(rb"edition ([0-9]+)")
_VERSION = re.compile(rb'data-index-version="([^"]+)"')


@dataclass
class Met:
    """What all visitors met."""

    answered: dict[str, float] = field(default_factory=dict)
    """Each question that was answered, and the seconds until its answer."""
    retried: int = 0
    """Questions for which a visitor had to press the button a second time."""
    failed: Counter[str] = field(default_factory=Counter)
    """Questions without an answer after that, by the reason."""
    reconnected: int = 0
    mixed: list[str] = field(default_factory=list)
    """Answers with parts of more than one version."""
    versions: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True, slots=True)
class Door:
    """Where visitors come in."""

    host: str
    port: int
    context: ssl.SSLContext


class Returning(Visit):
    """One visitor, from an address of this machine, who checks what each answer is made of."""

    def __init__(self, door: Door, number: int, met: Met, editions: dict[bytes, bytes]) -> None:
        """Remember where to go.

        :param door: Where to come in.
        :param number: Gives the visitor an address of its own.
        :param met: Where everything is counted.
        :param editions: The edition that each version's articles say they are, filled in as versions are made.
        """
        super().__init__(f"https://{door.host}:{door.port}", [], is_bare=False)
        self._door, self._met, self._editions = door, met, editions
        self._source = (f"127.0.{1 + number // 250}.{1 + number % 250}", 0)
        self._cookie, self._session = "", ""
        self._known_field = self._known_button = ""
        self._seen = b""
        self._asked = b""

    async def open(self) -> None:
        """Load the page and let it be drawn for the first time, however often that takes."""
        await self._reach()
        client = self._state.rerun_script
        client.context_info.timezone, client.context_info.locale = "America/New_York", "en-US"
        client.context_info.url = f"https://{self._door.host}:{self._door.port}/"
        await self._until_drawn()

    async def ask_once(self, question: str) -> None:
        """Send a question, and count its answer; press the button a second time if the page came back without one."""
        self._asked = str(escape(question)).encode()
        started = time.perf_counter()
        for is_again in (False, True):
            self._met.retried += is_again
            self._press(question)
            await self._until_drawn()
            if self._has_answer():
                break
        else:
            self._met.failed["a page without the answer"] += 1
            return
        self._met.answered[question] = time.perf_counter() - started
        self._check(question)

    def _press(self, question: str) -> None:
        widgets = self._state.rerun_script.widget_states.widgets
        del widgets[:]
        widgets.add(id=self._known_field, string_value=question)
        widgets.add(id=self._known_button, trigger_value=True)

    def _has_answer(self) -> bool:
        return _MARK in self._seen and b'data-asked="' + self._asked + b'"' in self._seen

    def _check(self, question: str) -> None:
        """Compare the version that the page names with what its parts say."""
        versions, editions = set(_VERSION.findall(self._seen)), set(_EDITION.findall(self._seen))
        self._met.versions.update(version.decode() for version in versions)
        wanted = {self._editions[version] for version in versions if version in self._editions}
        if len(versions) != 1 or not editions <= wanted:
            self._met.mixed.append(f"{question}: {sorted(versions)}, {sorted(editions)}")

    async def _until_drawn(self) -> None:
        """Have the page drawn; where the connection is lost, come back and have it drawn there."""
        until = time.perf_counter() + _PATIENCE
        while True:
            try:
                await asyncio.wait_for(self._drawn(), max(0.1, until - time.perf_counter()))
            except (OSError, asyncio.IncompleteReadError) as error:
                if time.perf_counter() > until:
                    raise TimeoutError("the page did not come back") from error
                self._met.reconnected += 1
                await self._reach()
                self._forget_click()
            else:
                return

    def _forget_click(self) -> None:
        """Keep what the field held; a browser sends a click once."""
        widgets = self._state.rerun_script.widget_states.widgets
        kept = [(each.id, each.string_value) for each in widgets if each.WhichOneof("value") == "string_value"]
        del widgets[:]
        for name, value in kept:
            widgets.add(id=name, string_value=value)

    async def _drawn(self) -> None:
        assert self._socket is not None
        if self._socket.is_lost:  # between two questions
            raise ConnectionError("the connection was lost")
        self._seen = b""
        self._socket.send(self._state.SerializeToString())
        while True:
            data = await self._socket.receive()
            if not data:
                raise ConnectionError("the server closed the socket")
            self._seen += data
            message = ForwardMsg.FromString(data)
            if self._take(message) and message.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN:
                break
        self._known_field, self._known_button = self._field or self._known_field, self._button or self._known_button
        self._field = self._button = ""

    def _take(self, message: ForwardMsg) -> bool:
        if message.WhichOneof("type") == "new_session":
            self._session = message.new_session.initialize.session_id or self._session
        return super()._take(message)

    async def _reach(self) -> None:
        """Open the page's HTML if there is none yet, and a websocket; try as long and as often as a browser does."""
        wait, until = _FIRST_WAIT, time.perf_counter() + _PATIENCE
        while True:
            try:
                await asyncio.wait_for(self._connect(), _PATIENCE)
            except (OSError, asyncio.IncompleteReadError, asyncio.LimitOverrunError) as error:
                if time.perf_counter() > until:
                    raise TimeoutError("nobody answers") from error
                await asyncio.sleep(wait)
                wait = min(2 * wait, _LONGEST_WAIT)
            else:
                return

    async def _connect(self) -> None:
        host = f"{self._door.host}:{self._door.port}"
        is_new = not self._cookie
        for path in ([f"/?visit={uuid.uuid4().hex}"] if is_new else []) + ["/_stcore/health", "/_stcore/host-config"]:
            await self._fetch(path, host)
        protocol = "streamlit" if is_new else f"streamlit, PLACEHOLDER_AUTH_TOKEN, {self._session or 'none'}"
        loop = asyncio.get_running_loop()
        _, self._socket = await loop.create_connection(
            lambda: Socket(host, self._cookie, "https", protocol),
            "127.0.0.1",
            self._door.port,
            ssl=self._door.context,
            server_hostname=self._door.host,
            local_addr=self._source,
        )
        await self._socket.opened

    async def _fetch(self, path: str, host: str) -> None:
        """Get an address; the page's own gives the visit its cookie."""
        reader, writer = await asyncio.open_connection(
            "127.0.0.1",
            self._door.port,
            ssl=self._door.context,
            server_hostname=self._door.host,
            local_addr=self._source,
        )
        kept = f"Cookie: {self._cookie}\r\n" if self._cookie else ""
        try:
            writer.write(f"GET {path} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n{kept}\r\n".encode())
            self._cookie = await cookie_of_answer(reader, self._cookie)
        finally:
            writer.close()
