"""``kb serve``: the pages, the API and plain HTML in one process."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli import options


def serve(
    host: Annotated[str, typer.Option("--host", help="Address to listen on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 picks a free one.")] = 8501,
    articles: options.Articles = None,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Serve the help centre; a new index is taken over while it runs.

    Example: kb serve --port 8501
    """
    from kb.server.app import serve as run  # noqa: PLC0415 — streamlit takes a second that --help can do without

    run(options.settings(articles=articles, index=index, site=site, database_url=database), host, port)
