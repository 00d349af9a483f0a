"""Questions that belong elsewhere: other companies, signposts, the general bank, and wishes for a person."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.retrieval.index.index import Index
from kb.retrieval.index.passages import Unit
from kb.types import Answered, NoAnswer, NoAnswerReason, UnitKind
from tests.retrieval.answering.contract import check
from tests.support import TINY, build, tiny_words, toy_settings, write_article, write_tiny

SIGNPOSTS = {
    "cable": ["how much is Xfinity", "my Comcast bill increased", "optimum and comcast fee"],
    "flights": ["airplane ticket refund", "luggage lost at the airport", "jetblue seat fee", "lost luggage airplane"],
}
BANK = ("my sourdough starter smells like vinegar", "how long does sourdough rise", "sourdough starter dead")
"""Stands in for the shipped bank, whose words the toy encoder does not know."""


@pytest.fixture(scope="module")
def signposted(tmp_path_factory: pytest.TempPathFactory) -> Index:
    """The index of the small articles with two signposts and questions that articles do not answer."""
    folder = tmp_path_factory.mktemp("signposted")
    texts = [text for examples in SIGNPOSTS.values() for text in examples]
    words = {*tiny_words(), *" ".join([*texts, *BANK]).lower().split()}
    with pytest.MonkeyPatch.context() as patch:
        toy = toy_settings(folder, sorted(words), patch)
    articles = write_tiny(folder / "articles")
    (articles / "elsewhere").mkdir()
    for name, examples in SIGNPOSTS.items():
        front = {"title": f"About {name}", "kind": "signpost", "examples": examples}
        lines = [f"{key}: {json.dumps(value)}" for key, value in front.items()]
        (articles / "elsewhere" / f"{name}.md").write_text("\n".join(["---", *lines, "---", "", f"Ask {name}.\n"]))
    not_for = [
        {"question": "late fee at the airport", "belongs": "flights"},
        {"question": "late fee for my cable box", "belongs": "return-equipment"},
        "late fee of the library",
    ]
    write_article(articles, "late-fee", **{**TINY["late-fee"], "not_for": not_for})
    site = replace(toy.site, provider="Spectrum", other_providers=("Comcast", "Xfinity", "Optimum", "Cox"))
    settings = replace(toy, articles=articles, index=articles.parent / "index", site=site)
    with pytest.MonkeyPatch.context() as patch:
        bank = [Unit(UnitKind.EXAMPLE, "~baking", text, -1) for text in BANK]
        patch.setattr("kb.retrieval.build.builder.general_questions", lambda: bank)
        build(settings)
    return load_newest(settings, pytest.fail)


@pytest.fixture(scope="module")
def unsure(signposted: Index) -> IndexAnswerer:
    """Answers nothing but what an editor wrote, and never asks back."""
    limits = {"in_scope_from": -1.0, "answer_at": 1.1, "clarify_at": 1.1}
    return IndexAnswerer(replace(signposted, confidence=replace(signposted.confidence, **limits)))


def elsewhere(answerer: IndexAnswerer, text: str) -> tuple[str | None, tuple[str, ...]]:
    """Return the signpost and the names of a question that is not answered here."""
    outcome = answerer.ask(text).outcome
    assert isinstance(outcome, NoAnswer), outcome
    assert outcome.reason is NoAnswerReason.ELSEWHERE
    assert outcome.elsewhere is not None
    return outcome.elsewhere.signpost.id if outcome.elsewhere.signpost else None, outcome.elsewhere.names


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("my Comcast bill is higher this month", ("cable", ("Comcast",))),
        ("comcasts late fee", ("cable", ("Comcast",))),
        ("my cox bill increased", ("cable", ("Cox Communications",))),
        ("comcast airplane ticket luggage airport", ("cable", ("Comcast",))),
        ("late fee on my wells fargo statement", (None, ("Wells Fargo",))),
        ("delta airlines late fee", ("flights", ("Delta Air Lines",))),
    ],
)
def test_a_company_decides_over_the_words(unsure, text, found):
    """A bill of another provider reads like one of ours; a company without a signpost is named nevertheless."""
    assert elsewhere(unsure, text) == found


def test_words_decide_where_no_company_is_named(unsure):
    """The likeliest class, if it is a signpost."""
    assert elsewhere(unsure, "lost my airplane luggage at the airport") == ("flights", ())


def test_a_class_of_the_bank_has_no_signpost(unsure):
    """What is known is only that it is about something else, so the page has nothing to say about it."""
    outcome = unsure.ask("is my sourdough starter dead").outcome
    assert isinstance(outcome, NoAnswer)
    assert (outcome.reason, outcome.elsewhere) == (NoAnswerReason.OUT_OF_SCOPE, None)


@pytest.mark.parametrize(
    ("text", "signpost"),
    [
        ("Late fee at the AIRPORT!", "flights"),
        ("late fee of the library", None),
        ("jetblue seat fee", "flights"),
    ],
)
def test_what_an_editor_wrote_for_elsewhere_is_not_answered(signposted, text, signpost):
    """Word for word an example of a signpost, or what an article is not for, with or without an owner."""
    limits = {"in_scope_from": -1.0, "answer_at": 0.0, "clarify_at": 0.0}
    eager = IndexAnswerer(replace(signposted, confidence=replace(signposted.confidence, **limits)))
    assert signposted.known_question(text) == (signpost or "")
    answer = eager.ask(text)
    assert isinstance(answer.outcome, NoAnswer)
    assert answer.confidence < 0.0201
    if signpost is None:
        assert answer.outcome.reason is NoAnswerReason.OUT_OF_SCOPE
    else:
        assert elsewhere(eager, text)[0] == signpost


def test_what_an_article_is_not_for_may_be_anothers(unsure):
    """It is that article's question, as if it were its example."""
    outcome = unsure.ask("late fee for my cable box").outcome
    assert isinstance(outcome, Answered)
    assert outcome.hit.article_id == "return-equipment"


@pytest.mark.parametrize(
    "text", ["spectrum and comcast late fee", "is spectrum cheaper than comcast", "late fee after I left comcast"]
)
def test_a_question_about_this_provider_is_not_elsewhere_by_a_name(unsure, text):
    """Whoever else it names."""
    assert unsure.ask(text).signals["stranger"] == 0.0


@pytest.mark.parametrize("text", ["agent", "I want to speak to a real person", "hablar con un agente"])
def test_who_asks_for_a_person_gets_one(signposted, text):
    """No article first, however sure; the nearest are still told."""
    limits = {"in_scope_from": -1.0, "answer_at": 0.0}
    eager = IndexAnswerer(replace(signposted, confidence=replace(signposted.confidence, **limits)))
    answer = eager.ask(text)
    assert answer.outcome == NoAnswer(NoAnswerReason.AGENT, answer.hits)
    assert len(answer.hits) == 5


def test_a_signpost_is_never_a_hit(signposted, unsure):
    """However near: hits are articles, as many as there are."""
    for text in (t for texts in SIGNPOSTS.values() for t in texts):
        answer = unsure.ask(text, 100)
        check(answer, text, 100, 6)
        assert {hit.article_id for hit in answer.hits} == {*TINY}
    assert {*signposted.library.articles} == {*TINY}
    assert {*signposted.library.signposts} == {*SIGNPOSTS}


def test_the_signpost_is_told_as_json(unsure):
    """Id, title, text and names; null where there is none."""
    value = unsure.ask("my Comcast bill is higher this month").as_json("q1")
    assert value["signpost"] == {"id": "cable", "title": "About cable", "text": "Ask cable.", "names": ["Comcast"]}
    value = unsure.ask("late fee on my wells fargo statement").as_json("q1")
    assert value["signpost"] == {"id": None, "title": None, "text": None, "names": ["Wells Fargo"]}
    assert unsure.ask("late fee amount").as_json("q1")["signpost"] is None
