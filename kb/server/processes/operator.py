"""The operator's figures: those of every brand in one answer, for programs of this machine alone.

Visitors never get here: it is a port of its own on the loopback address, and no brand's host leads to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from prometheus_client import CollectorRegistry, start_http_server
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from kb.errors import ConfigError
from kb.server.processes.figures import PROCESS, AllProcesses, own_figures

if TYPE_CHECKING:
    from kb.server.processes.supervisor import Supervisor

HERE: Final = "127.0.0.1"
BRAND: Final = "brand"
"""The label that has the name of a brand."""


class OperatorFigures(Collector):
    """A collector of the figures of all brands, and of their processes."""

    supervisor: Supervisor | None = None
    """Known once connections are taken."""

    @contextmanager
    def served(self, port: int) -> Iterator[int]:
        """Answer for the figures until the block ends.

        :param port: Of this machine; 0 for any free one.
        :yield: The port.
        :raises ConfigError: If it cannot be listened on.
        """
        registry = CollectorRegistry()
        registry.register(self)
        try:
            server, thread = start_http_server(port, HERE, registry)
        except OSError as error:
            raise ConfigError(
                f"Cannot listen on {HERE}:{port}: {error.strerror}. Choose another with --operator-port."
            ) from error
        try:
            yield server.server_port
        finally:
            server.shutdown()
            server.server_close()
            thread.join()

    def collect(self) -> Iterator[Metric]:
        """Yield the current figures."""
        if self.supervisor is None:
            return
        ready = GaugeMetricFamily("kb_brand_ready", "1 if a process of the brand answers.", labels=[BRAND])
        restarts = CounterMetricFamily("kb_brand_restarts", "Processes that took another's place.", labels=[BRAND])
        texts = []
        for crew in self.supervisor.crews:
            name, is_ready = crew.plan.brand, crew.is_ready
            ready.add_metric([name], float(is_ready))
            restarts.add_metric([name], crew.restarts)
            for place in crew.places() if is_ready else ():
                text = own_figures(place, place.slot, crew.plan.hosts[0])
                texts.append(({BRAND: name, PROCESS: str(place.slot)}, text))
        yield from (ready, restarts)
        yield GaugeMetricFamily(
            "kb_connections", "Connections that are open, of all brands.", self.supervisor.open_connections
        )
        yield from AllProcesses(texts).collect()
