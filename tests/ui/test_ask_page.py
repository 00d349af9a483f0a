"""The start page: a question in, an answer, a choice or an agent out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from kb.ui.keys import Key
from tests.ui.conftest import page_html
from tests.ui.fakes import NOTICE, FakeAnswerer, FakeJournal

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest


def ask(app: AppTest, question: str) -> str:
    """Type a question, send it, and return the page."""
    app.run()
    app.text_input(key=Key.ASK_QUERY).set_value(question)
    app.button(key=Key.ASK_SUBMIT).click().run()
    assert not app.exception
    return page_html(app)


def open_with(app: AppTest, **params: str) -> str:
    """Open the start page at an address, and return it."""
    for name, value in params.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return page_html(app)


def test_the_start_page_shows_the_topics_and_asks_nothing(app: AppTest, answerer: FakeAnswerer) -> None:
    """Before a question there are topics with their counts, and the answerer was left alone."""
    html = open_with(app)
    assert "Ask about your bill" in html
    assert "Price changes" in html
    assert "3 articles" in html
    assert answerer.asked == []


def test_an_answer_shows_the_passage_and_leads_to_its_heading(app: AppTest) -> None:
    """The best passage is shown in place with its heading; the whole article is one link away, at the anchor."""
    html = ask(app, "why did my bill go up")
    assert "<h2>What changed on the bill</h2>" in html
    assert "<strong>two <mark>bills</mark></strong>" in html
    assert "Why did my bill go up?" in html
    assert 'href="/article?id=why-bill-went-up#what-changed-on-the-bill"' in html


def test_a_question_that_was_sent_to_a_process_which_ended_is_asked(app: AppTest) -> None:
    """A page that connects again sends what its field held, and not the click; it is asked, and in the address."""
    open_with(app, q="what is the late fee")
    app.session_state[Key.ASK_QUERY] = "why did my bill go up"  # as the browser has it; no button is pressed
    app.run()
    html = page_html(app)
    assert "<h2>What changed on the bill</h2>" in html
    assert 'data-index-version="fake-1"' in html
    assert app.text_input(key=Key.ASK_QUERY).value == "why did my bill go up"


def test_other_articles_stand_apart_and_are_at_most_four(app: AppTest) -> None:
    """At most four other articles follow in a separate section, without the answer itself."""
    html = ask(app, "why did my bill go up")
    others = html.split("Other articles")[1].split("</section>")[0]
    assert others.count('<li><a href="/article?id=') == 4
    assert "why-bill-went-up" not in others
    assert "Summary of late-fee." in others


def test_the_part_of_another_article_unfolds_where_it_is_listed(app: AppTest) -> None:
    """The part is folded and named after its article, without anchors and without boxes to check off."""
    html = ask(app, "why did my bill go up")
    others = html.split("Other articles")[1].split("</section>")[0]
    assert re.findall('<details class="kb-peek" data-expand="([^"]*)">', others) == [
        "late-fee",
        "late-payment",
        "set-up-autopay",
        "contact-billing",
    ]
    fee, _, autopay, _ = others.split("<details")[1:]
    assert '<summary>Show the part that fits best<span class="kb-heard">: <span>What is the late fee?</span>' in fee
    assert "<p>A late fee is charged after the due date.</p>" in fee
    assert "kb-peek-part" not in fee
    assert '<p class="kb-peek-part">Set it up</p>' in autopay
    assert "<li>Sign in.</li>" in autopay
    assert "checkbox" not in autopay
    assert "<details" not in html.split("Other articles")[0]


def test_what_is_perhaps_related_unfolds_as_well(app: AppTest) -> None:
    """A customer without an answer sees at a glance whether a near topic is worth opening."""
    perhaps = ask(app, "how do i bake bread").split('class="kb-perhaps"')[1]
    assert re.findall('data-expand="([^"]*)"', perhaps) == ["late-fee", "late-payment"]


def test_a_tutorial_shows_all_its_steps(app: AppTest) -> None:
    """A passage that holds half of the steps is completed."""
    html = ask(app, "How do I set up Auto Pay?")
    assert html.split("kb-answer")[1].split("kb-more")[0].split("kb-from")[0].count("<li>") == 3


def test_the_question_is_in_the_address(app: AppTest) -> None:
    """Sending a question writes it into ``?q=``, so that it can be shared."""
    ask(app, "why did my bill go up")
    assert app.query_params["q"] == "why did my bill go up"


def test_the_address_reproduces_the_answer(app: AppTest) -> None:
    """Opening ``?q=`` fills the field and shows the answer."""
    html = open_with(app, q="why did my bill go up")
    assert app.text_input(key=Key.ASK_QUERY).value == "why did my bill go up"
    assert 'data-answer="why-bill-went-up"' in html


def test_the_field_follows_the_back_button(app: AppTest) -> None:
    """When the address changes under a visit, the field and the answer follow."""
    ask(app, "why did my bill go up")
    html = open_with(app, q="how do i bake bread")
    assert app.text_input(key=Key.ASK_QUERY).value == "how do i bake bread"
    assert "We don’t have an article that answers this" in html


def test_undecided_offers_choices_and_none_of_them(app: AppTest) -> None:
    """Two articles are offered, and a way out."""
    html = ask(app, "late")
    assert "Which of these do you mean?" in html
    assert html.count("<h3>") == 2
    assert 'href="/?q=late&amp;none=1"' in html
    assert "kb-answer" not in html


def test_other_articles_stay_below_a_choice(app: AppTest) -> None:
    """Whoever meant none of the choices finds the rest of the ranking, each with its part folded."""
    html = ask(app, "late")
    others = html.split("<h2>Other articles</h2>")[1].split("</section>")[0]
    assert re.findall('data-expand="([^"]*)"', others) == ["why-bill-went-up", "contact-billing"]


def test_a_correction_can_be_refused(app: AppTest) -> None:
    """The link asks for what was typed; the next question is corrected again."""
    html = ask(app, "paperles bill")
    assert "Showing results for <q><strong>paperless</strong> bill</q>" in html
    assert 'href="/?q=paperles+bill&amp;exact=1"' in html
    assert "Showing results for" not in open_with(app, q="paperles bill", exact="1")
    assert "Showing results for" in ask(app, "paperles bill")
    assert "exact" not in app.query_params


def test_what_is_not_answered_here_is_said_in_a_card(app: AppTest, journal: FakeJournal) -> None:
    """No case sheet and no agent at first: somebody else helps."""
    html = ask(app, "my wifi crawls")
    assert "<h2>This seems to be about: Slow internet</h2>" in html
    assert "If you meant your bill" in html
    assert '<details class="kb-agent">' in html
    assert [expander.label for expander in app.expander] == []
    assert journal.events == []


def test_who_asks_for_an_agent_gets_one(app: AppTest, journal: FakeJournal) -> None:
    """The ways to an agent come first, then the case sheet and articles."""
    html = ask(app, "agent")
    assert html.index("Ways to reach an agent") < html.index("Articles that may help")
    assert "We don’t have an article" not in html
    assert [event[1] for event in journal.events] == ["contact_shown"]


def test_a_long_question_stays_in_the_field_and_its_end_is_not_read(app: AppTest, answerer: FakeAnswerer) -> None:
    """The field has no limit that drops what is pasted; a word says what is read."""
    long = "late" * 600
    html = ask(app, long)
    assert "Only the first 2,000 characters are read." in html
    assert app.text_input(key=Key.ASK_QUERY).value == long
    assert not app.text_input(key=Key.ASK_QUERY).max_chars
    assert {len(text) for text in answerer.asked} == {2000}
    assert "Only the first" not in ask(app, "late")


def test_none_of_these_leads_to_an_agent(app: AppTest) -> None:
    """Refusing the choices gives the hand-over, with the refused ones as related only."""
    html = open_with(app, q="late", none="1")
    assert "An agent can help with this" in html
    assert "(833) 267-6094" in html
    assert "What is the late fee?" in html.split("Perhaps related")[1]


def test_no_answer_is_said_plainly_with_the_way_to_an_agent(app: AppTest) -> None:
    """The question is repeated, the channels show the age of their sources, and near topics are separate."""
    html = ask(app, "how do i bake bread")
    before, after = html.split("Perhaps related")
    assert "We don’t have an article that answers this" in before
    assert "how do i bake bread" in before
    assert 'href="tel:+18332676094"' in before
    assert "From an undated page on" in before
    assert "dated January 2024" in before
    assert "Your latest statement" in before
    assert "late-fee" not in before
    assert "late-fee" in after


def test_a_channel_without_a_source_is_not_shown(app: AppTest) -> None:
    """A number without a source never reaches a customer."""
    html = ask(app, "how do i bake bread")
    assert "(833) 267-6094" in html
    for part in ("Call a number somebody mentioned", "(555) 010-0000", "5550100000"):
        assert part not in html


@pytest.mark.parametrize("question", ["", "   ", "\x00\t"])
def test_an_empty_question_gets_a_hint(app: AppTest, answerer: FakeAnswerer, question: str) -> None:
    """Nothing is searched for; the page says what to type."""
    html = ask(app, question)
    assert "Type a few words about your bill" in html
    assert answerer.asked == []


@pytest.mark.parametrize(
    "question",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "</q><h1>no</h1>",
        "{browse} {0} %s",
        ":red[x] **b**",
    ],
)
def test_markup_in_a_question_is_shown_as_text(app: AppTest, question: str) -> None:
    """What a customer types is never obeyed."""
    html = ask(app, question)
    assert "<script" not in html
    assert "<img" not in html
    assert html.count("<h1") == 1


@pytest.mark.parametrize("question", ["x" * 50_000, "😀" * 3_000, "لماذا ارتفعت فاتورتي", "a\x00b\x07c"])
def test_odd_questions_get_a_reply(app: AppTest, answerer: FakeAnswerer, question: str) -> None:
    """Very long, right-to-left, emoji and control characters: a reply, and nothing of them breaks the page."""
    html = open_with(app, q=question)
    assert "We don’t have an article that answers this" in html
    assert len(answerer.asked[0]) <= 2000
    assert "\x00" not in html


def test_every_page_says_who_runs_it(app: AppTest) -> None:
    """The notice is at the bottom of every page."""
    assert NOTICE.replace("'", "&#39;") in open_with(app)


def test_a_question_turns_the_page_into_its_language(app: AppTest, answerer: FakeAnswerer) -> None:
    """A Spanish question is answered in Spanish, and so is one whose words tell nothing; a choice stands above it."""
    html = ask(app, "¿por qué subió?")
    assert 'data-language="es"' in html
    assert "Pregunte sobre su factura" in html
    assert 'data-language="es"' in ask(app, "internet")
    assert 'data-language="en"' in ask(app, "why did my bill go up")
    assert 'data-language="en"' in open_with(app, q="¿por qué?", lang="en")
