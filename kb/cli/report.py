"""``kb report``: the weekly digest, for e-mail or chat by the operator's own scheduler."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand

from kb.cli import options
from kb.cli.tables import print_table

if TYPE_CHECKING:
    from kb.settings.settings import Settings

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
    content: Annotated[
        bool, typer.Option("--content", help="Count what the articles are like, instead of a week's questions.")
    ] = False,
    form: Annotated[str, typer.Option("--format", help="markdown, html or csv.")] = "markdown",
    articles: options.Articles = None,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Write a week's digest: figures, top gaps, what was closed, what opened again, overdue articles by demand.

    With --content, count the articles instead: translations, reading grade, pictures, links and sources.

    Example: kb report --week 2026-W48 --format html > week.html
    """
    if content:
        _content(options.settings(articles=articles, site=site))
        return
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


def _content(settings: Settings) -> None:
    """Print what the articles are like, and end with status 1 if a link leads to a host that is not on the list."""
    from kb.content.articles.corpus import load_articles
    from kb.content.checks.corpus_check import check_corpus
    from kb.content.figures import FEW_SPANISH, content_figures
    from kb.retrieval.query.language import is_spanish

    corpus = load_articles(settings.articles, settings.site.channel_texts())
    findings = check_corpus(corpus, today=datetime.now(UTC).date())
    found = content_figures(corpus, findings, is_spanish, settings.site.official_sites)
    rows = [
        ("articles", f"{found.articles}"),
        ("signposts", f"{found.signposts}"),
        ("articles in Spanish", f"{found.spanish}, {found.spanish_outdated} of them outdated"),
        ("signposts in Spanish", f"{found.spanish_signposts}"),
        (f"with fewer than {FEW_SPANISH} Spanish examples", _few(found.few_spanish_examples)),
        ("median reading grade", f"{found.median_grade:.1f}"),
        ("hardest to read", ", ".join(f"{name} {value:.1f}" for value, name in found.hardest)),
        ("that speak of the search for sources", _few(found.speak_of_sources)),
        ("articles with a picture", f"{found.with_picture}"),
        ("external links", f"{found.external_links} to {len(found.hosts)} hosts"),
        ("sources", f"{found.sources}, {found.sources_dated} with a date of their own"),
        ("articles without a source", _few(found.without_source)),
    ]
    print_table("The articles", ("what", "figure"), rows, left=2)
    print_table("External links", ("host", "links"), [(host, f"{count}") for host, count in found.hosts.items()])
    for path, link in found.unlisted:
        options.warn(f"{path} links to {link}, which is not among the 'official_sites' of site.yaml.")
    if found.unlisted:
        raise typer.Exit(1)


def _few(names: tuple[str, ...]) -> str:
    """Return a number, and the first names."""
    shown = ", ".join(names[:3])
    return f"{len(names)}{f': {shown}' if names else ''}{' …' if len(names) > 3 else ''}"  # noqa: PLR2004 - those shown
