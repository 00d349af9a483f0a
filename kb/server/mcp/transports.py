"""Running the MCP server: over standard input and output, or over HTTP on this machine."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Final

import uvicorn

from kb.app.container import Container
from kb.retrieval.index.versions import current_name
from kb.server.listening import Server, listen
from kb.server.mcp.tools import server
from kb.settings.settings import Settings

if TYPE_CHECKING:
    from kb.retrieval.answering.live import LoadFirst

PATH: Final = "/mcp"
_HOST: Final = "127.0.0.1"


def over_stdio(settings: Settings, site_address: str = "", load: LoadFirst | None = None) -> None:
    """Serve the program that started this one, until it closes standard input.

    The protocol is answered at once, since assistants do not wait long; the first question waits for the index.

    :param settings: The index and the operator's words.
    :param site_address: See :func:`kb.server.mcp.tools.server`.
    :param load: Gives the first index; None loads it here.
    :raises KbIndexError: If there is no index.
    """
    current_name(settings.index)  # no index ends the command in one sentence, before anything is promised
    container = Container(settings, load)
    try:
        with suppress(KeyboardInterrupt):
            server(container, site_address).run("stdio")
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
    :raises ConfigError: If the port cannot be listened on.
    """
    container = Container(settings, load)
    listener = listen(_HOST, port)
    try:
        _ = container.answerer
        application = server(container, site_address).streamable_http_app(
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
        with suppress(KeyboardInterrupt):
            Server(config, is_logged=False, path=PATH).run(sockets=[listener])
    finally:
        listener.close()
        container.close()
