"""The figures of several serving processes in one answer, each with labels that say whose it is."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterable, Iterator, Mapping
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from kb.app.place import Place

_log = logging.getLogger(__name__)

ADDRESS: Final = "/metrics"
OWN: Final = "own"
"""The query parameter of a request for the figures of one process alone."""
PROCESS: Final = "process"
"""The label that has the number of a process."""
_PATIENCE: Final = 2.0


class AllProcesses(Collector):
    """A collector of the figures of several processes; the reader of them adds them up."""

    def __init__(self, texts: Iterable[tuple[Mapping[str, str], str]]) -> None:
        """Take what the processes say.

        :param texts: The labels of each process, and its figures in the format of Prometheus.
        """
        self._texts = list(texts)

    def collect(self) -> Iterator[Metric]:
        """Yield each figure once, with the samples of every process."""
        families: dict[str, Metric] = {}
        for labels, text in self._texts:
            for family in text_string_to_metric_families(text):
                known = families.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type, family.unit)
                )
                for sample in family.samples:
                    known.samples.append(sample._replace(labels={**sample.labels, **labels}))
        yield from families.values()


def others(place: Place, host: str) -> Iterator[tuple[Mapping[str, str], str]]:
    """Ask the other processes of a site for their figures.

    :param place: This process among them.
    :param host: The host that this request named.
    :yield: The label of each process that answers, and what it says.
    """
    for slot in range(place.of):
        text = own_figures(place, slot, host) if slot != place.slot else ""
        if text:
            yield {PROCESS: str(slot)}, text


def own_figures(place: Place, slot: int, host: str) -> str:
    """Ask a process for its own figures.

    :param place: One of the processes of the same site.
    :param slot: The number of the process that is asked.
    :param host: A host that the site answers for.
    :return: In the format of Prometheus; empty if it does not answer, which is logged.
    """
    connection = _SocketConnection(place.socket_of(slot))
    try:
        connection.request("GET", f"{ADDRESS}?{OWN}=1", headers={"Host": host})
        reply = connection.getresponse()
        if reply.status == 200:  # noqa: PLR2004 - HTTP's OK
            return reply.read().decode()
    except (OSError, HTTPException) as error:
        of = f" of {place.brand}" if place.brand else ""
        _log.warning("Serving process %d%s does not give its figures: %s", slot, of, type(error).__name__)
    finally:
        connection.close()
    return ""


class _SocketConnection(HTTPConnection):
    """HTTP through a file of this machine."""

    def __init__(self, path: Path) -> None:
        """Connect later."""
        super().__init__("localhost", timeout=_PATIENCE)
        self._path = path

    def connect(self) -> None:
        """Connect to the socket."""
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(_PATIENCE)
        self.sock.connect(str(self._path))
