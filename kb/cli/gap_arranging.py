"""``kb gaps split``, ``move``, ``merge`` and ``rename``: gaps are arranged by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.cli.gap_text import Note, Number, print_state

if TYPE_CHECKING:
    from collections.abc import Sequence

    from kb.gaps.book import GapBook

Question = Annotated[
    list[str], typer.Argument(metavar="QUESTION...", help="Questions by the first digits that 'kb gaps show' prints.")
]


def split(
    number: Number,
    questions: Question,
    name: Annotated[str, typer.Option("--name", help="Name of the new gap; its most central question without.")] = "",
    who: options.Who = "",
    note: Note = "",
    database: options.Database = None,
) -> None:
    """Take some questions out of a gap into a new one; new questions follow the ones they are like.

    Example: kb gaps split 12 1a2b3c4d 5e6f7a8b
    """
    book = options.container(database_url=database).gaps
    keys = _keys(book, number, questions)
    print_state(book, book.split(number, keys, who=options.user(who), name=name, note=note))


def move(
    number: Number,
    questions: Question,
    into: Annotated[int, typer.Option("--to", metavar="M", help="The number of the gap that gets them.")],
    who: options.Who = "",
    note: Note = "",
    database: options.Database = None,
) -> None:
    """Move some questions of a gap into another one.

    Example: kb gaps move 12 1a2b3c4d --to 7
    """
    book = options.container(database_url=database).gaps
    book.move(number, _keys(book, number, questions), into, who=options.user(who), note=note)
    print_state(book, into)


def merge(
    number: Number,
    into: Annotated[int, typer.Argument(metavar="M", help="The number of the gap that goes on.")],
    who: options.Who = "",
    note: Note = "",
    database: options.Database = None,
) -> None:
    """Put all questions of a gap into another one, which keeps its number, state and owner.

    Example: kb gaps merge 12 7
    """
    book = options.container(database_url=database).gaps
    book.merge(number, into, who=options.user(who), note=note)
    print_state(book, into)


def rename(
    number: Number,
    name: Annotated[str, typer.Argument(help="What its questions have in common.")],
    who: options.Who = "",
    note: Note = "",
    database: options.Database = None,
) -> None:
    """Give a gap a name, which grouping then leaves alone.

    Example: kb gaps rename 12 "Paying with a phone"
    """
    book = options.container(database_url=database).gaps
    book.rename(number, name, who=options.user(who), note=note)
    print_state(book, number)


def _keys(book: GapBook, number: int, given: Sequence[str]) -> list[str]:
    """Return the keys of questions by their first digits; a usage error if one names none, or several."""
    held = [question.key for question in book.show(number).questions]
    keys = []
    for digits in given:
        found = [key for key in held if digits and key.startswith(digits.lower())]
        if len(found) != 1:
            how = "names several questions" if found else "is no question"
            raise typer.BadParameter(
                f"{digits!r} {how} of gap {number}. 'kb gaps show {number}' prints the first digits of each.",
                param_hint="QUESTION",
            )
        keys += found
    return keys
