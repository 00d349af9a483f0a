"""``kb build``: publishes an index of the articles."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.cli.steps import Steps
from kb.errors import KbError

if TYPE_CHECKING:
    from kb.content.articles.corpus import Corpus
    from kb.retrieval.build.report import BuildReport
    from kb.settings.settings import Settings

_LAST = 10
"""Added to the process's niceness."""


def build(
    articles: options.Articles = None,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
    full: Annotated[bool, typer.Option("--full", help="Encode every text again, and learn before publishing.")] = False,
    quick: Annotated[
        bool, typer.Option("--quick", help="Stop when the articles are live; the next build learns.")
    ] = False,
    polite: Annotated[
        bool, typer.Option("--polite", help="Let other programs go first, once the articles are live.")
    ] = False,
    wait: Annotated[bool, typer.Option("--wait", help="Wait for a build that is running, instead of failing.")] = False,
    brands: options.Brands = None,
    as_json: options.Json = False,
) -> None:
    """Build the index from the articles and publish it.

    Unchanged texts are not encoded again, and if nothing changed, nothing is written. If most titles and examples are
    the same, the change is live first, with what was learned before; the build then learns again and publishes the
    result. A running app picks up both. Errors in articles stop the build and leave the published index as it
    is. If there is a journal, the gaps' questions are asked of the new index: 'kb gaps' shows what is answered now. If
    nothing is published yet, a first index with a quick encoder is live before the best one is built.

    Example: kb build --articles articles --index index
    """
    if brands is not None:
        from kb.cli.brands import build_each

        chosen = {"--full": full, "--quick": quick, "--polite": polite, "--wait": wait, "--json": as_json}
        raise typer.Exit(build_each(brands, [flag for flag, is_given in chosen.items() if is_given]))
    from kb.content.articles.corpus import load_articles
    from kb.content.markdown.render import plain_text
    from kb.retrieval.build.builder import build_index

    settings = options.of_a_site(articles=articles, index=index, site=site, database_url=database)
    corpus = load_articles(settings.articles, settings.site.channel_texts())
    corpus.raise_on_errors()
    _mention(corpus)
    if full and quick:
        raise typer.BadParameter("--full learns before it publishes and --quick does not learn; give one of them.")
    with Steps() as progress:
        report = build_index(
            corpus.library,
            settings,
            plain_text,
            full=full,
            quick=quick,
            wait=wait,
            when_live=_go_last if polite else None,
            say=progress.say,
            progress=progress.advance,
        )
    if as_json:
        typer.echo(json.dumps(report.as_json()))
    else:
        _print(report)
    _replay(settings)


def _go_last() -> None:
    """Take the lowest useful priority; an idle processor is still used."""
    if hasattr(os, "nice"):  # not on Windows, where a build runs as usual
        os.nice(_LAST)


def _replay(settings: Settings) -> None:
    """Ask the gaps' questions of what was built, where there is a journal; what goes wrong there undoes no build."""
    from kb.app.container import Container
    from kb.app.insights import replay_all

    container = Container(settings)
    if not container.has_journal:
        return
    try:
        found = replay_all(container, container.newest_index(options.warn))
    except KbError as error:
        options.warn(f"the gaps were not replayed: {error}")
        return
    for result in found:
        if result.is_reopened:
            options.warn(
                f"gap {result.gap_id} is open again: {result.verdict.answered} of {result.verdict.counted} answered"
            )
        elif result.is_proposed:
            options.warn(f"gap {result.gap_id} is answered now: kb gaps confirm {result.gap_id}")


def _mention(corpus: Corpus) -> None:
    """Print the number of findings that do not stop a build."""
    if corpus.findings:
        options.warn(f"{len(corpus.findings)} finding(s) that do not stop the build; 'kb check' lists them")


def _print(report: BuildReport) -> None:
    typer.echo(
        f"{report.version}: {report.articles} articles, {report.passages} passages, {report.examples} examples; "
        f"{report.encoded} texts encoded, {report.reused} reused, in {report.took_s:.1f} s"
    )
    figures = report.calibration
    if "learned_in" in figures:  # a first quick build has nothing to keep
        options.warn(f"the confidence is that of {figures['learned_in']}; 'kb build' learns it again")
    if not figures["calibrated"]:
        options.warn(f"the confidence is not calibrated ({figures['reason']}); stricter fixed thresholds are used")
    else:
        typer.echo(
            f"calibrated on {figures['sample']} questions of its own: answers {figures['coverage']:.0%} of them, "
            f"{figures['risk']:.1%} of those wrongly (bound {figures['risk_bound']:.1%}, promise "
            f"{figures['target_wrong_answers']:.0%})"
        )
        if not figures["certified"]:
            options.warn("the articles' examples are too few to certify the promise; a stricter threshold is used")
