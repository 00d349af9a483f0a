"""Running the MCP server: over standard input and output, or over HTTP on this machine."""

from __future__ import annotations

import logging
import signal
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import uvicorn

from kb.app.container import Container
from kb.app.visits import new_key
from kb.database.engine import shown
from kb.retrieval.index.versions import current_name
from kb.server.listening import Server, listen
from kb.server.mcp.tools import server
from kb.settings.settings import Settings

if TYPE_CHECKING:
    from kb.retrieval.answering.live import LoadFirst

_log = logging.getLogger(__name__)
PATH: Final = "/mcp"
_HOST: Final = "127.0.0.1"


def over_stdio(settings: Settings, site_address: str = "", load: LoadFirst | None = None) -> None:
    """Serve the program that started this one, until it closes standard input.

    The protocol is answered at once, since assistants do not wait long; the first question waits for the index.

    :param settings: The index and the operator's words.
    :param site_address: See :func:`kb.server.mcp.tools.server`.
    :param load: Gives the first index; None loads it here.
    :raises KbIndexError: If there is no index.
    :raises ConfigError: If the journal's address cannot be used.
    """
    current_name(settings.index)  # no index ends the command in one sentence, before anything is promised
    container = Container(settings, load)
    key = new_key()  # one program, one visit
    try:
        with suppress(KeyboardInterrupt):
            server(container, site_address, _visits(container, lambda: key)).run("stdio")
    finally:
        container.close()


def over_http(settings: Settings, port: int, site_address: str = "", load: LoadFirst | None = None) -> None:
    """Serve on this machine only until stopped; print the address once it listens.

    Requests for another host name, or from pages of other sites, are refused by the SDK.

    :param settings: The index and the operator's words.
    :param port: Port to listen on; 0 for any free one.
    :param site_address: See :func:`kb.server.mcp.tools.server`.
    :param load: Gives the first index; None loads it here.
    :raises KbIndexError: If there is no good index.
    :raises ConfigError: If the port cannot be listened on, or the journal's address cannot be used.
    """
    container = Container(settings, load)
    listener = listen(_HOST, port)
    try:
        _ = container.answerer
        # Without sessions, nothing says which questions belong together.
        application = server(container, site_address, _visits(container, new_key)).streamable_http_app(
            streamable_http_path=PATH, stateless_http=True, json_response=True, host=_HOST
        )
        config = uvicorn.Config(
            application,
            access_log=False,
            log_config=None,
            log_level="warning",
            server_header=False,
            timeout_graceful_shutdown=5,
        )
        # uvicorn passes the signal on when it has stopped: unchanged, it would end us before the journal is written.
        signal.signal(signal.SIGTERM, signal.default_int_handler)
        with suppress(KeyboardInterrupt):
            Server(config, is_logged=False, path=PATH).run(sockets=[listener])
    finally:
        listener.close()
        container.close()


def _visits(container: Container, visit: Callable[[], str]) -> Callable[[], str] | None:
    """Return what gives a question its visit; None where no help center keeps a journal.

    An assistant starts the program in any folder, and a journal made there would be nobody's.
    """
    if not container.has_journal:
        _log.warning(
            "Questions are not recorded: there is no journal at %s. Name that of the help center with --database.",
            shown(container.settings.database_url),
        )
        return None
    _ = container.journal
    return visit
