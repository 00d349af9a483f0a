"""``kb gaps``: questions that customers asked in vain, from the list to the proof that they are answered."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import gap_arranging, options
from kb.cli.gap_text import Note, Number, print_detail, print_state, short
from kb.cli.steps import Steps
from kb.cli.tables import print_table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.app.container import Container
    from kb.gaps.records import GapRow
    from kb.gaps.replaying import ReplayedGap

app = typer.Typer(help="What customers asked and did not find.", invoke_without_command=True, rich_markup_mode=None)
_LISTED = 30
_SAID_FROM = 500
"""New questions from which on the terminal says what is going on: some ten seconds."""

for _command in (gap_arranging.split, gap_arranging.move, gap_arranging.merge, gap_arranging.rename):
    app.command()(_command)


@app.callback()
def gaps(
    context: typer.Context,
    as_json: options.Json = False,
    state: Annotated[
        list[str] | None, typer.Option("--state", help="Only gaps in this state; may be repeated.")
    ] = None,
    days: Annotated[int, typer.Option("--days", min=1, help="Days of the period that the trend compares.")] = 30,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Group new questions, and list the gaps, the most asked first.

    Example: kb gaps --state new --json
    """
    if context.invoked_subcommand is not None:
        return
    from kb.gaps.states import GapState

    unknown = sorted(set(state or ()) - set(GapState))
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is not a state. Use: {', '.join(GapState)}.", param_hint="--state")
    container = options.container(index=index, site=site, database_url=database)
    _refresh(container)
    rows = container.gaps.list([GapState(name) for name in state or ()], days=days)
    if as_json:
        for row in rows:
            typer.echo(json.dumps(row.as_json(), ensure_ascii=False))
    else:
        _print(rows, days)


def _refresh(container: Container) -> None:
    """Group the new questions; without an index the list stays as it was."""
    found = options.newest_index(container)
    if found is None:
        return
    grouper = container.grouper(found)
    waiting = container.gaps.waiting(grouper)
    with Steps("Encoding questions") as steps:
        if waiting > _SAID_FROM:
            steps.say(f"{waiting} questions are new; grouping them takes a while. Nothing is written before the end.")

        def advance(done: int, total: int) -> None:
            steps.advance(done, total)
            if done == total > _SAID_FROM:
                steps.say(f"Grouping {total} unanswered questions")

        done = container.gaps.refresh(grouper, progress=advance)
    if done.left_out:
        options.warn(f"{done.left_out} older questions are not grouped: one run takes the newest")


def _print(rows: Sequence[GapRow], days: int) -> None:
    if not rows:
        typer.echo("No gaps.")
        return
    listed = [
        (str(r.id), short(r.name), r.state.value, r.owner, r.nearest, str(r.recent), f"{r.trend:+d}", str(r.count))
        for r in rows[:_LISTED]
    ]
    columns = ("gap", "question", "state", "owner", "nearest", f"{days} days", "change", "in all")
    print_table("Gaps", columns, listed, left=5)
    if len(rows) > _LISTED:
        typer.echo(f"and {len(rows) - _LISTED} more; --json lists all")


@app.command()
def show(number: Number, as_json: options.Json = False, database: options.Database = None) -> None:
    """Show one gap: its questions, its history, and before and after of the last replay.

    Example: kb gaps show 12
    """
    detail = options.container(database_url=database).gaps.show(number)
    if as_json:
        typer.echo(json.dumps(detail.as_json(), ensure_ascii=False))
    else:
        print_detail(detail)


@app.command()
def assign(
    number: Number,
    owner: Annotated[str, typer.Argument(help="The account of the person responsible for it.")],
    who: options.Who = "",
    note: Note = "",
    database: options.Database = None,
) -> None:
    """Give a gap an owner.

    Example: kb gaps assign 12 kim
    """
    from kb.app.people import owner_named

    container = options.container(database_url=database)
    book = container.gaps
    book.assign(number, owner_named(container, owner), who=options.user(who), note=note)
    print_state(book, number)


@app.command()
def draft(
    number: Number,
    article: Annotated[str, typer.Argument(metavar="ID", help="The article that is being written.")],
    who: options.Who = "",
    note: Note = "",
    database: options.Database = None,
) -> None:
    """Record that an article is being written for a gap; 'kb new --from-gap' does so automatically.

    Example: kb gaps draft 12 pay-with-gift-card
    """
    book = options.container(database_url=database).gaps
    book.draft(number, article, who=options.user(who), note=note)
    print_state(book, number)


@app.command()
def claim(
    number: Number,
    article: Annotated[str, typer.Argument(metavar="[ID]", help="The article; that of the draft without.")] = "",
    who: options.Who = "",
    note: Note = "",
    database: options.Database = None,
) -> None:
    """Record that an article closes a gap; the next replay shows whether it does.

    Example: kb gaps claim 12
    """
    book = options.container(database_url=database).gaps
    book.claim(number, article, who=options.user(who), note=note)
    print_state(book, number)


@app.command()
def confirm(number: Number, who: options.Who = "", note: Note = "", database: options.Database = None) -> None:
    """Close a gap that a replay proposes to close.

    Example: kb gaps confirm 12
    """
    book = options.container(database_url=database).gaps
    book.confirm(number, who=options.user(who), note=note)
    print_state(book, number)


@app.command()
def dismiss(
    number: Number,
    reason: Annotated[str, typer.Argument(help="The reason why nothing is to be done.")],
    who: options.Who = "",
    note: Note = "",
    database: options.Database = None,
) -> None:
    """Record that nothing is to be done about a gap, and why.

    Example: kb gaps dismiss 12 "another company's service"
    """
    book = options.container(database_url=database).gaps
    book.dismiss(number, reason, who=options.user(who), note=note)
    print_state(book, number)


@app.command()
def close(
    number: Number,
    note: Annotated[str, typer.Argument(help="How its questions are answered.")],
    article: Annotated[str, typer.Option("--article", metavar="ID", help="The article that closes it.")] = "",
    who: options.Who = "",
    database: options.Database = None,
) -> None:
    """Close a gap by hand, where a replay cannot prove that it is answered; a later replay may open it again.

    Example: kb gaps close 12 "the contact page says it now"
    """
    book = options.container(database_url=database).gaps
    book.close(number, note, who=options.user(who), article_id=article)
    print_state(book, number)


@app.command()
def reopen(number: Number, who: options.Who = "", note: Note = "", database: options.Database = None) -> None:
    """Open a closed, claimed or dismissed gap again.

    Example: kb gaps reopen 12 --note "asked again"
    """
    book = options.container(database_url=database).gaps
    book.reopen(number, who=options.user(who), note=note)
    print_state(book, number)


@app.command()
def replay(
    as_json: options.Json = False,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Ask the index the questions of all gaps: propose to close answered gaps, reopen those no longer answered.

    'kb build' does so automatically when it publishes an index.

    Example: kb gaps replay
    """
    from kb.app.insights import replay_all

    container = options.container(index=index, site=site, database_url=database)
    found = replay_all(container, container.newest_index(options.warn))
    if as_json:
        for result in found:
            typer.echo(json.dumps(_replay_json(result), ensure_ascii=False))
    else:
        say_replay(found)


@app.command()
def evidence(
    queries: Annotated[Path, typer.Option("--queries", help="File to write the questions to, JSON Lines.")],
    qrels: Annotated[Path, typer.Option("--qrels", help="File to write to which article answers which.")],
    days: Annotated[int, typer.Option("--days", min=1, help="How far back.")] = 90,
    database: options.Database = None,
) -> None:
    """Write what customers chose and found helpful as judged questions, for 'kb impact' and 'kb evaluate'.

    The files hold customers' questions, after redaction: keep them where the journal is kept, not with the articles.

    Example: kb gaps evidence --queries data/chosen.jsonl --qrels data/chosen.tsv
    """
    from kb.reports.evidence import judged_questions

    engine = options.container(database_url=database).gaps.engine
    found = judged_questions(engine, datetime.now(UTC) - timedelta(days=days))
    lines = (json.dumps({"id": e.query_id, "text": e.text}, ensure_ascii=False) for e in found)
    _write(queries, lines)
    _write(qrels, (f"{e.query_id}\t{e.article_id}\t1" for e in found))
    typer.echo(f"{len(found)} question(s) in {queries}, judged in {qrels}")


def _write(path: Path, lines: Iterable[str]) -> None:
    """Write lines to a file that only the owner may read."""
    path.touch(mode=0o600)
    path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")


def _replay_json(found: ReplayedGap) -> dict[str, object]:
    verdict = found.verdict
    return {
        "id": found.gap_id,
        "state": found.state.value,
        "counted": verdict.counted,
        "served": verdict.served,
        "answered": verdict.answered,
        "article_id": verdict.article_id or None,
        "proposed": found.is_proposed,
        "reopened": found.is_reopened,
    }


def say_replay(found: Sequence[ReplayedGap]) -> None:
    """Print the gaps that a replay proposes to close and those it reopened."""
    typer.echo(f"{len(found)} gap(s) replayed")
    for result in found:
        share = f"{result.verdict.served} of {result.verdict.counted}"
        if result.is_reopened:
            now = f"{result.verdict.answered} of {result.verdict.counted}"
            typer.echo(f"  reopened {result.gap_id}: {short(result.name)} ({now} answered)")
        elif result.is_proposed:
            close = f"{share} answered by {result.verdict.article_id}; kb gaps confirm {result.gap_id}"
            typer.echo(f"  proposed {result.gap_id}: {short(result.name)} ({close})")
