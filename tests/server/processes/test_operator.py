"""The figures of all brands, for programs of this machine."""

from __future__ import annotations

import http.server
import re
import socketserver
import threading
import urllib.request
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from kb.app.place import Place
from kb.errors import ConfigError
from kb.server.listening import listen
from kb.server.processes.operator import OperatorFigures
from tests.server.processes.test_figures import ONE


class Figures(http.server.BaseHTTPRequestHandler):
    """A process that answers its own hosts alone."""

    def do_GET(self) -> None:
        """Answer with some figures."""
        self.send_response(200 if self.headers["Host"] == "north.example" else 421)
        self.end_headers()
        self.wfile.write(ONE.encode())

    def address_string(self) -> str:
        """Return nothing that needs an address."""
        return "other"

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def crew(folder: Path, name: str, *, is_ready: bool) -> Any:
    """Return the processes of a brand."""
    places = [Place(0, 1, "127.0.0.1", -1, str(folder / name), name)]
    plan = SimpleNamespace(brand=name, hosts=(f"{name}.example",))
    return SimpleNamespace(plan=plan, is_ready=is_ready, restarts=2, places=lambda: places)


def test_figures_of_all_brands_have_their_names(tmp_path: Path) -> None:
    """One that is away is told as such, and nobody waits for it."""
    (tmp_path / "north").mkdir()
    figures = OperatorFigures()
    with (
        socketserver.UnixStreamServer(str(tmp_path / "north" / "0.sock"), Figures) as server,
        figures.served(0) as port,
    ):
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        assert "kb_" not in urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        crews = (crew(tmp_path, "north", is_ready=True), crew(tmp_path, "south", is_ready=False))
        figures.supervisor = SimpleNamespace(crews=crews, open_connections=3)  # type: ignore[assignment]
        text = urllib.request.urlopen(f"http://127.0.0.1:{port}/metrics").read().decode()
        server.shutdown()
    assert dict(re.findall(r'kb_brand_ready{brand="(\w+)"} (\d)', text)) == {"north": "1", "south": "0"}
    assert 'kb_brand_restarts_total{brand="south"} 2.0' in text
    assert "kb_connections 3.0" in text
    assert 'kb_questions_total{brand="north",outcome="answered",process="0"} 3.0' in text


def test_a_port_that_is_taken_is_said() -> None:
    """With the option that names another."""
    with listen("127.0.0.1", 0) as taken:
        taken.listen()
        with (
            pytest.raises(ConfigError, match="Choose another with --operator-port"),
            OperatorFigures().served(taken.getsockname()[1]),
        ):
            pass
