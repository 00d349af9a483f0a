"""Faults on purpose: each changes one line of a copy, and the unit tests of that module must notice.

Faults of ranking and confidence that customers would meet. ``make mutants`` makes many more by itself, but none
of a module's constants; docs/mutants.md has its figures.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support import ROOT

FOLDER = "kb/retrieval/answering"
COPIED = (
    "__init__.py",
    "retrieval/__init__.py",
    "retrieval/handmade.py",
    "retrieval/answering/__init__.py",
    "retrieval/answering/test_confidence.py",
    "retrieval/answering/test_ranking.py",
    "retrieval/answering/test_section_choice.py",
)
"""The unit tests, and what they need."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """One line changed."""

    module: str
    old: str
    """Text that the module has once."""
    new: str


NONE = {module: Mutant(module, "", "") for module in ("confidence", "ranking", "section_choice")}
MUTANTS = {
    "a third choice is always offered": Mutant("confidence", "_LEAST_CHOICE = 0.1\n", "_LEAST_CHOICE = 0.0\n"),
    "out of scope is reported as below the threshold": Mutant(
        "confidence", "reason=NoAnswerReason.OUT_OF_SCOPE", "reason=NoAnswerReason.BELOW_THRESHOLD"
    ),
    "out of scope is nearly certain": Mutant(
        "confidence", "OUT_OF_SCOPE_CONFIDENCE = 0.1\n", "OUT_OF_SCOPE_CONFIDENCE = 0.9\n"
    ),
    "a known question is a coin's toss": Mutant("confidence", "max(first, KNOWN_CONFIDENCE)", "max(first, 0.5)"),
    "nothing is ever a choice": Mutant("confidence", ">= model.clarify_at", "> 1.0"),
    "the direct answer has no lead": Mutant("section_choice", "text=0.5, top=1.6", "text=0.5, top=0.0"),
    "closing sections are like others": Mutant("section_choice", "closing=-0.8", "closing=0.0"),
    "words do not help to choose the section": Mutant("section_choice", "+ model.text *", "+ 0.0 *"),
    "what editors taught has no weight": Mutant("section_choice", "head=1.2", "head=0.0"),
    "words do not help to choose a piece": Mutant("section_choice", "_TEXT_WITHIN = 0.1\n", "_TEXT_WITHIN = 0.0\n"),
    "the head has no weight": Mutant("ranking", "head=0.437", "head=0.0"),
    "what an editor wrote for a signpost is answered": Mutant(
        "confidence", "    if known is Known.ELSEWHERE:\n", "    if known is Known.ELSEWHERE and not in_scope:\n"
    ),
    "what is about others is a choice": Mutant(
        "confidence", "if known is Known.ELSEWHERE or is_elsewhere(values):", "if known is Known.ELSEWHERE:"
    ),
    "a sure question about others is not answered": Mutant(
        "confidence",
        "elif in_scope and first >= model.answer_at:",
        "elif in_scope and first >= model.answer_at and not is_elsewhere(values):",
    ),
    "what is far is answered": Mutant(
        "confidence", "elif in_scope and first >= model.answer_at:", "elif first >= min(model.answer_at, 0.1):"
    ),
    "a company does not count": Mutant("confidence", ' or values[SIGNALS.index("stranger")] > 0', ""),
    "a signpost is ranked as an article": Mutant(
        "ranking", "order[elsewhere[order]], order[~elsewhere[order]]", "order[elsewhere[order]], order"
    ),
    "one class stands for all": Mutant(
        "ranking", "for found in (scores, articles))", "for found in (scores[:1], articles))"
    ),
    "signposts count as candidates": Mutant("ranking", "(~searchable.elsewhere[found]).sum() >= k", "len(found) >= k"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the package and the unit tests, to be changed."""
    folder = tmp_path_factory.mktemp("mutants")
    shutil.copytree(ROOT / "kb", folder / "kb", ignore=shutil.ignore_patterns("__pycache__", "static"))
    (folder / "tests/retrieval/answering").mkdir(parents=True)
    for name in COPIED:
        shutil.copy(ROOT / "tests" / name, folder / "tests" / name)
    return folder


def outcome(copy: Path, mutant: Mutant) -> int:
    """Return how the unit tests of the changed module end: 0 when they pass, 1 when one of them fails."""
    path = copy / FOLDER / f"{mutant.module}.py"
    healthy = path.read_text(encoding="utf-8")
    if mutant.old:
        assert healthy.count(mutant.old) == 1, f"{path.name} has changed: write this mutant again"
    path.write_text(healthy.replace(mutant.old, mutant.new) if mutant.old else healthy, encoding="utf-8")
    ours = {name: value for name, value in os.environ.items() if not name.startswith(("COV", "PYTEST"))}
    arguments = ["-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", "--noconftest"]
    try:
        return subprocess.run(
            [sys.executable, "-B", *arguments, f"tests/retrieval/answering/test_{mutant.module}.py"],
            cwd=copy,
            env={**ours, "PYTHONPATH": str(copy), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"},
            stdout=subprocess.DEVNULL,
            check=False,
        ).returncode
    finally:
        path.write_text(healthy, encoding="utf-8")


@pytest.mark.parametrize("healthy", NONE.values(), ids=NONE.keys())
def test_the_copy_itself_passes(copy, healthy):
    """Otherwise every mutant would be noticed."""
    assert outcome(copy, healthy) == 0


@pytest.mark.parametrize("mutant", MUTANTS.values(), ids=MUTANTS.keys())
def test_a_mutant_is_noticed(copy, mutant):
    """A unit test fails; an error before any test has run is not enough."""
    assert outcome(copy, mutant) == 1
