"""Help desks on loopback: a real SMTP server and a real HTTP server, each told how to behave."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from aiosmtpd.controller import Controller

from kb.database.engine import reading
from kb.database.tables.journal import outbox

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine


def states(engine: Engine) -> dict[str, int]:
    """Return the number of requests in each state."""
    with reading(engine) as connection:
        counted = connection.execute(sa.select(outbox.c.state, sa.func.count()).group_by(outbox.c.state))
        return {str(state): int(count) for state, count in counted}


@dataclass
class MailDesk:
    """The mails a server received, and its answers."""

    answers: list[str] = field(default_factory=list)
    """Replies to the next mails; "250 OK" when there are none left."""
    mails: list[EmailMessage] = field(default_factory=list)
    recipients: list[list[str]] = field(default_factory=list)
    port: int = 0

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802 - aiosmtpd's name
        """Take a mail, or refuse it."""
        answer = self.answers.pop(0) if self.answers else "250 OK"
        if answer.startswith("2"):
            self.mails.append(message_from_bytes(envelope.content, policy=policy.default))  # type: ignore[arg-type]
            self.recipients.append(envelope.rcpt_tos)
        return answer


@contextmanager
def mail_desk(port: int = 0) -> Iterator[MailDesk]:
    """Run a mail server."""
    desk = MailDesk()
    controller = Controller(desk, hostname="127.0.0.1", port=port or free_port())
    controller.start()
    desk.port = controller.port
    try:
        yield desk
    finally:
        controller.stop()


@dataclass
class HookDesk:
    """The requests a webhook received, and its answers."""

    answers: list[int] = field(default_factory=list)
    """Status of the next replies; 204 when there are none left."""
    requests: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    arrived: threading.Event = field(default_factory=threading.Event)
    hold: threading.Event | None = None
    """Nothing is answered until it is set."""
    port: int = 0


@contextmanager
def hook_desk(port: int = 0, answers: Sequence[int] = ()) -> Iterator[HookDesk]:
    """Run an HTTP server.

    :param port: Where; 0 for any free one.
    :param answers: Its first statuses, known before anybody can reach it; 204 afterwards.
    :yield: The desk.
    """
    desk = HookDesk(port=port, answers=list(answers))

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            desk.requests.append((self.path, {k.lower(): v for k, v in self.headers.items()}, body))
            desk.arrived.set()
            if desk.hold is not None:
                desk.hold.wait(20)
            self.send_response(desk.answers.pop(0) if desk.answers else 204)
            self.send_header("Location", "http://127.0.0.1:1/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *args: object) -> None:
            """Log nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    desk.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield desk
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def free_port() -> int:
    """Return a port that nothing listens on."""
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
