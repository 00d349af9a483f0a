"""``GET /metrics`` in the format of Prometheus: questions, times, the index, and the journal's health."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, PlatformCollector, ProcessCollector
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.registry import Collector
from starlette.responses import Response

from kb.app.container import Container
from kb.contact.outbox import CLAIMED, FAILED, WAITING
from kb.errors import KbError
from kb.server.processes.figures import OWN, PROCESS, AllProcesses, others
from kb.server.shared import shared

if TYPE_CHECKING:
    from starlette.requests import Request

    from kb.retrieval.engine.serving import EngineClient


def metrics(request: Request) -> Response:
    """Return the current figures; none of them contains a customer's words.

    Among several processes each figure has the number of its process as a label.
    """
    container = shared(request)
    registry = _own(container)
    if container.place is not None and OWN not in request.query_params:
        own = generate_latest(registry).decode()
        host = request.headers.get("host", "")
        found = [({PROCESS: str(container.place.slot)}, own), *others(container.place, host)]
        registry = CollectorRegistry()
        registry.register(AllProcesses(sorted(found, key=lambda each: int(each[0][PROCESS]))))
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST, headers={"Cache-Control": "no-store"})


def _own(container: Container) -> CollectorRegistry:
    """Return the collectors of this process."""
    registry = CollectorRegistry()
    ProcessCollector(registry=registry)
    PlatformCollector(registry=registry)
    registry.register(container.journal.metrics.registry)
    registry.register(_Index(container))
    registry.register(_Waiting(container))
    registry.register(_Releases(container))
    registry.register(_SignIns(container))
    return registry


class _Index(Collector):
    """A collector of the figures of the index that serves."""

    def __init__(self, container: Container) -> None:
        """Read nothing yet.

        :param container: Holds the answerer and the settings.
        """
        self._container = container

    def collect(self) -> Iterator[Metric]:
        """Yield the current figures."""
        serves = GaugeMetricFamily("kb_index", "The index that serves; always 1.", labels=["version"])
        articles = GaugeMetricFamily("kb_index_articles", "Articles in it.")
        age = GaugeMetricFamily("kb_index_age_seconds", "Time since it was published.")
        try:
            answerer = self._container.answerer
        except KbError:
            yield GaugeMetricFamily("kb_ready", "1 if an index serves.", 0)
            return
        yield GaugeMetricFamily("kb_ready", "1 if an index serves.", 1)
        serves.add_metric([answerer.index_version], 1)
        articles.add_metric([], len(answerer.library))
        yield from (serves, articles)
        yield from _of_engine(answerer.vector_engine)
        current = self._container.settings.index / "CURRENT"
        if current.is_file():
            age.add_metric([], max(0.0, time.time() - current.stat().st_mtime))
            yield age
        last = self._container.index_files.last
        if last is not None:
            good = 0 if last.damage else 1
            yield GaugeMetricFamily("kb_index_files_good", "1 if the index on disk was whole when last verified.", good)
            since = time.monotonic() - last.at
            yield GaugeMetricFamily("kb_index_files_age_seconds", "Time since the index on disk was verified.", since)


def _of_engine(engine: EngineClient | None) -> Iterator[Metric]:
    """Yield the figures of a vector engine outside the process."""
    if engine is None:
        return
    up = 1 if engine.is_up else 0
    yield GaugeMetricFamily("kb_index_engine_up", "1 if questions are asked of the vector engine.", up)
    other = 1 if engine.other_version else 0
    yield GaugeMetricFamily(
        "kb_index_engine_other_version", "1 if its current version is not the one that serves.", other
    )
    copied = engine.answered_by_copy
    yield CounterMetricFamily(
        "kb_index_engine_copy", "Looks at the vectors that the copy answered in its place.", copied
    )


class _Releases(Collector):
    """A collector of the figures of the releases that are followed, in the process that pulls them."""

    def __init__(self, container: Container) -> None:
        """Read nothing yet.

        :param container: Holds the place that is followed.
        """
        self._container = container

    def collect(self) -> Iterator[Metric]:
        """Yield the current figures; none where no releases are followed."""
        source = self._container.followed_source
        if source is None:
            return
        state = source.state
        is_up = bool(state.looked_at) and not state.failure
        yield GaugeMetricFamily("kb_source_up", "1 if the last look at the releases went well.", is_up)
        yield GaugeMetricFamily("kb_source_release", "The number of the release installed last.", state.release)
        yield CounterMetricFamily("kb_source_pulled", "Releases installed since the start.", state.pulled)
        yield CounterMetricFamily("kb_source_failures", "Looks at the releases that failed.", state.failures)
        if state.looked_at:
            since = time.monotonic() - state.looked_at
            yield GaugeMetricFamily("kb_source_age_seconds", "Time since the last look that went well.", since)
            age = max(0.0, time.time() - state.published_at)
            yield GaugeMetricFamily("kb_source_release_age_seconds", "Time since that release was published.", age)


class _Waiting(Collector):
    """A collector of the figures of what waits: questions for a turn, and requests for the help desk."""

    def __init__(self, container: Container) -> None:
        """Read nothing yet.

        :param container: Holds the queue and the courier.
        """
        self._container = container

    def collect(self) -> Iterator[Metric]:
        """Yield the current figures."""
        queue = self._container.admission
        yield GaugeMetricFamily("kb_questions_waiting", "Questions that wait for their turn.", len(queue))
        yield CounterMetricFamily("kb_questions_refused", "Questions sent away for want of time.", queue.refused)
        try:
            courier = self._container.courier
            counts = courier.counts() if courier is not None else {}
        except KbError:  # kb_journal_up says so
            return
        requests = GaugeMetricFamily(
            "kb_requests", "Requests to the help desk that are not delivered.", labels=["state"]
        )
        for state in (WAITING, CLAIMED, FAILED):
            requests.add_metric([state], counts.get(state, 0))
        yield requests


class _SignIns(Collector):
    """A collector of the figures of staff who sign in."""

    def __init__(self, container: Container) -> None:
        """Read nothing yet.

        :param container: Holds the accounts.
        """
        self._container = container

    def collect(self) -> Iterator[Metric]:
        """Yield the current figures."""
        refused = CounterMetricFamily("kb_sign_ins_refused", "Attempts to sign in that were refused.", labels=["why"])
        for why, times in self._container.refused_sign_ins.items():
            refused.add_metric([why.replace(" ", "_")], times)
        yield refused
