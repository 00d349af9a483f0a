"""``kb serve``: the pages, the API and plain HTML, in one process or several."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from kb.cli import options


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 picks a free one.")] = 8501,
    build: Annotated[bool, typer.Option("--build", help="Also bring the index up to date, while serving.")] = False,
    processes: Annotated[
        int, typer.Option("--processes", min=1, max=64, help="Serving processes behind the port; visits stay in one.")
    ] = 1,
    brands: Annotated[
        Path | None, typer.Option("--brands", help="A file that lists several brands, each with folder and hosts.")
    ] = None,
    operator_port: Annotated[
        int | None,
        typer.Option("--operator-port", min=0, max=65535, help="With --brands: all figures, on 127.0.0.1 alone."),
    ] = None,
    articles: options.Articles = None,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Serve the help center; a new index is taken over while it runs.

    With --build the index is brought up to date in the background: what is published serves at once, and where nothing
    is, the first index serves as soon as it is built.

    With --brands several help centers share the port, told apart by host name; each has its own processes. The file is
    read again on SIGHUP.

    Example: kb serve --port 8501 --build
    """
    if brands is not None:
        if processes > 1 or any(given is not None for given in (articles, index, site, database)):
            raise typer.BadParameter(
                "Each brand has its own folder; 'processes' is a key of the file.", param_hint="--brands"
            )
        from kb.server.processes.serving import serve_brands

        raise typer.Exit(serve_brands(brands, host, port, operator_port=operator_port, build=build))
    settings = options.of_a_site(articles=articles, index=index, site=site, database_url=database)
    if processes > 1:
        from kb.server.processes.serving import serve_several

        raise typer.Exit(serve_several(settings, host, port, processes, build=build))
    from kb.common import memory
    from kb.server.threads import pass_the_lock_on

    memory.begin()
    pass_the_lock_on()
    from kb.retrieval.answering.live import EarlyIndex

    early = EarlyIndex(settings)  # loaded while streamlit is imported, which takes as long
    from kb.server.app import serve as run

    run(settings, host, port, build=build, load=early)
