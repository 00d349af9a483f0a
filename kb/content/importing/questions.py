"""Questions of customers from elsewhere: a table of search terms or of the subjects of tickets."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from kb.common.folding import plain_words
from kb.content.importing.files import LARGEST_EXPORT, name_of, read_text
from kb.content.importing.record import Collected
from kb.errors import ArticlesError
from kb.types import Severity

_QUESTION: Final = (
    "question", "query", "search term", "search terms", "search query", "search string", "term", "keyword", "subject",
    "ticket subject", "text", "title", "pregunta", "búsqueda", "asunto",
)  # fmt: skip
_TIMES: Final = (
    "count", "searches", "times", "volume", "total", "number of searches", "total searches", "total unique searches",
    "unique searches", "tickets", "impressions", "veces",
)  # fmt: skip
_ARTICLE: Final = ("article", "article id", "article_id", "belongs", "artículo")
MOST_ROWS: Final = 100_000
"""Lines that are read; what is asked less often than so many others says little."""


@dataclass(frozen=True, slots=True)
class ForeignQuestion:
    """What customers typed elsewhere; as it was typed, so it is never printed or kept before it is redacted."""

    text: str
    """On one line."""
    times: int
    """How often, over all lines that have the same words."""
    line: int
    """The first line that has it."""
    article: str = ""
    """The article that the table says it belongs to; empty if it says none."""


@dataclass(slots=True)
class QuestionTable:
    """The questions of a table, the most frequent first, and what is wrong with it."""

    questions: list[ForeignQuestion] = field(default_factory=list)
    rows: int = 0
    """Lines with a question in them."""
    about: Collected = field(default_factory=Collected)


def read_questions(path: Path) -> QuestionTable:
    """Read a table of questions.

    The first line may name columns: one of questions, search terms or subjects, one of how often each was asked, one of
    the article that each belongs to. Without names that are known, every line is a question, in its first column.

    :param path: A file; its columns are separated by commas, semicolons or tabs.
    :return: Each question once, whatever its capitals, accents and punctuation.
    :raises ArticlesError: If there is no such file.
    """
    if not path.is_file():
        raise ArticlesError(f"{path} is not a file. Name a table of questions: kb import --questions FILE.csv")
    table = QuestionTable()
    text = read_text(path, path, table.about, LARGEST_EXPORT)
    if text is not None:
        _read_rows(table, name_of(path, path), text)
    return table


def _read_rows(table: QuestionTable, name: str, text: str) -> None:
    first = text.split("\n", 1)[0]
    delimiter = max((",", ";", "\t"), key=first.count)
    csv.field_size_limit(LARGEST_EXPORT)
    reader = csv.reader(io.StringIO(text), delimiter=delimiter)
    found: dict[str, ForeignQuestion] = {}
    columns: tuple[int, int | None, int | None] | None = None
    try:
        for row in reader:
            if columns is None:
                columns, is_heading = _columns(row)
                if is_heading:
                    continue
            _add(found, row, columns, reader.line_num)
            table.rows += any(cell.strip() for cell in row)
            if table.rows >= MOST_ROWS:
                message = f"only the first {MOST_ROWS:,} lines are read"
                table.about.add(name, "too-long", message, "Leave out what was asked once", line=reader.line_num)
                break
    except csv.Error as error:
        message = f"the table ends here: {error}"
        table.about.add(name, "csv", message, "Correct the line", line=reader.line_num, severity=Severity.ERROR)
    table.questions = sorted(found.values(), key=lambda question: (-question.times, question.line))
    if not table.questions:
        message = "there is no question in it"
        table.about.add(name, "no-question", message, "Call its column question", severity=Severity.ERROR)


def _columns(first: Sequence[str]) -> tuple[tuple[int, int | None, int | None], bool]:
    """Return the columns of question, number and article, and whether the first line only names them."""
    names = [" ".join(cell.replace("_", " ").lower().split()) for cell in first]

    def of(known: Sequence[str]) -> int | None:
        return next((names.index(name) for name in known if name in names), None)

    question = of(_QUESTION)
    if question is None:
        return (0, None, None), False
    return (question, of(_TIMES), of([name.replace("_", " ") for name in _ARTICLE])), True


def _add(
    found: dict[str, ForeignQuestion], row: Sequence[str], columns: tuple[int, int | None, int | None], line: int
) -> None:
    """Add one line's question, or its number to that of the same words."""

    def cell(column: int | None) -> str:
        return " ".join(row[column].split()) if column is not None and column < len(row) else ""

    question, times, article = columns
    text = cell(question)
    key = plain_words(text)
    if not key:
        return
    known = found.get(key)
    more = _number(cell(times))
    if known is None:
        found[key] = ForeignQuestion(text, more, line, cell(article))
    else:
        found[key] = replace(known, times=known.times + more, article=known.article or cell(article))


def _number(text: str) -> int:
    """Return a number as tables write it; one for anything else, since the line itself was asked once."""
    digits = text.replace(",", "").replace(".", "").replace(" ", "")
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else 1  # noqa: PLR2004
