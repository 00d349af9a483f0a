"""What a page may say to Streamlit: the messages that our pages send, and nothing meant for developers.

Streamlit takes messages that start git in the event loop and tell what it found, or clear the caches of everybody. No
page of ours sends them, and nobody needs a page to send them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from google.protobuf.message import DecodeError  # type: ignore[import-untyped]
from streamlit.proto.BackMsg_pb2 import BackMsg

if TYPE_CHECKING:
    from starlette.types import Message, Receive, Send

    from kb.server.middleware.pace import Pay

RERUN: Final = "rerun_script"
"""A click, or a page that is opened."""
OPERATION: Final = "backend_operation_request"
"""What Streamlit does without a rerun, from a download to the installation of something for developers."""
DOWNLOAD: Final = "deferred_file"
"""The operation that makes a file once its button is pressed."""
IN_USE: Final = frozenset({RERUN, "stop_script", "app_heartbeat", "file_urls_request", DOWNLOAD})
"""Messages that are let through; the file picker of the staff's pages asks for addresses of files."""
_NO_MESSAGE: Final = 1003
"""The websocket protocol's code for data that cannot be accepted."""


def kind_of(message: Message) -> str | None:
    """Return the kind of a page's message.

    :param message: As the server received it.
    :return: Streamlit's name for it, for an operation that of the operation; None for data that is not a message.
    """
    parsed = BackMsg()
    try:
        parsed.ParseFromString(message.get("bytes") or b"")
    except DecodeError:
        return None
    kind = parsed.WhichOneof("type")
    return parsed.backend_operation_request.WhichOneof("payload") or OPERATION if kind == OPERATION else kind


def only_ours(receive: Receive, send: Send, pay: Pay | None = None) -> Receive:
    """Return what receives the messages of a page, without those that none of our pages sends.

    A message for developers is passed over; data that is not a message ends the connection.

    :param receive: The websocket's own.
    :param send: Closes it.
    :param pay: Waited for before a click goes through.
    :return: In place of ``receive``.
    """

    async def receive_ours() -> Message:
        while True:
            message = await receive()
            if message["type"] != "websocket.receive":
                return message
            kind = kind_of(message)
            if kind is None:
                await send({"type": "websocket.close", "code": _NO_MESSAGE})
                return {"type": "websocket.disconnect", "code": _NO_MESSAGE}
            if kind in IN_USE:
                if kind == RERUN and pay is not None:
                    await pay()
                return message

    return receive_ours
