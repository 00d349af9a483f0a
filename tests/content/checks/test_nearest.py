"""Wrong ids and the articles that they mean."""

from __future__ import annotations

import pytest

from kb.content.articles.corpus import load_articles
from kb.content.checks.corpus_check import check_corpus
from kb.content.checks.nearest import Nearest
from kb.settings.settings import load_site
from tests.content.helpers import TODAY, article_text, corpus
from tests.support import ROOT


@pytest.fixture(scope="module")
def nearest() -> Nearest:
    """Return the shipped articles."""
    found = load_articles(ROOT / "articles", load_site(ROOT / "site.yaml")[0].channel_texts())
    return Nearest(article for article in found.articles if not article.is_signpost)


@pytest.mark.parametrize(
    ("wrong", "meant"),
    [
        ("ways-to-pey", "ways-to-pay"),
        ("late-fees", "late-fee"),
        ("latefee", "late-fee"),
        ("why-bill-up", "why-bill-went-up"),
        ("pay-bill", "ways-to-pay"),
        ("router-return", "return-equipment"),
        ("double-charge", "charged-twice"),
        ("lost-bill", "bill-not-received"),
    ],
)
def test_a_slip_is_known_by_its_letters_and_another_name_by_its_words(nearest: Nearest, wrong: str, meant: str) -> None:
    """``pay-bill`` looks like ``pay-by-mail``, but customers say it for the ways to pay."""
    assert nearest.to(wrong)[0] == meant


def test_nothing_is_named_for_words_that_nobody_says(nearest: Nearest) -> None:
    """Rather no name than a wrong one; words that all questions have say nothing."""
    assert nearest.to("xyzzy") == nearest.to("how-do-i") == []
    assert Nearest([]).to("pay") == []


def test_two_articles_are_named_if_both_are_near() -> None:
    """The finding offers both; capitals alone are no doubt."""
    checked = corpus(
        a=article_text("[x](refund) [y](One-Way)\n"),
        one_way=article_text(title="A refund of money"),
        other=article_text(title="A refund of deposits"),
    )
    fixes = [f.fix for f in check_corpus(checked, today=TODAY) if f.code == "dead-link"]
    assert fixes == ["Did you mean 'one-way' or 'other'?", "Did you mean 'one-way'?"]
