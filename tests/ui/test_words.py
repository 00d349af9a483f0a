"""The catalogue of words: complete in both languages, and the only place of any."""

from __future__ import annotations

import ast
import html
import re
import string
from collections.abc import Iterator
from contextvars import copy_context
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from kb.ui import formatting, language, words
from kb.ui.words import Language, english, fixed, spanish, staff

ROOT = Path(__file__).resolve().parent.parent.parent
SAME_IN_BOTH = {"Error", "Total", "No"}
"""Words that are spelled alike in English and Spanish."""


def named(catalog: ModuleType) -> dict[str, Any]:
    """Return the words of a catalogue by name."""
    return {name: value for name, value in vars(catalog).items() if name.isupper()}


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


def test_both_languages_have_the_same_words() -> None:
    """No name is missing in either."""
    assert sorted(named(english)) == sorted(named(spanish))


@pytest.mark.parametrize("name", sorted(named(english)))
def test_both_languages_leave_the_same_gaps(name: str) -> None:
    """Kinds, keys, number of forms and placeholders agree, and the Spanish is not the English."""
    ours, theirs = named(english)[name], named(spanish)[name]
    assert shape(ours) == shape(theirs)
    same = {a for a, b in zip(texts(ours), texts(theirs), strict=True) if a == b and re.search("[a-z]", a)}
    assert {text for text in same if not re.fullmatch(r"(\{\w+\}|\W)+", text)} <= SAME_IN_BOTH


def test_no_name_has_two_meanings() -> None:
    """A word of one catalogue does not hide another's."""
    names = [*named(english), *named(staff), *named(fixed)]
    assert len(names) == len(set(names))


def test_words_follow_the_language_of_the_page() -> None:
    """Each thread or task has its own; the pages for staff stay English; a misspelled name is an error."""

    def page() -> tuple[str, str, str]:
        words.use(Language.SPANISH)
        return words.ASK_TITLE, words.WRITING_TITLE, formatting.date_words("2026-11-22")

    assert copy_context().run(page) == ("Pregunte sobre su factura", "Writing", "22 de noviembre de 2026")
    assert words.ASK_TITLE == "Ask about your bill"
    with pytest.raises(AttributeError, match="ASK_TITEL"):
        _ = words.ASK_TITEL  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("accepted", "expected"),
    [
        ("", Language.ENGLISH),
        ("es-MX,es;q=0.9,en;q=0.8", Language.SPANISH),
        ("en-US,en;q=0.9,es;q=0.8", Language.ENGLISH),
        ("fr,es;q=0.5,en;q=0.4", Language.SPANISH),
        ("de", Language.ENGLISH),
        ("es;q=0", Language.ENGLISH),
        ("en;q=oops, es;q=0.1", Language.SPANISH),
    ],
)
def test_a_browser_says_what_it_prefers(accepted: str, expected: Language) -> None:
    """The header is read with its weights; other languages are passed over."""
    assert language.preferred(accepted) is expected


def test_a_choice_stands_above_what_was_remembered_and_what_is_preferred() -> None:
    """Address, then cookie, then browser; nonsense in one of them is passed over."""
    kept = {language.COOKIE: "es"}
    assert language.negotiate(Language.ENGLISH, kept, "es") is Language.ENGLISH
    assert language.negotiate(None, kept, "en") is Language.SPANISH
    assert language.negotiate(language.chosen("xx"), {language.COOKIE: "xx"}, "es") is Language.SPANISH


def test_the_switch_keeps_the_page() -> None:
    """The same address with everything in it, in the other language; a page for staff has no other."""

    def switch(address: str, *, for_staff: bool = False) -> list[tuple[Language, str]]:
        language.stand_at(address)
        if for_staff:
            language.in_english_only()
        return language.other_addresses()

    assert copy_context().run(switch, "/?q=a+b%26c&lang=en") == [(Language.SPANISH, "/?q=a+b%26c&lang=es")]
    assert copy_context().run(switch, "/writing", for_staff=True) == []


# ------------------------------------------------------------------------------ the only place of words

SCREENS = (
    *sorted((ROOT / "kb" / "ui" / "components").glob("*.py")),
    *sorted((ROOT / "kb" / "ui" / "pages").glob("*.py")),
    ROOT / "kb" / "ui" / "main.py",
    *sorted((ROOT / "kb" / "server").glob("p*.py")),
)
_TAG = re.compile(r"<[^<>]*>")
_READ_ALOUD = re.compile(r'\b(?:aria-label|placeholder|title|alt|content)="([^"{]*[A-Za-z]{2}[^"]*)"')
_SHOWN_BY_HTML = re.compile(r"(?<![\w&#-])[A-Za-z’]{2,}")
_SENTENCE = re.compile(r"[A-Z][a-z’]+ [a-z’]+")
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
        ("""x = '<nav aria-label="Main links">'""", "Main links"),
        ("""st.header('Ask about your bill')""", "Ask about your bill"),
        ("""x = 'one">Two</a>'""", "Two"),
    ],
)
def test_planted_words_are_found(source: str, found: str) -> None:
    """The checker itself."""
    assert [text for _, text in literals(source)] == [found]


def test_words_are_read_while_a_page_is_made() -> None:
    """Read in a module's body, as a default or by name, they would stay in the language of the first reader."""
    frozen = []
    for path in sorted((ROOT / "kb").rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if name.startswith(("kb/ui/words/", "kb/ui/pages/")):
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        inside = {
            inner
            for node in ast.walk(tree)
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
            for part in (node.body if isinstance(node.body, list) else [node.body])
            for inner in ast.walk(part)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("kb.ui.words"):
                frozen += [f"{name}:{node.lineno}: {a.name}" for a in node.names if a.name.isupper()]
            elif isinstance(node, ast.Attribute) and ast.unparse(node.value) == "words" and node.attr.isupper():
                frozen += [f"{name}:{node.lineno}: {node.attr}"] if node not in inside else []
    assert frozen == []
