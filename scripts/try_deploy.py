"""Start nginx with ``deploy/nginx`` in front of a server on loopback, and try what it promises: ``make try-deploy``.

The shipped file is used as it is, but for ports, certificate and log, which are put in place of its own. Nothing of the
machine's own nginx is read or touched. Needs nginx 1.22 or newer; no index is needed.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATION = ROOT / "deploy/nginx/billing-help.conf"
HOST = "help.example.com"
PER_MINUTE = 20
"""Requests to the API that the trial's site.yaml allows one address."""
_REFUSALS = ("TLSV1_ALERT_PROTOCOL_VERSION", "SSLV3_ALERT_HANDSHAKE_FAILURE", "TLSV1_UNRECOGNIZED_NAME")
"""What a client reads when a handshake is refused."""
_AROUND = """daemon off;
master_process on;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/billing-help.conf;
}}
"""


@dataclass(frozen=True, slots=True)
class Trial:
    """A running nginx with a server behind it."""

    plain: int
    """Port for plain HTTP."""
    tls: int
    direct: int
    """The server's own port, which nobody but nginx uses."""
    certificate: Path

    def context(self) -> ssl.SSLContext:
        """Return the settings of a client that trusts the trial's certificate alone."""
        return ssl.create_default_context(cafile=str(self.certificate))

    def socket(
        self, source: str = "127.0.0.1", name: str = HOST, context: ssl.SSLContext | None = None
    ) -> ssl.SSLSocket:
        """Return a TLS connection from an address of this machine."""
        plain = socket.create_connection(("127.0.0.1", self.tls), timeout=20, source_address=(source, 0))
        return (context or self.context()).wrap_socket(plain, server_hostname=name)

    def client(self, source: str = "127.0.0.1") -> http.client.HTTPConnection:
        """Return a client of nginx from an address of this machine."""
        made = http.client.HTTPConnection(HOST, self.tls, timeout=20)
        made.sock = self.socket(source)
        return made

    def get(self, path: str, source: str = "127.0.0.1", **headers: str) -> http.client.HTTPResponse:
        """Return the answer to one request, its body read."""
        client = self.client(source)
        client.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        return whole(client.getresponse())


def whole(reply: http.client.HTTPResponse) -> http.client.HTTPResponse:
    """Return an answer whose body has been read into ``reply.text``."""
    reply.text = reply.read().decode("utf-8", "replace")  # type: ignore[attr-defined]
    return reply


# --------------------------------------------------------------------------------------------------- starting


def free_ports(count: int) -> list[int]:
    """Return ports that nobody listens on."""
    with contextlib.ExitStack() as open_sockets:
        found = [open_sockets.enter_context(socket.socket()) for _ in range(count)]
        for each in found:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in found]


def write_certificate(folder: Path) -> tuple[Path, Path]:
    """Write a certificate for the host, signed by itself and good for a day; return its file and its key's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, HOST)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(HOST)]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, key_file = folder / "fullchain.pem", folder / "key.pem"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    no_password = serialization.NoEncryption()
    key_file.write_bytes(key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, no_password))
    return certificate, key_file


def around(folder: Path) -> str:
    """Return the file that holds the shipped configuration, for an nginx that writes into a folder alone."""
    return _AROUND.format(folder=folder)


def nginx_program() -> str:
    """Return nginx.

    :return: Its path.
    :raises SystemExit: If it is not installed.
    """
    found = shutil.which("nginx") or shutil.which("/usr/sbin/nginx")
    if found is None:
        raise SystemExit("nginx is not installed: install it (Debian: apt install nginx), then try again.")
    return found


def placed(trial: Trial, folder: Path, replicas: Sequence[int] = ()) -> str:
    """Return the shipped configuration with the trial's ports and files.

    :param trial: The ports.
    :param folder: Where certificate, key and log are.
    :param replicas: Ports of further servers, which take the places of those that the shipped file suggests.
    :return: The same on 127.0.0.1 alone.
    :raises SystemExit: If the shipped file has not what is to be replaced.
    """
    text = CONFIGURATION.read_text(encoding="utf-8")
    for number, port in enumerate(replicas, 8502):
        suggested = f"# server 127.0.0.1:{number} "
        if suggested not in text:
            raise SystemExit(f"{CONFIGURATION.name} no longer suggests a replica at {number}.")
        text = text.replace(suggested, f"server 127.0.0.1:{port} ")
    text = re.sub(r"^\s*listen \[::\].*\n", "", text, flags=re.MULTILINE)
    text = re.sub(r"listen 443\b", f"listen 127.0.0.1:{trial.tls}", text)
    text = re.sub(r"listen 80\b", f"listen 127.0.0.1:{trial.plain}", text)
    for old, new in {
        "/etc/ssl/billing-help": str(folder),
        "/var/log/nginx": str(folder),
        "127.0.0.1:8501": f"127.0.0.1:{trial.direct}",
    }.items():
        if old not in text:
            raise SystemExit(f"{CONFIGURATION.name} no longer names {old}: change scripts/try_deploy.py as well.")
        text = text.replace(old, new)
    return text


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Trial]:
    """Run a server and nginx in front of it until the block ends.

    :param folder: An empty folder for everything they write.
    :yield: Their ports.
    """
    nginx = nginx_program()
    certificate, _ = write_certificate(folder)
    (folder / "site.yaml").write_text(f"name: Trial\nsettings:\n  api_per_minute: {PER_MINUTE}\n  hosts: [{HOST}]\n")
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "KB_SITE": str(folder / "site.yaml"),
        "KB_INDEX": os.environ.get("KB_INDEX") or str(ROOT / "index"),
        "KB_DATABASE_URL": f"sqlite:///{folder}/journal.db",
    }
    with contextlib.ExitStack() as stack:
        server = stack.enter_context(
            ended(
                [sys.executable, "-m", "kb", "serve", "--port", "0"],
                folder,
                env=environment,
                stdout=subprocess.PIPE,
                stderr=(folder / "server.log").open("w"),
                text=True,
            )
        )
        assert server.stdout is not None
        line = server.stdout.readline()
        if not line.startswith("Open http"):
            raise SystemExit(f"The server did not start: {(folder / 'server.log').read_text()}")
        plain, tls = free_ports(2)
        trial = Trial(plain, tls, int(line.strip().rpartition(":")[2]), certificate)
        (folder / "billing-help.conf").write_text(placed(trial, folder))
        (folder / "nginx.conf").write_text(around(folder))
        call = [nginx, "-p", str(folder), "-c", str(folder / "nginx.conf")]
        checked = subprocess.run([*call, "-t", "-q"], capture_output=True, text=True, check=False)
        if checked.returncode:
            raise SystemExit(f"nginx refuses the configuration: {checked.stderr.strip()}")
        stack.enter_context(ended(call, folder, stderr=subprocess.DEVNULL))
        wait_for(trial.tls)
        yield trial


@contextlib.contextmanager
def ended(command: list[str], folder: Path, **options: object) -> Iterator[subprocess.Popen[str]]:
    """Run a program until the block ends."""
    process = subprocess.Popen(command, cwd=folder, **options)  # type: ignore[call-overload]
    try:
        yield process
    finally:
        process.terminate()
        process.wait(timeout=30)


def wait_for(port: int, seconds: float = 20.0) -> None:
    """Return once a port takes connections."""
    until = time.monotonic() + seconds
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            if time.monotonic() > until:
                raise SystemExit(f"nobody listens on port {port} after {seconds:.0f} s") from None
            threading.Event().wait(0.05)
        else:
            return


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
