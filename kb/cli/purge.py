"""``kb purge``: erases what is older than it may be kept, or everything of one visit."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from kb.cli import options


def purge(
    days: Annotated[
        int | None, typer.Option("--days", min=1, help="Keep this many days [default: retention_days, 180].")
    ] = None,
    visit: Annotated[
        str | None, typer.Option("--visit", help="Erase this visit instead: the key that /privacy shows.")
    ] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say how much would be erased.")] = False,
    as_json: options.Json = False,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Erase old questions with all that belongs to them, and old requests to an agent; daily counts stay.

    Example: kb purge --dry-run
    """
    if days is not None and visit is not None:
        raise typer.BadParameter("Give --days or --visit, but not both.", param_hint="--visit")
    if visit is not None and not visit.strip():
        raise typer.BadParameter("Give the visit's key.", param_hint="--visit")
    from kb.database import engine as journal
    from kb.retention.purge import erase_visit
    from kb.retention.purge import purge as erase_old

    settings = options.settings(site=site, database_url=database)
    engine = journal.open_engine(settings.database_url)
    try:
        journal.upgrade(engine)
        if visit is not None:
            erased, what = erase_visit(engine, visit.strip(), dry_run=dry_run), "of that visit"
        else:
            kept = days or settings.retention_days
            before = datetime.now(UTC) - timedelta(days=kept)
            erased, what = erase_old(engine, before, dry_run=dry_run), f"older than {kept} days"
    finally:
        engine.dispose()
    if as_json:
        typer.echo(json.dumps({**erased.as_json(), "dry_run": dry_run}))
        return
    does = "Would erase" if dry_run else "Erased"
    typer.echo(f"{does} {erased.questions} questions and {erased.events} events {what}.")
    if visit is not None and erased.examples:
        typer.echo(
            f"An example that a lead made from one of them is in: {', '.join(erased.examples)}. "
            "The files stay as they are: take the example out if the customer asks for it."
        )
