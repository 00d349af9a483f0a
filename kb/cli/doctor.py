"""``kb doctor``: everything that can be wrong with an installation, each with its remedy."""

from __future__ import annotations

import json
import os
from collections import Counter
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from kb.cli import options
from kb.cli.tables import printable
from kb.errors import ConfigError

if TYPE_CHECKING:
    from kb.care.installation import Installation


def doctor(
    host: Annotated[str, typer.Option("--host", help="The address that the server listens on.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=1, max=65535, help="Its port.")] = 8501,
    connect: Annotated[
        bool, typer.Option("--connect", help="Also connect to the help desk, the identity provider and the hosts.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as problems.")] = False,
    articles: options.Articles = None,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
    brands: options.Brands = None,
    as_json: options.Json = False,
) -> None:
    """Check everything that can be wrong with an installation; nothing is changed, and nothing is sent.

    One line for each result: ok, warning or problem, with the remedy. Status 1 if there is a problem.

    Example: kb doctor --host 0.0.0.0
    """
    if brands is not None:
        from kb.cli.brands import in_each

        chosen = {"--connect": connect, "--strict": strict, "--json": as_json}
        flags = [flag for flag, is_given in chosen.items() if is_given]
        raise typer.Exit(in_each(brands, ["doctor", "--host", host, "--port", str(port), *flags]))
    from kb.care.doctor import examine
    from kb.care.results import Level

    installation = _installation(host, port, articles=articles, index=index, site_path=site, database_url=database)
    installation.connect = connect
    count: Counter[Level] = Counter()
    for result in examine(installation):
        count[result.level] += 1
        if as_json:
            typer.echo(json.dumps(result.as_json(), ensure_ascii=False))
        else:
            remedy = f". {result.remedy}" if result.remedy else ""
            typer.echo(f"{result.level:<8} {result.check:<12} {printable(result.message + remedy)}")
    if not as_json:
        typer.echo(f"{count[Level.OK]} ok, {count[Level.WARNING]} warnings, {count[Level.PROBLEM]} problems")
    bad = count[Level.PROBLEM] + (count[Level.WARNING] if strict else 0)
    raise typer.Exit(1 if bad else 0)


def _installation(host: str, port: int, **given: Any) -> Installation:
    """Return the installation, also if its site.yaml cannot be read: that is one of the findings."""
    from kb.care.installation import Installation
    from kb.settings.settings import load_places, load_settings

    error = ""
    try:
        settings = load_settings(**given)
    except ConfigError as problem:
        error, settings = str(problem), load_places(**given)
    return Installation(settings, datetime.now(UTC), os.environ, error, host, port)
