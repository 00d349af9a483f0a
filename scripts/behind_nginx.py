"""A server on loopback with nginx and the shipped ``deploy/nginx`` in front of it, and a client of both.

The shipped file is used as it is, but for ports, certificate and log, which are put in place of its own. Nothing of the
machine's own nginx is read or touched. Needs nginx 1.22 or newer.
"""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

ROOT = Path(__file__).resolve().parent.parent
CONFIGURATION = ROOT / "deploy/nginx/billing-help.conf"
HOST = "help.example.com"
PER_MINUTE = 20
"""Requests to the API that the trial's site.yaml allows one address."""
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
            raise SystemExit(f"{CONFIGURATION.name} no longer names {old}: change scripts/behind_nginx.py as well.")
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
