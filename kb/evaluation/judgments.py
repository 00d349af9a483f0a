"""Judged questions: questions with the articles that answer them, from files or from the articles' own tests.

Queries are JSON Lines ``{"id", "text"}``; judgments (qrels) have three columns, query, article and relevance, or
TREC's four, of which the second is ignored. A query without a positive judgment is unanswerable: no article contains
its answer.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from kb.content.articles.corpus import Corpus
from kb.errors import QueryFileError
from kb.evaluation.voices import voice_of
from kb.types import ArticleStatus, Half, Library, half_of

NAMED = 5
"""The number of items of a longer list that a message names."""
_THREE, _FOUR = 3, 4
"""Columns of judgments: ours, and TREC's."""
_HEADERS = frozenset({"relevance", "score", "rel", "label"})
"""Names of the last column of a heading line, in the known formats."""


@dataclass(frozen=True, slots=True)
class Judged:
    """A question and the articles that answer it."""

    query_id: str
    text: str
    relevant: Mapping[str, int] = field(default_factory=dict)
    """Relevance by article id; positive ones only, so it is empty if no article answers."""
    voice: str = ""
    """A member of :class:`~kb.evaluation.voices.Voice`, or the voice that the file gives."""
    sections: tuple[str, ...] = ()
    """The parts of the article that answer it, by anchor or :data:`~kb.types.TOP`; empty if any part will do."""

    @property
    def is_answerable(self) -> bool:
        """Whether any article answers it."""
        return bool(self.relevant)

    @property
    def article(self) -> str:
        """The article that answers best, the first by id of several; empty if unanswerable."""
        return min(self.relevant, key=lambda a: (-self.relevant[a], a), default="")


@dataclass(frozen=True, slots=True)
class JudgedFile:
    """The judged questions of two files, and the names in them that lead nowhere."""

    judged: tuple[Judged, ...]
    """In the order of the file of queries."""
    unknown_queries: tuple[str, ...] = ()
    """Ids that the judgments name but the queries do not have."""


# ------------------------------------------------------------------------------------------------- queries


def read_judged(queries: Path, qrels: Path) -> JudgedFile:
    """Read questions and their judgments.

    :param queries: JSON Lines ``{"id", "text"}``; ``voice`` is optional, further keys are ignored.
    :param qrels: Three columns or TREC's four, separated by tabs, or else by spaces.
    :return: One judged question per query, answerable or not.
    :raises QueryFileError: Naming file, line and remedy.
    """
    found = read_queries(queries)
    judgments = read_qrels(qrels)
    known = {judged.query_id for judged in found}
    judged = (replace(q, relevant=_positive(judgments.get(q.query_id, {}))) for q in found)
    return JudgedFile(tuple(judged), tuple(sorted(judgments.keys() - known)))


def _positive(relevances: Mapping[str, int]) -> dict[str, int]:
    return {article: relevance for article, relevance in relevances.items() if relevance > 0}


def read_queries(path: Path) -> list[Judged]:
    """Read questions, in the order of the file and not yet judged.

    :param path: JSON Lines ``{"id", "text"}``; an id is text or a whole number.
    :return: At least one question.
    :raises QueryFileError: Naming file, line and remedy.
    """
    found: list[Judged] = []
    lines: dict[str, int] = {}
    for number, line in lines_of(path):
        query = _query(path, number, line)
        first = lines.setdefault(query.query_id, number)
        if first != number:
            message = f"the id {query.query_id!r} already appears on line {first}"
            raise query_file_error(path, number, message, "Give every query an id of its own.")
        found.append(query)
    if not found:
        raise QueryFileError(f'{path} holds no queries. Write one {{"id": …, "text": …}} a line.')
    return found


def _query(path: Path, number: int, line: str) -> Judged:
    shape = 'Write {"id": "q1", "text": "…"}.'
    try:
        value = json.loads(line, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise query_file_error(path, number, f"this is not JSON ({error})", shape) from error
    if not isinstance(value, dict):
        raise query_file_error(path, number, "this is not an object", shape)
    text, voice = value.get("text"), value.get("voice", "")
    if not isinstance(text, str):
        raise query_file_error(path, number, "there is no 'text'", shape)
    if not isinstance(voice, str):
        raise query_file_error(path, number, f"'voice' is not text: {voice!r}", 'Write it as text, such as "story".')
    return Judged(_query_id(path, number, value.get("id"), shape), text, voice=voice or voice_of(text).value)


def _query_id(path: Path, number: int, value: Any, shape: str) -> str:
    """Return an id as text, since ids in judgments are text."""
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise query_file_error(path, number, f"'id' is neither text nor a whole number: {value!r}", shape)
    return str(value)


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is not a JSON value")


# --------------------------------------------------------------------------------------------------- qrels


def read_qrels(path: Path) -> dict[str, dict[str, int]]:
    """Read judgments.

    :param path: Three columns, query, article and relevance, or TREC's four; a first line with headings is skipped.
    :return: Each query's articles with their relevance, zero and negative ones included.
    :raises QueryFileError: Naming file, line and remedy.
    """
    judgments: dict[str, dict[str, int]] = {}
    places: dict[tuple[str, str], int] = {}
    for number, line in lines_of(path):
        columns = _columns(path, number, line)
        if number == 1 and columns[-1].casefold() in _HEADERS:
            continue
        query, article, relevance = columns[0], columns[-2], _relevance(path, number, columns[-1])
        first = places.setdefault((query, article), number)
        if first != number:
            message = f"query {query!r} and article {article!r} were already judged on line {first}"
            raise query_file_error(path, number, message, "Remove one of the lines.")
        judgments.setdefault(query, {})[article] = relevance
    return judgments


def _columns(path: Path, number: int, line: str) -> list[str]:
    columns = [column.strip() for column in line.split("\t")] if "\t" in line else line.split()
    if len(columns) not in (_THREE, _FOUR) or not all(columns):
        message = f"expected three columns, or TREC's four, but there are {len(columns)}"
        raise query_file_error(path, number, message, "Write query, article and relevance, separated by tabs.")
    return columns


def _relevance(path: Path, number: int, text: str) -> int:
    try:
        return int(text)
    except ValueError as error:
        message = f"the relevance is not a whole number: {text!r}"
        raise query_file_error(
            path, number, message, "Write 1 for an article that answers, 0 for one that does not."
        ) from error


def lines_of(path: Path) -> Iterator[tuple[int, str]]:
    """Yield the lines of a file that are not blank, numbered from 1.

    :param path: The file.
    :yield: Number and text.
    :raises QueryFileError: If it cannot be read or is not UTF-8.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise QueryFileError(f"{path} cannot be read: {error.strerror}. Name a file that exists.") from error
    # Split as bytes: str.splitlines would also break at characters that JSON allows inside a text.
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            line = raw.decode("utf-8").strip()
        except UnicodeDecodeError as error:
            raise query_file_error(
                path, number, f"byte {error.start + 1} is not UTF-8", "Save the file as UTF-8."
            ) from error
        if line:
            yield number, line


def query_file_error(path: Path, number: int, message: str, fix: str) -> QueryFileError:
    """Return the error of a file's line.

    :param path: The file.
    :param number: The line, from 1.
    :param message: What is wrong with it.
    :param fix: What to do about it.
    :return: An error that names all of it.
    """
    return QueryFileError(f"{path}:{number}: {message}. {fix}")


def trec_id(name: str) -> str:
    """Return an id for a file in TREC's form.

    :param name: The id of a query or an article.
    :return: The same.
    :raises QueryFileError: If there is a space in it.
    """
    if not name or name.split() != [name]:
        raise QueryFileError(f"The id {name!r} has a space in it, which TREC's form cannot hold. Rename it.")
    return name


# ------------------------------------------------------------------------------------------ articles' tests


def article_tests(corpus: Corpus, half: Half | None = None) -> list[Judged]:
    """Return the tests of all published articles and signposts as judged questions.

    :param corpus: The articles; drafts are left out, as they are of the index.
    :param half: Return only the tests of that half of the articles.
    :return: In the order of the articles; the id is ``<article>/<n>``, n counted from 1, or ``<article>.es/<n>`` for a
        test of its translation. No article answers the tests of a signpost.
    """
    return [
        Judged(
            f"{article.name}/{n}",
            text,
            {} if article.is_signpost else {article.id: 1},
            voice_of(text).value,
            article.test_sections.get(text, ()),
        )
        for article in (text for original in corpus.articles for text in original.all_languages)
        if article.status is ArticleStatus.PUBLISHED and half in (None, half_of(article.id))
        for n, text in enumerate(article.tests, start=1)
    ]


def not_for_questions(corpus: Corpus) -> list[Judged]:
    """Return the questions that articles do not answer, judged by what they belong to.

    An index knows them word for word, so they measure nothing about questions to come; only a change of the articles
    is held against them.

    :param corpus: The articles; drafts are left out.
    :return: In the order of the articles, each text once; the id is ``<article>/not-for/<n>``, n counted from 1. A
        question that belongs to a signpost, to a draft or to nothing is unanswerable.
    """
    answering = corpus.library.articles
    found: dict[str, Judged] = {}
    for article in corpus.library:
        for n, other in enumerate(article.not_for, start=1):
            relevant = {other.belongs: 1} if other.belongs in answering else {}
            judged = Judged(f"{article.id}/not-for/{n}", other.question, relevant, voice_of(other.question).value)
            found.setdefault(other.question, judged)
    return list(found.values())


def current_ids(judged: Iterable[Judged], library: Library) -> tuple[list[Judged], tuple[str, ...]]:
    """Replace earlier ids of articles by their current ids, and leave out those of signposts, which answer nothing.

    :param judged: The questions.
    :param library: The articles of the answerer.
    :return: The questions, and the ids of articles that the library does not have, each once, in order; the questions
        keep them, so that they count as missed.
    """
    unknown: set[str] = set()
    found = []
    for query in judged:
        relevant: dict[str, int] = {}
        for name, relevance in query.relevant.items():
            if name in library.signposts:
                continue
            article = library.resolve(name)
            if article is None:
                unknown.add(name)
            now = name if article is None else article.id
            relevant[now] = max(relevance, relevant.get(now, relevance))
        found.append(replace(query, relevant=relevant))
    return found, tuple(sorted(unknown))


def some_of(names: Sequence[str]) -> str:
    """Return the first few names of a list, and the number of further ones."""
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
