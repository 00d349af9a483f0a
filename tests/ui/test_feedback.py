"""Was this helpful: one press, or why not; kept before thanks are said."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kb.html.parts import feedback
from kb.html.words import words
from kb.types import Answer, EventKind
from tests.ui.conftest import page_html
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

ARTICLE = "why-bill-went-up"


class Kept:
    """Visits that keep judgments in memory, or whose journal fails."""

    def __init__(self) -> None:
        """Start with nothing, in good order."""
        self.events: list[tuple[Any, ...]] = []
        self.works = True

    def record(self, answer: Answer, **_: object) -> str:
        """Give every question the same id."""
        del answer
        return "q1"

    def record_event(
        self, query_id: str, kind: EventKind, *, visit: str, article_id: str = "", reason: str = "", text: str = ""
    ) -> bool:
        """Keep a judgment."""
        del visit
        if self.works and kind in (EventKind.HELPFUL, EventKind.NOT_HELPFUL):
            self.events.append((query_id, kind, article_id, reason, text))
        return self.works

    def record_opened(self, visit: str, article_id: str) -> None:
        """Keep nothing of it."""

    def question_for(self, visit: str, article_id: str) -> str:
        """Know no question that an article was opened for."""
        del visit, article_id
        return ""


@pytest.fixture
def kept(container: FakeContainer) -> Kept:
    """Put visits in memory behind the pages."""
    visits = Kept()
    container.put(visits=visits)
    return visits


def press(app: AppTest, label: str) -> None:
    """Press the button of a label."""
    next(button for button in app.button if button.label == label).click().run()
    assert not app.exception


def answer(app: AppTest) -> None:
    """Open an answer."""
    app.query_params["q"] = "why did my bill go up"
    app.run()


def test_one_press_says_that_an_answer_was_helpful(app: AppTest, kept: Kept) -> None:
    """Of this article, for this question; then thanks, and nothing more to press."""
    answer(app)
    press(app, "Yes")
    assert kept.events == [("q1", EventKind.HELPFUL, ARTICLE, "", "")]
    assert "Thank you." in page_html(app)
    assert "Was this helpful?" not in page_html(app)


def test_why_not_is_asked_and_may_be_left_open(app: AppTest, kept: Kept) -> None:
    """A reason by its code and one's own words, recorded together; before that nothing is."""
    answer(app)
    press(app, "No")
    assert kept.events == []
    assert list(app.radio[0].options) == list(words().feedback.reasons.values())
    app.radio[0].set_value("incomplete")
    app.text_area[0].set_value("  the amount\x00 ")
    press(app, "Send")
    assert kept.events == [("q1", EventKind.NOT_HELPFUL, ARTICLE, "incomplete", "the amount")]


def test_neither_reason_nor_words_are_needed(app: AppTest, kept: Kept) -> None:
    """A customer may answer no without a reason or a comment."""
    answer(app)
    press(app, "No")
    press(app, "Send")
    assert kept.events == [("q1", EventKind.NOT_HELPFUL, ARTICLE, "", "")]


def test_what_cannot_be_kept_is_not_thanked_for(app: AppTest, kept: Kept) -> None:
    """A failure is shown, and the button can be pressed again."""
    kept.works = False
    answer(app)
    press(app, "Yes")
    assert "could not be saved" in page_html(app)
    kept.works = True
    press(app, "Yes")
    assert "Thank you." in page_html(app)


def test_an_article_is_judged_without_a_question(app: AppTest, kept: Kept) -> None:
    """A visitor who came by browsing can rate the article."""
    app.run()
    app.query_params["id"] = "late-fee"
    app.switch_page("kb/ui/pages/article.py").run()
    press(app, "Yes")
    assert kept.events == [("", EventKind.HELPFUL, "late-fee", "", "")]


def test_neither_a_choice_nor_a_hand_over_is_judged(app: AppTest, kept: Kept) -> None:
    """There is nothing yet that could have helped."""
    for question in ("late", "how do i bake bread"):
        app.query_params["q"] = question
        app.run()
        assert [button.label for button in app.button if button.label in ("Yes", "No")] == []


def test_the_form_without_scripts_has_the_same_choices() -> None:
    """Escaped, and with the question it is about."""
    html = feedback.why_form('a"b', "q1")
    assert 'name="article_id" value="a&#34;b"' in html
    assert [f'value="{code}"' in html for code in words().feedback.reasons] == [True] * 4
    assert 'value="not_helpful"' in feedback.form("a")
