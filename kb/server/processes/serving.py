"""``kb serve --processes N``: the port, the build next to it, and the processes that answer."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from kb.server import logs
from kb.server.building import BackgroundBuild
from kb.server.listening import announce, listen
from kb.server.processes.supervisor import supervise
from kb.settings.settings import ENVIRONMENT

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

    def started() -> None:
        announce(listener)
        if build:
            background.start()

    try:
        if build and background.is_urgent:
            background.start()
        return supervise(listener, count, host, _environment(settings), started)
    finally:
        background.stop()
        listener.close()


def _environment(settings: Settings) -> dict[str, str]:
    chosen = {ENVIRONMENT[name]: str(getattr(settings, name)) for name in _HANDED_ON}
    if not settings.site_path.exists():
        del chosen[ENVIRONMENT["site_path"]]
    return {**os.environ, **chosen}
