"""``kb sample``: twenty answers of a week, judged one by one, and what they say about the promise."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.cli.tables import print_table, printable
from kb.errors import SampleRefused

if TYPE_CHECKING:
    from kb.review.sample_records import Sample, SampleItem, SampleResult, WrongShare

app = typer.Typer(help="Check the promise on answers of a week.", rich_markup_mode=None, no_args_is_help=True)
Week = Annotated[str | None, typer.Argument(metavar="[WEEK]", help="An ISO week, such as 2026-W48; the last one.")]
_NAME = 48


class _Word(StrEnum):
    """What ``kb sample judge`` takes for an answer."""

    RIGHT = "right"
    WRONG_PART = "wrong-part"
    WRONG_ARTICLE = "wrong-article"


@app.command()
def draw(
    week: Week = None, who: options.Who = "", as_json: options.Json = False, database: options.Database = None
) -> None:
    """Draw the sample of a week that is over; drawing it again changes nothing.

    Example: kb sample draw 2026-W48
    """
    book = options.container(database_url=database).samples
    _print(book.draw(week or book.last_week(), who=options.user(who)), as_json=as_json)


@app.command()
def show(week: Week = None, as_json: options.Json = False, database: options.Database = None) -> None:
    """Show the sample of a week.

    Example: kb sample show 2026-W48
    """
    book = options.container(database_url=database).samples
    wanted = week or book.last_week()
    found = book.show(wanted)
    if found is None:
        raise SampleRefused(f"No sample of {wanted} was drawn. Draw it: kb sample draw {wanted}")
    _print(found, as_json=as_json)


@app.command()
def judge(
    week: Annotated[str, typer.Argument(metavar="WEEK", help="The sample's week.")],
    place: Annotated[int, typer.Argument(metavar="N", help="The answer's place in it.")],
    word: Annotated[str, typer.Argument(metavar="WORD", help="right, wrong-part or wrong-article.")],
    who: options.Who = "",
    database: options.Database = None,
) -> None:
    """Judge one answer of a sample, after reading what the customer read.

    Example: kb sample judge 2026-W48 7 wrong-part
    """
    said = options.member(_Word, word, "WORD")
    article_right = said is not _Word.WRONG_ARTICLE
    part_right = said is _Word.RIGHT if article_right else None
    book = options.container(database_url=database).samples
    done = book.judge(week, place, article_right=article_right, part_right=part_right, who=options.user(who))
    typer.echo(f"{done.judged} of {len(done.items)} answers of {week} are judged.")


@app.command()
def result(
    weeks: Annotated[list[str] | None, typer.Argument(metavar="[WEEK]…", help="Only these weeks.")] = None,
    as_json: options.Json = False,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Compare the judged answers with what the index is certified for: kept, broken, or not enough yet.

    Example: kb sample result
    """
    from kb.review.sample_records import Certified

    container = options.container(index=index, site=site, database_url=database)
    found = options.newest_index(container)
    certified = Certified.of(found.manifest if found is not None else None)
    done = container.samples.result(weeks or (), certified)
    if as_json:
        typer.echo(json.dumps(done.as_json()))
    else:
        _print_result(done)


def _print(sample: Sample, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(sample.as_json(), ensure_ascii=False))
        return
    rows = [
        (str(item.place), _short(item.text) or "(no longer kept)", _shown(item), _judged(item), item.query_id)
        for item in sample.items
    ]
    title = f"{sample.week}: {len(sample.items)} of {sample.answered} answers, {sample.judged} judged"
    print_table(title, ("n", "question", "shown", "judged", "id"), rows, left=5)


def _shown(item: SampleItem) -> str:
    return item.article_id + (f"#{item.anchor}" if item.anchor else "")


def _judged(item: SampleItem) -> str:
    if item.article_right is None:
        return ""
    if not item.article_right:
        return _Word.WRONG_ARTICLE.value
    return _Word.WRONG_PART.value if item.part_right is False else _Word.RIGHT.value


def _short(text: str) -> str:
    line = printable(text)
    return line if len(line) <= _NAME else line[: _NAME - 1] + "…"


def _print_result(done: SampleResult) -> None:
    typer.echo(f"{done.judged} of {done.drawn} answers judged, of {done.weeks} week(s)")
    _print_share("wrong articles", done.articles)
    _print_share("wrong parts, of the right articles", done.parts)


def _print_share(name: str, share: WrongShare) -> None:
    ends = f"{share.interval.low:.1%} to {share.interval.high:.1%} at 95 % confidence"
    certified = "nothing is certified" if share.bound is None else f"certified: at most {share.bound:.1%}"
    verdict = share.verdict.value.replace("_", " ")
    typer.echo(f"{name}: {share.wrong} of {share.judged}, {ends}; {certified}; {verdict}")
