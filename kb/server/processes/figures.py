"""The figures of all serving processes in one answer, each with the number of its process."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterable, Iterator
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Final

from prometheus_client.core import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.registry import Collector

from kb.app.place import Place

_log = logging.getLogger(__name__)

OWN: Final = "own"
"""The query parameter of a request for the figures of one process alone."""
_LABEL: Final = "process"
_PATIENCE: Final = 2.0


class AllProcesses(Collector):
    """A collector of the figures of several processes; the reader of them adds them up."""

    def __init__(self, texts: Iterable[tuple[int, str]]) -> None:
        """Take what the processes say.

        :param texts: The number of each process, and its figures in the format of Prometheus.
        """
        self._texts = list(texts)

    def collect(self) -> Iterator[Metric]:
        """Yield each figure once, with the samples of every process."""
        families: dict[str, Metric] = {}
        for slot, text in self._texts:
            for family in text_string_to_metric_families(text):
                known = families.setdefault(
                    family.name, Metric(family.name, family.documentation, family.type, family.unit)
                )
                for sample in family.samples:
                    known.samples.append(sample._replace(labels={**sample.labels, _LABEL: str(slot)}))
        yield from families.values()


def others(place: Place, address: str, host: str) -> Iterator[tuple[int, str]]:
    """Ask the other processes for their figures.

    :param place: This process among them.
    :param address: The path of the figures.
    :param host: The host that this request named.
    :yield: The number of each process that answers, and what it says.
    """
    for slot in range(place.of):
        if slot == place.slot:
            continue
        connection = _SocketConnection(place.socket_of(slot))
        try:
            connection.request("GET", f"{address}?{OWN}=1", headers={"Host": host})
            reply = connection.getresponse()
            if reply.status == 200:  # noqa: PLR2004 - HTTP's OK
                yield slot, reply.read().decode()
        except (OSError, HTTPException) as error:
            _log.warning("Serving process %d does not give its figures: %s", slot, type(error).__name__)
        finally:
            connection.close()


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
