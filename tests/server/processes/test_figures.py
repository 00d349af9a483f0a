"""The figures of several processes in one answer."""

from __future__ import annotations

import http.server
import socketserver
import threading
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.parser import text_string_to_metric_families

from kb.app.place import Place
from kb.server.processes.figures import AllProcesses, others

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

ONE = """\
# HELP kb_questions_total Questions.
# TYPE kb_questions_total counter
kb_questions_total{outcome="answered"} 3.0
# HELP kb_question_seconds Time.
# TYPE kb_question_seconds histogram
kb_question_seconds_bucket{le="0.1"} 2.0
kb_question_seconds_bucket{le="+Inf"} 3.0
kb_question_seconds_count 3.0
kb_question_seconds_sum 0.4
"""


def test_each_figure_is_given_once_with_every_process() -> None:
    """Prometheus takes a family once; what was counted is told apart by process."""
    registry = CollectorRegistry()
    registry.register(AllProcesses([({"process": "0"}, ONE), ({"process": "1"}, ONE.replace("3.0", "5.0"))]))
    text = generate_latest(registry).decode()
    assert text.count("# TYPE kb_questions_total counter") == 1
    found = {
        (s.name, s.labels["process"], s.labels.get("le", "")): s.value
        for family in text_string_to_metric_families(text)
        for s in family.samples
    }
    assert found["kb_questions_total", "0", ""] == 3
    assert found["kb_questions_total", "1", ""] == 5
    assert found["kb_question_seconds_bucket", "1", "0.1"] == 2
    assert found["kb_question_seconds_count", "1", ""] == 5


def test_the_others_are_asked_and_one_that_is_away_is_named(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Through sockets of this machine, for their own figures alone."""
    asked = []

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append((self.path, self.headers["Host"]))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(ONE.encode())

        def address_string(self) -> str:
            return "other"

        def log_message(self, *_: object) -> None:
            pass

    place = Place(0, 3, "127.0.0.1", 0, str(tmp_path))
    with socketserver.UnixStreamServer(str(place.socket_of(1)), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        found = list(others(place, "help.example.com"))
        server.shutdown()
    assert found == [({"process": "1"}, ONE)]
    assert asked == [("/metrics?own=1", "help.example.com")]
    assert [r.getMessage() for r in caplog.records] == [
        "Serving process 2 does not give its figures: FileNotFoundError"
    ]
