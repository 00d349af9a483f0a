"""``kb lessons``: what leads decided about questions, as changes of files that an editor accepts or declines."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.cli.steps import Steps
from kb.cli.tables import print_table, printable
from kb.types import Answered

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.app.lessons import LessonDesk, LessonImpact
    from kb.review.lesson_records import Lesson
    from kb.types import Answer

app = typer.Typer(help="What leads decided about questions.", invoke_without_command=True, rich_markup_mode=None)
Number = Annotated[int, typer.Argument(metavar="N", help="The lesson's number.")]
_NAME = 56


@app.callback()
def lessons(
    context: typer.Context,
    state: Annotated[
        list[str] | None,
        typer.Option("--state", help="Only lessons in this state; may be repeated. Without: those that are open."),
    ] = None,
    patch: Annotated[bool, typer.Option("--patch", help="Print the proposed ones as a patch for 'git apply'.")] = False,
    as_json: options.Json = False,
    articles: options.Articles = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """List the lessons that an editor has to look at, the oldest first.

    Example: kb lessons --patch | git apply
    """
    if context.invoked_subcommand is not None:
        return
    from kb.review.lesson_records import LessonState

    chosen = [options.member(LessonState, name, "--state") for name in state or ()]
    states = [name for name in chosen if name is not None] or [name for name in LessonState if name.is_open]
    container = options.container(articles=articles, site=site, database_url=database)
    if patch:
        _print_patch(container.lesson_desk)
        return
    found = container.lessons.list(states)
    if as_json:
        for lesson in found:
            typer.echo(json.dumps(lesson.as_json(), ensure_ascii=False))
    elif found:
        _print(found)
    else:
        typer.echo("No lessons.")


def _print(found: Sequence[Lesson]) -> None:
    rows = [
        (str(lesson.id), lesson.kind.value, lesson.state.value, _short(lesson.question), _target(lesson), lesson.who)
        for lesson in found
    ]
    print_table("Lessons", ("n", "decision", "state", "question", "file", "by"), rows, left=6)


def _target(lesson: Lesson) -> str:
    section = f"#{lesson.anchor}" if lesson.anchor else ""
    return f"{lesson.article_id}{section}" + (f" (belongs to {lesson.belongs})" if lesson.belongs else "")


def _short(text: str) -> str:
    line = printable(text) or "(no longer kept)"
    return line if len(line) <= _NAME else line[: _NAME - 1] + "…"


def _print_patch(desk: LessonDesk) -> None:
    found = desk.patch()
    for lesson, reason in found.left_out:
        options.warn(f"lesson {lesson.id} is left out: {printable(reason)}")
    sys.stdout.flush()
    sys.stdout.buffer.write(found.text.encode())  # line ends as the files have them
    sys.stdout.buffer.flush()


@app.command()
def show(
    number: Number,
    as_json: options.Json = False,
    articles: options.Articles = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Show one lesson: the change of its file as a diff, what 'kb check' says to it, and its history.

    Example: kb lessons show 12
    """
    container = options.container(articles=articles, site=site, database_url=database)
    detail = container.lessons.show(number)
    if as_json:
        typer.echo(json.dumps(detail.as_json(), ensure_ascii=False))
        return
    lesson = detail.lesson
    typer.echo(f"Lesson {lesson.id}, {lesson.kind.value}, {lesson.state.value}: {printable(lesson.question)}")
    if lesson.kind.changes_file and lesson.state.is_open:
        _print_change(container.lesson_desk, number)
    typer.echo("\nHistory")
    for event in detail.history:
        note = f": {printable(event.note)}" if event.note else ""
        typer.echo(f"  {event.at:%Y-%m-%d %H:%M} {printable(event.who)} {event.new_state}{note}")


def _print_change(desk: LessonDesk, number: int) -> None:
    change = desk.change(number)
    for line in (change.said, *change.outdated, change.problem):
        if line:
            typer.echo(printable(line))
    if change.diff:
        typer.echo()
        for line in change.diff.split("\n"):
            typer.echo("".join(c if c.isprintable() else " " for c in line).rstrip())
    for finding in change.new:
        typer.echo(str(finding))


@app.command()
def accept(
    numbers: Annotated[list[int], typer.Argument(metavar="N…", help="The lessons' numbers.")],
    who: options.Who = "",
    articles: options.Articles = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Take lessons into their files, one after the other; nothing is built by that.

    A lesson that its file has already, as from a patch, is accepted without a change.

    Example: kb lessons accept 12
    """
    desk = options.container(articles=articles, site=site, database_url=database).lesson_desk
    for number in numbers:
        done = desk.accept(number, who=options.user(who))
        typer.echo(f"lesson {number}: accepted, {done.path}: {done.said}")


@app.command()
def decline(
    number: Number,
    reason: Annotated[str, typer.Argument(help="The reason, for the lead who decided it.")],
    who: options.Who = "",
    database: options.Database = None,
) -> None:
    """Record that a lesson is not taken, and why.

    Example: kb lessons decline 12 "no other customer would ask it like this"
    """
    options.container(database_url=database).lessons.decline(number, who=options.user(who), note=reason)
    typer.echo(f"lesson {number}: declined")


@app.command()
def renew(
    number: Number,
    article: Annotated[str, typer.Option("--article", help="Another article; the same without.")] = "",
    section: Annotated[str | None, typer.Option("--section", help="Another section; the same without.")] = None,
    who: options.Who = "",
    articles: options.Articles = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Propose an outdated lesson again, for the file as it is now.

    Example: kb lessons renew 12 --section how-to-pay
    """
    desk = options.container(articles=articles, site=site, database_url=database).lesson_desk
    lesson = desk.renew(number, who=options.user(who), article_id=article, anchor=section)
    typer.echo(f"lesson {number}: proposed, {_target(lesson)}")


@app.command()
def impact(
    numbers: Annotated[list[int] | None, typer.Argument(metavar="[N]…", help="Only these; all proposed ones.")] = None,
    as_json: options.Json = False,
    articles: options.Articles = None,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Show what lessons would win and lose, and what their own questions would get.

    The published index and the files are left alone.

    Example: kb lessons impact 12
    """
    desk = options.container(articles=articles, index=index, site=site, database_url=database).lesson_desk
    with Steps() as steps:
        found = desk.impact(numbers or (), steps.say, steps.advance)
    if as_json:
        typer.echo(json.dumps(_impact_json(found), ensure_ascii=False))
    else:
        _print_impact(found)


def _impact_json(found: LessonImpact) -> dict[str, object]:
    asked = [
        {"lesson": lesson.id, "query": lesson.question, "before": _shown(before), "after": _shown(after)}
        for lesson, before, after in found.asked
    ]
    return {**found.impact.as_json(), "asked": asked}


def _print_impact(found: LessonImpact) -> None:
    from kb.cli.impact import print_changes

    done = found.impact
    typer.echo(
        f"{done.questions} questions: {len(done.won)} won, {len(done.lost)} lost, {len(done.moved)} moved; "
        f"right before {done.right_before}, after {done.right_after}"
    )
    print_changes(done)
    typer.echo("\nThe lessons' own questions")
    for lesson, before, after in found.asked:
        typer.echo(f"  {lesson.id}: {_short(lesson.question)}: {_shown(before)} → {_shown(after)}")


def _shown(answer: Answer) -> str:
    """Return what a customer would get, in a few words."""
    outcome = answer.outcome
    if not isinstance(outcome, Answered):
        return outcome.kind.value
    anchor = outcome.hit.passage.anchor
    return outcome.hit.article_id + (f"#{anchor}" if anchor else "")
