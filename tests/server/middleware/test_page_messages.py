"""What a page may say to Streamlit."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from streamlit.proto.BackMsg_pb2 import BackMsg

from kb.server.middleware.page_messages import IN_USE, only_ours

if TYPE_CHECKING:
    from starlette.types import Message

CLICK = BackMsg(rerun_script={"page_name": "browse"}).SerializeToString()
OPERATIONS = BackMsg.DESCRIPTOR.fields_by_name["backend_operation_request"].message_type.fields
LEFT = {"type": "websocket.disconnect", "code": 1000}


def passed(*frames: bytes | str) -> tuple[list[Message], list[Message]]:
    """Return what Streamlit receives of some frames, until the page is closed, and what the page is sent."""
    waiting = [{"type": "websocket.connect"}]
    waiting += [{"type": "websocket.receive", "bytes" if isinstance(f, bytes) else "text": f} for f in frames]
    waiting.append(LEFT)
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0)

    async def send(message: Message) -> None:
        sent.append(message)

    async def all_of_them() -> list[Message]:
        ours, got = only_ours(receive, send), []
        while not got or got[-1]["type"] != "websocket.disconnect":
            got.append(await ours())
        return got

    return asyncio.run(all_of_them()), sent


@pytest.mark.parametrize("name", sorted(field.name for field in BackMsg.DESCRIPTOR.fields if field.name not in IN_USE))
def test_messages_for_developers_are_passed_over(name: str) -> None:
    """Of all that Streamlit knows, in this version or the next, only what our pages send gets through."""
    field = BackMsg.DESCRIPTOR.fields_by_name[name]
    value = {} if field.message_type else True
    got, sent = passed(BackMsg(**{name: value}).SerializeToString(), CLICK)
    assert got == [{"type": "websocket.connect"}, {"type": "websocket.receive", "bytes": CLICK}, LEFT]
    assert sent == []


@pytest.mark.parametrize("name", sorted(field.name for field in OPERATIONS if field.containing_oneof))
def test_of_the_operations_only_the_download_gets_through(name: str) -> None:
    """The others install something for developers, or fetch rows of tables that no page of ours has."""
    asked = BackMsg(backend_operation_request={"request_id": "1", name: {}}).SerializeToString()
    got, _ = passed(asked, CLICK)
    assert (got[1]["bytes"] == asked) == (name == "deferred_file")


@pytest.mark.parametrize("frame", [b"\xff\xff\xff", "text", b""], ids=["garbage", "text", "nothing"])
def test_what_is_no_message_ends_the_connection(frame: bytes | str) -> None:
    """No page of ours sends that; Streamlit would log an error with a stack for each."""
    got, sent = passed(frame, CLICK)
    assert [message["type"] for message in got] == ["websocket.connect", "websocket.disconnect"]
    assert sent == [{"type": "websocket.close", "code": 1003}]
