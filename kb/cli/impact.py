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
    from kb.evaluation.runner import JudgedResult

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
    warn_of("article(s) are judged that neither side has", found.unknown_articles)
    if as_json:
        typer.echo(json.dumps({**found.as_json(), "base": base, "allow": allow}))
    else:
        _print(found, base)
    if len(found.lost) > allow:
        raise typer.Exit(1)


def _print(found: Impact, base: str) -> None:
    typer.echo(
        f"{found.questions} questions since {base}: {len(found.won)} won, {len(found.lost)} lost, "
        f"{len(found.moved)} moved; right before {found.right_before}, now {found.right_after}"
    )
    print_changes(found)


def print_changes(found: Impact) -> None:
    """Print the questions that a change loses, wins and moves."""
    if found.before_version == found.after_version:
        typer.echo("Nothing that is indexed differs.")
    drift = sum(change.is_drift for change in found.lost)
    if drift:
        typer.echo(f"{drift} of the lost (marked ~) keep their ranking: a threshold that was learned again moved")
    _changes("Lost", found.lost, len(found.lost))
    _changes("Won", found.won, _LISTED)
    _changes("Moved", found.moved, _LISTED)


def _changes(title: str, changes: Sequence[Change], listed: int) -> None:
    if not changes:
        return
    typer.echo(f"\n{title}")
    for change in changes[:listed]:
        mark = "~" if change.is_drift else " "
        typer.echo(f"{mark} {change.judged.article or '(no article)'}: {_quoted(change.judged.text)}")
        typer.echo(f"      before: {_side(change.before)}")
        typer.echo(f"      now:    {_side(change.after)}")
    if len(changes) > listed:
        typer.echo(f"  and {len(changes) - listed} more; --json lists all")


def _quoted(text: str, longest: int = 90) -> str:
    line = printable(text)
    return line if len(line) <= longest else line[: longest - 1] + "…"


def _side(result: JudgedResult) -> str:
    """Return a question's result in a few words."""
    if result.error:
        return f"failed: {printable(result.error)}"
    rank = result.right_rank
    place = [f"rank {rank}" if rank else "not found"] if result.judged.is_answerable else []
    first = [f"first {result.ranking[0]}"] if result.ranking and rank != 1 else []
    signpost = [f"signpost {result.signpost}"] if result.signpost else []
    return ", ".join([result.outcome.value, f"confidence {result.confidence:.2f}", *place, *first, *signpost])
