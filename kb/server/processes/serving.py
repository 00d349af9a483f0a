"""``kb serve --processes N`` and ``kb serve --brands FILE``: the port, the build next to it, and the processes."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from kb.server import logs
from kb.server.building import BackgroundBuild, BrandsBuild
from kb.server.listening import announce, listen
from kb.server.processes.crew import Plan
from kb.server.processes.operator import OperatorFigures
from kb.server.processes.supervisor import Supervisor, command, supervise
from kb.settings.brands import read_brands
from kb.settings.settings import ENVIRONMENT, load_places

if TYPE_CHECKING:
    from kb.settings.settings import Settings

_HANDED_ON = ("articles", "index", "site_path", "database_url")
"""Settings that have options of their own; the processes read them from their environment."""


def serve_several(settings: Settings, host: str, port: int, count: int, *, build: bool = False) -> int:
    """Serve with several processes until stopped.

    :param settings: Used by every page and by the API.
    :param host: Address to listen on.
    :param port: Port to listen on; 0 for any free one, which is printed.
    :param count: The number of processes.
    :param build: Also bring the index up to date, in a process next to them.
    :return: The exit code.
    :raises ConfigError: If the address cannot be listened on, or this system cannot hand connections on.
    """
    logs.configure(settings.log_level)
    listener = listen(host, port)
    background = BackgroundBuild(settings)

    def started(supervisor: Supervisor) -> None:
        announce(supervisor.listener)
        if build:
            background.start()

    try:
        if build and background.is_urgent:
            background.start()
        return supervise(listener, [Plan(count, host, command, _environment(settings))], started)
    finally:
        background.stop()
        listener.close()


def serve_brands(file: Path, host: str, port: int, *, operator_port: int | None = None, build: bool = False) -> int:
    """Serve several brands until stopped, each with processes of its own, told apart by host name.

    :param file: Lists the brands; read again on SIGHUP.
    :param host: Address to listen on.
    :param port: Port to listen on; 0 for any free one, which is printed.
    :param operator_port: Where the figures of all brands are on this machine; 0 for any free one, None for nowhere.
    :param build: Also bring each brand's index up to date, in a process next to them.
    :return: The exit code.
    :raises ConfigError: If the file or an address cannot be used, or this system cannot hand connections on.
    """
    logs.configure(load_places().log_level)
    plans = _plans(file, host)
    with ExitStack() as closing:
        listener = closing.enter_context(listen(host, port))
        background = BrandsBuild(file)
        closing.callback(background.stop)
        figures = OperatorFigures()
        if operator_port is not None:
            closing.enter_context(figures.served(operator_port))

        def started(supervisor: Supervisor) -> None:
            announce(supervisor.listener)
            figures.supervisor = supervisor
            if build:
                background.start()

        return supervise(listener, plans, started, lambda: _plans(file, host))


def _plans(file: Path, host: str) -> Sequence[Plan]:
    return [
        Plan(
            brand.processes,
            host,
            command,
            brand.environment(os.environ),
            brand=brand.name,
            hosts=brand.hosts,
            folder=brand.folder,
        )
        for brand in read_brands(file)
    ]


def _environment(settings: Settings) -> dict[str, str]:
    chosen = {ENVIRONMENT[name]: str(getattr(settings, name)) for name in _HANDED_ON}
    if not settings.site_path.exists():
        del chosen[ENVIRONMENT["site_path"]]
    return {**os.environ, **chosen}
