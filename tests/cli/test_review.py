"""``kb questions``, ``kb lessons`` and ``kb sample``, and what other commands make of lessons."""

from __future__ import annotations

import csv
import io
import json
import subprocess
from pathlib import Path

import pytest

from kb.database.engine import Database, open_engine, upgrade
from kb.review.lessons import LessonBook
from kb.types import LessonKind
from tests.cli.conftest import Kb
from tests.journal_rows import put_query
from tests.support import write_tiny

SECRET = "4111 1111 1111 1111"
FORMULA = "=HYPERLINK(bill)"


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """A journal that the commands find by the environment, with three questions of an old week."""
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    monkeypatch.setenv("KB_DATABASE_URL", url)
    engine = open_engine(url)
    upgrade(engine)
    shown = {"outcome": "answered", "article_id": "late-fee", "anchor": "how-much", "heading": "How much",
             "confidence": 0.9}  # fmt: skip
    put_query(engine, 1, "how much is the fee of mine", events=[("not_helpful",)], days_ago=2, **shown)
    put_query(engine, 2, FORMULA, outcome="clarify", choices=["late-fee", "paper-bill"], days_ago=1)
    put_query(engine, 3, "¿cuánto?", language="es", **shown)
    return engine


@pytest.fixture
def articles(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The small articles in the working folder."""
    folder = write_tiny(tmp_path / "site" / "articles")
    monkeypatch.chdir(tmp_path / "site")
    monkeypatch.setenv("KB_ARTICLES", "articles")
    return folder


def test_questions_are_listed_and_filtered(kb: Kb, journal: Database) -> None:
    """A line each with its documented keys; filters narrow, and wrong values are refused."""
    lines = kb("questions", "--json").lines
    assert [line["text"] for line in lines] == ["¿cuánto?", FORMULA, "how much is the fee of mine"]
    assert list(lines[0]) == [
        "query_id", "asked_at", "text", "language", "outcome", "reason", "confidence", "article_id", "anchor",
        "heading", "choices", "followed", "judgment",
    ]  # fmt: skip
    for options, number in (
        (["--text", "CUANTO"], 3), (["--outcome", "clarify"], 2), (["--followed", "disliked"], 1),
        (["--article", "late-fee", "--language", "en"], 1), (["--since", "2026-11-20"], 3),
        (["--until", "2026-11-18"], 1), (["--section", "how-much", "--least", "0.9", "--language", "es"], 3),
        (["--most", "0.5"], 2), (["--order", "least_sure", "--limit", "1"], 2),
    ):  # fmt: skip
        assert [line["query_id"] for line in kb("questions", *options, "--json").lines] == [f"{number:032x}"], options
    assert kb("questions", "--section", "top").out == "No questions.\n"
    assert kb("questions", "--judged", "judged").out == "No questions.\n"
    assert "late-fee#how-much" in kb("questions").out
    assert "1 of 3; --limit lists more, --csv all" in kb("questions", "--limit", "1").out
    for options, said in (
        (["--outcome", "x"], "'x' is none of: answered, clarify, no_answer."),
        (["--since", "soon"], "'soon' is not a date. Use YYYY-MM-DD."),
    ):
        wrong = kb("questions", *options)
        assert (wrong.status, said in wrong.err) == (2, True)


def test_the_export_is_csv_that_no_spreadsheet_runs(kb: Kb, journal: Database) -> None:
    """Every question, whatever the limit."""
    out = kb("questions", "--csv", "--limit", "1").out
    rows = list(csv.reader(io.StringIO(out)))
    assert [row[1] for row in rows] == ["Question", "¿cuánto?", f"'{FORMULA}", "how much is the fee of mine"]
    assert rows[3][9] == "disliked"


def test_one_question_is_shown_with_its_visit(kb: Kb, journal: Database) -> None:
    """As text and as JSON."""
    shown = kb("questions", "show", f"{1:032x}")
    assert "article late-fee; part shown: #how-much How much\n" in shown.out
    assert "not_helpful" in shown.out
    assert "offered: late-fee, paper-bill" in kb("questions", "show", f"{2:032x}").out
    assert kb("questions", "show", f"{1:032x}", "--json").json["visit"][0]["kind"] == "asked"
    gone = kb("questions", "show", "x")
    assert (gone.status, "There is no question 'x'" in gone.err) == (1, True)


def test_a_lesson_goes_its_way_by_command(kb: Kb, journal: Database, articles: Path) -> None:
    """Listed, shown with its diff, accepted, outdated, renewed and declined."""
    desk = kb("lessons")
    assert desk.out == "No lessons.\n"
    base = _base(articles)
    book = LessonBook(journal)
    plain = {"article_id": "late-fee", "base": base, "who": "lee"}
    book.propose(LessonKind.PART, "how big is it", anchor="how-much", query_id=f"{1:032x}", note="see there", **plain)
    book.propose(LessonKind.BELONGS, "what it costs", **plain)
    first, second = kb("lessons", "--json").lines
    assert (first["kind"], first["anchor"], second["kind"]) == ("part", "how-much", "belongs")
    assert "late-fee#how-much" in kb("lessons").out
    shown = kb("lessons", "show", 1)
    assert "added as an example, tied to the section 'how-much'" in shown.out
    assert "section: how-much}]" in shown.out
    assert "lee proposed: see there" in shown.out
    assert kb("lessons", "show", 1, "--json").json["history"][0]["new_state"] == "proposed"
    patch = kb("lessons", "--patch")
    assert patch.out.startswith("--- a/articles/fees/late-fee.md\n")
    assert SECRET not in patch.out
    taken = kb("lessons", "accept", 1, "--who", "ed")
    assert taken.out == (
        "lesson 1: accepted, articles/fees/late-fee.md: added as an example, tied to the section 'how-much'\n"
    )
    again = kb("lessons", "accept", 1)
    assert (again.status, "Lesson 1 is accepted since" in again.err) == (1, True)
    file = articles / "fees" / "late-fee.md"
    file.write_text(file.read_text() + "\nMore.\n")
    outdated = kb("lessons", "accept", 2)
    assert (outdated.status, "was decided on another state of the file" in outdated.err) == (1, True)
    assert "lesson 2 is left out" not in kb("lessons", "--patch").err  # it is not proposed any more
    assert kb("lessons", "renew", 2, "--section", "how-much").out == "lesson 2: proposed, late-fee#how-much\n"
    assert kb("lessons", "decline", 2, "too rare", "--who", "ed").out == "lesson 2: declined\n"
    assert [line["id"] for line in kb("lessons", "--state", "declined", "--json").lines] == [2]
    wrong = kb("lessons", "--state", "open")
    assert (wrong.status, "'open' is none of: proposed, accepted" in wrong.err) == (2, True)


def _base(articles: Path) -> str:
    import hashlib

    return hashlib.sha256((articles / "fees" / "late-fee.md").read_bytes()).hexdigest()


def test_the_patch_is_applied_by_git_and_then_accepted(kb: Kb, journal: Database, articles: Path) -> None:
    """What a patch has brought needs no renewal; and kb check lets a lead's decision pass."""
    kb("gaps", "--json")
    book = LessonBook(journal)
    plain = {"article_id": "late-fee", "base": _base(articles), "who": "lee"}
    book.propose(LessonKind.BELONGS, "how much is the fee of mine", query_id=f"{1:032x}", **plain)
    subprocess.run(["git", "init", "-q"], cwd=articles.parent, check=True)
    subprocess.run(["git", "apply"], cwd=articles.parent, input=kb("lessons", "--patch").out.encode(), check=True)
    assert kb("lessons", "accept", 1).out.endswith(": it is an example already\n")
    assert "logged-question" not in kb("check").out


def test_a_lesson_without_a_file_prints_no_diff(kb: Kb, journal: Database, articles: Path) -> None:
    """Right as it is."""
    LessonBook(journal).propose(LessonKind.RIGHT, "fee", query_id=f"{1:032x}", who="lee")
    assert "Lesson 1, right, accepted: fee\n" in kb("lessons", "show", 1).out
    assert kb("lessons").out == "No lessons.\n"


def test_a_week_is_drawn_and_judged(kb: Kb, journal: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    """One by one, and compared with nothing while no index is certified."""
    from datetime import UTC, datetime

    from kb.app.container import Container
    from kb.review.sample import SampleBook

    later = property(lambda self: SampleBook(self._migrated.get(), lambda: datetime(2026, 11, 24, tzinfo=UTC)))
    monkeypatch.setattr(Container, "samples", later)
    none = kb("sample", "show")
    assert (none.status, "No sample of 2026-W47 was drawn. Draw it: kb sample draw 2026-W47" in none.err) == (1, True)
    assert "2026-W47: 2 of 2 answers, 0 judged" in kb("sample", "draw").out
    assert kb("sample", "judge", "2026-W47", 1, "wrong-part").out == "1 of 2 answers of 2026-W47 are judged.\n"
    assert kb("sample", "judge", "2026-W47", 2, "wrong-article").out == "2 of 2 answers of 2026-W47 are judged.\n"
    items = kb("sample", "show", "2026-W47", "--json").json["items"]
    assert [(item["article_right"], item["part_right"]) for item in items] == [(True, False), (False, None)]
    assert "wrong-part" in kb("sample", "show").out
    said = "at 95 % confidence; nothing is certified; not certified"
    assert kb("sample", "result").out.splitlines() == [
        "2 of 2 answers judged, of 1 week(s)",
        f"wrong articles: 1 of 2, 1.3% to 98.7% {said}",
        f"wrong parts, of the right articles: 1 of 1, 2.5% to 100.0% {said}",
    ]
    assert kb("sample", "result", "2026-W46", "--json").json["drawn"] == 0
    wrong = kb("sample", "judge", "2026-W47", 1, "perhaps")
    assert (wrong.status, "'perhaps' is none of: right, wrong-part, wrong-article." in wrong.err) == (2, True)
    early = kb("sample", "draw", "2026-W48")
    assert (early.status, "is not over" in early.err) == (1, True)
    assert json.loads(kb("sample", "draw", "2026-W47", "--json").out)["answered"] == 2
