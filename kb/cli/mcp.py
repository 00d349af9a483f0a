"""``kb mcp``: the help center as tools of an assistant."""

from __future__ import annotations

import re
from typing import Annotated, Final

import typer

from kb.cli import options

_ADDRESS: Final = re.compile(r"https?://[^\s?#]+")


def mcp(
    http: Annotated[bool, typer.Option("--http", help="Serve over HTTP on 127.0.0.1 instead.")] = False,
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port for --http; 0 picks a free one.")] = 8503,
    address: Annotated[
        str,
        typer.Option("--address", help="The help center's public address, for links such as https://help.example.com."),
    ] = "",
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Serve the help center to an assistant by the Model Context Protocol: search, articles, contact channels.

    Without --http it talks to the program that started it, over standard input and output. Questions are
    recorded in the help center's journal, redacted, as those of the API are.

    Example: kb mcp --address https://help.example.com
    """
    if address and not _ADDRESS.fullmatch(address):
        raise typer.BadParameter("Write scheme and host, as https://help.example.com.", param_hint="--address")
    from kb.retrieval.answering.live import EarlyIndex

    settings = options.of_a_site(index=index, site=site, database_url=database)
    early = EarlyIndex(settings)  # loaded while the protocol is imported
    from kb.server.mcp import transports

    if http:
        transports.over_http(settings, port, address.rstrip("/"), early)
    else:
        transports.over_stdio(settings, address.rstrip("/"), early)
