"""A visit as a browser makes it: a page's websocket, spoken without a browser.

It knows as much of Streamlit's protocol as a visit needs: run the page, find the fields and buttons that were drawn,
fill and press them. Used where many visits are open at once, and where a whole walk must not take a browser.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from http.cookies import SimpleCookie
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import urlencode, urlsplit

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.proto.WidgetStates_pb2 import WidgetState
from websockets.asyncio.client import ClientConnection, connect

PATIENCE_SECONDS: Final = 60.0
"""Longest wait for a page."""
STREAM: Final = "/_stcore/stream"
_FIELDS: Final = {bool: "bool_value", str: "string_value", int: "int_value"}
_XSRF: Final = "_streamlit_xsrf"
_PRESSED: Final = "button"


@dataclass(slots=True)
class Drawn:
    """What one run of a page drew."""

    text: str = ""
    """The HTML and Markdown of all elements, in the order in which they came."""
    widgets: dict[str, tuple[str, str]] = field(default_factory=dict)
    """Kind and id of each widget, by the key that the page gave it."""
    messages: int = 0
    leads_to: str = ""
    """Where the page sends the browser, such as to the identity provider."""
    has_failed: bool = False
    """Whether an exception was drawn."""


class Visit:
    """One open page; use it as an asynchronous context."""

    def __init__(self, origin: str, *, headers: Mapping[str, str] | None = None, source: str = "") -> None:
        """Prepare to open a page.

        :param origin: Scheme, host and port of the server.
        :param headers: Further headers of the handshake, such as a cookie.
        :param source: The address to connect from; empty for any.
        """
        self.origin = origin
        self._headers = dict(headers or {})
        self._source = source
        self._socket: ClientConnection | None = None
        self._query = ""
        self._page = ""
        self._states: dict[str, WidgetState] = {}

    async def __aenter__(self) -> Self:
        """Connect."""
        self._socket = await connect(
            f"ws://{urlsplit(self.origin).netloc}{STREAM}",
            origin=self.origin,  # type: ignore[arg-type]  # a NewType of str
            subprotocols=["streamlit", *self._token()],  # type: ignore[list-item]  # a NewType of str
            additional_headers=self._headers,
            compression=None,
            max_size=None,
            open_timeout=PATIENCE_SECONDS,
            proxy=None,
            local_addr=(self._source, 0) if self._source else None,
        )
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the page."""
        if self._socket is not None:
            await self._socket.close()

    def _token(self) -> list[str]:
        """Return the token against forged requests, without which nobody is signed in by a provider."""
        found = SimpleCookie(self._headers.get("Cookie", "")).get(_XSRF)
        return [found.value] if found else []

    async def show(self, page: str = "", query: Mapping[str, str] | None = None) -> Drawn:
        """Go to a page, and return what it draws.

        :param page: Its name in the address; empty for the first.
        :param query: The parameters of the address.
        :return: What was drawn.
        """
        self._page, self._query, self._states = page, urlencode(query or {}), {}
        return await self._run()

    async def fill(self, drawn: Drawn, values: Mapping[str, bool | str | int], press: str = "") -> Drawn:
        """Fill in fields, press a button, and return what the page draws then.

        :param drawn: The page as it is.
        :param values: By the fields' keys.
        :param press: The key of a button.
        :return: What was drawn.
        """
        for key, value in values.items():
            kind, widget = drawn.widgets[key]
            del kind
            self._states[widget] = WidgetState(id=widget, **{_FIELDS[type(value)]: value})
        pressed = [WidgetState(id=drawn.widgets[press][1], trigger_value=True)] if press else []
        return await self._run(pressed)

    async def send(self, message: BackMsg) -> None:
        """Send a message of any kind, and wait for nothing."""
        assert self._socket is not None
        await self._socket.send(message.SerializeToString())

    async def _run(self, pressed: list[WidgetState] | None = None) -> Drawn:
        message = BackMsg()
        state = message.rerun_script
        state.query_string, state.page_name = self._query, self._page
        state.widget_states.widgets.extend([*self._states.values(), *(pressed or [])])
        await self.send(message)
        drawn = Drawn()
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await self._take(drawn):
                pass
        return drawn

    async def _take(self, drawn: Drawn) -> bool:
        """Take one message; return whether the page is complete."""
        assert self._socket is not None
        data = await self._socket.recv()
        message = ForwardMsg()
        message.ParseFromString(data if isinstance(data, bytes) else data.encode())
        drawn.messages += 1
        kind = message.WhichOneof("type")
        if kind == "page_info_changed":
            self._query = message.page_info_changed.query_string
        elif kind == "auth_redirect":
            drawn.leads_to = message.auth_redirect.url
        elif kind == "delta" and message.delta.WhichOneof("type") == "new_element":
            _note(drawn, message.delta.new_element)
        return bool(
            kind == "script_finished"
            and message.script_finished == ForwardMsg.ScriptFinishedStatus.FINISHED_SUCCESSFULLY
        )


def _note(drawn: Drawn, element: Any) -> None:
    """Note what an element says, and where to find it if it is a widget."""
    kind = element.WhichOneof("type")
    part = getattr(element, kind)
    drawn.has_failed |= kind == "exception"
    for name in ("body", "markup", "label"):
        drawn.text += f"{getattr(part, name, '')}\n"
    widget = getattr(part, "id", "")
    if widget:
        drawn.widgets[widget.rpartition("-")[2]] = (kind, widget)
