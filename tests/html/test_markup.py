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
NO_PAGES = ("content", "privacy")
"""Rooms that make no page: messages that name a tag, and regular expressions."""
MODULES = sorted(
    path for path in (ROOT / "kb").rglob("*.py") if path != SHELL and path.relative_to(ROOT).parts[1] not in NO_PAGES
)
PARTS = sorted(path.stem for path in (HTML / "parts").glob("*.py") if path.stem != "__init__")
_TAG = re.compile(r"</?[a-z][^<]*")
TEXTS = {
    *("article_body.age", "contact.step_days", "contact.time_words", "message.progress_text"),
    *("outcome.is_handover", "outcome.parts", "elsewhere.told", "frame.style_sheet"),
    *("theme.css", "theme.icon", "theme.use", "theme.widgets"),
}
"""Functions of the parts that return words, or two pieces of HTML."""


def is_tagged(node: ast.AST) -> bool:
    """Return whether a node is a text that holds a tag."""
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(_TAG.search(node.value))


def tags_put_together(source: str) -> list[int]:
    """Return the lines where a text with a tag is joined with another: an f-string, ``+``, ``%`` or ``format``.

    A constant of the HTML type, ``Markup("<b>{}</b>").format(x)``, escapes what is put into it and is no such text.
    """
    found = []
    for node in ast.walk(ast.parse(source)) if _TAG.search(source) else ():
        if isinstance(node, ast.JoinedStr):
            is_joined = any(map(is_tagged, node.values))
        elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add | ast.Mod):
            is_joined = is_tagged(node.left) or is_tagged(node.right)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            is_joined = node.func.attr in ("format", "format_map") and is_tagged(node.func.value)
        else:
            is_joined = isinstance(node, ast.AugAssign) and is_tagged(node.value)
        if is_joined:
            found.append(node.lineno)
    return sorted(found)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_no_text_with_a_tag_is_put_together(path: Path) -> None:
    """Its values would reach the page as they are."""
    assert tags_put_together(path.read_text(encoding="utf-8")) == []


def test_a_tag_that_is_put_together_is_found() -> None:
    """The checker finds every way, and takes neither a comparison nor the HTML type for one."""
    ways = ["f'<b>{y}</b>'", "f'{y}</p>'", "'<b>' + y", "y + '</b>'", "'<b>%s</b>' % y", "'<i>{}</i>'.format(y)"]
    for way in ways:
        assert tags_put_together(f"x = {way}") == [1], way
    assert tags_put_together("x += '<br>'") == [1]
    for way in ("f'{y} < 3'", "Markup('<b>{}</b>').format(y)", "'a' + y", "'%s < 3' % y"):
        assert tags_put_together(f"x = {way}") == [], way


@pytest.mark.parametrize("name", PARTS)
def test_every_part_is_html_by_its_type(name: str) -> None:
    """Whatever a page draws has the HTML type in its annotation, which mypy checks."""
    module = importlib.import_module(f"kb.html.parts.{name}")
    own = [f for _, f in inspect.getmembers(module, callable) if getattr(f, "__module__", "") == module.__name__]
    others = {f"{name}.{f.__name__}" for f in own if inspect.signature(f).return_annotation != "Markup"}
    assert {other for other in others if "._" not in other} == {text for text in TEXTS if text.startswith(f"{name}.")}
