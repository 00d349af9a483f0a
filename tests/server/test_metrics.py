"""``/metrics``: what operators collect."""

from __future__ import annotations

from typing import TYPE_CHECKING

from prometheus_client.parser import text_string_to_metric_families

from kb.errors import IndexMissing
from kb.journal.tally import Tally
from kb.server import metrics
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from starlette.testclient import TestClient

    from tests.ui.fakes import FakeJournal


def samples(text: str) -> dict[tuple[str, ...], float]:
    """Return each value by its name and labels."""
    return {
        (s.name, *sorted(s.labels.values())): s.value for f in text_string_to_metric_families(text) for s in f.samples
    }


def test_every_figure_is_given(client: TestClient, journal: FakeJournal, monkeypatch) -> None:
    """Questions by outcome and source, a histogram that adds up, the index, and the journal's health."""
    tally = Tally(failures=3, lost=2)
    for outcome, took_ms in (("answered", 2.0), ("answered", 7.0), ("no_answer", 3000.0)):
        tally.question(outcome, "page", took_ms)
    tally.events["helpful"] += 4
    monkeypatch.setattr(journal, "counted", lambda: tally.now(waiting=5, healthy=False))
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
    assert found["process_resident_memory_bytes",] > 0


def test_the_index_has_an_age_or_is_not_there(client: TestClient, tmp_path, container: FakeContainer) -> None:
    """Since it was published; without one nothing but that it is not ready."""
    (tmp_path / "CURRENT").write_text("v1\n")
    settings = container.settings
    container.put(settings=metrics_settings(settings, tmp_path))
    assert 0 <= samples(client.get("/metrics").text)["kb_index_age_seconds",] < 300

    container.put(answerer=IndexMissing("none"))
    found = samples(client.get("/metrics").text)
    assert found["kb_ready",] == 0
    assert ("kb_index_articles",) not in found


def metrics_settings(settings, index):
    """Return the settings with another index folder."""
    from dataclasses import replace

    return replace(settings, index=index)


def test_the_address_is_one_place():
    """What the router and the door know."""
    assert metrics.ADDRESS == "/metrics"
