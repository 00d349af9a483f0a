"""``kb check``: every finding of the articles, with its position and its fix."""

from __future__ import annotations

import json
from dataclasses import asdict, replace
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.cli.steps import Steps
from kb.common.findings import BY_FIX, OR_FIX
from kb.errors import KbError

if TYPE_CHECKING:
    from collections.abc import Callable

    from kb.authoring.meaning_check import MeaningSummary
    from kb.content.articles.corpus import Corpus
    from kb.content.articles.selection import FileCount, Selection
    from kb.settings.settings import Settings
    from kb.types import Finding


def check(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Folder or file to check; all articles without.")
    ] = None,
    as_json: options.Json = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit status 1 for warnings too.")] = False,
    fix: Annotated[bool, typer.Option("--fix", help="Fix what has one right form, without changing meaning.")] = False,
    meaning: Annotated[bool, typer.Option("--meaning", help="Also ask every test, with the encoder.")] = False,
    today: Annotated[str | None, typer.Option("--today", help="Check review dates against this day.")] = None,
    base: Annotated[str, typer.Option("--base", help="Git revision to look for lost articles in.")] = "HEAD",
    articles: options.Articles = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Check the articles: path:line:column, severity, code, what is wrong, and the fix; errors come first.

    For a category's folder or one file, only its own findings are shown, and only its own files are fixed; all articles
    are read anyway, because a link can only be checked among all of them.

    Exit status 0 when there are no errors, 1 when there are (with --strict also for warnings; advice never counts), 2
    for wrong usage.

    Example: kb check articles --strict
    """
    day = _day(today)
    settings = options.settings(articles=articles, site=site, database_url=database)
    from kb.content.articles.corpus import load_articles
    from kb.content.articles.selection import Selection, count_files, select
    from kb.content.checks.corpus_check import check_corpus, exit_status, finding_as_json
    from kb.content.history import published_ids

    chosen = Selection(settings.articles) if folder is None else select(folder, settings.articles)
    settings = replace(settings, articles=chosen.root)
    channels = settings.site.channel_texts()
    if fix:
        _fix(settings, chosen, quiet=as_json)
    corpus = load_articles(settings.articles, channels)
    git = published_ids(settings.articles, base)
    findings = check_corpus(corpus, today=day, git=git, logged=_logged(settings))
    findings = sorted([*findings, *_ladder(settings, corpus)])
    summary = None
    if meaning:
        found, summary = _meaning(corpus, settings)
        findings = sorted([*findings, *found])
    findings = [
        f for f in findings if chosen.holds(f.path) or (chosen.only is None and f.path == str(settings.site_path))
    ]
    if fix:
        findings = [_left_by_fix(finding, chosen) for finding in findings]
    count = count_files(corpus, chosen.holds)
    if as_json:
        readable = sum(chosen.holds(p.article.path) for p in corpus.parsed)
        value = {"findings": [finding_as_json(f) for f in findings], "articles": readable, **asdict(count)}
        typer.echo(json.dumps({**value, "tests": summary.as_json()} if summary is not None else value))
    else:
        _print(findings, _counted(count, chosen, corpus), _all_tests(summary, chosen))
        if fix and chosen.only is not None:
            typer.echo(f"Only {chosen.only} was fixed; all other files were left alone.")
    raise typer.Exit(exit_status(findings, strict=strict))


def _logged(settings: Settings) -> Callable[[str], bool] | None:
    """Return a test of whether a text is a customer's question word for word, without a lead's decision to take it.

    :param settings: ``database_url`` is read.
    :return: None without a journal; an unusable one is reported on stderr, and the check goes on.
    """
    from kb.app.container import Container
    from kb.gaps.clustering import question_key

    container = Container(settings)
    if not container.has_journal:
        return None
    try:
        keys = container.gaps.logged_keys() - {question_key(text) for text in container.lessons.taught()}
    except KbError as error:
        options.warn(f"{error} Customers' questions among the examples are not looked for.")
        return None
    return lambda text: question_key(text) in keys


def _day(text: str | None) -> date:
    if text is None:
        return date.today()  # noqa: DTZ011 — review dates are plain days, wherever the editor is
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a date. Use YYYY-MM-DD.", param_hint="--today") from error


def _fix(settings: Settings, chosen: Selection, *, quiet: bool) -> None:
    from kb.content.editing.fix import fix_folder

    for fixed in fix_folder(settings.articles, settings.site.channel_texts(), chosen.holds):
        if not quiet:
            typer.echo(f"{fixed.path}: fixed: {', '.join(fixed.done)}")


def _left_by_fix(finding: Finding, chosen: Selection) -> Finding:
    """Return a finding without the advice to run --fix, which has just run and left it."""
    for advice in (OR_FIX, BY_FIX):
        if finding.fix.endswith(advice):
            is_elsewhere = finding.code == "related-one-way" and chosen.only is not None
            then = ", or run 'kb check --fix' without a file" if is_elsewhere else ""
            left = finding.fix.removesuffix(advice) or "Mend it by hand"
            return replace(finding, fix=left + then)
    return finding


def _ladder(settings: Settings, corpus: Corpus) -> list[Finding]:
    """Return escalation steps that name missing articles; nothing unless site.yaml is next to the articles' folder."""
    from kb.contact.escalation import dead_steps

    if settings.site_path.resolve().parent != settings.articles.resolve().parent:
        return []
    return dead_steps(str(settings.site_path), settings.site.escalation, corpus.with_partial.library)


def _meaning(corpus: Corpus, settings: Settings) -> tuple[list[Finding], MeaningSummary]:
    from kb.authoring.meaning_check import check_meaning_of

    corpus.raise_on_errors()
    with Steps() as steps:
        return check_meaning_of(corpus, settings, steps.say, steps.advance)


def _counted(count: FileCount, chosen: Selection, corpus: Corpus) -> str:
    """Return the number of articles checked, and for a selection, of all articles."""
    if chosen.only is None:
        return str(count)
    return f"{count} in {chosen.only}, checked among all {len(corpus.parsed)} in {chosen.root}"


def _all_tests(summary: MeaningSummary | None, chosen: Selection) -> str | None:
    """Return the results of the tests, always for all articles, because all are asked."""
    if summary is None:
        return None
    return str(summary) if chosen.only is None else f"all articles: {summary}"


def _print(findings: list[Finding], counted: str, tests: str | None) -> None:
    from kb.content.checks.corpus_check import by_gravity
    from kb.html.parts.writing.findings import count_words

    for finding in by_gravity(findings):
        typer.echo(str(finding))
    if tests is not None:
        typer.echo(tests)
    typer.echo(f"{counted}: {count_words(findings) if findings else 'no findings'}")
