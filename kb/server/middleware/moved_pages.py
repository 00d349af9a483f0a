"""Pages that come from another serving process: drawn here once, unseen, before their first click is taken.

A page that loses its process connects to another one and stays as it is. The process knows nothing of it: neither its
buttons nor the parts that are drawn by themselves, so that Streamlit would pass over the first click. So the page is
drawn first as its address says. The browser shows it already, and gets nothing of that; then the click has its effect.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from starlette.datastructures import Headers
from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Scope, Send

_FROM_BEFORE: Final = 3
"""Entries of the websocket's protocol header where a page names the session that it had: the last of them."""
_LONGEST_END: Final = 200
"""Bytes of the message that a page has been drawn; longer ones are not looked into."""
_PATIENCE: Final = 10.0
"""Longest wait for the unseen page, in seconds."""


def has_moved(scope: Scope) -> bool:
    """Return whether a page connects again, rather than for the first time."""
    offered = [entry.strip() for entry in Headers(scope=scope).get("sec-websocket-protocol", "").split(",")]
    return len(offered) >= _FROM_BEFORE and bool(offered[_FROM_BEFORE - 1])


class MovedPage:
    """The websocket of a page that connected again, with an unseen drawing before its first click."""

    def __init__(self, receive: Receive, send: Send) -> None:
        """Wrap a websocket.

        :param receive: What the page says.
        :param send: What the page is told.
        """
        self._receive, self._send = receive, send
        self._is_known = False
        self._held: Message | None = None
        self._drawn = asyncio.Event()

    async def receive(self) -> Message:
        """Return the next message; the page's first is preceded by one that only draws it."""
        if self._held is not None:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._drawn.wait(), _PATIENCE)
            held, self._held = self._held, None
            return held
        message = await self._receive()
        if self._is_known or message["type"] != "websocket.receive":
            return message
        self._is_known = True
        only_drawn = _without_click(message.get("bytes") or b"")
        if only_drawn is None:
            return message
        self._held = message
        return {**message, "bytes": only_drawn}

    async def send(self, message: Message) -> None:
        """Tell the page something, unless it is about the unseen drawing."""
        if self._held is None or message["type"] != "websocket.send":
            await self._send(message)
        elif _is_end(message.get("bytes") or b""):
            self._drawn.set()


def _without_click(data: bytes) -> bytes | None:
    """Return a page's message without what was clicked and typed; None if it is no click."""
    parsed = BackMsg()
    try:
        parsed.ParseFromString(data)
    except DecodeError:
        return None
    if parsed.WhichOneof("type") != "rerun_script":
        return None
    run = parsed.rerun_script
    if not run.fragment_id and not run.widget_states.widgets:
        return None
    run.ClearField("widget_states")
    run.ClearField("fragment_id")
    run.ClearField("is_auto_rerun")
    return bytes(parsed.SerializeToString())


def _is_end(data: bytes) -> bool:
    """Return whether a message says that a page has been drawn."""
    if not 0 < len(data) <= _LONGEST_END:
        return False
    parsed = ForwardMsg()
    try:
        parsed.ParseFromString(data)
    except DecodeError:
        return False
    is_end = parsed.WhichOneof("type") == "script_finished"
    return is_end and parsed.script_finished != ForwardMsg.FINISHED_EARLY_FOR_RERUN
