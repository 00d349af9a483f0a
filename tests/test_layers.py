"""Imports point down (DESIGN, 3): every import statement of the house, in functions and for types too."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.support import ROOT

LEVELS: Mapping[str, int] = {
    "kb": 0,  # its version
    "kb.types": 0,
    "kb.errors": 0,
    "kb.config": 0,
    "kb.yamlfile": 0,
    "kb.outgoing": 0,
    "kb.sample_bill": 0,
    "kb.sitefile": 0,
    "kb.siteparts": 0,
    "kb.staff": 0,
    "kb.content": 1,
    "kb.retrieval": 1,
    "kb.journal": 1,
    "kb.contact": 1,
    "kb.accounts": 1,
    "kb.evaluation": 2,
    "kb.ui": 3,
    "kb.server": 4,
    "kb.cli": 5,
    "kb.__main__": 6,  # python -m kb
}
ONLY_IN: Mapping[str, tuple[str, ...]] = {
    "streamlit": ("kb/ui/", "kb/server/", "app.py"),
    "faiss": ("kb/retrieval/vectors.py",),
    "onnxruntime": ("kb/retrieval/",),
    "onnx": ("kb/retrieval/",),
    "tokenizers": ("kb/retrieval/",),
    "safetensors": ("kb/retrieval/encoder/weights.py",),
    "torch": ("kb/retrieval/encoder/foreign.py",),
    "transformers": (),
    "sentence_transformers": ("kb/retrieval/encoder/foreign.py",),
    "sklearn": ("kb/retrieval/", "kb/journal/grouping.py"),
    "bm25s": ("kb/retrieval/",),
    "sqlalchemy": ("kb/journal/",),
    "alembic": ("kb/journal/",),
    "typer": ("kb/cli/",),
    "uvicorn": ("kb/server/",),
}
LOWEST = frozenset({"numpy", "yaml"})
"""What level 0 may import beside the standard library and itself."""


def package_of(module: str) -> str:
    """Return the entry of LEVELS that a module belongs to."""
    return ".".join(module.split(".")[:2])


def module_of(path: str) -> str:
    """Return the dotted name of a file below the root."""
    return path.removesuffix(".py").removesuffix("/__init__").replace("/", ".")


def imported(path: str, source: str) -> Iterator[tuple[int, str]]:
    """Yield line and dotted name of everything a file imports, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                parts = module_of(path).split(".")
                up = node.level - (1 if path.endswith("__init__.py") else 0)
                base = ".".join([*parts[: len(parts) - up], *([base] if base else [])])
            if base == "kb":  # "from kb import types" imports kb.types
                yield from ((node.lineno, f"kb.{a.name}" if f"kb.{a.name}" in LEVELS else "kb") for a in node.names)
            else:
                yield node.lineno, base
        elif isinstance(node, ast.Call) and _called(node) in ("import_module", "__import__"):
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                yield node.lineno, first.value


def _called(node: ast.Call) -> str:
    function = node.func
    return function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")


def violations(files: Mapping[str, str]) -> list[str]:
    """Return what is wrong with the imports of some files, given as path and source."""
    found = []
    for path, source in files.items():
        mine = package_of(module_of(path))
        if mine.startswith("kb") and mine not in LEVELS:
            found.append(f"{path}: {mine} has no level; give it one in tests/test_layers.py")
            continue
        for line, name in imported(path, source):
            top, other = name.split(".")[0], package_of(name)
            if top == "kb" and other not in LEVELS:
                found.append(f"{path}:{line}: imports {name}, which has no level")
            elif top == "kb" and mine in LEVELS and other != mine:
                if LEVELS[other] > LEVELS[mine]:
                    found.append(f"{path}:{line}: {mine} imports {name}, which is above it")
                elif LEVELS[other] == LEVELS[mine] and LEVELS[mine] > 0:
                    found.append(f"{path}:{line}: {mine} imports {name}, which is beside it")
            if top in ONLY_IN and not path.startswith(ONLY_IN[top]):
                found.append(f"{path}:{line}: imports {name}, which is only for {' '.join(ONLY_IN[top])}")
            if LEVELS.get(mine) == 0 and top not in {"kb", *LOWEST, *sys_names()}:
                found.append(f"{path}:{line}: level 0 imports {name}")
    return found


def sys_names() -> frozenset[str]:
    """Return the names of the standard library."""
    import sys

    return frozenset(sys.stdlib_module_names)


def house() -> dict[str, str]:
    """Return every Python file of the product."""
    paths = [*(ROOT / "kb").rglob("*.py"), ROOT / "app.py", ROOT / "build_index.py"]
    return {p.relative_to(ROOT).as_posix(): p.read_text(encoding="utf-8") for p in sorted(paths)}


def test_imports_point_down():
    """No import upward or sideways, and each heavy library in its room only."""
    assert violations(house()) == []


def test_the_house_is_walked():
    """The test above has seen every package that is there."""
    seen = {package_of(module_of(path)) for path in house()}
    assert {"kb.types", "kb.content", "kb.retrieval", "kb.ui", "kb.server", "kb.cli"} <= seen
    folders = {f"kb.{p.name}" for p in (ROOT / "kb").iterdir() if p.is_dir() and list(p.glob("*.py"))}
    assert folders <= set(LEVELS)


PLANTED = {
    "upward": ("kb/types.py", "import kb.content.articles", "which is above it"),
    "upward from": ("kb/retrieval/x.py", "from kb.evaluation.metrics import hit", "which is above it"),
    "upward by name": ("kb/content/x.py", "from kb import ui", "which is above it"),
    "sideways": ("kb/content/x.py", "from kb.retrieval.text import words", "which is beside it"),
    "in a function": ("kb/retrieval/x.py", "def f():\n    import kb.cli.main", "which is above it"),
    "in a method": ("kb/journal/x.py", "class A:\n    def f(self):\n        from kb.content import check", "beside it"),
    "for types": (
        "kb/retrieval/x.py",
        "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from kb.content.articles import Corpus",
        "which is beside it",
    ),
    "relative": ("kb/retrieval/x.py", "from ..content import articles", "which is beside it"),
    "relative of a package": ("kb/retrieval/__init__.py", "from ..ui import keys", "which is above it"),
    "by a string": ("kb/content/x.py", "import importlib\nimportlib.import_module('kb.retrieval.text')", "beside it"),
    "streamlit": ("kb/retrieval/x.py", "def f():\n    import streamlit as st", "only for kb/ui/ kb/server/ app.py"),
    "streamlit's inside": ("kb/cli/x.py", "from streamlit.testing.v1 import AppTest", "only for kb/ui/"),
    "faiss": ("kb/retrieval/index.py", "import faiss", "only for kb/retrieval/vectors.py"),
    "onnxruntime": ("kb/evaluation/x.py", "import onnxruntime as ort", "only for kb/retrieval/"),
    "torch": ("kb/ui/x.py", "def f():\n    from torch import nn", "only for kb/retrieval/"),
    "sentence-transformers": ("kb/cli/x.py", "import sentence_transformers", "only for kb/retrieval/"),
    "sqlalchemy": ("kb/accounts/x.py", "from sqlalchemy import select", "only for kb/journal/"),
    "level 0": ("kb/config.py", "import rich", "level 0 imports rich"),
    "a new room": ("kb/attic/x.py", "", "kb.attic has no level"),
    "a room unknown": ("kb/cli/x.py", "import kb.attic.box", "which has no level"),
}


@pytest.mark.parametrize(("path", "source", "wanted"), PLANTED.values(), ids=PLANTED.keys())
def test_a_planted_violation_is_found(path, source, wanted):
    """The checker itself: one forbidden import, one finding with file and line."""
    (found,) = violations({path: source})
    assert found.startswith(path)
    assert wanted in found


ALLOWED = {
    "downward": ("kb/retrieval/x.py", "from kb.types import Article\nfrom kb import errors, __version__"),
    "its own package": ("kb/retrieval/x.py", "from kb.retrieval.text import words\nfrom . import index"),
    "far downward": ("kb/cli/x.py", "import kb.content.check\nfrom kb.server.app import serve"),
    "level 0 to level 0": ("kb/config.py", "from kb.yamlfile import load_yaml\nimport numpy, os, yaml"),
    "streamlit in the pages": ("kb/ui/pages/x.py", "import streamlit as st"),
    "faiss in its module": ("kb/retrieval/vectors.py", "import faiss"),
    "the root": ("app.py", "import streamlit\nfrom kb.ui.main import run"),
    "words alone": ("kb/content/x.py", "'import streamlit'  # import faiss"),
}


@pytest.mark.parametrize(("path", "source"), ALLOWED.values(), ids=ALLOWED.keys())
def test_what_is_allowed_is_not_found(path, source):
    """No false alarm."""
    assert violations({path: source}) == []


def test_modules_are_named_as_python_does():
    """Paths to dotted names."""
    assert module_of("kb/retrieval/__init__.py") == "kb.retrieval"
    assert module_of("kb/types/content.py") == "kb.types.content"
    assert package_of("kb.retrieval.text") == "kb.retrieval"
    assert Path(ROOT / "kb" / "types" / "content.py").is_file()
