"""What the supervisor itself answers, where no process can: short, without any site's name, in both languages."""

from __future__ import annotations

import json
from typing import Final

from markupsafe import Markup

_HEADERS: Final = (
    "Cache-Control: no-store\r\n"
    "Connection: close\r\n"
    "X-Content-Type-Options: nosniff\r\n"
    "Content-Security-Policy: default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'\r\n"
)
_RETRY_SECONDS: Final = 10
_UNAVAILABLE: Final = "503 Service Unavailable"
_RETRY: Final = f"Retry-After: {_RETRY_SECONDS}\r\n"
_AWAY: Final = (
    "This help center cannot answer right now. Try again in a moment.",
    "Este centro de ayuda no puede responder en este momento. Intente de nuevo en un momento.",
)
_PAGE: Final = Markup(
    '<!DOCTYPE html>\n<html lang="en">\n<head><meta charset="utf-8"><title>Not available right now</title>\n'
    '<meta name="viewport" content="width=device-width, initial-scale=1"><meta name="robots" content="noindex">'
    '<meta http-equiv="refresh" content="{seconds}">\n'
    "<style>:root{{color-scheme:light dark}}body{{max-width:34rem;margin:15vh auto;padding:0 1.25rem;"
    "font:1.1rem/1.6 system-ui,sans-serif}}h1{{font-size:1.4rem}}</style></head>\n"
    "<body><main><h1>Not available right now</h1>\n"
    '<p>{english}</p>\n<p lang="es">{spanish}</p></main></body>\n</html>\n'
).format(seconds=_RETRY_SECONDS, english=_AWAY[0], spanish=_AWAY[1])


def unknown_host(head: bytes) -> bytes:
    """Return the answer to a request whose host is nobody's: that of one process alone, which names no site either."""
    return _reply(head, "421 Misdirected Request", "text/plain", "This server does not answer for that host name.\n")


def too_late(head: bytes) -> bytes:
    """Return the answer to a request that did not come in time."""
    return _reply(head, "408 Request Timeout", "text/plain", "The request did not arrive in time.\n")


def away(head: bytes) -> bytes:
    """Return the answer while the processes of a site are away.

    :param head: The request's, for its path.
    :return: A page, or JSON for a program.
    """
    if _path(head).startswith(b"/api/"):
        return _reply(head, _UNAVAILABLE, "application/json", json.dumps({"error": _AWAY[0]}) + "\n", _RETRY)
    return _reply(head, _UNAVAILABLE, "text/html", _PAGE, _RETRY)


def _path(head: bytes) -> bytes:
    """Return the path that a request asks for; empty for what is not a request."""
    words = head.split(b"\r\n", 1)[0].split(b" ")
    return words[1] if len(words) > 1 else b""


def _reply(head: bytes, status: str, kind: str, body: str, more: str = "") -> bytes:
    data = body.encode()
    about = f"Content-Type: {kind}; charset=utf-8\r\nContent-Length: {len(data)}\r\n"
    return f"HTTP/1.1 {status}\r\n{about}{more}{_HEADERS}\r\n".encode() + (b"" if head.startswith(b"HEAD ") else data)
