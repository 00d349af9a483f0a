"""Proposed changes on the page for writers: listed, weighed, accepted, declined, proposed again, taken as a patch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from kb.app.lessons import DeskBusy, LessonDesk
from kb.errors import JournalUnavailable
from kb.html.parts.writing.proposals import ProposalView
from kb.html.words import words
from kb.review.lesson_records import LessonState
from kb.types import LessonKind, Role
from kb.ui.keys import Key
from tests.ui.conftest import page_html
from tests.ui.review_site import ReviewSite, opener

if TYPE_CHECKING:
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    from kb.review.lesson_records import Lesson

WRITING = "kb/ui/pages/writing.py"
HOSTILE = "<img src=x onerror=alert(1)>"
QUESTION = "how big is the fee"
Open = Callable[..., "AppTest"]


@pytest.fixture
def site(review_site: ReviewSite) -> ReviewSite:
    """A help center."""
    return review_site


@pytest.fixture
def open_writing(site: ReviewSite, app: AppTest, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return what opens the page for writers, by default as an editor."""
    del site
    opened = opener(app, monkeypatch, WRITING)

    def as_editor(role: Role | None = Role.EDITOR, name: str = "ed", **params: str) -> AppTest:
        return opened(role, name, view="proposed", **params)

    return as_editor


@pytest.fixture
def file(site: ReviewSite) -> Path:
    """The article that most changes are about."""
    return site.settings.articles / "fees" / "late-fee.md"


def propose(site: ReviewSite, question: str = QUESTION, **fields: str) -> Lesson:
    """Decide that a part of the late fee's article answers."""
    given = {"article_id": "late-fee", "anchor": "how-much", "who": "kim", "note": "they ask for the amount", **fields}
    return site.container.lesson_desk.propose(LessonKind.PART, question, **given).lesson


def state(site: ReviewSite, lesson: Lesson) -> LessonState:
    """Return what became of a lesson."""
    return site.container.lessons.show(lesson.id).lesson.state


def press(at: AppTest, key: str) -> str:
    """Press the button with a key; return the page."""
    next(button for button in at.button if str(button.key).startswith(key)).click().run()
    return shown(at)


def shown(at: AppTest) -> str:
    """Return the page, after looking whether all of it was drawn."""
    assert not at.exception
    return page_html(at)


# ---------------------------------------------------------------------------------------------- the list


def test_changes_are_listed_by_state(site: ReviewSite, open_writing: Open) -> None:
    """In a lead's words, those that wait in the order in which they came; what changes no file is not there."""
    first, second = propose(site), propose(site, f"{HOSTILE} fee", note=HOSTILE, who=HOSTILE)
    site.container.lesson_desk.propose(LessonKind.GAP, "x", query_id=site.ask(1), who="kim")
    declined = propose(site, "what is the amount")
    site.container.lessons.decline(declined.id, who="ed", note="no")
    at = open_writing()
    html = shown(at)
    assert 'data-proposals="2"' in html
    assert html.index(f"lesson={first.id}") < html.index(f"lesson={second.id}")
    assert "Adds the example “how big is the fee” to “What is the late fee?”, section “How much”." in html
    assert "<img" not in html
    assert "Waiting 2" in html
    assert '<a href="/writing?view=proposed&amp;state=declined" data-same-visit>Declined 1</a>' in html
    assert "Accepted" not in html
    assert f"lesson={declined.id}" in shown(open_writing(state="declined"))
    labels = [getattr(button, "label", "") for button in at.get("download_button")]
    assert labels == [words().lessons.patch_all]


def test_long_lists_are_shown_in_part(site: ReviewSite, open_writing: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    """Until all of them are asked for."""
    monkeypatch.setattr("kb.html.parts.writing.proposals._FIRST", 1)
    propose(site)
    propose(site, "what is the amount")
    assert "Show 1 more" in shown(open_writing())
    assert "Show 1 more" not in shown(open_writing(all="1"))


def test_nothing_to_do(open_writing: Open) -> None:
    """Nobody has proposed anything."""
    assert words().lessons.proposals_none in shown(open_writing())


def test_a_change_that_is_not_there(open_writing: Open) -> None:
    """Says so, with the way to those that are."""
    html = shown(open_writing(lesson="77"))
    assert words().lessons.unknown in html
    assert "There is no lesson 77" in html


def test_without_a_journal_the_page_is_there(site: ReviewSite, open_writing: Open, tmp_path: Path) -> None:
    """On an editor's own computer nobody has asked anything."""
    from dataclasses import replace

    site.container.put(settings=replace(site.settings, database_url=f"sqlite:///{tmp_path / 'none.db'}"))
    assert words().lessons.proposals_no_journal in shown(open_writing())
    assert not (tmp_path / "none.db").exists()


def test_a_database_that_fails_leaves_the_rest(site: ReviewSite, open_writing: Open) -> None:
    """The reason is told in the place of the changes."""
    site.container.put(lesson_desk=JournalUnavailable("It <fails>."))
    html = shown(open_writing())
    assert "It &lt;fails&gt;." in html
    assert "7 articles" in html


@pytest.mark.parametrize(
    ("params", "address"),
    [
        ({}, "/writing?view=proposed"),
        ({"state": "accepted", "all": "1"}, "/writing?view=proposed&state=accepted&all=1"),
        ({"state": "x", "lesson": "7"}, "/writing?view=proposed&lesson=7"),
        ({"lesson": "-7"}, "/writing?view=proposed"),
    ],
)
def test_an_address_is_that_of_its_view(params: dict[str, str], address: str) -> None:
    """There and back; what cannot be read is as if it were not there."""
    assert ProposalView.of_address(params).address() == address


# ------------------------------------------------------------------------------------------- one change


def test_a_change_is_weighed_and_accepted(site: ReviewSite, open_writing: Open, file: Path) -> None:
    """Who and why, the line that comes, findings; accepting writes the file, and tells the command that follows."""
    lesson, before = propose(site, query_id=site.ask(1, QUESTION)), file.read_text("utf-8")
    at = open_writing(lesson=str(lesson.id))
    html = shown(at)
    assert "<dd>they ask for the amount</dd>" in html
    assert "<ins>+" in html
    assert "articles/fees/late-fee.md</figcaption>" in html
    assert f'/insights?view=question&amp;id={1:032x}" data-same-visit>{words().lessons.see_question}' in html
    assert words().lessons.findings_none in html
    assert file.read_text("utf-8") == before
    html = press(at, Key.PROPOSAL_ACCEPT)
    assert f"Written into {file}." in html
    assert "<code>kb build</code>" in html
    assert '{question: "how big is the fee", section: how-much}' in file.read_text("utf-8")
    assert state(site, lesson) is LessonState.ACCEPTED
    assert "Accepted by ed" in html
    assert not [b for b in at.button if b.key == Key.PROPOSAL_ACCEPT]
    assert [(e.who, e.what) for e in site.container.accounts.audited(1)] == [("ed", "lesson accepted")]


def test_a_change_is_declined_with_a_reason(site: ReviewSite, open_writing: Open, file: Path) -> None:
    """Without one it is refused."""
    lesson, before = propose(site), file.read_text("utf-8")
    at = open_writing(lesson=str(lesson.id))
    assert 'role="alert"' in press(at, Key.PROPOSAL_DECLINE)
    at.text_input(key=f"{Key.PROPOSAL_NOTE}{lesson.id}").set_value(f"no, {HOSTILE}")
    html = press(at, Key.PROPOSAL_DECLINE)
    assert words().lessons.declined in html
    assert "<img" not in html
    assert (state(site, lesson), file.read_text("utf-8")) == (LessonState.DECLINED, before)


def test_an_outdated_change_asks_again(site: ReviewSite, open_writing: Open, file: Path) -> None:
    """The section is gone: one chooses among those there are now; nothing that was decided is lost."""
    lesson = propose(site)
    at = open_writing(lesson=str(lesson.id))
    file.write_text(file.read_text("utf-8").replace("## How much", "## The amount of it"), "utf-8")
    html = press(at, Key.PROPOSAL_ACCEPT)
    assert state(site, lesson) is LessonState.PROPOSED
    assert "It no longer has the section" in html
    assert words().lessons.outdated_title in html
    box = at.selectbox(key=f"{Key.PROPOSAL_SECTION}{lesson.id}")
    assert box.options == [words().lessons.section_direct, "The amount of it"]
    assert next(b for b in at.button if b.key == Key.PROPOSAL_RENEW).disabled
    box.set_value("the-amount-of-it").run()
    html = press(at, Key.PROPOSAL_RENEW)
    assert words().lessons.renewed in html
    assert state(site, lesson) is LessonState.PROPOSED
    assert "Found outdated by ed" in html
    press(at, Key.PROPOSAL_ACCEPT)
    assert "section: the-amount-of-it" in file.read_text("utf-8")


def test_an_article_that_is_gone_can_only_be_declined(site: ReviewSite, open_writing: Open, file: Path) -> None:
    """What is wrong is told; the other steps are off."""
    lesson = propose(site)
    file.unlink()
    at = open_writing(lesson=str(lesson.id))
    assert "There is no article or signpost" in shown(at)
    assert next(b for b in at.button if b.key == Key.PROPOSAL_RENEW).disabled


def test_another_editor_was_quicker(site: ReviewSite, open_writing: Open) -> None:
    """The second one is told, and sees what became of it."""
    lesson = propose(site)
    at = open_writing(lesson=str(lesson.id))
    site.container.lessons.decline(lesson.id, who="eve", note="no")
    html = press(at, Key.PROPOSAL_ACCEPT)
    assert "Declined by eve" in html


def test_what_it_wins_and_loses(site: ReviewSite, open_writing: Open) -> None:
    """Measured when asked for, shown until the file is another one."""
    lesson = propose(site)
    at = open_writing(lesson=str(lesson.id))
    html = press(at, Key.PROPOSAL_MEASURE)
    assert "data-impact=" in html
    assert "known questions:" in html
    assert f"<q>{QUESTION}</q>" in html
    assert "data-impact=" in shown(at.run())
    assert not [b for b in at.button if b.key == Key.PROPOSAL_MEASURE]
    assert "data-impact=" not in press(at, Key.PROPOSAL_ACCEPT)


def test_a_measurement_that_fails_says_why(
    site: ReviewSite, open_writing: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Busy with another, or refused."""
    lesson = propose(site)
    at = open_writing(lesson=str(lesson.id))
    for error, told in ((DeskBusy(), words().lessons.impact_busy), (JournalUnavailable("Broken."), "Broken.")):
        monkeypatch.setattr(LessonDesk, "impact", _raising(error))
        assert told in press(at, Key.PROPOSAL_MEASURE)


def _raising(error: Exception) -> Callable[..., object]:
    def raises(*_: object, **__: object) -> object:
        raise error

    return raises


def test_leads_see_and_do_not_accept(site: ReviewSite, open_writing: Open) -> None:
    """Nothing is changed by whoever decided it."""
    lesson = propose(site)
    at = open_writing(Role.LEAD, "kim", lesson=str(lesson.id))
    assert words().lessons.for_editors in shown(at)
    keys = [button.key for button in at.button]
    assert Key.PROPOSAL_ACCEPT not in keys
    assert Key.PROPOSAL_MEASURE in keys


def test_the_editor_on_this_computer_needs_no_account(
    site: ReviewSite, open_writing: Open, monkeypatch: pytest.MonkeyPatch, file: Path
) -> None:
    """There is no sign-in, so there is no link to the page for leads, and no name."""
    for place in ("main", "current_user"):
        monkeypatch.setattr(f"kb.ui.{place}.is_open_to_writers", lambda: True)
    lesson = propose(site, query_id=site.ask(1, QUESTION))
    at = open_writing(None, lesson=str(lesson.id))
    assert "/insights?view=question" not in shown(at)
    html = press(at, Key.PROPOSAL_ACCEPT)
    assert "Accepted by local editor" in html
    assert QUESTION in file.read_text("utf-8")


def test_what_is_no_longer_kept_is_not_shown(site: ReviewSite, open_writing: Open) -> None:
    """An accepted change stays, without the words of its question."""
    from datetime import UTC, datetime, timedelta

    from kb.database.engine import writing
    from kb.review.upkeep import forget_old_lessons

    lesson = propose(site)
    site.container.lesson_desk.accept(lesson.id, who="ed")
    with writing(site.engine) as connection:
        forget_old_lessons(connection, datetime.now(UTC) + timedelta(days=1))
    html = shown(open_writing(lesson=str(lesson.id)))
    assert words().lessons.forgotten in html
    assert QUESTION not in html
