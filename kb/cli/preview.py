"""``kb preview``: the articles as the customer will see them, while they are written."""

from __future__ import annotations

from typing import Annotated

import typer

from kb.cli import options


def preview(
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="Port; 0 picks a free one.")] = 8502,
    articles: options.Articles = None,
    site: options.Site = None,
) -> None:
    """Show the articles as customers will see them; a saved file is shown at once, with its findings.

    It listens on 127.0.0.1 only, needs no index, and shows drafts too.

    Example: kb preview --port 8502
    """
    from kb.server.preview import preview as run

    run(options.settings(articles=articles, site=site), port)
