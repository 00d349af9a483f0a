"""``kb import --questions``: what customers asked elsewhere becomes proposals, and nothing personal comes along."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.database.engine import open_engine
from kb.review.lesson_records import LessonState
from kb.review.lessons import LessonBook
from tests.cli.conftest import Kb
from tests.support import write_tiny

TABLE = """question,searches,article
what does the late payment fee cost,40,
paper bill please mr 4111 1111 1111 1111,30,
LATE FEE amount!,20,
xqzv wvut,10,
stop the automatic one,5,cancel-autopay
same here,4,no-such-article
"""


@pytest.fixture
def book(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LessonBook:
    """The lessons of a journal that the command finds by the environment, beside the small articles and the table."""
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    write_tiny(tmp_path / "articles")
    (tmp_path / "asked.csv").write_text(TABLE)
    monkeypatch.setenv("KB_DATABASE_URL", url)
    monkeypatch.setenv("KB_ARTICLES", "articles")
    return LessonBook(open_engine(url))


def test_questions_are_proposed_once_and_nothing_personal_is_printed_or_kept(
    kb: Kb, book: LessonBook, tmp_path: Path
) -> None:
    """The dry run shows what would be proposed; a second import finds every question decided."""
    dry = kb("import", "--questions", "asked.csv", "--dry-run")
    assert dry.status == 0
    assert "Nothing was proposed" in dry.out
    assert "4111" not in dry.out
    assert "[card number]" in dry.out
    done = kb("import", "--questions", "asked.csv", "--who", "lee", "--json").json
    assert {q["line"]: (q["assignment"], q["article_id"]) for q in done["questions"]} == {
        2: ("proposed", "late-fee"),
        3: ("personal", ""),
        4: ("known", ""),
        5: ("no article", ""),
        6: ("proposed", "cancel-autopay"),
        7: ("unfit", ""),
    }
    lessons = book.list()
    assert [(each.question, each.article_id, each.who, each.state) for each in lessons] == [
        ("what does the late payment fee cost", "late-fee", "lee", LessonState.PROPOSED),
        ("stop the automatic one", "cancel-autopay", "lee", LessonState.PROPOSED),
    ]
    assert lessons[0].note == "imported from asked.csv, line 2; asked 40 times there"
    assert b"4111" not in (tmp_path / "journal.db").read_bytes()
    book.decline(lessons[0].id, who="ed", note="no")
    again = kb("import", "--questions", "asked.csv", "--json").json
    assert [q["assignment"] for q in again["questions"]].count("decided") == 2
    assert len(book.list()) == 2


def test_only_as_many_as_somebody_looks_at(kb: Kb, book: LessonBook) -> None:
    """The most frequent ones; the rest is said."""
    done = kb("import", "--questions", "asked.csv", "--most", "1")
    assert "1 for an article" in done.out
    assert "3 more than --most" in done.out
    assert len(book.list()) == 1


def test_a_source_or_a_table(kb: Kb, book: LessonBook) -> None:
    """Not both, and not neither."""
    for arguments in ([], ["articles", "--questions", "asked.csv"]):
        wrong = kb("import", *arguments)
        assert (wrong.status, "either a SOURCE of articles, or a table" in wrong.err) == (2, True)
