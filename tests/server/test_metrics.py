"""``/metrics``: what operators collect."""

from __future__ import annotations

import time
from dataclasses import replace
from types import SimpleNamespace
from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from kb.app.index_files import FilesChecked
from kb.app.index_source import SourceState
from kb.errors import IndexMissing
from kb.server.processes.figures import ADDRESS
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.ui.fakes import FakeJournal


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Return each value by its name and labels."""
    return {
        (s.name, *sorted(s.labels.values())): s.value for f in text_string_to_metric_families(text) for s in f.samples
    }


def test_every_figure_is_given(client: TestClient, journal: FakeJournal) -> None:
    """Questions by outcome and source, a histogram that adds up, the index, and the journal's health."""
    figures = journal.metrics
    for outcome, took_ms in (("answered", 2.0), ("answered", 7.0), ("no_answer", 3000.0)):
        figures.question(outcome, "page", took_ms)
    for _ in range(4):
        figures.event("helpful")
    figures.failures.inc(3)
    figures.lost.inc(2)
    figures.waiting.set(5)
    figures.up.set(0)
    reply = client.get("/metrics")
    assert reply.headers["content-type"].startswith("text/plain")
    assert reply.headers["cache-control"] == "no-store"
    found = samples(reply.text)
    wanted = {
        ("kb_questions_total", "answered", "page"): 2,
        ("kb_questions_total", "no_answer", "page"): 1,
        ("kb_question_seconds_bucket", "0.001"): 0,
        ("kb_question_seconds_bucket", "0.0025"): 1,
        ("kb_question_seconds_bucket", "0.01"): 2,
        ("kb_question_seconds_bucket", "+Inf"): 3,
        ("kb_question_seconds_count",): 3,
        ("kb_question_seconds_sum",): 3.009,
        ("kb_events_total", "helpful"): 4,
        ("kb_journal_waiting",): 5,
        ("kb_journal_up",): 0,
        ("kb_journal_failures_total",): 3,
        ("kb_journal_lost_total",): 2,
        ("kb_ready",): 1,
        ("kb_index", "fake-1"): 1,
        ("kb_index_articles",): 5,
    }
    assert {name: found.get(name) for name in wanted} == wanted
    assert [name for name, *_ in found if name.startswith("kb_") and name.endswith("_created")] == []
    assert found["process_resident_memory_bytes",] > 0


def test_the_index_has_an_age_or_is_not_there(client: TestClient, tmp_path, container: FakeContainer) -> None:
    """Since it was published; without one nothing but that it is not ready."""
    (tmp_path / "CURRENT").write_text("v1\n")
    settings = container.settings
    container.put(settings=metrics_settings(settings, tmp_path))
    assert 0 <= samples(client.get("/metrics").text)["kb_index_age_seconds",] < 300

    container.index_files.last = FilesChecked(time.monotonic(), "units.json is damaged.")
    assert samples(client.get("/metrics").text)["kb_index_files_good",] == 0
    assert client.get("/readyz").json()["index_files"] == "damaged"

    container.put(answerer=IndexMissing("none"))
    found = samples(client.get("/metrics").text)
    assert found["kb_ready",] == 0
    assert ("kb_index_articles",) not in found


def test_the_releases_that_are_followed_have_figures(client: TestClient, container: FakeContainer) -> None:
    """Whether the last look went well, what is installed, and since when; nothing where none are followed."""
    assert not [name for name, *_ in samples(client.get("/metrics").text) if name.startswith("kb_source")]
    state = SourceState(release=7, published_at=time.time() - 60, looked_at=time.monotonic(), failures=2, pulled=3)
    source = SimpleNamespace(state=state)
    container.put(index_source=source)
    assert not [name for name, *_ in samples(client.get("/metrics").text) if name.startswith("kb_source")]  # not begun
    container._index_source.get()
    found = samples(client.get("/metrics").text)
    assert {n: found[n,] for n in ("kb_source_up", "kb_source_release", "kb_source_pulled_total")} == {
        "kb_source_up": 1,
        "kb_source_release": 7,
        "kb_source_pulled_total": 3,
    }
    assert found["kb_source_failures_total",] == 2
    assert 0 <= found["kb_source_age_seconds",] < 30
    assert 60 <= found["kb_source_release_age_seconds",] < 90
    source.state = replace(state, failure="It is gone.")
    assert samples(client.get("/metrics").text)["kb_source_up",] == 0


def test_names_types_and_help_stay(client: TestClient) -> None:
    """What dashboards are made of; a metric without labels is there before anything is counted."""
    families = {f.name: f for f in text_string_to_metric_families(client.get("/metrics").text)}
    assert {name: (f.type, f.documentation) for name, f in families.items() if name.startswith("kb_")} == {
        "kb_questions": ("counter", "Questions since the start."),
        "kb_question_seconds": ("histogram", "Time from a question to its answer."),
        "kb_questions_waiting": ("gauge", "Questions that wait for their turn."),
        "kb_questions_refused": ("counter", "Questions sent away for want of time."),
        "kb_sign_ins_refused": ("counter", "Attempts to sign in that were refused."),
        "kb_requests": ("gauge", "Requests to the help desk that are not delivered."),
        "kb_events": ("counter", "What came after questions, since the start."),
        "kb_journal_waiting": ("gauge", "Entries not written yet."),
        "kb_journal_up": ("gauge", "1 if the journal's database could be written last."),
        "kb_journal_failures": ("counter", "Attempts to write that failed."),
        "kb_journal_lost": ("counter", "Entries given up."),
        "kb_journal_left_out": ("counter", "Questions answered and not kept, since the disk is too full."),
        "kb_ready": ("gauge", "1 if an index serves."),
        "kb_index": ("gauge", "The index that serves; always 1."),
        "kb_index_articles": ("gauge", "Articles in it."),
    }
    bounds = [s.labels["le"] for s in families["kb_question_seconds"].samples if s.name.endswith("_bucket")]
    assert bounds == ["0.001", "0.0025", "0.005", "0.01", "0.025", "0.05", "0.1", "0.25", "0.5", "1.0", "2.5", "+Inf"]


def metrics_settings(settings, index):
    """Return the settings with another index folder."""
    from dataclasses import replace

    return replace(settings, index=index)


def test_the_address_is_one_place():
    """What the router and the door know."""
    assert ADDRESS == "/metrics"
