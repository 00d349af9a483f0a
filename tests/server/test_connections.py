"""Connections on a real server: silent ones are closed, and one too many is refused while the others are served."""

from __future__ import annotations

import contextlib
import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator
from functools import partial
from typing import TYPE_CHECKING

import pytest
import uvicorn
from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.routing import Route, WebSocketRoute
from websockets.sync.client import connect

from kb.server.connections import SHUT_OUT_SECONDS, BoundedConnection, Doorman, raise_file_limit
from kb.server.listening import listen

if TYPE_CHECKING:
    from starlette.websockets import WebSocket

PATIENCE = 0.2


async def _echo(request: Request) -> PlainTextResponse:
    try:
        return PlainTextResponse(f"{len(await request.body())} bytes")
    except ClientDisconnect:
        return PlainTextResponse("gone")


async def _talk(websocket: WebSocket) -> None:
    await websocket.accept()
    async for text in websocket.iter_text():
        await websocket.send_text(text)


@contextlib.contextmanager
def serving(doorman: Doorman, patience: float = PATIENCE) -> Iterator[int]:
    """Serve on a free port, with little patience; yield the port."""
    app = Starlette(routes=[Route("/", _echo, methods=["GET", "POST"]), WebSocketRoute("/talk", _talk)])
    listener = listen("127.0.0.1", 0)
    protocol = partial(BoundedConnection, doorman=doorman, head_seconds=patience, body_seconds=patience)
    config = uvicorn.Config(app, http=protocol, log_config=None, lifespan="off", timeout_keep_alive=5)  # type: ignore[arg-type]
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    _until(lambda: server.started)
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def dialogue(port: int, *parts: bytes) -> bytes:
    """Send some bytes, and return everything that comes until the server closes."""
    with socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        for part in parts:
            client.sendall(part)
        received = b""
        while chunk := client.recv(4096):
            received += chunk
        return received


GET = b"GET / HTTP/1.1\r\nHost: here\r\n"
POST = b"POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 5\r\n\r\n"


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        ((), b"408"),
        ((GET,), b"408"),
        ((POST, b"ab"), b"408"),
        ((GET + b"\r\n", GET), b"200 OK"),
    ],
    ids=["nothing", "half a head", "half a body", "half a second head"],
)
def test_a_client_that_stops_in_the_middle_is_sent_away(sent: tuple[bytes, ...], answer: bytes) -> None:
    """The server closes, by itself, and says why if it has said nothing yet."""
    doorman = Doorman(10)
    with serving(doorman) as port:
        received = dialogue(port, *sent)
    assert answer in received.split(b"\r\n")[0]
    assert len(doorman) == 0


def test_a_slow_but_complete_request_is_answered() -> None:
    """Byte by byte is no fault, within the time."""
    with serving(Doorman(10), 20) as port, socket.create_connection(("127.0.0.1", port), timeout=20) as client:
        for byte in GET + b"Connection: close\r\n\r\n":
            client.sendall(bytes([byte]))
        assert b"0 bytes" in b"".join(iter(lambda: client.recv(4096), b""))


def test_a_websocket_may_stay_silent_and_is_counted() -> None:
    """A page that is open sends nothing for hours."""
    doorman = Doorman(10)
    with serving(doorman) as port:
        with connect(f"ws://127.0.0.1:{port}/talk") as page:
            time.sleep(2 * PATIENCE)  # longer than the server waits for a request
            page.send("still here")
            assert page.recv() == "still here"
            assert len(doorman) == 1
        _until(lambda: len(doorman) == 0)


def test_one_too_many_is_refused_and_the_others_are_served(caplog: pytest.LogCaptureFixture) -> None:
    """No file is left to the next one; the log has one line for all of them."""
    doorman = Doorman(3)
    with caplog.at_level(logging.WARNING), serving(doorman) as port, contextlib.ExitStack() as pages:
        for _ in range(3):
            pages.enter_context(connect(f"ws://127.0.0.1:{port}/talk"))
        for _ in range(20):
            with contextlib.suppress(ConnectionResetError):
                assert dialogue(port, GET + b"\r\n") == b""
        pages.close()
        _until(lambda: len(doorman) == 0)
        assert b"200 OK" in dialogue(port, GET + b"Connection: close\r\n\r\n")
    assert caplog.text.count("Connections are refused") == 1


def test_one_client_cannot_take_all() -> None:
    """Another address still gets in; this machine's own is not bound, since a proxy may stand there."""
    doorman = Doorman(8)
    assert [doorman.enter("203.0.113.7") for _ in range(3)] == ["203.0.113.7", "203.0.113.7", None]
    assert [doorman.enter("2001:db8::1"), doorman.enter("2001:db8::2"), doorman.enter("2001:db8::3")][-1] is None
    assert all(doorman.enter("127.0.0.1") for _ in range(4))
    assert doorman.enter("198.51.100.1") is None
    doorman.leave("127.0.0.1")
    assert doorman.enter("198.51.100.1") == "198.51.100.1"


def test_a_client_is_shut_out_for_a_while() -> None:
    """No longer than that, and nobody else; a proxy of ours is not, whatever was said about a client behind it."""
    now = [0.0]
    doorman = Doorman(8, clock=lambda: now[0])
    doorman.shut_out("203.0.113.7")
    doorman.shut_out("127.0.0.1")
    assert doorman.enter("203.0.113.7") is None
    assert doorman.enter("203.0.113.8") == "203.0.113.8"
    assert doorman.enter("127.0.0.1") == "127.0.0.1"
    now[0] = SHUT_OUT_SECONDS
    assert doorman.enter("203.0.113.7") == "203.0.113.7"


def test_some_files_are_left_for_the_rest() -> None:
    """Never more connections than files."""
    resource = pytest.importorskip("resource")
    most = raise_file_limit()
    assert 16 <= most < resource.getrlimit(resource.RLIMIT_NOFILE)[0]


def _until(condition: Callable[[], bool], seconds: float = 10.0) -> None:
    """Wait for what another thread is about to do."""
    deadline, pause = time.monotonic() + seconds, threading.Event()
    while not condition():
        assert time.monotonic() < deadline, "it does not happen"
        pause.wait(0.01)
