import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.authoring import meaning_check as meaning
from kb.authoring.meaning_check import (
    MEANING_CODES,
    MeaningSummary,
    check_meaning,
    check_meaning_of,
    own_closeness,
)
from kb.authoring.trial_index import trial_index
from kb.content.articles.corpus import load_articles
from kb.content.checks.codes import CODES
from kb.types import Severity
from tests.evaluation.fakes import ANSWERED, CLARIFY, NO_ANSWER, result
from tests.support import write_article, write_signpost


@pytest.fixture
def check(checkout, tmp_path):
    """Check the meaning of the checkout's articles by an index made of them."""

    def run():
        corpus = load_articles(checkout.articles)
        index, _ = trial_index(corpus, checkout)
        return check_meaning(corpus, index)

    return run


def only(findings, code):
    """Return the findings of a code."""
    return [f for f in findings if f.code == code]


def test_closeness_by_hand():
    """The mean over pairs of different examples."""
    one = np.array([[1, 0], [0, 1], [1, 0]], np.float32)
    assert own_closeness(one) == pytest.approx((0 + 1 + 0 + 0 + 1 + 0) / 6)


def test_a_test_that_finds_another_article(checkout, check):
    """The finding is at the test, names the rival and gives rank and scores."""
    path = write_article(
        checkout.articles, "lemur-mail", examples=["badger paper"], tests=["lemur heron tapir", "badger paper"]
    )
    for n in range(4):
        write_article(
            checkout.articles, f"herons-{n}", title="heron", examples=["heron lemur tapir"], body="heron lemur\n"
        )
    found = only(check()[0], "test-not-found")
    mine = [f for f in found if f.path == str(path)]
    assert [f.severity for f in mine] == [Severity.WARNING]
    line = path.read_text().splitlines()[mine[0].line - 1]
    assert line[mine[0].column - 1 :].startswith('"lemur heron tapir"')
    assert mine[0].message.startswith("the test 'lemur heron tapir' finds 'her")
    assert "first (score " in mine[0].message
    assert "; this article is " in mine[0].message


def test_a_test_without_any_word_known(checkout, check):
    """A test without letters or digits finds nothing."""
    write_article(checkout.articles, "signs", examples=["badger paper"], tests=["?!"])
    mine = [f for f in only(check()[0], "test-not-found") if "signs" in f.path]
    assert [f.message for f in mine] == ["the test '?!' finds nothing"]


def test_a_test_that_is_handed_over(check, monkeypatch):
    """A test that finds its article but is not answered is advice, with confidence and rank."""

    def hand_over(_answerer, judged, _k):
        found = result(judged.relevant, ("other", judged.article), NO_ANSWER, 0.123)
        return replace(found, judged=judged)

    monkeypatch.setattr(meaning, "ask_one", hand_over)
    findings, summary = check()
    found = only(findings, "test-not-answered")
    assert [f.severity for f in found] == [Severity.ADVICE] * 4
    assert found[0].message == (
        "the test 'quokka wants the money taken without asking' is handed over: confidence 0.12, this article is rank 2"
    )
    assert summary == MeaningSummary(tests=4, first=0, in_three=4, answered=0, offered=0, handed_over=4)


def test_articles_that_are_confused(checkout, check):
    """Two articles with examples of the same words are one finding, at the examples of the first; others are none."""
    same = [["otter price rose", "price otter", "otter rose"], ["otter rose price", "rose otter", "price rose otter"]]
    first = write_article(checkout.articles, "otters-one", examples=same[0])
    write_article(checkout.articles, "otters-two", examples=same[1])
    found = [f for f in only(check()[0], "confusable-articles") if "otters" in f.message]
    assert [f.path for f in found] == [str(first)]
    assert found[0].message.startswith("the examples of 'otters-one' and 'otters-two' are about as close to each other")
    line = first.read_text().splitlines()[found[0].line - 1]
    assert line.startswith("examples:")


def test_a_signpost_that_is_confused_with_an_article(checkout, check):
    """It is one finding, whichever comes first by id, and no word of a redirect; two signposts are none."""
    same = [["otter price rose", "price otter", "otter rose"], ["otter rose price", "rose otter", "price rose otter"]]
    last = [" ".join(reversed(text.split())) for text in same[0]]
    first = write_signpost(checkout.articles, "otters-elsewhere", examples=same[0])
    write_article(checkout.articles, "otters-here", examples=same[1])
    write_signpost(checkout.articles, "otters-too", title="Too", examples=[f"{text} otter" for text in last])
    found = [f for f in only(check()[0], "confusable-articles") if "otters" in f.message]
    assert {(Path(f.path).stem, f.message.split("'")[3]) for f in found} == {
        ("otters-elsewhere", "otters-here"),
        ("otters-here", "otters-too"),
    }
    assert found[0].path == str(first)
    assert {f.fix for f in found} == {"Word the examples of both by what tells the two needs apart"}


def test_a_test_of_a_signpost_that_is_answered(checkout, check, monkeypatch):
    """An answer is a warning that names the article; a choice or a hand-over is what a signpost is for."""
    write_signpost(checkout.articles, "storms", examples=["otter rose"], tests=["otter price", "lemur", "badger"])
    outcomes = {"otter price": ANSWERED, "lemur": CLARIFY, "badger": NO_ANSWER}

    def ask(_answerer, judged, _k):
        ranking = tuple(judged.relevant) or ("late-fee", "paper-bill")
        found = result(judged.relevant, ranking, outcomes.get(judged.text, ANSWERED), 0.876)
        return replace(found, judged=judged)

    monkeypatch.setattr(meaning, "ask_one", ask)
    findings, summary = check()
    mine = [f for f in findings if "storms" in f.path and "test" in f.code]
    assert [(f.severity, f.code, f.message) for f in mine] == [
        (
            Severity.WARNING,
            "signpost-test-answered",
            "the test 'otter price' is answered with 'late-fee', confidence 0.88",
        )
    ]
    assert summary == MeaningSummary(tests=4, first=4, in_three=4, answered=4, offered=0, handed_over=0)


def test_few_examples_say_nothing(checkout, check):
    """Articles with fewer than three examples are not compared."""
    write_article(checkout.articles, "otters-one", examples=["otter price rose"])
    write_article(checkout.articles, "otters-two", examples=["otter rose price"])
    assert not [f for f in only(check()[0], "confusable-articles") if "otters" in f.message]


def test_an_example_nearer_elsewhere(checkout, check):
    """An example in the words of another article is advice, at the example, with both cosines."""
    path = write_article(
        checkout.articles,
        "badger-store",
        title="badger",
        body="badger store\n",
        examples=["badger store", "heron lemur tapir"],
    )
    mine = [f for f in only(check()[0], "example-nearer-elsewhere") if f.path == str(path)]
    assert len(mine) == 1
    assert (
        "'heron lemur tapir' is nearer to the example 'heron lemur tapir' of 'heron-card' (cosine 1.00)"
        in mine[0].message
    )
    line = path.read_text().splitlines()[mine[0].line - 1]
    assert line[mine[0].column - 1 :].startswith('"heron lemur tapir"')


def test_an_example_nearer_to_a_signpost(checkout, check):
    """Both directions are advice; between two signposts nothing is said, nor of the shipped questions."""
    fields = {"title": "badger", "examples": ["badger store", "walrus tapir"]}
    article = write_article(checkout.articles, "badgers", body="badger store\n", **fields)
    signpost = write_signpost(checkout.articles, "tapirs", title="tapir", examples=["walrus tapir bank", "lost signal"])
    write_signpost(checkout.articles, "signals", title="signal", examples=["lost signal off"])
    found = only(check()[0], "example-nearer-elsewhere")
    assert not [f for f in found if "of '~" in f.message]
    assert [f.message.split(" (cosine")[0] for f in found if f.path == str(article)] == [
        "the example 'walrus tapir' is nearer to the example 'walrus tapir bank' of 'tapirs'"
    ]
    assert [f.message for f in found if f.path == str(signpost) and "signals" in f.message] == []


def test_a_test_whose_section_is_not_shown(checkout, check):
    """The finding is at the section's name, and says what is shown; the summary counts it."""
    body = "Heron.\n\n## Paying\n\nTapir lemur.\n\n## Waiting\n\nBadger.\n"
    path = write_article(
        checkout.articles,
        "heron-mail",
        examples=[
            "heron",
            {"question": "tapir lemur", "section": "paying"},
            {"question": "lemur tapir heron", "section": "paying"},
            {"question": "badger heron", "section": "waiting"},
            {"question": "badger badger", "section": "waiting"},
        ],
        tests=[
            {"question": "lemur lemur tapir", "section": "paying"},
            {"question": "badger heron badger", "section": ["paying", "top"]},
        ],
        body=body,
    )
    findings, summary = check()
    mine = [f for f in only(findings, "test-other-section") if f.path == str(path)]
    assert [f.message for f in mine] == [
        "for the test 'badger heron badger' the section 'waiting' is shown, not paying or top"
    ]
    assert path.read_text().splitlines()[mine[0].line - 1][mine[0].column - 1 :].startswith('["paying", "top"]')
    assert (summary.sections, summary.sections_right) == (2, 1)
    assert str(summary).endswith("; right section 1 of 2")


def test_summary(check):
    """Tests are counted by rank and outcome; drafts have none."""
    summary = check()[1]
    assert summary.tests == 4
    assert 2 <= summary.first <= summary.in_three <= 4
    assert summary.answered + summary.offered + summary.handed_over <= 4
    assert json.loads(json.dumps(summary.as_json()))["tests"] == 4
    assert str(MeaningSummary(8, 4, 6, 2, 1, 1)) == (
        "8 tests: first 4 (50.0%), in the first three 6 (75.0%), answered 2 (25.0%)"
    )
    assert str(MeaningSummary()) == "no tests"


def test_articles_as_they_are_on_disk(checkout):
    """The check builds its own trial index: nothing needs to be published, and nothing is."""
    findings, summary = check_meaning_of(load_articles(checkout.articles), checkout)
    assert summary.tests == 4
    assert findings == sorted(findings)
    assert not checkout.index.exists()


def test_one_article_alone(checkout, tmp_path):
    """A single article has nothing to be confused with, so there are no findings."""
    folder = tmp_path / "alone"
    write_article(folder, "zebra-fee", examples=["zebra", "zebra fee", "otter"], tests=["zebra"])
    corpus = load_articles(folder)
    index, _ = trial_index(corpus, checkout)
    findings, summary = check_meaning(corpus, index)
    assert only(findings, "confusable-articles") == only(findings, "example-nearer-elsewhere") == []
    assert summary.first == 1


def test_an_article_that_is_not_in_the_index(checkout, tmp_path):
    """An article newer than the index is left out rather than counted as missed."""
    index, _ = trial_index(load_articles(checkout.articles), checkout)
    write_article(checkout.articles, "newer", examples=["tapir"], tests=["tapir"])
    assert check_meaning(load_articles(checkout.articles), index)[1].tests == 4


def test_codes_are_of_one_house():
    """No code of the encoder's findings has the name of another one."""
    assert not set(MEANING_CODES) & set(CODES)
