"""What leads do with gaps on the page, over a real journal: steps with notes, arranging, several at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from kb.accounts.local import Accounts
from kb.accounts.passwords import Cost
from kb.accounts.store import SqlAccounts
from kb.app import insights
from kb.app.insights import LeadDesk
from kb.database.engine import open_engine, upgrade
from kb.gaps.book import GapBook
from kb.gaps.states import GapState, Step
from kb.types import Role, User
from kb.ui.keys import Key
from tests.gaps.needs import grouper
from tests.journal_rows import put_query
from tests.ui.conftest import page_html
from tests.ui.fakes import FakeContainer, library

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

INSIGHTS = "kb/ui/pages/insights.py"
APPLE = "can i pay the bill with apple pay on my phone"
BITCOIN = "can i pay the bill with *bitcoin* on my phone"
BANK = "take the money from my bank every month"


@pytest.fixture
def book(tmp_path: Path, container: FakeContainer, monkeypatch: pytest.MonkeyPatch) -> Iterator[GapBook]:
    """A journal with gap 1 of two questions and gap 2 of one; kim and lee lead, ed edits, old is disabled."""
    engine = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    upgrade(engine)
    accounts = Accounts(SqlAccounts(engine), cost=Cost(n=16, r=1, p=1))
    for name, role in (("kim", Role.LEAD), ("lee", Role.LEAD), ("ed", Role.EDITOR), ("old", Role.LEAD)):
        accounts.add(name, role, "three quiet words", who="ops")
    accounts.set_disabled("old", disabled=True, who="ops")
    put_query(engine, 1, APPLE)
    put_query(engine, 2, BITCOIN)
    put_query(engine, 3, BANK, hits=[["set-up-autopay", 0.5]], events=[("not_helpful", "", "incomplete")])
    made = GapBook(engine)
    made.refresh(grouper())
    assert [(row.id, len(made.show(row.id).questions)) for row in made.list()] == [(1, 2), (2, 1)]
    container.put(engine=engine)
    monkeypatch.setattr(insights, "open_desk", lambda _container: LeadDesk(made, None, library()))
    yield made
    engine.dispose()


def opened(app: AppTest, monkeypatch: pytest.MonkeyPatch, role: Role = Role.LEAD, **params: str) -> AppTest:
    """Return the page, run, for kim or for ed."""
    user = User("ed" if role is Role.EDITOR else "kim", role)
    monkeypatch.setattr("kb.ui.current_user.current_user", lambda: user)
    monkeypatch.setattr("kb.ui.main.current_user", lambda: user)
    app.run()
    app.query_params.clear()
    app.query_params.update({"view": "gaps", **params})
    app.switch_page(INSIGHTS).run()
    assert not app.exception
    return app


def pressed(at: AppTest, key: str) -> str:
    """Press a button of a form, and return what is drawn then."""
    at.button(key=key).click().run()
    assert not at.exception
    return page_html(at)


def step(at: AppTest, number: int, wanted: Step, state: str, note: str = "", **given: Any) -> str:
    """Take a step of a gap, with what it needs and a note."""
    at.selectbox(key=f"{Key.GAP_STEP}{number}_{state}").set_value(wanted).run()
    place = f"{number}_{wanted}_{state}"
    if "owner" in given:
        at.selectbox(key=f"{Key.GAP_FIELD}{place}").set_value(given["owner"])
    if "value" in given:
        at.text_input(key=f"{Key.GAP_FIELD}{place}").set_value(given["value"])
    if note:
        at.text_input(key=f"{Key.GAP_NOTE}{place}").set_value(note)
    return pressed(at, f"{Key.GAP_SUBMIT}{number}")


def notes(book: GapBook, number: int) -> list[str]:
    """Return the notes of a gap's history, the oldest first."""
    return [event.note for event in book.show(number).history]


def test_an_owner_is_chosen_from_the_accounts(app: AppTest, book: GapBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Those that may sign in; one that was typed by hand before is still there."""
    book.assign(1, "Nobody Known", who="ops")
    at = opened(app, monkeypatch, gap="1")
    at.selectbox(key=f"{Key.GAP_STEP}1_assigned").set_value(Step.ASSIGN).run()
    field = at.selectbox(key=f"{Key.GAP_FIELD}1_assign_assigned")
    assert (field.options, field.value) == (["ed", "kim", "lee", "Nobody Known"], "Nobody Known")
    html = step(at, 1, Step.ASSIGN, "assigned", note="she knows phones", owner="lee")
    assert "Done: gap 1 is now “Assigned”." in html
    assert (book.show(1).row.owner, notes(book, 1)[-1]) == ("lee", "assigned to lee: she knows phones")
    assert "is now “Assigned”" not in page_html(at.run())


def test_a_gap_is_closed_by_hand(app: AppTest, book: GapBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page says why no replay closes it; without a note nothing happens; the facts say how it was closed."""
    at = opened(app, monkeypatch, gap="1")
    assert "Not by a replay. It was not replayed yet. Build, or run: kb gaps replay" in page_html(at)
    assert "with a note" in step(at, 1, Step.CLOSE, "new")
    html = step(at, 1, Step.CLOSE, "new", value="the page of ways to pay says it")
    assert "<dt>Closed by</dt><dd>hand, without a proof</dd>" in html
    assert (book.show(1).row.closed_by, notes(book, 1)[-1]) == (
        "hand",
        "closed by hand: the page of ways to pay says it",
    )


def test_a_draft_is_named_after_the_question_and_is_not_gone(
    app: AppTest, book: GapBook, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is not published yet; once closed, an article that is missing is no longer there."""
    at = opened(app, monkeypatch, role=Role.EDITOR, gap="1")
    html = step(at, 1, Step.DRAFT, "new", value="pay-by-phone")
    assert "draft, not published yet" in html
    assert "no longer there" not in html.split("Article for it")[1].split("</dd>")[0]
    text = insights.draft_text(book.show(1), "pay-by-phone", library()).decode()
    assert 'title: "Can i pay the bill with apple pay on my phone?"' in text
    book.close(1, "done", who="kim")
    assert "no longer there" in page_html(opened(app, monkeypatch, gap="1")).split("Article for it")[1]


def test_why_it_did_not_help_is_shown(app: AppTest, book: GapBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """In the words that customers chose from."""
    del book
    html = page_html(opened(app, monkeypatch, gap="2"))
    assert "<li><strong>1 ×</strong> Something is missing</li>" in html
    assert "When (UTC)" in html


def arrange(at: AppTest, number: int, what: str) -> str:
    """Choose what is arranged, and return the place of its fields."""
    at.selectbox(key=f"{Key.GAP_ARRANGE_WHAT}{number}").set_value(what).run()
    return f"{number}_{what}"


def test_a_gap_is_split_and_merged_again(app: AppTest, book: GapBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions are chosen by their boxes, whose labels are text; a merged gap leads to the one that goes on."""
    at = opened(app, monkeypatch, gap="1")
    place = arrange(at, 1, "split")
    key = next(q.key for q in book.show(1).questions if q.text == BITCOIN)
    box = at.checkbox(key=f"{Key.GAP_ARRANGE_QUESTION}{place}_{key}")
    assert box.label == r"1 × can i pay the bill with \*bitcoin\* on my phone"
    assert "No question is chosen" in pressed(at, f"{Key.GAP_ARRANGE_SUBMIT}1")
    at.checkbox(key=box.key).check()
    at.text_input(key=f"{Key.GAP_ARRANGE_NAME}{place}").set_value("Bitcoin")
    at.text_input(key=f"{Key.GAP_ARRANGE_NOTE}{place}").set_value("two needs")
    assert "Done: these questions are now gap 3." in pressed(at, f"{Key.GAP_ARRANGE_SUBMIT}1")
    assert (book.show(3).row.name, book.show(3).row.count) == ("Bitcoin", 1)
    at = opened(app, monkeypatch, gap="3")
    place = arrange(at, 3, "merge")
    field = at.selectbox(key=f"{Key.GAP_ARRANGE_INTO}{place}")
    field.set_value(next(option for option in field.options if option.startswith("1 · ")))
    html = pressed(at, f"{Key.GAP_ARRANGE_SUBMIT}3")
    assert "Done: everything is now in gap 1." in html
    assert '<dt>Goes on as</dt><dd><a href="/insights?gap=1" data-same-visit>Gap 1</a>' in html
    assert "What to do" not in html
    assert book.show(1).row.count == 2
    assert [row.id for row in book.list([GapState.MERGED])] == [3]
    assert "Merged 1" in page_html(opened(app, monkeypatch, state="open"))


def test_a_question_is_moved_and_a_gap_renamed(app: AppTest, book: GapBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another user did first is explained; nothing is done twice."""
    at = opened(app, monkeypatch, gap="1")
    place = arrange(at, 1, "move")
    key = next(q.key for q in book.show(1).questions if q.text == BITCOIN)
    at.checkbox(key=f"{Key.GAP_ARRANGE_QUESTION}{place}_{key}").check()
    book.move(1, [key], 2, who="lee")
    assert not at.button(key=f"{Key.GAP_ARRANGE_SUBMIT}1").click().run().exception
    assert book.show(2).row.count == 2
    at = opened(app, monkeypatch, gap="2")
    place = arrange(at, 2, "rename")
    at.text_input(key=f"{Key.GAP_ARRANGE_NAME}{place}").set_value("Odd ways to pay")
    assert "gap 2 has its new name" in pressed(at, f"{Key.GAP_ARRANGE_SUBMIT}2")
    assert book.show(2).row.name == "Odd ways to pay"


def test_several_gaps_are_assigned_or_dismissed_at_once(
    app: AppTest, book: GapBook, container: FakeContainer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Those chosen, or all in the list; what cannot be done is said for each, and all is in the audit."""
    at = opened(app, monkeypatch)
    assert "No gap is chosen" in pressed(at, Key.GAPS_BULK_SUBMIT)
    at.checkbox(key=f"{Key.GAPS_BULK_GAP}2").check()
    at.selectbox(key=f"{Key.GAP_FIELD}bulk").set_value("lee")
    at.text_input(key=f"{Key.GAP_NOTE}bulk_assign").set_value("a whole need")
    assert "Done: 1 gap is now “Assigned”." in pressed(at, Key.GAPS_BULK_SUBMIT)
    assert notes(book, 2)[-1] == "assigned to lee: a whole need"
    at.selectbox(key=Key.GAPS_BULK_STEP).set_value(Step.DISMISS).run()
    at.checkbox(key=Key.GAPS_BULK_ALL).check()
    assert "with a reason" in pressed(at, Key.GAPS_BULK_SUBMIT)
    at.text_input(key=f"{Key.GAP_FIELD}bulk_dismiss").set_value("out of scope")
    book.close(1, "said elsewhere", who="lee")
    html = pressed(at, Key.GAPS_BULK_SUBMIT)
    assert [book.show(number).row.state.value for number in (1, 2)] == ["verified", "dismissed"]
    assert "Done: 1 gap is now “Dismissed”." in html
    told = [(e.who, e.what, e.target) for e in container.accounts.audited(2)]
    assert told == [("kim", "gap dismiss", "2"), ("kim", "gap assign", "2")]


def test_mine_are_listed(app: AppTest, book: GapBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """The open ones that the user owns."""
    book.assign(2, "kim", who="lee")
    html = page_html(opened(app, monkeypatch, state="mine"))
    assert "Mine 1" in html
    assert '<p class="kb-count" data-gaps="1">' in html
    assert "bank every month" in html


def test_an_editor_arranges_nothing(app: AppTest, book: GapBook, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither one gap nor several."""
    del book
    assert [e.label for e in opened(app, monkeypatch, role=Role.EDITOR, gap="1").expander] == []
    assert [e.label for e in opened(app, monkeypatch, role=Role.EDITOR, state="all").expander] == []
