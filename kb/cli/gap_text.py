"""What the commands about gaps print, and the arguments that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli.tables import printable

if TYPE_CHECKING:
    from kb.gaps.book import GapBook
    from kb.gaps.records import GapDetail

Number = Annotated[int, typer.Argument(metavar="N", help="The gap's number.")]
Note = Annotated[str, typer.Option("--note", help="A note for the history.")]
KEY = 8
"""Digits of a question's key that are printed, and enough to name it."""
_NAME = 64


def print_detail(detail: GapDetail) -> None:
    """Print everything about a gap."""
    from kb.gaps.records import WHY_NOT, WhyNot

    row = detail.row
    typer.echo(f"Gap {row.id}, {row.state.value}: {printable(row.name)}")
    typer.echo(f"asked {row.count} times in {row.visits} visits; owner {printable(row.owner) or 'none'}")
    if row.nearest:
        typer.echo(f"nearest article: {row.nearest}. {WHY_NOT[WhyNot(row.why_not)]}")
    for reason, count in row.reasons:
        typer.echo(f"  {count} × {reason.value.replace('_', ' ')}")
    for code, count in detail.feedback:
        typer.echo(f"  {count} × not helpful because: {code.replace('_', ' ') or 'no reason given'}")
    _print_closing(detail)
    if detail.questions:
        typer.echo("\nQuestions")
    for question in detail.questions:
        typer.echo(f"  {question.key[:KEY]}  {question.asked} × {printable(question.text)}")
    if detail.replays:
        _print_replay(detail)
    typer.echo("\nHistory (UTC)")
    for event in detail.history:
        article = f" ({event.article_id})" if event.article_id else ""
        note = f": {printable(event.note)}" if event.note else ""
        typer.echo(f"  {event.at:%Y-%m-%d %H:%M} {printable(event.who)} {event.new_state}{article}{note}")


def _print_closing(detail: GapDetail) -> None:
    """Print whether the gap is closed, may be closed, or why it cannot be."""
    from kb.gaps.closing import why_not_closed

    row, missing = detail.row, why_not_closed(detail)
    if row.proposed:
        typer.echo(f"Proposed for closing: {row.proposed} answers it now. kb gaps confirm {row.id}")
    if missing:
        typer.echo(f"Not closed by a replay: {missing}")
    if row.closed_by:
        typer.echo(f"Closed by {row.closed_by}")


def _print_replay(detail: GapDetail) -> None:
    replay = detail.replays[0]
    typer.echo(f"\nLast replay: {replay.served} of {replay.counted} answered by {replay.index_version}")
    texts = {question.key: printable(question.text) for question in detail.questions}
    for side in replay.details:
        by_heart = "apart" in side and not side["served"] and side["answered"]
        mark = "+" if side["served"] else "=" if by_heart else " "
        answers = [_answer_text(side[name]) for name in ("before", "after")]
        if "apart" in side:
            answers.append(f"{_answer_text(side['apart'])} without what repeats it")
        typer.echo(f"  {mark} {short(texts.get(side['key'], '(no longer in this gap)'))}: {' → '.join(answers)}")


def _answer_text(answer: dict[str, object]) -> str:
    place = f", rank {answer['rank']}" if answer["rank"] else ""
    return f"{answer['outcome']} {answer['confidence']:.2f}{place}"


def short(text: str) -> str:
    """Return a text on one line, cut to what a table has room for."""
    line = printable(text)
    return line if len(line) <= _NAME else line[: _NAME - 1] + "…"


def print_state(book: GapBook, number: int) -> None:
    """Print a gap's state after a step."""
    row = book.show(number).row
    article = f", {row.article_id}" if row.article_id else ""
    typer.echo(f"gap {number}: {row.state.value}{article}")
