"""The words of the pages: they fit each other in both languages, and no page has words of its own."""

from __future__ import annotations

import ast
import html
import re
import string
from collections.abc import Iterator
from contextvars import copy_context
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest

from kb.html.format import date_words
from kb.html.words import Language, use_language, words

ROOT = Path(__file__).resolve().parent.parent.parent
SAME_IN_BOTH = {"Error", "Total", "No"}
"""Words that are spelled alike in English and Spanish."""
NOT_PAIRED = {
    "language", "changes", "editor", "findings", "insights", "lessons", "preview", "reasons", "review", "sample",
    "sign_in", "writing",
}  # fmt: skip
"""Fields that are not an area of the customers' pages; staff read English only."""


def named(language: Language) -> dict[str, Any]:
    """Return the words of the customers' pages in a language, by area and name."""

    def read() -> dict[str, Any]:
        use_language(language)
        areas = [(area.name, getattr(words(), area.name)) for area in fields(words()) if area.name not in NOT_PAIRED]
        return {f"{area}.{field.name}": getattr(said, field.name) for area, said in areas for field in fields(said)}

    return copy_context().run(read)


def texts(value: Any) -> Iterator[str]:
    """Yield every text of some words."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for inner in value.values():
            yield from texts(inner)
    else:
        for inner in value:
            yield from texts(inner)


def shape(value: Any) -> Any:
    """Return what two languages must agree on: kinds, keys, lengths and placeholders."""
    if isinstance(value, str):
        return sorted({name or "" for _, name, _, _ in string.Formatter().parse(value) if name is not None})
    if isinstance(value, dict):
        return {key: shape(inner) for key, inner in value.items()}
    return [shape(inner) for inner in value]


@pytest.mark.parametrize("name", sorted(named(Language.ENGLISH)))
def test_both_languages_leave_the_same_gaps(name: str) -> None:
    """Kinds, keys, number of forms and placeholders agree, and the Spanish is not the English."""
    ours, theirs = named(Language.ENGLISH)[name], named(Language.SPANISH)[name]
    assert shape(ours) == shape(theirs)
    same = {a for a, b in zip(texts(ours), texts(theirs), strict=True) if a == b and re.search("[a-z]", a)}
    assert {text for text in same if not re.fullmatch(r"(\{\w+\}|\W)+", text)} <= SAME_IN_BOTH


def test_words_follow_the_language_of_the_page() -> None:
    """Each thread or task has its own; the pages for staff stay English."""

    def page() -> tuple[str, str, str]:
        use_language(Language.SPANISH)
        return words().ask.title, words().writing.title, date_words("2026-11-22")

    assert copy_context().run(page) == ("Pregunte sobre su factura", "Writing", "22 de noviembre de 2026")
    assert words().ask.title == "Ask about your bill"


# ------------------------------------------------------------------------------ the only place of words

SCREENS = (
    *sorted((ROOT / "kb" / "html" / "parts").glob("*.py")),
    *sorted((ROOT / "kb" / "ui" / "components").glob("*.py")),
    *sorted((ROOT / "kb" / "ui" / "widgets").glob("*.py")),
    *sorted((ROOT / "kb" / "ui" / "pages").glob("*.py")),
    ROOT / "kb" / "ui" / "main.py",
    *sorted((ROOT / "kb" / "server").glob("p*.py")),
)
_TAG = re.compile(r"<[^<>]*>")
_READ_ALOUD = re.compile(r'\b(?:aria-label|placeholder|title|alt|content)="([^"\0]*[A-Za-z]{2}[^"]*)"')
_SHOWN_BY_HTML = re.compile(r"(?<![\w&#-])[A-Za-z’]{2,}")
_SENTENCE = re.compile(r"[A-Z][a-z’]+ [a-z’]+")
_GAP = re.compile(r"\{\w*(?::[^{}]*)?\}")
_NOT_SHOWN = ("_log.", "logging.", "re.compile", "raise")
_HTTP = {"width=device-width, initial-scale=1", "noindex", "summary", "website"}
"""Values of attributes that are for machines."""


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Yield line and text of everything in a module that a customer could read."""
    tree = ast.parse(source)
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            skipped.update(n.value for n in node.body if isinstance(n, ast.Expr))
        elif isinstance(node, ast.Raise) or (isinstance(node, ast.Call) and _is_log(node)):
            skipped.update(ast.walk(node))
        elif isinstance(node, ast.JoinedStr):
            skipped.update(n for n in ast.walk(node) if isinstance(n, ast.Constant) and n in node.values)
    for node in ast.walk(tree):
        if node in skipped:
            continue
        if isinstance(node, ast.JoinedStr):
            parts = [n.value if isinstance(n, ast.Constant) else "\0" for n in node.values]
            yield from ((node.lineno, found) for found in readable("".join(map(str, parts))))
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from ((node.lineno, found) for found in readable(node.value))


def _is_log(node: ast.Call) -> bool:
    return ast.unparse(node.func).startswith(_NOT_SHOWN)


def readable(text: str) -> Iterator[str]:
    """Yield what of a string would be read: text between tags, labels in attributes, or a sentence."""
    text = _GAP.sub("\0", text)
    yield from (found for found in _READ_ALOUD.findall(text) if found not in _HTTP)
    if "<" in text or ">" in text:
        # Half a tag at either end belongs to the string before or after.
        inner = html.unescape(_TAG.sub("\1", re.sub(r"^[^<>]*>", "\1", re.sub(r"<[^<>]*$", "\1", text))))
        yield from _SHOWN_BY_HTML.findall(inner)
    elif _SENTENCE.search(text):
        yield text


@pytest.mark.parametrize("path", SCREENS, ids=lambda path: path.name)
def test_no_page_has_words_of_its_own(path: Path) -> None:
    """Everything that is read comes from the catalogue, in either language."""
    assert list(literals(path.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("""x = f'<p class="kb-a">Read {more}</p>'""", "Read"),
        ("""x = Markup('<p class="kb-{name}">Read {more}</p>')""", "Read"),
        ("""x = '<nav aria-label="Main links">'""", "Main links"),
        ("""st.header('Ask about your bill')""", "Ask about your bill"),
        ("""x = 'one">Two</a>'""", "Two"),
    ],
)
def test_planted_words_are_found(source: str, found: str) -> None:
    """The checker itself."""
    assert [text for _, text in literals(source)] == [found]
