"""One article in the editor: who may write, what is kept, a second person's review, and the ways that lead here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import streamlit as st

from kb.errors import JournalUnavailable
from kb.gaps.states import GapState
from kb.html.words import words
from kb.settings.site import Writing
from kb.types import Role, User
from kb.ui.keys import Key
from tests.ui.conftest import page_html
from tests.ui.review_site import ReviewSite, opener

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

WRITING = "kb/ui/pages/writing.py"
INSIGHTS = "kb/ui/pages/insights.py"
ED = User("ed", Role.EDITOR)
Open = Callable[..., "AppTest"]


@pytest.fixture
def site(review_site: ReviewSite) -> ReviewSite:
    """A help center."""
    return review_site


@pytest.fixture
def open_writing(site: ReviewSite, app: AppTest, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return what opens the page for writers, by default as the editor ed."""
    del site
    opened = opener(app, monkeypatch, WRITING)

    def as_editor(role: Role | None = Role.EDITOR, name: str = "ed", **params: str) -> AppTest:
        return opened(role, name, **{"article": "late-fee", **params})

    return as_editor


def needs_review(site: ReviewSite) -> None:
    """Let site.yaml ask for a second person."""
    own = replace(site.settings.site, writing=Writing(review=True))
    site.settings = replace(site.settings, site=own)
    site.container.put(settings=site.settings)


def text_field(at: AppTest) -> str:
    """Return the key of the field with the article's text."""
    return next(str(area.key) for area in at.text_area if str(area.key).startswith(Key.WRITE_TEXT))


def typed(at: AppTest, text: str) -> str:
    """Type a text, as a pause in typing sends it, and return the page."""
    at.text_area(key=text_field(at)).set_value(text).run()
    return shown(at)


def shown(at: AppTest) -> str:
    """Return the page, after looking whether all of it was drawn."""
    assert not at.exception
    return page_html(at)


def press(at: AppTest, key: str) -> str:
    """Press the button with a key; return the page."""
    next(button for button in at.button if str(button.key).startswith(key)).click().run()
    return shown(at)


# ----------------------------------------------------------------------------------------------- writing


def test_what_is_typed_is_a_draft_and_no_file(site: ReviewSite, open_writing: Open) -> None:
    """It is shown as customers will see it and kept for the next visit; what they read stays as it is."""
    path = site.settings.articles / "fees" / "late-fee.md"
    before = path.read_bytes()
    at = open_writing()
    text = at.text_area(key=text_field(at)).value.replace("The amount", "The <b>sum</b>")
    html = typed(at, text)
    assert "The &lt;b&gt;sum&lt;/b&gt; stands on the statement." in html.split("kb-preview")[1]
    assert 'data-number="2"' in html
    assert path.read_bytes() == before
    assert site.container.writing.open("late-fee", ED).text.rstrip() == text.rstrip()


def test_a_lead_reads_along(open_writing: Open) -> None:
    """The article and its findings, and no field."""
    html = shown(open_writing(Role.LEAD, "kim"))
    assert words().editor.read_only in html
    assert "A late fee is added after the due date." in html
    assert not open_writing(Role.LEAD, "kim").text_area
    assert words().editor.begin not in shown(open_writing(Role.LEAD, "kim", article=""))


def test_an_unknown_article_is_said(open_writing: Open) -> None:
    """The name is escaped, and there is no field."""
    html = shown(open_writing(article="<no-such>"))
    assert "&lt;no-such&gt;" in html
    assert "<no-such>" not in html


def test_without_its_database_nobody_writes(site: ReviewSite, open_writing: Open) -> None:
    """The page says why, and stands."""
    site.container.put(writing=JournalUnavailable("The disk is full. Free some of it."))
    assert "The disk is full. Free some of it." in shown(open_writing())
    assert "The disk is full. Free some of it." in shown(open_writing(article=""))


def test_another_window_of_the_same_editor_loses_nothing(site: ReviewSite, open_writing: Open) -> None:
    """Both texts are shown, one is chosen, and the other one is among the versions."""
    at = open_writing()
    desk = site.container.writing
    draft = desk.open("late-fee", ED)
    desk.save(draft.id, draft.text + "\nFrom the other window.\n", ED, draft.number)
    html = typed(at, draft.text + "\nFrom this window.\n")
    assert words().editor.conflict_title in html
    assert "From the other window." in html
    assert "From this window." in html
    press(at, Key.WRITE_TAKE)
    assert "From the other window." in at.text_area(key=text_field(at)).value
    assert any("From this window." in version.text for version in desk.versions(draft.id))


def test_examples_are_added_for_questions_that_are_not_found(open_writing: Open) -> None:
    """One click, and the front matter has them."""
    at = open_writing()
    key = next(str(area.key) for area in at.text_area if str(area.key).startswith(Key.WRITE_QUESTIONS))
    at.text_area(key=key).set_value("late fee amount\nzebra quokka walrus")
    html = press(at, Key.WRITE_QUESTIONS_SUBMIT)
    assert 'data-tried="1/2"' in html
    press(at, Key.WRITE_ADD_EXAMPLES)
    assert '"zebra quokka walrus"' in at.text_area(key=text_field(at)).value


def test_what_was_asked_for_is_done_although_the_page_begins_again(
    site: ReviewSite, open_writing: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An editor who types while questions are tried gets the result, of the text as it is then."""
    at = open_writing()
    key = next(str(area.key) for area in at.text_area if str(area.key).startswith(Key.WRITE_QUESTIONS))
    at.text_area(key=key).set_value("late fee amount\nzebra quokka walrus")
    tries, real = [], site.container.writing.try_questions

    def interrupted_once(*given: Any) -> Any:
        tries.append(given)
        if len(tries) == 1:
            st.rerun()
        return real(*given)

    monkeypatch.setattr(site.container.writing, "try_questions", interrupted_once)
    assert 'data-tried="1/2"' in press(at, Key.WRITE_QUESTIONS_SUBMIT)
    assert len(tries) == 2
    shown(at.run())
    assert len(tries) == 2


def test_what_fails_unexpectedly_is_not_done_with_every_run(
    site: ReviewSite, open_writing: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page shows the error once; the next run draws it as it was."""
    at = open_writing()
    key = next(str(area.key) for area in at.text_area if str(area.key).startswith(Key.WRITE_QUESTIONS))
    at.text_area(key=key).set_value("late fee amount")

    def broken(*_: Any) -> Any:
        raise ZeroDivisionError

    monkeypatch.setattr(site.container.writing, "try_questions", broken)
    at.button(key=Key.WRITE_QUESTIONS_SUBMIT).click().run()
    assert len(at.exception) == 1
    assert len(at.run().exception) == 0


# ------------------------------------------------------------------------------------------------ review


def test_a_second_person_reads_it_first(site: ReviewSite, open_writing: Open) -> None:
    """Submitted, sent back with a note, submitted again, approved; only then there is something to publish."""
    needs_review(site)
    at = open_writing()
    typed(at, at.text_area(key=text_field(at)).value.replace("The amount", "The sum"))
    assert words().editor.publish_message not in [field.label for field in at.text_input]
    assert words().editor.submit_done in press(at, Key.WRITE_PUBLISH)
    draft = site.container.writing.open("late-fee", ED)
    html = shown(open_writing(name="pat", article=""))
    assert words().editor.review_list in html
    at = open_writing(name="pat", draft=str(draft.id))
    assert "<del>amount</del><ins>sum</ins>" in shown(at)
    assert "Say what is to be changed" in press(at, Key.WRITE_RETURN)
    at.text_input(key=f"{Key.WRITE_NOTE}{draft.id}").set_value("Which <sum>?")
    assert "Sent back to ed." in press(at, Key.WRITE_RETURN)
    at = open_writing()
    assert "pat sent it back: Which &lt;sum&gt;?" in shown(at)
    press(at, Key.WRITE_PUBLISH)
    assert "Approved." in press(open_writing(name="pat", draft=str(draft.id)), Key.WRITE_APPROVE)
    at = open_writing()
    assert "pat has approved it." in shown(at)
    assert words().editor.publish_message in [field.label for field in at.text_input]


# --------------------------------------------------------------------------------- the ways that lead here


def test_a_new_article_begins_from_a_template(site: ReviewSite, open_writing: Open) -> None:
    """Its id is made from its title; one that is taken is refused, with what was typed still there."""
    at = open_writing(article="", view="new")
    at.text_input(key=Key.BEGIN_TITLE).set_value("What is the late fee?")
    at.text_input(key=Key.BEGIN_ID).set_value("late-fee")
    assert "is taken by" in press(at, Key.BEGIN_SUBMIT)
    at.text_input(key=Key.BEGIN_TITLE).set_value("What is a zebra credit?")
    at.text_input(key=Key.BEGIN_ID).set_value("")
    press(at, Key.BEGIN_SUBMIT)
    assert at.query_params["article"] == "what-is-a-zebra-credit"
    assert 'title: "What is a zebra credit?"' in at.text_area(key=text_field(at)).value
    assert words().editor.new_article in shown(at)
    assert not (site.settings.articles / "fees" / "what-is-a-zebra-credit.md").exists()


def test_from_a_gap_to_a_draft_is_one_click(site: ReviewSite, app: AppTest, monkeypatch: pytest.MonkeyPatch) -> None:
    """The questions stand in the draft and wait to be tried; the gap says that it is being drafted."""
    for number in (1, 2):
        site.ask(number, "is my quokka on the printed statement")
    opened = opener(app, monkeypatch, INSIGHTS)
    at = opened(Role.OPERATOR, "ops", gap="1")
    html = press(at, Key.BEGIN_FROM_GAP)
    assert "quokka" in at.text_area(key=text_field(at)).value
    assert words().editor.questions in {expander.label for expander in at.expander}
    assert "data-writing" in html
    assert site.container.gaps.show(1).row.state is GapState.DRAFTING


def test_from_a_question_to_its_article_is_one_click(
    site: ReviewSite, app: AppTest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The article that was shown is open, with the question among those to try."""
    query_id = site.ask(1)
    at = opener(app, monkeypatch, INSIGHTS)(Role.OPERATOR, "ops", view="question", id=query_id)
    press(at, Key.BEGIN_IN_ARTICLE)
    assert at.query_params["article"] == "late-fee"
    tried = next(area for area in at.text_area if str(area.key).startswith(Key.WRITE_QUESTIONS))
    assert "why was i charged a late fee" in tried.value
