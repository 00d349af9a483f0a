"""``kb gaps``, ``kb report``, and what other commands do with the journal."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from kb.database.engine import open_engine, upgrade
from kb.gaps.book import GapBook
from kb.settings.settings import Settings
from tests.cli.conftest import Kb
from tests.journal_rows import put_query
from tests.support import TINY, write_article, write_tiny

WALRUS = "is the modem box on my printed statement"
AGAIN = "is the modem receipt on my mail statement"


@pytest.fixture
def journal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GapBook:
    """Return the gaps of a journal that the commands find by the environment, with two questions of one need."""
    url = f"sqlite:///{tmp_path / 'journal.db'}"
    monkeypatch.setenv("KB_DATABASE_URL", url)
    engine = open_engine(url)
    upgrade(engine)
    for number, text in enumerate((WALRUS, AGAIN, WALRUS)):
        put_query(engine, number, text)
    return GapBook(engine)


def test_gaps_are_listed_a_line_each(kb: Kb, journal: GapBook) -> None:
    """The JSON has the documented keys in order; a state without gaps lists none."""
    (line,) = kb("gaps", "--json").lines
    assert list(line)[:9] == [
        "id", "name", "state", "count", "visits", "first_seen", "last_seen", "nearest", "article_id"
    ]  # fmt: skip
    assert (line["id"], line["name"], line["state"], line["count"], line["visits"]) == (1, WALRUS, "new", 3, 3)
    assert kb("gaps", "--state", "drafting", "--json").out == ""
    assert kb("gaps", "--state", "drafting").out == "No gaps.\n"
    assert WALRUS in kb("gaps").out
    wrong = kb("gaps", "--state", "open")
    assert (wrong.status, "'open' is not a state. Use: new, assigned" in wrong.err) == (2, True)


def test_grouping_many_questions_says_what_it_is_doing(
    kb: Kb, journal: GapBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """How many are new, and when they are grouped, on stderr; nothing of it for a few, or the second time."""
    monkeypatch.setattr("kb.cli.gaps._SAID_FROM", 1)
    said = kb("gaps", "--json")
    assert "3 questions are new" in said.err
    assert "Grouping 2 unanswered questions" in said.err
    assert len(said.lines) == 1
    assert kb("gaps").err == ""


def test_a_gap_goes_its_way_by_command(kb: Kb, journal: GapBook) -> None:
    """Each step reports the gap's new state; an impossible step is refused and changes nothing."""
    kb("gaps")
    assert kb("gaps", "assign", 1, "Kim Lee", "--who", "ana").out == "gap 1: assigned\n"
    assert kb("gaps", "draft", 1, "walrus", "--note", "soon").out == "gap 1: drafting, walrus\n"
    assert kb("gaps", "claim", 1).out == "gap 1: claimed, walrus\n"
    refused = kb("gaps", "confirm", 1)
    assert (refused.status, "not replayed yet" in refused.err) == (1, True)
    assert kb("gaps", "dismiss", 1, "no walruses").out == "gap 1: dismissed, walrus\n"
    assert kb("gaps", "reopen", 1).out == "gap 1: reopened, walrus\n"
    shown = kb("gaps", "show", 1)
    assert f"  2 × {WALRUS}\n" in shown.out
    assert "Not closed by a replay: It was not replayed yet. Build, or run: kb gaps replay\n" in shown.out
    assert "ana assigned: assigned to Kim Lee\n" in shown.out
    assert kb("gaps", "show", 1, "--json").json["history"][0]["to"] == "new"
    missing = kb("gaps", "show", 7)
    assert (missing.status, missing.err) == (
        1, "kb: There is no gap 7. 'kb gaps' lists them; one may have been merged into another.\n"
    )  # fmt: skip


def test_a_gap_is_closed_by_hand_by_command(kb: Kb, journal: GapBook) -> None:
    """With a note."""
    kb("gaps")
    assert kb("gaps", "close", 1, " ").status == 1
    assert kb("gaps", "close", 1, "said on the box", "--article", "walrus").out == "gap 1: verified, walrus\n"
    shown = kb("gaps", "show", 1).out
    assert "\nClosed by hand\n" in shown
    assert "verified (walrus): closed by hand: said on the box\n" in shown


def test_gaps_are_arranged_by_command(kb: Kb, journal: GapBook) -> None:
    """Questions are named by their first digits; what names none or several is refused."""
    put_query(journal.engine, 10, "why did the total rise by five dollars", hits=[["why-bill-went-up", 0.4]])
    kb("gaps")
    first, second = (q.key[:8] for q in journal.show(1).questions)
    assert f"  {first}  2 × " in kb("gaps", "show", 1).out
    assert kb("gaps", "split", 1, second.upper(), "--name", "Receipts", "--who", "kim").out == "gap 3: new\n"
    assert [line["name"] for line in kb("gaps", "--json").lines if line["id"] == 3] == ["Receipts"]
    wrong = kb("gaps", "move", 1, "zz", "--to", 2)
    assert (wrong.status, "'zz' is no question of gap 1. 'kb gaps show 1' prints" in wrong.err) == (2, True)
    assert kb("gaps", "move", 3, second, "--to", 2).out == "gap 2: new\n"
    assert kb("gaps", "merge", 1, 2, "--note", "one need").out == "gap 2: new\n"
    assert kb("gaps", "rename", 2, "Everything").out == "gap 2: new\n"
    (line,) = kb("gaps", "--json").lines
    assert (line["id"], line["name"], line["count"]) == (2, "Everything", 4)
    assert [line["merged_into"] for line in kb("gaps", "--state", "merged", "--json").lines] == [2, 2]
    assert "merged into gap 2: one need" in kb("gaps", "show", 1).out


def test_from_a_gap_to_an_article_and_back(
    kb: Kb, journal: GapBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny_index: Settings
) -> None:
    """A draft from the gap; built, it is proposed; confirmed; without the article, the gap is open again."""
    folder = write_tiny(tmp_path / "articles")
    monkeypatch.setenv("KB_ARTICLES", str(folder))
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))
    assert kb("build").status == 0
    kb("gaps")
    made = kb("new", "walrus", "--title", "Walrus?", "--kind", "faq", "--category", "fees", "--from-gap", 1)
    assert made.status == 0
    text = (folder / "fees" / "walrus.md").read_text("utf-8")
    assert f"# TODO: {WALRUS}\n# TODO: {AGAIN}\n" in text
    assert journal.show(1).row.article_id == "walrus"

    copied = [WALRUS.upper() + "?"]
    write_article(folder, "walrus", title="Walrus?", examples=copied)
    refused = kb("check")
    assert (refused.status, f"logged-question: {copied[0]!r} is a customer's question" in refused.out) == (1, True)

    # The toy encoder finds nothing but what it knows by heart, which is no proof.
    write_article(folder, "walrus", title="Walrus?", examples=[WALRUS, AGAIN])
    assert "gap 1" not in kb("build").err
    shown = kb("gaps", "show", 1).out
    assert "Not closed by a replay: Of the 3 times that its questions were asked" in shown
    assert "2 questions are answered only because a title or an example repeats the words" in shown
    assert "without what repeats it" in shown
    monkeypatch.setattr("kb.gaps.replaying.repeated_in", lambda _: lambda _: ())
    write_article(folder, "walrus", title="Walrus!", examples=[WALRUS, AGAIN])
    built = kb("build")
    assert "kb: gap 1 is answered now: kb gaps confirm 1\n" in built.err
    assert kb("build", "--json").json["articles"] == len(TINY) + 1
    assert "proposed 1: is the modem" in kb("gaps", "replay").out
    assert kb("gaps", "confirm", 1).out == "gap 1: verified, walrus\n"
    (folder / "fees" / "walrus.md").unlink()
    assert "kb: gap 1 is open again: 0 of 3 answered\n" in kb("build").err
    assert [line["state"] for line in kb("gaps", "--json").lines] == ["reopened"]
    (replayed,) = kb("gaps", "replay", "--json").lines
    assert (replayed["served"], replayed["counted"], replayed["reopened"]) == (0, 3, False)


def test_a_draft_is_not_written_for_a_gap_that_is_closed(kb: Kb, journal: GapBook, tmp_path: Path) -> None:
    """Nothing is written when the gap cannot be drafted for."""
    kb("gaps")
    journal.dismiss(1, "no", who="ana")
    made = kb("new", "walrus", "--title", "W", "--kind", "faq", "--category", "fees", "--from-gap", 1)
    assert (made.status, "A gap that is dismissed cannot be moved by 'draft'" in made.err) == (1, True)


def test_a_journal_that_cannot_be_used_undoes_no_build(kb: Kb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failing journal is reported, and the index is still published; the same applies to a check."""
    broken = tmp_path / "broken.db"
    broken.write_bytes(b"this is no database" * 100)
    monkeypatch.setenv("KB_DATABASE_URL", f"sqlite:///{broken}")
    built = kb("build")
    assert (built.status, "the gaps were not replayed: " in built.err) == (0, True)
    checked = kb("check")
    assert (checked.status, "are not looked for" in checked.err) == (0, True)


def test_no_journal_is_made_by_a_build(kb: Kb, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without questions, nothing is replayed and no journal is created."""
    monkeypatch.setenv("KB_DATABASE_URL", f"sqlite:///{tmp_path / 'none' / 'journal.db'}")
    built = kb("build", "--json")
    assert (built.status, built.err) == (0, "")
    assert kb("check").status == 0
    assert not (tmp_path / "none").exists()


def test_what_customers_chose_is_evidence_for_the_evaluation(kb: Kb, journal: GapBook, tmp_path: Path) -> None:
    """The two files are those that 'kb evaluate' takes; only the owner may read them."""
    chose = {"outcome": "clarify", "choices": ["late-fee", "paper-bill"], "asked_at": datetime.now(UTC)}
    put_query(journal.engine, 50, "zebra late fee", **chose, events=[("chose", "late-fee")])
    done = kb("gaps", "evidence", "--queries", "q.jsonl", "--qrels", "q.tsv")
    assert done.out == "1 question(s) in q.jsonl, judged in q.tsv\n"
    assert (tmp_path / "q.tsv").stat().st_mode & 0o777 == 0o600
    measured = kb("evaluate", "--queries", "q.jsonl", "--qrels", "q.tsv", "--json")
    assert (measured.status, measured.err) == (0, "")
    assert '"late-fee"' in (tmp_path / "q.tsv").read_text().replace("\t", '"')


def test_the_weekly_digest(kb: Kb, journal: GapBook) -> None:
    """The digest takes a week by name in each form, and the last full week by default; invalid values are refused."""
    kb("gaps")
    text = kb("report", "--week", "2026-W47").out
    assert text.startswith("# Help center, 2026-11-16 to 2026-11-22\n")
    assert "| Questions | 3 | not known |" in text
    assert WALRUS in text
    assert kb("report", "--week", "2026-W47", "--format", "html").out.startswith("<!doctype html>")
    assert kb("report", "--week", "2026-W47", "--format", "csv").out.startswith("Figures\r\n")
    for wrong in (("--week", "2026-47"), ("--format", "pdf")):
        assert kb("report", *wrong).status == 2


def test_a_review_date_beyond_the_calendar_is_reported_as_none(
    kb: Kb, journal: GapBook, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check accepts such a number of days, and the digest is written whole."""
    del journal
    folder = write_tiny(tmp_path / "articles")
    path = write_article(folder, "walrus", title="Walrus?", review_in_days=3_000_000)
    path.write_text(path.read_text().replace("review_in_days", "reviewed: 2026-01-01\nreview_in_days"))
    monkeypatch.setenv("KB_ARTICLES", str(folder))
    monkeypatch.setenv("KB_INDEX", str(tmp_path / "index"))
    assert kb("build").status == 0
    done = kb("report", "--week", "2026-W47")
    assert (done.status, done.err) == (0, "")
    assert "## Overdue articles, the most shown first\n\nNothing.\n" in done.out


def test_a_week_may_be_left_out(kb: Kb, journal: GapBook) -> None:
    """The option without a value is the last whole week, at the end or before another option, as without the option."""
    del journal
    last = kb("report")
    assert (last.status, last.out.startswith("# Help center, ")) == (0, True)
    for given in (["--week"], ["--week", "last"], ["--week=last"], ["--week", "--format", "markdown"]):
        assert kb("report", *given) == last
    assert kb("report", "--week", "--format", "csv").out.startswith("Figures\r\n")
    assert kb("report", "--format", "csv", "--week").out.startswith("Figures\r\n")
    assert kb("report", "--week", "2026-W01").out.startswith("# Help center, 2025-12-29 to 2026-01-04\n")
    assert kb("ask", "--week").status == 2
