"""The reply to a question: notes above it, and the way to an agent."""

from __future__ import annotations

import re
from contextvars import copy_context
from dataclasses import replace

import pytest

from kb.html import links
from kb.html.parts import ask, outcome
from kb.html.words import Language, use_language, words
from kb.settings.site import Site
from kb.types import (
    Answer,
    Answered,
    Article,
    ArticleKind,
    Clarify,
    Elsewhere,
    Hit,
    Library,
    NoAnswer,
    NoAnswerReason,
    Outcome,
    Passage,
    Query,
    Section,
)
from tests.ui import fakes


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


def test_a_correction_can_be_refused() -> None:
    """The link asks exactly what was typed; on a plain page it is a form, with no question in an address."""
    query = Query("paperles <bill>", "paperles <bill>", searched="paperless <bill>")
    page, plain = outcome._searched_note(query), outcome._searched_note(query, links.PLAIN)
    label = "Search instead for <q>paperles &lt;bill&gt;</q>"
    assert f'<a href="/?q=paperles+%3Cbill%3E&amp;exact=1">{label}</a>' in page
    assert '<input type="hidden" name="q" value="paperles &lt;bill&gt;">' in plain
    assert f'<button name="exact" value="1">{label}</button>' in plain
    assert "href" not in plain


def test_a_choice_keeps_the_words_as_typed() -> None:
    """Whoever refused the correction and then every choice is still asked about the same words."""
    hits = tuple(hit(n) for n in (1, 2))
    exact = Query("paperles", "paperles", searched="paperles", exact=True)
    reply = Answer(exact, Clarify(hits), 0.5, hits, "v1", 0.1)
    assert 'href="/?q=paperles&amp;none=1&amp;exact=1"' in outcome.reply(reply, Library({}, ()), Site())
    plain = outcome.reply(reply, Library({}, ()), Site(), to=links.PLAIN)
    assert '<input type="hidden" name="exact" value="1"><button name="none" value="1">' in plain


def hit(n: int, text: str = "text", heading: str = "") -> Hit:
    """Return a hit of an article of its own."""
    return Hit(n, f"a{n}", f"A {n}", Passage(f"a{n}#0", f"a{n}", heading or f"A {n}", "", text, text), 1 / n)


def test_a_choice_says_what_differs() -> None:
    """The heading of the part that was found, and how it begins; never the end of a sentence with dots behind it."""
    hits = (hit(1, "One.\n\nTwo. " + "word " * 40, "When it is late"), hit(2, "A" * 120 + ". " + "B" * 60), hit(3))
    reply = Answer(Query("late", "late", searched="late"), Clarify(hits[:2]), 0.5, hits, "v1", 0.1)
    choices, others = outcome.parts(reply, Library({}, ()), Site(), links.PAGES, refused=False)
    assert '<p class="kb-choice-part">When it is late</p><p>One. Two. word word' in choices
    assert "word…</p>" in choices
    assert f"<p>{'A' * 120}.</p>" in choices
    assert choices.count("kb-choice-part") == 1
    assert ">A 3</a>" not in choices
    assert "<h2>Other articles</h2>" in others
    assert ">A 3</a>" in others
    assert ">A 1</a>" not in others


def elsewhere_reply(found: Elsewhere | None, language: Language = Language.ENGLISH) -> tuple[str, str]:
    """Return both pieces of the reply to a question that is not answered here, on a page in a language."""
    hits = tuple(hit(n) for n in (1, 2, 3))
    query = Query("my wifi crawls", "my wifi crawls", searched="my wifi crawls")
    reply = Answer(query, NoAnswer(NoAnswerReason.ELSEWHERE, hits, found), 0.1, hits, "v1", 0.1)

    def drawn() -> tuple[str, str]:
        use_language(language)
        return outcome.parts(reply, Library({}, ()), fakes.SITE, links.PAGES, refused=False)

    return copy_context().run(drawn)


@pytest.mark.parametrize(
    ("found", "language", "title", "text"),
    [
        (Elsewhere(fakes.SIGNPOST), Language.ENGLISH, "This seems to be about: Slow internet", "<em>Spectrum.net</em>"),
        (Elsewhere(fakes.SIGNPOST), Language.SPANISH, "Parece tratarse de: Internet lento", "<em>módem</em>"),
        (Elsewhere(fakes.SIGNPOST, ("Comcast",)), Language.SPANISH, "Parece tratarse de Comcast", "<em>módem</em>"),
        (Elsewhere(fakes.SIGNPOST, ("Comcast",)), Language.ENGLISH, "This seems to be about Comcast", "Restart the"),
        (
            Elsewhere(None, ("Netflix", "Hulu")),
            Language.ENGLISH,
            "This seems to be about Netflix, Hulu",
            "<p>The articles here are about bills from Example. For anything else, ask Netflix, Hulu.</p>",
        ),
    ],
)
def test_what_is_not_answered_here_says_what_it_is_about(
    found: Elsewhere, language: Language, title: str, text: str
) -> None:
    """One line of heading, who helps, two articles for whoever meant the bill, and the agent folded below."""
    card, below = elsewhere_reply(found, language)
    assert f'<section class="kb-elsewhere" data-announce="{title}"><h2>{title}</h2>' in card
    assert text in card
    assert 'lang="en"' not in card
    assert re.findall(r">(A \d)</a>", below) == ["A 1", "A 2"]
    assert below.index(">A 2</a>") < below.index('<details class="kb-agent"><summary>') < below.index("(833) 267-6094")


def test_a_signpost_without_spanish_says_that_it_is_in_english() -> None:
    """On a Spanish page a screen reader changes its voice for it."""
    card, _ = elsewhere_reply(Elsewhere(replace(fakes.SIGNPOST, spanish=None)), Language.SPANISH)
    assert "Parece tratarse de: Slow internet" in card
    assert '<div class="kb-prose" lang="en"><p>Speed is' in card


@pytest.mark.parametrize("found", [None, Elsewhere()])
def test_without_a_signpost_or_a_name_it_is_out_of_scope(found: Elsewhere | None) -> None:
    """There is nothing to say of it but what this help center is about."""
    reply, below = elsewhere_reply(found)
    assert "This help center is about billing by Example." in reply
    assert "(833) 267-6094" in reply
    assert "kb-agent" not in below


def test_who_asks_for_an_agent_reads_how_to_reach_one() -> None:
    """First the channels, without an excuse; articles only beneath them."""
    hits = (hit(1),)
    reply = Answer(Query("agent", "agent", "es"), NoAnswer(NoAnswerReason.AGENT, hits), 0.1, hits, "v1", 0.1)
    ways, below = outcome.parts(reply, Library({}, ()), fakes.SITE, links.PAGES, refused=False)
    assert ways.startswith('<section class="kb-handover" data-announce="Ways to reach an agent"><div class="kb-contact')
    assert "(833) 267-6094" in ways
    assert "<h2>Articles that may help</h2>" in below
    assert ">A 1</a>" in below


@pytest.mark.parametrize(
    ("found", "refused", "wanted"),
    [
        (NoAnswer(NoAnswerReason.ELSEWHERE, (), Elsewhere(None, ("Netflix",))), False, False),
        (NoAnswer(NoAnswerReason.ELSEWHERE, (), Elsewhere()), False, True),
        (NoAnswer(NoAnswerReason.AGENT, ()), False, True),
        (NoAnswer(NoAnswerReason.BELOW_THRESHOLD, ()), False, True),
        (NoAnswer(NoAnswerReason.EMPTY_QUERY, ()), False, False),
        (Clarify(()), False, False),
        (Clarify(()), True, True),
    ],
)
def test_who_is_handed_over(found: Outcome, refused: bool, wanted: bool) -> None:  # noqa: FBT001
    """Who hears that somebody else helps is not sent to this provider's agents."""
    assert outcome.is_handover(Answer(Query("q", "q"), found, 0.1, (), "v1", 0.1), refused=refused) is wanted


def test_recent_questions_are_a_matter_of_the_browser() -> None:
    """The server sends an empty place, and the question that the browser remembers, escaped."""
    assert '<ul></ul><button type="button" data-forget=' in ask.recent()
    assert 'data-recent data-asked="" hidden>' in ask.recent()
    assert 'data-asked="&lt;b&gt; &#34;late fee&#34;"' in ask.recent('<b> "late fee"')


def test_a_spanish_page_says_that_an_answer_is_in_english() -> None:
    """So it does where the article isn't translated; an English page, and a Spanish paragraph, say nothing."""
    note = words().ask.answer_in_english

    def shown(page: Language, part: str) -> str:
        use_language(page)
        hit = Hit(1, "pay", "Pay", Passage("pay#0", "pay", "Pay", "", "text", "text", part), 0.9)
        answer = Answer(Query("¿cómo pago?", "cómo pago", "es"), Answered(hit, ()), 0.9, (hit,), "v1", 0.1)
        return outcome.reply(answer, Library({}, ()), Site())

    assert note in copy_context().run(shown, Language.SPANISH, "en")
    assert 'lang="en">Pay</h2>' in copy_context().run(shown, Language.SPANISH, "en")
    assert note not in copy_context().run(shown, Language.SPANISH, "es")
    assert note not in copy_context().run(shown, Language.ENGLISH, "en")


def test_a_question_out_of_scope_hears_what_this_is_about() -> None:
    """Bread is not a matter for an agent who looks at the account."""
    answer = Answer(Query("bread", "bread"), NoAnswer(NoAnswerReason.OUT_OF_SCOPE, ()), 0.1, (), "v1", 0.1)
    assert "about billing by Spectrum" in outcome.reply(answer, Library({}, ()), Site(provider="Spectrum"))


def answered(anchor: str, article: Article) -> str:
    """Return the card of an answer from an article with three sections."""
    shown = Passage("a#1", "a", "Two", anchor, "Second.", "Second.")
    lead = Passage("a#0", "a", "A", "", "First.", "First.")
    found = Hit(1, "a", "A", shown if anchor else lead, 0.5, lead=lead)
    query = Query("q", "q", searched="q")
    reply = Answer(query, Answered(found, ()), 0.9, (found,), "v1", 0.1)
    return outcome.parts(reply, Library({"a": article}, ()), fakes.SITE, links.PAGES, refused=False)[0]


ARTICLE = Article(
    "a",
    "A",
    ArticleKind.FAQ,
    "c",
    "",
    (
        Section("", "", 1, "First.", 1),
        Section("Two", "two", 2, "Second.", 3),
        Section("Less", "less", 3, "Deeper.", 5),
        Section("Three & more", "three", 2, "Third.", 7),
    ),
)


def test_a_section_is_shown_below_the_direct_answer() -> None:
    """The title heads the direct answer, the section has its own heading, and the other sections are links."""
    card = answered("two", ARTICLE)
    assert re.findall(r"<h[23][^>]*>([^<]*)</h", card) == ["A", "Two"]
    assert card.index("First.") < card.index(">Two<") < card.index("Second.")
    assert re.findall(r'<li><a href="([^"]*)">([^<]*)</a>', card) == [("/article?id=a#three", "Three &amp; more")]
    assert "Also in this article" in card


def test_the_direct_answer_alone_leads_to_every_section() -> None:
    """It has no second heading; an article without sections has no list."""
    card = answered("", ARTICLE)
    assert re.findall(r"<h[23][^>]*>([^<]*)</h", card) == ["A"]
    assert re.findall(r'<li><a href="[^#]*#(\w+)"', card) == ["two", "three"]
    assert "kb-more" not in answered("", replace(ARTICLE, sections=ARTICLE.sections[:1]))
