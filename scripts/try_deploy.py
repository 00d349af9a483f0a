"""Start nginx with ``deploy/nginx`` in front of a server on loopback, and try what it promises: ``make try-deploy``.

scripts/behind_nginx.py starts both. Needs nginx 1.22 or newer; no index is needed.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import re
import signal
import socket
import ssl
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable
from pathlib import Path

from behind_nginx import HOST, PER_MINUTE, Trial, running
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

_REFUSALS = ("TLSV1_ALERT_PROTOCOL_VERSION", "SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_UNRECOGNIZED_NAME")
"""What a client reads when a handshake is refused."""


# ------------------------------------------------------------------------------------------- what is promised


class Broken(Exception):
    """A promise that is not kept."""


def expect(*, kept: bool, said: object) -> None:
    """Raise unless a promise is kept."""
    if not kept:
        raise Broken(str(said))


def pages_come_over_tls(trial: Trial) -> None:
    """A page comes with its policies and HSTS, its cookie only goes over TLS, and no address names a port inside."""
    reply = trial.get("/privacy", Host=f"{HOST}:{trial.tls}")
    expect(kept=reply.status == 200, said=reply.status)
    expect(kept="max-age=63072000" in reply.headers["Strict-Transport-Security"], said=reply.headers)
    expect(kept="object-src 'none'" in reply.headers["Content-Security-Policy"], said=reply.headers)
    expect(kept="secure" in reply.headers["Set-Cookie"].lower(), said=reply.headers["Set-Cookie"])
    expect(kept=f"https://{HOST}" in reply.text and str(trial.direct) not in reply.text, said="addresses of the page")
    expect(kept=reply.headers.get("Server", "nginx") == "nginx", said="the version of nginx is shown")


def http2_is_spoken(trial: Trial) -> None:
    """A browser that offers HTTP/2 gets it, and what it sends is answered."""
    context = trial.context()
    context.set_alpn_protocols(["h2", "http/1.1"])
    with trial.socket(context=context) as connection:
        expect(kept=connection.selected_alpn_protocol() == "h2", said=connection.selected_alpn_protocol())
        expect(kept=connection.version() == "TLSv1.3", said=connection.version())
        # The preface and empty SETTINGS of RFC 9113; the server answers with its own SETTINGS, a frame of type 4.
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + bytes((0, 0, 0, 4, 0, 0, 0, 0, 0)))
        expect(kept=connection.recv(9)[3] == 4, said="no SETTINGS frame")


def old_tls_is_refused(trial: Trial) -> None:
    """TLS 1.1 and a name that is not ours end in the handshake."""
    context, stranger = trial.context(), ssl.create_default_context()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is what is tried
        context.minimum_version, context.maximum_version = ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1
    context.set_ciphers("DEFAULT:@SECLEVEL=0")
    stranger.check_hostname, stranger.verify_mode = False, ssl.CERT_NONE
    for offered, name in ((context, HOST), (stranger, "other.example.com")):
        try:
            trial.socket(name=name, context=offered).close()
        except ssl.SSLError as error:
            expect(kept=error.reason in _REFUSALS, said=error)  # by nginx, not by this client
            continue
        raise Broken(f"a handshake as {name} with {offered.maximum_version!r} was accepted")


def plain_http_leads_on(trial: Trial) -> None:
    """A reader is led to the same address under https; a call of the API is refused."""
    for path, status in (("/a/late-fee?lang=es", 308), ("/api/suggest?text=x", 403)):
        client = http.client.HTTPConnection("127.0.0.1", trial.plain, timeout=20)
        client.request("GET", path, headers={"Host": HOST})
        reply = client.getresponse()
        expect(kept=reply.status == status, said=f"{path}: {reply.status}")
        if status == 308:
            expect(kept=reply.headers["Location"] == f"https://{HOST}{path}", said=reply.headers["Location"])


def websocket(trial: Trial, origin: str) -> None:
    """Open the websocket of the pages, and get an answer to a ping."""
    with connect(
        f"wss://{HOST}:{trial.tls}/_stcore/stream",
        sock=socket.create_connection(("127.0.0.1", trial.tls), timeout=20),
        ssl=trial.context(),
        server_hostname=HOST,
        origin=origin,  # type: ignore[arg-type]
        subprotocols=["streamlit"],  # type: ignore[list-item]
        proxy=None,
    ) as opened:
        expect(kept=opened.ping().wait(20), said="no pong")


def pages_stay_connected(trial: Trial) -> None:
    """The websocket opens for a page of ours, and for no other site."""
    websocket(trial, f"https://{HOST}:{trial.tls}")
    try:
        websocket(trial, "https://evil.example")
    except InvalidStatus as refused:
        expect(kept=refused.response.status_code == 403, said=refused.response.status_code)
    else:
        raise Broken("a websocket from another site was opened")


def forged_addresses_are_ignored(trial: Trial) -> None:
    """A client that names another address with each request is still one client; another machine is another one."""
    statuses = []
    for n in range(PER_MINUTE + 5):
        forged = f"198.51.100.{n}"
        reply = trial.get(
            "/api/openapi.json", X_Forwarded_For=forged, X_Real_IP=forged, Forwarded=f"for={forged}", Host=HOST
        )
        statuses.append(reply.status)
    expect(kept=statuses[:PER_MINUTE] == [200] * PER_MINUTE and statuses[-1] == 429, said=statuses)
    other = trial.get("/api/openapi.json", source="127.0.0.2", Host=HOST)
    expect(kept=other.status == 200, said=f"another address: {other.status}")


def figures_stay_inside(trial: Trial) -> None:
    """Health and figures are for this machine's monitoring, at the server's own port."""
    for path in ("/metrics", "/readyz", "/healthz"):
        expect(kept=trial.get(path, Host=HOST).status == 404, said=path)
    client = http.client.HTTPConnection("127.0.0.1", trial.direct, timeout=20)
    client.request("GET", "/healthz")
    expect(kept=json.loads(client.getresponse().read()) == {"status": "alive"}, said="/healthz")


def bodies_are_bounded(trial: Trial) -> None:
    """A body of more than a megabyte is refused before it is sent."""
    client = trial.client()
    client.putrequest("POST", "/ask", skip_host=True)
    client.putheader("Host", HOST)
    client.putheader("Content-Length", str(2 * 1024 * 1024))
    client.endheaders()
    expect(kept=client.getresponse().status == 413, said="a body of 2 MB")


def connections_are_bounded(trial: Trial) -> None:
    """One address has a hundred requests open at once; one more is refused, and another address is not."""
    head = f"POST /ask HTTP/1.1\r\nHost: {HOST}\r\nContent-Length: 10\r\n\r\n".encode()
    with contextlib.ExitStack() as held:
        for _ in range(100):
            held.enter_context(trial.socket("127.0.0.3")).sendall(head)
        statuses = {trial.get("/robots.txt", "127.0.0.3", Host=HOST).status for _ in range(3)}
        expect(kept=statuses == {429}, said=f"the 101st of one address: {statuses}")
        expect(kept=trial.get("/robots.txt", "127.0.0.5", Host=HOST).status == 200, said="another address")


def requests_are_bounded(trial: Trial) -> None:
    """Of twelve hundred requests at once from one address, many are refused without reaching the server."""
    request = f"HEAD /robots.txt HTTP/1.1\r\nHost: {HOST}\r\n\r\n".encode()
    last = request.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n")
    statuses: list[bytes] = []

    def flood() -> None:
        with trial.socket("127.0.0.4") as connection:
            sending = threading.Thread(target=connection.sendall, args=(request * 299 + last,))
            sending.start()
            statuses.extend(re.findall(rb"^HTTP/1.1 (\d+)", connection.makefile("rb").read(), re.MULTILINE))
            sending.join()

    floods = [threading.Thread(target=flood) for _ in range(4)]
    for each in floods:
        each.start()
    for each in floods:
        each.join()
    refused = statuses.count(b"429")
    expect(kept=len(statuses) == 1200 and refused >= 1, said=f"{refused} of {len(statuses)} refused")


def slow_heads_are_closed(trial: Trial) -> None:
    """A request whose head does not end is closed after ten seconds."""
    begin = time.monotonic()
    with trial.socket("127.0.0.6") as connection:
        connection.settimeout(25)
        connection.sendall(b"GET / HTTP/1.1\r\nHost: ")
        try:
            left = connection.recv(1)
        except (ssl.SSLError, ConnectionError):
            left = b""
    expect(kept=left == b"" and 8 < time.monotonic() - begin < 20, said=f"{time.monotonic() - begin:.1f} s")


PROMISES: tuple[Callable[[Trial], None], ...] = (
    pages_come_over_tls,
    http2_is_spoken,
    old_tls_is_refused,
    plain_http_leads_on,
    pages_stay_connected,
    forged_addresses_are_ignored,
    figures_stay_inside,
    bodies_are_bounded,
    connections_are_bounded,
    requests_are_bounded,
    slow_heads_are_closed,
)


def main() -> int:
    """Try every promise, print one line for each, and return how many are broken."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    broken = 0
    with tempfile.TemporaryDirectory() as name, running(Path(name)) as trial:
        for promise in PROMISES:
            told = (promise.__doc__ or "").strip()
            try:
                promise(trial)
            except (Broken, OSError, http.client.HTTPException) as error:
                broken += 1
                print(f"BROKEN  {told}\n        {type(error).__name__}: {error}")
            else:
                print(f"ok      {told}")
    return min(broken, 1)


if __name__ == "__main__":
    sys.exit(main())
