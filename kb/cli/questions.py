"""``kb questions``: what customers asked, what they were shown, and what followed."""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.cli.tables import print_table, printable

if TYPE_CHECKING:
    from kb.review.questions import QuestionsBook
    from kb.review.records import QuestionDetail, QuestionFilter, QuestionRow

app = typer.Typer(help="What customers asked, and what followed.", invoke_without_command=True, rich_markup_mode=None)
_NAME = 60


@app.callback()
def questions(
    context: typer.Context,
    *,
    text: Annotated[str, typer.Option("--text", help="Only questions with all of these words.")] = "",
    outcome: Annotated[str | None, typer.Option("--outcome", help="answered, clarify or no_answer.")] = None,
    reason: Annotated[str | None, typer.Option("--reason", help="Why no answer was given.")] = None,
    article: Annotated[str, typer.Option("--article", help="The article that answered.")] = "",
    section: Annotated[
        str | None, typer.Option("--section", help="The anchor of the part shown; 'top' for the direct answer.")
    ] = None,
    language: Annotated[str, typer.Option("--language", help="en or es.")] = "",
    followed: Annotated[str | None, typer.Option("--followed", help="What followed, such as disliked.")] = None,
    since: Annotated[str | None, typer.Option("--since", metavar="DATE", help="The first day, UTC.")] = None,
    until: Annotated[str | None, typer.Option("--until", metavar="DATE", help="The last day, UTC.")] = None,
    least: Annotated[float | None, typer.Option("--least", min=0, max=1, help="The lowest confidence.")] = None,
    most: Annotated[float | None, typer.Option("--most", min=0, max=1, help="The highest confidence.")] = None,
    judged: Annotated[str | None, typer.Option("--judged", help="judged, right, wrong or not_judged.")] = None,
    order: Annotated[str, typer.Option("--order", help="newest or least_sure.")] = "newest",
    limit: Annotated[int, typer.Option("--limit", min=1, help="The most questions that are listed.")] = 50,
    as_json: options.Json = False,
    csv: Annotated[bool, typer.Option("--csv", help="Print all of them as CSV, which no spreadsheet runs.")] = False,
    database: options.Database = None,
) -> None:
    """List customers' questions, the newest first; all filters must hold.

    Example: kb questions --followed disliked --article late-fee --csv > questions.csv
    """
    if context.invoked_subcommand is not None:
        return
    from kb.review.records import FollowUp, QuestionFilter, QuestionOrder, Verdict
    from kb.types import TOP, NoAnswerReason, OutcomeKind

    wanted = QuestionFilter(
        text=text,
        outcome=options.member(OutcomeKind, outcome, "--outcome"),
        reason=options.member(NoAnswerReason, reason, "--reason"),
        article=article,
        anchor="" if section == TOP else section,
        language=language,
        followed=options.member(FollowUp, followed, "--followed"),
        first=_day(since, "--since"),
        last=_day(until, "--until"),
        least=least,
        most=most,
        judged=options.member(Verdict, judged, "--judged"),
        order=options.member(QuestionOrder, order, "--order") or QuestionOrder.NEWEST,
    )
    book = _book(database)
    if csv:
        _print_csv(book, wanted)
        return
    page = book.list(wanted, limit=limit)
    if as_json:
        for row in page.rows:
            typer.echo(json.dumps(row.as_json(), ensure_ascii=False))
        return
    if not page.rows:
        typer.echo("No questions.")
        return
    _print(page.rows)
    if page.after:
        more = f"more than {page.total}" if page.is_capped else str(page.total)
        typer.echo(f"{len(page.rows)} of {more}; --limit lists more, --csv all")


def _book(database: str | None) -> QuestionsBook:
    """Return the questions, read up to now."""
    book = options.container(database_url=database).questions
    book.refresh()
    return book


def _day(text: str | None, option: str) -> date | None:
    if text is None:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise typer.BadParameter(f"{text!r} is not a date. Use YYYY-MM-DD.", param_hint=option) from error


def _print_csv(book: QuestionsBook, wanted: QuestionFilter) -> None:
    from kb.reports.exports import csv_lines
    from kb.review.questions import EXPORT_COLUMNS

    sys.stdout.flush()
    for line in csv_lines(EXPORT_COLUMNS, book.export(wanted)):
        sys.stdout.buffer.write(line.encode())  # its line ends, on every system
    sys.stdout.buffer.flush()


def _print(rows: tuple[QuestionRow, ...]) -> None:
    listed = [
        (
            row.query_id,
            f"{row.asked_at:%Y-%m-%d %H:%M}",
            _short(row.text),
            row.article_id + (f"#{row.anchor}" if row.anchor else "") or row.reason or row.outcome.value,
            ", ".join(kind.value for kind in row.followed),
            f"{row.confidence:.2f}",
        )
        for row in rows
    ]
    print_table("Questions", ("id", "asked (UTC)", "question", "shown", "followed", "sure"), listed, left=5)


def _short(text: str) -> str:
    line = printable(text)
    return line if len(line) <= _NAME else line[: _NAME - 1] + "…"


@app.command()
def show(
    query_id: Annotated[str, typer.Argument(metavar="ID", help="The question's id.")],
    as_json: options.Json = False,
    database: options.Database = None,
) -> None:
    """Show one question: what the customer was shown, the ranking, and the rest of the visit.

    Example: kb questions show 1b0c6a1f5d2e4c7b8a9d0e1f2a3b4c5d
    """
    detail = _book(database).show(query_id)
    if as_json:
        typer.echo(json.dumps(detail.as_json(), ensure_ascii=False))
    else:
        _print_detail(detail)


def _print_detail(detail: QuestionDetail) -> None:
    row = detail.row
    typer.echo(f"{row.asked_at:%Y-%m-%d %H:%M} UTC, {row.language}: {printable(row.text)}")
    typer.echo(f"{row.outcome.value}, confidence {row.confidence:.2f}, by {detail.index_version}")
    if row.article_id:
        part = "not recorded" if row.anchor is None else f"#{row.anchor}" if row.anchor else "the direct answer"
        typer.echo(f"article {row.article_id}; part shown: {part} {printable(row.heading)}".rstrip())
    if row.choices:
        typer.echo(f"offered: {', '.join(row.choices)}")
    if row.judgment is not None:
        right = "right" if row.judgment.is_right else "wrong"
        typer.echo(f"judged {right} by {printable(row.judgment.who)}")
    typer.echo("\nRanking")
    for article, score in detail.hits:
        typer.echo(f"  {score:.2f} {article}")
    typer.echo("\nVisit")
    for step in detail.steps:
        words = [step.article_id, step.reason, printable(step.text)]
        typer.echo(f"  {step.at:%H:%M:%S} {step.kind} {' · '.join(filter(None, words))}".rstrip())
