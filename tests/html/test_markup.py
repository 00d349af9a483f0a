"""HTML is a type of its own: no text becomes HTML by being put between tags. ruff's S704 holds the other half."""

from __future__ import annotations

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

from tests.support import ROOT

HTML = ROOT / "kb" / "html"
SHELL = ROOT / "kb" / "server" / "pages" / "shell.py"
"""Edits Streamlit's own document, which is a text, by replacement."""
MODULES = sorted({p for room in ("html", "server", "ui") for p in (ROOT / "kb" / room).rglob("*.py")} - {SHELL})
PARTS = sorted(path.stem for path in (HTML / "parts").glob("*.py") if path.stem != "__init__")
_TAG = re.compile(r"</?[a-z][^<]*")
TEXTS = {
    *("article_body.age", "contact.step_days", "contact.time_words", "message.progress_text"),
    *("outcome.is_handover", "outcome.parts", "elsewhere.told"),
}
"""Functions of the parts that return words, or two pieces of HTML."""


def tags_in_f_strings(source: str) -> list[int]:
    """Return the lines of the f-strings that hold a tag."""
    found = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.JoinedStr)]
    held = [[v.value for v in node.values if isinstance(v, ast.Constant)] for node in found]
    return [node.lineno for node, texts in zip(found, held, strict=True) if any(map(_TAG.search, map(str, texts)))]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_f_string_holds_a_tag(path: Path) -> None:
    """Its values would reach the page as they are."""
    assert tags_in_f_strings(path.read_text(encoding="utf-8")) == []


def test_a_tag_in_an_f_string_is_found() -> None:
    """The checker finds a tag, and does not take a comparison for one."""
    assert tags_in_f_strings("x = f'<b>{y}</b>'\nz = f'{y} < 3'\nw = f'{y}</p>'") == [1, 3]


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_html_by_its_type(name: str) -> None:
    """Whatever a page draws has the HTML type in its annotation, which mypy checks."""
    module = importlib.import_module(f"kb.html.parts.{name}")
    own = [f for _, f in inspect.getmembers(module, callable) if getattr(f, "__module__", "") == module.__name__]
    others = {f"{name}.{f.__name__}" for f in own if inspect.signature(f).return_annotation != "Markup"}
    assert {other for other in others if "._" not in other} == {text for text in TEXTS if text.startswith(f"{name}.")}
