"""``GET /metrics`` in the form that Prometheus collects: questions, times, the index, and the journal's health."""

from __future__ import annotations

import time
from collections.abc import Iterator
from itertools import accumulate
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.responses import Response

from kb.app.container import Container
from kb.errors import KbError
from kb.journal.tally import LATENCY_SECONDS, Counted
from kb.server.shared import shared

if TYPE_CHECKING:
    from starlette.requests import Request

ADDRESS: Final = "/metrics"


def metrics(request: Request) -> Response:
    """Return every figure of this moment; nothing in it is anybody's words."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(_Help(shared(request)))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


class _Help(Collector):
    """Reads the journal's tally and the index that serves."""

    def __init__(self, container: Container) -> None:
        """Read nothing yet.

        :param container: Holds both.
        """
        self._container = container

    def collect(self) -> Iterator[Metric]:
        """Yield every figure."""
        yield from journal_metrics(self._container.journal.counted())
        yield from _index_metrics(self._container)


def journal_metrics(counted: Counted) -> Iterator[Metric]:
    """Yield what the journal has counted.

    :param counted: Its figures.
    :yield: One family each.
    """
    asked = CounterMetricFamily("kb_questions", "Questions since the start.", labels=["outcome", "source"])
    for (outcome, source), count in sorted(counted.asked.items()):
        asked.add_metric([outcome, source], count)
    yield asked
    sums = list(accumulate(counted.latency))
    bounds = [*(str(bound) for bound in LATENCY_SECONDS), "+Inf"]
    yield HistogramMetricFamily(
        "kb_question_seconds",
        "Time from a question to its answer.",
        buckets=list(zip(bounds, sums, strict=True)),
        sum_value=counted.latency_sum,
    )
    happened = CounterMetricFamily("kb_events", "What came after questions, since the start.", labels=["event"])
    for kind, count in sorted(counted.events.items()):
        happened.add_metric([kind], count)
    yield happened
    yield GaugeMetricFamily("kb_journal_waiting", "Entries not written yet.", counted.waiting)
    yield GaugeMetricFamily("kb_journal_up", "1 if the journal's database could be written last.", counted.healthy)
    yield CounterMetricFamily("kb_journal_failures", "Attempts to write that failed.", counted.failures)
    yield CounterMetricFamily("kb_journal_lost", "Entries given up.", counted.lost)


def _index_metrics(container: Container) -> Iterator[Metric]:
    serves = GaugeMetricFamily("kb_index", "The index that serves; always 1.", labels=["version"])
    articles = GaugeMetricFamily("kb_index_articles", "Articles in it.")
    age = GaugeMetricFamily("kb_index_age_seconds", "Time since it was published.")
    try:
        answerer = container.answerer
    except KbError:
        yield GaugeMetricFamily("kb_ready", "1 if an index serves.", 0)
        return
    yield GaugeMetricFamily("kb_ready", "1 if an index serves.", 1)
    serves.add_metric([answerer.index_version], 1)
    articles.add_metric([], len(answerer.library))
    yield from (serves, articles)
    current = container.settings.index / "CURRENT"
    if current.is_file():
        age.add_metric([], time.time() - current.stat().st_mtime)
        yield age
