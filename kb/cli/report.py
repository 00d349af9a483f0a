"""``kb report``: the weekly digest, for e-mail or chat by the operator's own scheduler."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from typer.core import TyperCommand

from kb.cli import options

_LAST = "last"


class ReportCommand(TyperCommand):
    """A command whose ``--week`` may lack a value, which Typer does not support."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        """Parse the arguments, with the last week named where ``--week`` has no value."""
        given = list(args)
        for at in (n for n, argument in enumerate(args) if argument == "--week"):
            if at + 1 == len(args) or args[at + 1].startswith("-"):
                given[at] = f"--week={_LAST}"
        return super().parse_args(ctx, given)


def report(
    week: Annotated[
        str,
        typer.Option("--week", metavar="YYYY-Www", help="The week, such as 2026-W48; 'last' is the last whole one."),
    ] = _LAST,
    form: Annotated[str, typer.Option("--format", help="markdown, html or csv.")] = "markdown",
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Write a week's digest: figures, top gaps, what was closed, what opened again, overdue articles by demand.

    Example: kb report --week 2026-W48 --format html > week.html
    """
    from kb.reports.digest import Format, last_week, parse_week, render, weekly

    try:
        chosen = Format(form)
    except ValueError as error:
        raise typer.BadParameter(
            f"{form!r} is not a format. Use: {', '.join(Format)}.", param_hint="--format"
        ) from error
    today = datetime.now(UTC).date()
    try:
        period = last_week(today) if week == _LAST else parse_week(week)
    except ValueError as error:
        raise typer.BadParameter(f"{error}", param_hint="--week") from error
    container = options.container(index=index, site=site, database_url=database)
    found = options.newest_index(container)
    digest = weekly(
        container.gaps.engine,
        period,
        manifest=None if found is None else found.manifest,
        articles=() if found is None else found.library,
        today=today,
    )
    typer.echo(render(digest, chosen), nl=False)
