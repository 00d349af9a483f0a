"""``kb import --questions``: what customers asked elsewhere, each question assigned to its article."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer

from kb.cli import options
from kb.cli.tables import print_table

if TYPE_CHECKING:
    from kb.app.assigning import Assigned
    from kb.app.container import Container
    from kb.content.importing.questions import QuestionTable

_LISTED: Final = 40
"""Most questions that are printed."""
_LONGEST: Final = 60


def import_questions(container: Container, table: Path, *, most: int, who: str, dry_run: bool, as_json: bool) -> None:
    """Assign the questions of a table, and propose them to editors.

    :param container: With the index, the articles and the journal.
    :param table: The file.
    :param most: The greatest number of proposals.
    :param who: The person who imports them, for the history.
    :param dry_run: Whether nothing is proposed.
    :param as_json: Whether to print JSON.
    :raises Exit: With status 0, or 1 if the table could not be read to its end.
    """
    from kb.app.assigning import assign, propose
    from kb.content.importing.questions import read_questions
    from kb.retrieval.answering.answerer import IndexAnswerer
    from kb.types import Severity

    read = read_questions(table)
    assigned: list[Assigned] = []
    if read.questions:
        desk = container.lesson_desk
        answerer = IndexAnswerer(container.newest_index(options.warn))
        assigned = assign(read.questions, answerer, desk, most=most)
        if not dry_run:
            assigned = propose(assigned, desk, who=who, source=table.name)
    if as_json:
        typer.echo(json.dumps(_as_json(read, assigned, dry_run=dry_run), ensure_ascii=False))
    else:
        _print(read, assigned, table, dry_run=dry_run)
    raise typer.Exit(int(any(finding.severity is Severity.ERROR for finding in read.about.findings)))


def _as_json(read: QuestionTable, assigned: Sequence[Assigned], *, dry_run: bool) -> dict[str, object]:
    from kb.content.checks.corpus_check import finding_as_json

    return {
        "dry_run": dry_run,
        "lines": read.rows,
        "questions": [item.as_json() for item in assigned],
        "findings": [finding_as_json(finding) for finding in read.about.findings],
    }


def _print(read: QuestionTable, assigned: Sequence[Assigned], table: Path, *, dry_run: bool) -> None:
    from kb.app.assigning import Assignment

    for finding in read.about.findings:
        typer.echo(str(finding))
    if not assigned:
        return
    rows = [
        (
            _short(item.question),
            item.article_id or f"({item.assignment.value}{f': {item.reason}' if item.reason else ''})",
            f"{item.times:,}",
            f"{item.confidence:.2f}{'' if item.is_sure else '?'}" if item.article_id else "",
        )
        for item in assigned[:_LISTED]
    ]
    print_table(f"Questions of {table.name}", ("question", "article", "asked", "sure"), rows, left=2)
    if len(assigned) > _LISTED:
        typer.echo(f"and {len(assigned) - _LISTED:,} more questions; --json lists all")
    counts = Counter(item.assignment for item in assigned)
    said = ", ".join(f"{counts[kind]:,} {_SAID[kind.name]}" for kind in Assignment if counts[kind])
    typer.echo(f"{read.rows:,} lines, {len(assigned):,} questions: {said}.")
    if dry_run:
        typer.echo("Nothing was proposed; leave --dry-run out to propose it.")
    elif counts[Assignment.PROPOSED]:
        typer.echo("Next, for an editor: kb lessons, or the page /writing")


_SAID: Final = {
    "PROPOSED": "for an article",
    "KNOWN": "known already",
    "DECIDED": "decided before",
    "NO_ARTICLE": "without an article that is near enough",
    "PERSONAL": "left out for personal data",
    "UNFIT": "unfit",
    "LATER": "more than --most",
}


def _short(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
