"""The reply to a question: notes above it, and the way to an agent."""

from __future__ import annotations

import pytest

from kb.html.parts import ask, outcome
from kb.html.words import words
from kb.settings.site import Site
from kb.types import (
    Answer,
    Answered,
    Hit,
    Library,
    NoAnswer,
    NoAnswerReason,
    Passage,
    Query,
)


@pytest.mark.parametrize(
    ("typed", "searched", "shown"),
    [
        ("paperles bill", "paperless bill", "Showing results for <q><strong>paperless</strong> bill</q>"),
        ("wat is u", "what is you", ""),
        ("late fee", "late fee", ""),
        ("<b> recipt", "<b> receipt", "<q>&lt;b&gt; <strong>receipt</strong></q>"),
    ],
)
def test_a_slip_that_was_put_right_is_said(typed: str, searched: str, shown: str) -> None:
    """A correction is shown with the word that changed; an expanded abbreviation is not."""
    html = outcome._searched_note(Query(typed, typed, searched=searched))
    assert (shown in html) if shown else (html == "")


def test_recent_questions_lead_back_to_their_answers() -> None:
    """The current question is left out; markup in the others is text."""
    html = ask.recent(["late fee", "<b>", "auto pay"], current="late fee")
    assert 'href="/?q=auto+pay"' in html
    assert "&lt;b&gt;" in html
    assert "late fee" not in html
    assert ask.recent(["late fee"], current="late fee") == ""


def test_a_spanish_question_is_told_that_articles_are_in_english() -> None:
    """The note is in Spanish and marked as such; an English question gets none."""
    hit = Hit(1, "pay", "Pay", Passage("pay#0", "pay", "Pay", "", "text", "text"), 0.9)
    library = Library({}, ())
    spanish = Answer(Query("¿cómo pago?", "cómo pago", "es"), Answered(hit, ()), 0.9, (hit,), "v1", 0.1)
    english = Answer(Query("how do i pay", "how do i pay"), Answered(hit, ()), 0.9, (hit,), "v1", 0.1)
    assert f'lang="es">{words().ask.articles_in_english_es}</p>' in outcome.reply(spanish, library, Site())
    assert words().ask.articles_in_english_es not in outcome.reply(english, library, Site())


def test_a_question_out_of_scope_hears_what_this_is_about() -> None:
    """Bread is not a matter for an agent who looks at the account."""
    answer = Answer(Query("bread", "bread"), NoAnswer(NoAnswerReason.OUT_OF_SCOPE, ()), 0.1, (), "v1", 0.1)
    assert "about billing by Spectrum" in outcome.reply(answer, Library({}, ()), Site(provider="Spectrum"))
