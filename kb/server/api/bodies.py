"""Reading posted bodies up to a limit, and the API's form of an error."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import parse_qs

from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse

from kb.errors import IndexMissing, KbError, TooBusy

if TYPE_CHECKING:
    from starlette.requests import Request

MOST_BYTES: Final = 1024 * 1024
"""Largest request body; 50,000 characters fit even if each is written as two JSON escapes of six bytes."""


class BadRequest(Exception):
    """A request that cannot be answered; its text is one sentence for the caller."""

    def __init__(self, status: int, message: str) -> None:
        """Keep the HTTP status next to the message."""
        super().__init__(message)
        self.status = status


def error(status: int, message: str) -> JSONResponse:
    """Return an error as the API words it."""
    return JSONResponse({"error": message}, status_code=status, headers={"Cache-Control": "no-store"})


def too_busy(problem: TooBusy) -> JSONResponse:
    """Return that a question got no turn, and when to ask it again."""
    headers = {"Cache-Control": "no-store", "Retry-After": str(problem.seconds)}
    return JSONResponse({"error": str(problem)}, status_code=429, headers=headers)


def not_ready(problem: KbError) -> JSONResponse:
    """Return that nothing answers now, without the machine's paths; the log has the reason in full."""
    return error(503, reason(problem))


def reason(problem: KbError) -> str:
    """Return in one sentence why nothing answers now, as anybody may read it."""
    if isinstance(problem, IndexMissing):
        return "No index has been built yet: kb build"
    return "No index can be used at the moment: the server's log says why."


async def read_body(request: Request, most: int = MOST_BYTES) -> bytes:
    """Read the body, at most the allowed number of bytes, regardless of the announced length.

    :param request: A request whose body has not been read.
    :param most: Most bytes allowed.
    :return: The whole body.
    :raises BadRequest: If it is longer.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > most:
                raise BadRequest(413, f"The request is longer than {most} bytes: send a shorter text.")
    except ClientDisconnect as problem:  # nobody reads the answer; the log has no error of ours
        raise BadRequest(400, "The request broke off.") from problem
    return bytes(body)


async def read_form(request: Request, most: int) -> dict[str, str]:
    """Read a posted form.

    :param request: A request whose body has not been read.
    :param most: Most bytes allowed.
    :return: The first value of each field; a byte that is not UTF-8 is a replacement character.
    :raises BadRequest: If the body is longer.
    """
    text = (await read_body(request, most)).decode("utf-8", "replace")
    return {name: values[0] for name, values in parse_qs(text, keep_blank_values=True).items()}


def json_object(body: bytes, example: str = '{"text": "your question"}') -> dict[str, Any]:
    """Return the object of a posted body.

    :param body: As it was sent.
    :param example: An example of a body, for the messages.
    :return: Its values.
    :raises BadRequest: If it is not a JSON object in UTF-8.
    """
    try:
        value = json.loads(body.decode("utf-8"))
    except UnicodeDecodeError as problem:
        raise BadRequest(400, f"The request is not UTF-8 (byte {problem.start}).") from problem
    except (ValueError, RecursionError) as problem:
        raise BadRequest(400, f"The request is not JSON: send {example}.") from problem
    if not isinstance(value, dict):
        raise BadRequest(422, f"The request must be a JSON object: send {example}.")
    return value
