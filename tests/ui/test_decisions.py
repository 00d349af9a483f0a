"""What leads decide about a question, on the page: each step, what it refuses, and what is told afterwards."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from kb.html.words import words
from kb.review.lesson_records import LessonState
from kb.types import LessonKind, Role
from kb.ui.keys import Key
from tests.ui.conftest import page_html
from tests.ui.review_site import LATE, ReviewSite, opener

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from kb.review.lesson_records import Lesson

INSIGHTS = "kb/ui/pages/insights.py"
OTHER = "what does paying the fee late cost"
"""Answered with the same article, of which it is no example."""
Open = Callable[..., "AppTest"]


@pytest.fixture
def site(review_site: ReviewSite) -> ReviewSite:
    """A help center whose customers have asked nothing yet."""
    return review_site


@pytest.fixture
def open_question(site: ReviewSite, app: AppTest, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Return what opens a question."""
    del site
    return opener(app, monkeypatch, INSIGHTS)


def clean(at: AppTest) -> str:
    """Return a page's HTML, after looking whether all of it was drawn."""
    assert not at.exception
    return page_html(at)


def lessons(site: ReviewSite) -> tuple[Lesson, ...]:
    """Return all decisions, the earliest first."""
    return site.container.lessons.list()


def choose(at: AppTest, kind: LessonKind) -> AppTest:
    """Choose a step."""
    at.radio[0].set_value(kind).run()
    assert not at.exception
    return at


def decide(at: AppTest) -> str:
    """Send the form; return the page."""
    at.button[0].click().run()
    return clean(at)


def field(at: AppTest, key: Key) -> object:
    """Return the selection field with a key."""
    return next(box for box in at.selectbox if str(box.key).startswith(key))


def test_another_part_is_proposed(site: ReviewSite, open_question: Open) -> None:
    """The part shown is not among the choices; the change is told in words, with where it waits."""
    query_id = site.ask(1)
    at = choose(open_question(view="question", id=query_id), LessonKind.PART)
    sections = field(at, Key.LESSON_SECTION)
    shown = site.container.questions.show(query_id).row.anchor
    assert shown not in sections.options  # type: ignore[attr-defined]
    at.button[0].click().run()
    assert words().lessons.choose_section in clean(at)
    other = "how-much" if shown != "how-much" else ""
    field(at, Key.LESSON_SECTION).set_value(other)  # type: ignore[attr-defined]
    at.text_area[0].set_value("why did you charge me a fee for being late")
    at.text_input[-1].set_value("the amount is what they ask")
    html = decide(at)
    (lesson,) = lessons(site)
    assert (lesson.kind, lesson.anchor, lesson.who, lesson.note) == (
        LessonKind.PART, other, "kim", "the amount is what they ask"
    )  # fmt: skip
    assert "Adds the example “why did you charge me a fee for being late” to “What is the late fee?”" in html
    assert '<a href="/writing?view=proposed&amp;lesson=1" data-same-visit>Writing → Proposed changes</a>' in html
    assert "the article is right, the part is wrong, by kim" in html
    assert [(e.who, e.what, e.target) for e in site.container.accounts.audited(1)] == [("kim", "lesson part", "1")]


def test_it_belongs_to_another_article(site: ReviewSite, open_question: Open) -> None:
    """Found by its title, with a part of it or none in particular."""
    at = choose(open_question(view="question", id=site.ask(1)), LessonKind.BELONGS)
    html = decide(at)
    assert words().lessons.choose_article in html
    article = field(at, Key.LESSON_ARTICLE)
    assert "What is the late fee?" in article.options  # type: ignore[attr-defined]
    article.set_value("paper-bill").run()  # type: ignore[attr-defined]
    assert field(at, Key.LESSON_SECTION).options[0] == words().lessons.section_any  # type: ignore[attr-defined]
    html = decide(at)
    (lesson,) = lessons(site)
    assert (lesson.kind, lesson.article_id, lesson.anchor) == (LessonKind.BELONGS, "paper-bill", None)
    assert "the article is wrong, by kim" in html


def test_it_is_not_ours(site: ReviewSite, open_question: Open) -> None:
    """A signpost gets it as an example."""
    at = choose(open_question(view="question", id=site.ask(1)), LessonKind.ELSEWHERE)
    assert words().lessons.choose_signpost in decide(at)
    field(at, Key.LESSON_SIGNPOST).set_value("bank-account")  # type: ignore[attr-defined]
    html = decide(at)
    assert "to the signpost “Your bank account”." in html
    assert [lesson.article_id for lesson in lessons(site)] == ["bank-account"]


def test_the_article_does_not_answer_it(site: ReviewSite, open_question: Open) -> None:
    """With and without where it belongs."""
    query_id = site.ask(1, OTHER)
    html = decide(choose(open_question(view="question", id=query_id), LessonKind.NOT_FOR))
    assert f"Tells “What is the late fee?” that it does not answer “{OTHER}”." in html
    at = choose(open_question(view="question", id=query_id), LessonKind.NOT_FOR)
    field(at, Key.LESSON_BELONGS).set_value("paper-bill")  # type: ignore[attr-defined]
    assert "which belongs to “" in decide(at)
    assert [lesson.belongs for lesson in lessons(site)] == ["", "paper-bill"]
    assert [lesson.state for lesson in lessons(site)] == [LessonState.REPLACED, LessonState.PROPOSED]


@pytest.mark.parametrize(
    ("kind", "told"), [(LessonKind.RIGHT, "Nothing changes."), (LessonKind.GAP, "should be written")]
)
def test_what_changes_no_file_is_noted(site: ReviewSite, open_question: Open, kind: LessonKind, told: str) -> None:
    """Right as it is, or a gap."""
    at = choose(open_question(view="question", id=site.ask(1)), kind)
    assert not at.text_area
    html = decide(at)
    assert told in html
    assert words().lessons.noted in html
    assert ("/insights?view=gaps" in html.split("data-decided")[1].split("</div>")[0]) == (kind is LessonKind.GAP)


def test_what_customers_got_decides_what_is_offered(site: ReviewSite, open_question: Open) -> None:
    """After a hand-over and after a choice other steps make sense, in other words."""
    handed = site.ask(1, "zzz qqq", outcome="no_answer", reason="below_threshold", article_id="", anchor=None)
    offered = site.ask(
        2, OTHER, outcome="clarify", choices=["late-fee", "paper-bill", "gone"], article_id="", anchor=None
    )
    at = open_question(view="question", id=handed)
    assert "It was right to give no answer" in at.radio[0].options
    assert len(at.radio[0].options) == 4
    at = choose(open_question(view="question", id=offered), LessonKind.NOT_FOR)
    assert "It was right to ask back" in at.radio[0].options
    assert len(field(at, Key.LESSON_ARTICLE).options) == 2  # type: ignore[attr-defined]
    decide(at)
    assert [lesson.article_id for lesson in lessons(site)] == ["late-fee"]


def test_personal_data_stays_out(site: ReviewSite, open_question: Open) -> None:
    """What was taken out of the question is warned of at once; what is typed in is refused."""
    asked = site.ask(1, "late fee on card 4111 1111 1111 1111")
    at = choose(open_question(view="question", id=asked), LessonKind.ELSEWHERE)
    assert "Rewrite the question without the card number" in clean(at)
    field(at, Key.LESSON_SIGNPOST).set_value("bank-account")  # type: ignore[attr-defined]
    for words_of_lead in (at.text_area[0].value, "call me at 212-555-0142"):
        at.text_area[0].set_value(words_of_lead)
        html = decide(at)
        assert 'role="alert">Rewrite the question' in html
    assert lessons(site) == ()
    assert "4111" not in html
    at.text_area[0].set_value("a late fee on my card")
    decide(at)
    assert [lesson.question for lesson in lessons(site)] == ["a late fee on my card"]


def test_two_leads_at_once(site: ReviewSite, open_question: Open) -> None:
    """Both decisions are kept; the page says whose stands."""
    query_id = site.ask(1)
    at = choose(open_question(view="question", id=query_id), LessonKind.RIGHT)
    site.container.lesson_desk.propose(LessonKind.GAP, LATE, who="lea", query_id=query_id)
    html = decide(at)
    assert "lea had decided otherwise at" in html
    history = html.split(f"<h2>{words().lessons.history}</h2>")[1]
    assert history.index("kim") < history.index("lea")
    assert history.count(">stands</span>") == 1
    assert "Replaced" in history


def test_the_same_words_of_another_customer_are_one_question(site: ReviewSite, open_question: Open) -> None:
    """What was decided then is replaced, and is listed with what took its place."""
    first, second = site.ask(1), site.ask(2)
    site.container.lesson_desk.propose(LessonKind.GAP, LATE, who="lea", query_id=first)
    html = decide(choose(open_question(view="question", id=second), LessonKind.RIGHT))
    assert "lea had decided otherwise at" in html
    assert ">lea</td>" in html


def test_what_contradicts_the_file_is_refused(site: ReviewSite, open_question: Open) -> None:
    """With the reason; nothing is kept."""
    at = choose(open_question(view="question", id=site.ask(1)), LessonKind.NOT_FOR)
    assert "is an example of this article, so it cannot be in" in decide(at).split('role="alert">')[1]
    assert lessons(site) == ()


def test_an_editor_reads_and_does_not_decide(site: ReviewSite, open_question: Open) -> None:
    """The form is for leads; decisions are there for everybody."""
    query_id = site.ask(1)
    site.container.lesson_desk.propose(LessonKind.RIGHT, LATE, who="lea", query_id=query_id)
    at = open_question(Role.EDITOR, view="question", id=query_id)
    assert not at.radio
    assert "Leads decide about questions." in clean(at)
    assert ">lea</td>" in clean(at)


def test_hostile_words_stay_words(site: ReviewSite, open_question: Open) -> None:
    """In the question, in notes and in names."""
    hostile = "<img src=x onerror=alert(1)> late fee"
    query_id = site.ask(1, text=hostile)
    site.container.lesson_desk.propose(
        LessonKind.BELONGS, hostile, article_id="late-fee", who="<b>lea</b>", query_id=query_id, note="<i>see</i>"
    )
    html = clean(open_question(view="question", id=query_id))
    assert "<img" not in html
    assert "<b>lea" not in html
    assert "<i>see" not in html
    assert "&lt;i&gt;see" in html
