"""Errors in the YAML of a front matter, explained in an editor's words and at the line to correct.

PyYAML reports where it gave up, which for a missing quotation mark is many lines further down, and speaks of tokens
and blocks. This module examines the text again for the few mistakes that cause nearly all errors.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

from kb.common.yaml_file import YamlProblem

_START = re.compile(r"\s*(?:-\s+)?(?:[\w-]+:\s+)?(?:-\s+)?")
"""The text before a value: indentation, the mark of a list item, a key."""
_KEY_OR_ITEM = re.compile(r"\s*(?:- |-$|[\w-]+:(?:\s|$))")
_CLOSED = {'"': re.compile(r'"(?:[^"\\]|\\.)*"'), "'": re.compile(r"'(?:[^']|'')*'")}
_COLON_INSIDE = re.compile(r"\s*(?:- +)?[\w-]+:\s+[^\s\"'\[{|>].*?(:)(?:\s|$)")
_PLAIN = "Correct the YAML; put text with a colon, '#' or a quote in double quotes"


@dataclass(frozen=True, slots=True)
class Explained:
    """A problem, worded for a finding."""

    at: tuple[int, int]
    """1-based line and column in the file."""
    message: str
    fix: str


_Guess: TypeAlias = tuple[int, int, str, str] | None
"""(0-based line of the text, 1-based column, message, fix), or None when it is something else."""


def explain(problem: YamlProblem, text: str, first_line: int = 1) -> Explained:
    """Explain a problem in plain words.

    :param problem: As raised for the text.
    :param text: The YAML.
    :param first_line: The number of its first line in the file.
    :return: Where to look, what is wrong and what to write; the parser's own message if no mistake is recognized.
    """
    lines = text.split("\n")
    at = min(max(problem.line - first_line, 0), len(lines) - 1)
    for guess in _GUESSES:
        found = guess(problem, lines, at)
        if found is not None:
            line, column, message, fix = found
            return Explained((line + first_line, column), message, fix)
    return Explained((problem.line, problem.column), problem.message, _PLAIN)


def _tab(problem: YamlProblem, _: list[str], at: int) -> _Guess:
    if r"'\t'" not in problem.message:
        return None
    return at, problem.column, "there is a tab in the indentation", "Use spaces: two before the '- ' of a list item"


def _twice(problem: YamlProblem, _: list[str], at: int) -> _Guess:
    if "appears twice" not in problem.message:
        return None
    return at, problem.column, problem.message, "Keep one of the two, and move what the other holds into it"


def _forbidden_start(problem: YamlProblem, lines: list[str], at: int) -> _Guess:
    """Recognize text without quotes that begins with a reserved character."""
    starts = "cannot start any token" in problem.message or problem.message.startswith("aliases")
    if not starts or problem.column > len(lines[at]):
        return None
    sign = lines[at][problem.column - 1]
    return at, problem.column, f"text cannot begin with {sign!r}", "Put the text in double quotes"


def _escape(problem: YamlProblem, _: list[str], at: int) -> _Guess:
    if "unknown escape character" not in problem.message:
        return None
    message = "a backslash in double quotes is followed by a letter with which it has no meaning"
    return at, problem.column, message, r"Write two backslashes, '\\', for one"


def _open_quote(problem: YamlProblem, lines: list[str], at: int) -> _Guess:
    """Find text whose closing quotation mark is missing, at or above the line where the parser gave up."""
    if "expected" not in problem.message and "unexpected end of stream" not in problem.message:
        return None
    for n, line in enumerate(lines[: at + 1]):
        start = _START.match(line)
        column = start.end() if start else 0
        quote = line[column : column + 1]
        if quote in _CLOSED and not _CLOSED[quote].match(line, column) and not _is_continued(lines, n, quote):
            message = f"the text that begins here has no closing {quote}"
            return n, column + 1, message, f"Add {quote} at its end"
    return None


def _is_continued(lines: list[str], n: int, quote: str) -> bool:
    """Return whether text in quotes continues below a line and is closed there."""
    for line in lines[n + 1 :]:
        if _KEY_OR_ITEM.match(line):
            return False
        if quote in line:
            return True
    return False


def _inner_quote(problem: YamlProblem, lines: list[str], at: int) -> _Guess:
    """Find text after a closing quotation mark, which was meant to be part of the text."""
    if "found '<scalar>'" not in problem.message:
        return None
    start = _START.match(lines[at])
    column = start.end() if start else 0
    quote = lines[at][column : column + 1]
    closed = _CLOSED[quote].match(lines[at], column) if quote in _CLOSED else None
    if closed is None:
        return None
    if quote == "'":
        fix = "Put the text in double quotes; apostrophes are allowed in them"
        return at, closed.end(), "an apostrophe ends the text that is in single quotes", fix
    fix = r"Write \" for a quotation mark inside the text, and nothing after the last one"
    return at, closed.end(), "the text ends at this quotation mark, but more text follows it", fix


def _colon(problem: YamlProblem, lines: list[str], at: int) -> _Guess:
    """Find a colon inside text without quotes."""
    inside = _COLON_INSIDE.match(lines[at]) if "mapping values" in problem.message else None
    if inside is None:
        return None
    return (
        at,
        inside.start(1) + 1,
        "there is a colon inside text that is not in quotes",
        "Put the text in double quotes",
    )


def _no_colon(problem: YamlProblem, lines: list[str], at: int) -> _Guess:
    """Find a key without its colon, or without the space after it, on or above the line where the parser gave up."""
    if "mapping values" not in problem.message and "could not find expected ':'" not in problem.message:
        return None
    above = next((n for n in range(at - 1, -1, -1) if lines[n].strip()), None)
    key = re.match(r"([\w-]+)(:?)(?=\S|\s|$)", lines[above]) if above is not None else None
    if above is None or key is None or re.match(r"[\w-]+:(?:\s|$)", lines[above]):
        return None
    missing = "space after its colon" if key[2] else "colon"
    return above, key.end() + 1, f"the key {key[1]!r} has no {missing}", f"Write '{key[1]}: …'"


def _indentation(problem: YamlProblem, lines: list[str], at: int) -> _Guess:
    """Find a line that is not aligned with the lines it belongs to."""
    words = ("mapping values", "block sequence start", "block mapping start", "but found '-'")
    if not any(word in problem.message for word in words) or not _KEY_OR_ITEM.match(lines[at]):
        return None
    column = len(lines[at]) - len(lines[at].lstrip()) + 1
    if lines[at].lstrip().startswith("-"):
        fix = "Put as many spaces before it as before the other items of its list"
        return at, column, "this list item is not in line with the others", fix
    return at, column, "this line is not in line with the keys above it", "Begin every key at the start of its line"


def _open_bracket(problem: YamlProblem, lines: list[str], at: int) -> _Guess:
    """Find a bracket that is not closed, or a missing comma."""
    expected = re.match(
        r"expected ',' or '([]}])'|expected the node content, but found '<stream end>'", problem.message
    )
    if expected is None:
        return None
    for n in range(at, -1, -1):
        start = _START.match(lines[n])
        column = start.end() if start else 0
        opening = lines[n][column : column + 1]
        if opening in ("[", "{"):
            closing = "]" if opening == "[" else "}"
            if n == at and closing in lines[n]:
                fix = "Put a comma between the items, and text with a comma, a colon or a quote in double quotes"
                return at, problem.column, f"a comma or the closing {closing} is missing here", fix
            return (
                n,
                column + 1,
                f"the {opening} here has no closing {closing}",
                f"Add {closing} at its end",
            )
    return None


_GUESSES: tuple[Callable[[YamlProblem, list[str], int], _Guess], ...] = (
    _tab, _twice, _forbidden_start, _escape, _open_quote, _inner_quote, _colon, _no_colon, _indentation, _open_bracket,
)  # fmt: skip
"""The first one that fits is reported."""
