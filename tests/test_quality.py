"""The promise on the repository's own articles: the tests that guided no choice, asked of the quick encoder's index."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pytest

from kb.content.articles.corpus import load_articles
from kb.evaluation.judgments import Half, article_tests
from kb.evaluation.runner import JudgedResult, run
from kb.evaluation.voices import Voice
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.settings.settings import Settings
from kb.types import OutcomeKind


@dataclass(frozen=True, slots=True)
class Limits:
    """What an index of the shipped articles must reach in one language, as shares of the questions."""

    first: float
    """Least: the right article is first."""
    in_three: float
    """Least: it is one of the first three."""
    answered: float
    """Least: the question is answered; a risk of 0 is easy to reach without answers."""
    risk: float
    """Most: an answer is wrong."""


# Some 1.5 points from what was measured, since other processors round otherwise. Measured with 150 articles: English
# (642 questions) .903 first, .974 in three, .646 answered, .019 of these wrong; Spanish (237) .924, .987, .755, .011.
# With 132 articles and 573 and 137 questions it was .934, .986, .691, .005 and .934, 1.000, .796, .000: there are
# nearer neighbors now, 53 harder questions by someone who saw no example, and more Spanish ones. Of the 1,320
# questions of before, asked of the best index, 14 more find their article first and 21 fewer.
ENGLISH = Limits(first=0.888, in_three=0.959, answered=0.631, risk=0.034)
SPANISH = Limits(first=0.909, in_three=0.972, answered=0.74, risk=0.026)


@pytest.fixture(scope="module")
def results(built_index: Settings) -> Mapping[Limits, Sequence[JudgedResult]]:
    """Return the result of each question of the reported half, by language."""
    corpus = load_articles(built_index.articles, built_index.site.channel_texts())
    asked = run(IndexAnswerer(load_newest(built_index, pytest.fail)), article_tests(corpus, Half.REPORT), k=3)
    assert asked.failed == ()
    languages: dict[Limits, list[JudgedResult]] = {ENGLISH: [], SPANISH: []}
    for result in asked:
        if not result.judged.is_answerable:  # a signpost's test
            continue
        languages[SPANISH if result.judged.voice == Voice.SPANISH else ENGLISH].append(result)
    return languages


def share(found: Iterable[bool]) -> float:
    """Return how many of some are true, 0 to 1."""
    flags = list(found)
    return sum(flags) / len(flags)


@pytest.mark.parametrize("limits", [ENGLISH, SPANISH], ids=["en", "es"])
class TestPromise:
    """The same of English and of Spanish."""

    def test_there_are_enough_questions(self, results, limits):
        """A share of a handful would prove nothing; one answer is at most a point."""
        assert len(results[limits]) >= 100

    def test_the_right_article_comes_first(self, results, limits):
        """Rank 1 is the article that the question was written for."""
        assert share(r.is_first_right for r in results[limits]) >= limits.first

    def test_the_right_article_is_among_the_first_three(self, results, limits):
        """A customer finds it without turning a page."""
        assert share(r.right_rank is not None for r in results[limits]) >= limits.in_three

    def test_most_questions_are_answered(self, results, limits):
        """Handing everything over would keep the promise and help nobody."""
        assert share(r.outcome is OutcomeKind.ANSWERED for r in results[limits]) >= limits.answered

    def test_few_answers_are_wrong(self, results, limits):
        """The risk among answered questions stays under its ceiling."""
        answered = [r for r in results[limits] if r.outcome is OutcomeKind.ANSWERED]
        assert share(not r.is_first_right for r in answered) <= limits.risk
