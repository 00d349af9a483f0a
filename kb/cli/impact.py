"""``kb impact``: shows what a change of the articles wins and loses before it is published."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.cli.evaluate import Qrels, Queries, check_pair, read_file, warn_of
from kb.cli.steps import Steps
from kb.cli.tables import printable

if TYPE_CHECKING:
    from kb.evaluation.impact import Change, Impact
    from kb.types import Library

_LISTED = 20
"""Most won and moved questions that are listed; lost ones are all listed."""


def impact(
    base: Annotated[str, typer.Option("--base", help="The git revision to compare with.")] = "HEAD",
    queries: Queries = None,
    qrels: Qrels = None,
    allow: Annotated[int, typer.Option("--allow", min=0, help="The number of lost questions that are accepted.")] = 0,
    as_json: options.Json = False,
    articles: options.Articles = None,
    index: options.IndexFolder = None,
    site: options.Site = None,
) -> None:
    """Show which known questions a change of the articles wins, loses and moves.

    Asks every article's and signpost's tests, the questions of 'not_for', and those of a file, of the articles at a
    revision and of those in the working tree.
    The published index is left alone. Exit status 1 when more questions are lost than allowed.

    Example: kb impact --base main --allow 2
    """
    check_pair(queries, qrels)
    from kb.authoring.trial_index import both_sides
    from kb.evaluation.impact import impact as measure
    from kb.evaluation.impact import known_questions
    from kb.evaluation.judgments import article_tests, not_for_questions

    settings = options.settings(articles=articles, index=index, site=site)
    filed = read_file(queries, qrels)[0] if queries is not None and qrels is not None else []
    with Steps() as steps, both_sides(settings, base, steps.say, steps.advance) as sides:
        before, after = (
            [*article_tests(corpus), *not_for_questions(corpus)] for corpus in (sides.corpus_before, sides.corpus_after)
        )
        judged = known_questions(before, after, filed)
        steps.say(f"Asking {len(judged)} questions of both")
        steps.begin("Asking")
        found = measure(sides.before, sides.after, judged, progress=steps.advance)
        library = sides.after.library
    warn_of("article(s) are judged that neither side has", found.unknown_articles)
    if as_json:
        typer.echo(json.dumps({**found.as_json(), "base": base, "allow": allow}))
    else:
        _print(found, base, library)
    if len(found.lost) > allow:
        raise typer.Exit(1)


def _print(found: Impact, base: str, library: Library) -> None:
    typer.echo(
        f"{found.questions} questions since {base}: {len(found.won)} won, {len(found.lost)} lost, "
        f"{len(found.moved)} moved, {len(found.parts)} with another part; right before {found.right_before}, "
        f"now {found.right_after}"
    )
    print_changes(found, library)


def print_changes(found: Impact, library: Library | None = None) -> None:
    """Print the questions that a change loses, wins and moves.

    :param found: The impact.
    :param library: The articles after the change, for the headings of sections; None to name them by their anchors.
    """
    if found.before_version == found.after_version:
        typer.echo("Nothing that is indexed differs.")
    drift = sum(change.is_drift for change in found.lost)
    if drift:
        typer.echo(f"{drift} of the lost (marked ~) keep their ranking: a threshold that was learned again moved")
    _changes("Lost", found.lost, len(found.lost), library)
    _changes("Won", found.won, _LISTED, library)
    _changes("Moved", found.moved, _LISTED, library)
    _changes("Another part of the same article", found.parts, _LISTED, library)


def _changes(title: str, changes: Sequence[Change], listed: int, library: Library | None) -> None:
    from kb.html.parts.writing.changes import result_words

    if not changes:
        return
    typer.echo(f"\n{title}")
    for change in changes[:listed]:
        mark = "~" if change.is_drift else " "
        typer.echo(f"{mark} {change.judged.article or '(no article)'}: {printable(change.judged.text)}")
        typer.echo(f"      before: {printable(result_words(change.before, library))}")
        typer.echo(f"      now:    {printable(result_words(change.after, library))}")
    if len(changes) > listed:
        typer.echo(f"  and {len(changes) - listed} more; --json lists all")
