"""The shared records: a library's order and its old addresses, a finding's words."""

from __future__ import annotations

import subprocess
import sys

import kb.types
from kb.types import Category, Finding, Library, Severity
from tests.support import ROOT, make_article


def library() -> Library:
    """Return three articles on two shelves."""
    articles = (
        make_article("late-fee", title="what is the late fee?", redirects=("late-charge",)),
        make_article("due-date", title="When is it due?"),
        make_article("modem", category="equipment"),
    )
    return Library({a.id: a for a in articles}, (Category("fees", "Fees"), Category("equipment", "Equipment")))


def test_an_id_or_an_earlier_one_opens_an_article():
    """A redirect leads to the article that has it; anything else to nothing."""
    found = {name: library().resolve(name) for name in ("late-fee", "late-charge", "no-such", "")}
    assert {name: a.id if a else None for name, a in found.items()} == {
        "late-fee": "late-fee",
        "late-charge": "late-fee",
        "no-such": None,
        "": None,
    }


def test_a_category_lists_its_articles_by_title():
    """Articles are sorted by title, regardless of the case of the first letter."""
    assert [a.id for a in library().in_category("fees")] == ["late-fee", "due-date"]
    assert library().in_category("attic") == []


def test_a_library_is_counted_and_walked():
    """Length and iteration are those of its articles."""
    assert len(library()) == 3
    assert [a.id for a in library()] == ["late-fee", "due-date", "modem"]


def test_a_finding_is_one_line():
    """path:line:column, severity, code, what is wrong, and the fix."""
    finding = Finding("a.md", 3, 7, Severity.WARNING, "date", "'x' is not a date", "Use YYYY-MM-DD")
    assert str(finding) == "a.md:3:7: warning date: 'x' is not a date (Use YYYY-MM-DD)"


def test_the_records_import_no_library():
    """Level 0 is there before numpy is."""
    code = "import kb.types, kb.errors, kb.settings.settings, sys; sys.exit('numpy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_every_record_is_had_from_one_place():
    """However the records are divided among modules, a caller names the package alone."""
    parts = ("bill", "content", "journal", "outbox", "retrieval", "review", "staff")
    assert {f"kb.types.{part}" for part in parts} == {
        getattr(kb.types, name).__module__ for name in kb.types.__all__ if isinstance(getattr(kb.types, name), type)
    }
    direct = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "kb").rglob("*.py")
        if path.parent.name != "types" and "from kb.types." in path.read_text("utf-8")
    ]
    assert direct == []
