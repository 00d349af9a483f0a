"""The whole way on the real articles: files, index, a typed question, the passage or an agent."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest

from kb.content.articles.corpus import Corpus, load_articles
from kb.retrieval.answering.live import LiveAnswerer
from kb.retrieval.index.versions import current_name, read_version
from kb.retrieval.query.language import is_spanish
from kb.settings.settings import Settings
from kb.types import ELSEWHERE, Answered, ArticleKind, NoAnswer, Severity
from tests.support import ROOT, real_settings

TITLE_TAKEN_BY: dict[str, str] = {}
"""Articles whose title another article answers as well: id → the one that comes first. Each entry is a debt."""

NO_SHELVES = (ELSEWHERE, "pictures")
CATEGORIES = sorted(p.name for p in (ROOT / "articles").iterdir() if p.is_dir() and p.name not in NO_SHELVES)


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Corpus:
    """Return all articles of the repository."""
    settings = real_settings(tmp_path_factory.mktemp("unused"))
    return load_articles(settings.articles, settings.site.channel_texts())


@pytest.fixture(scope="module")
def live(built_index: Settings) -> LiveAnswerer:
    """Return what answers from them."""
    return LiveAnswerer(built_index, pytest.fail)


def test_every_article_parses(corpus):
    """Every file is an article, none has an error."""
    files = sorted(p.stem for p in (ROOT / "articles").rglob("*.md") if not p.stem.endswith(".es"))
    assert [a.id for a in corpus.articles] == files
    assert [str(f) for f in corpus.findings if f.severity is Severity.ERROR] == []


def test_every_article_has_what_the_house_asks_of_it(corpus):
    """Its folder's category, a summary, ten examples and four tests; all four kinds are there."""
    for article in corpus.library:
        assert article.path.split("/")[-2] == article.category
        assert article.summary, article.id
        assert len(article.examples) >= 10, article.id
        assert len(article.tests) >= 4, article.id
    assert {a.kind for a in corpus.articles} == set(ArticleKind)


def test_every_signpost_has_what_the_house_asks_of_it(corpus):
    """Its folder, fifteen examples, and a text in both languages; there are forty or more."""
    assert len(corpus.library.signposts) >= 40
    for signpost in corpus.library.signposts.values():
        assert signpost.path.split("/")[-2] == ELSEWHERE
        assert len(signpost.examples) >= 15, signpost.id
        assert sum(is_spanish(text) for text in signpost.examples) >= 3, signpost.id  # a single word is not recognized
        assert signpost.body.strip(), signpost.id
        assert signpost.spanish is not None, signpost.id


def test_every_category_has_articles_and_an_introduction(corpus):
    """Each shelf is shown with its text."""
    assert sorted(c.id for c in corpus.library.categories) == CATEGORIES
    assert all(c.text and c.title for c in corpus.library.categories)


def test_every_related_article_exists(corpus):
    """No link of the front matter is dead."""
    ids = set(corpus.library.articles)
    assert [(a.id, r) for a in corpus.articles for r in a.related if r not in ids] == []


def test_every_title_finds_its_article(live):
    """Every article comes first for its own title, except where another one is listed above."""
    found = {a.id: live.ask(a.title).hits[0].article_id for a in live.library}
    assert {i: first for i, first in found.items() if first != i} == TITLE_TAKEN_BY


def test_every_article_can_be_answered_with(live):
    """The first hit of a title shows a passage of that very article."""
    for article in live.library:
        hit = live.ask(article.title, 1).hits[0]
        passage = hit.passage
        assert passage.article_id == hit.article_id
        assert passage.text.strip()
        anchors = {s.anchor for s in live.library.articles[hit.article_id].sections}
        assert passage.anchor == "" or passage.anchor in anchors


def test_why_did_my_bill_go_up(live):
    """The question of the first page: answered, by the article that was written for it."""
    answer = live.ask("why did my bill go up")
    assert answer.hits[0].article_id == "why-bill-went-up"
    assert isinstance(answer.outcome, Answered)


@pytest.mark.parametrize(
    "text", ["how do I bake bread", "what is the capital of France", "write me a poem about the sea", "qwfp zxcv arst"]
)
def test_other_questions_are_handed_over(live, text):
    """Nothing about billing: no answer."""
    assert isinstance(live.ask(text).outcome, NoAnswer)


def test_most_examples_find_their_article(live):
    """Editors' own examples are in the index, so nearly all come first."""
    pairs = [(a.id, a.examples[n]) for a in live.library for n in (0, len(a.examples) // 2)]
    right = sum(live.ask(text, 1).hits[0].article_id == article_id for article_id, text in pairs)
    assert right / len(pairs) > 0.9


def test_tests_of_articles_are_nowhere_in_the_index(built_index, corpus):
    """No text that is embedded is a test, and no file has a sentence of a test, in either language.

    A test of a few words may be a phrase of its own article, which customers and editors share.
    """
    version = read_version(built_index.index, current_name(built_index.index))
    embedded = {unit[2].casefold() for unit in json.loads(version.files["units.json"])["units"]}
    written = " ".join(d.decode("utf-8", "ignore") for n, d in version.files.items() if n.endswith(".json")).casefold()
    runs = set(_runs(written))
    for article in corpus.articles:
        for text in map(str.casefold, article.every_test):
            assert text not in embedded, article.id
            if any(run in runs for run in _runs(text)):
                assert json.dumps(text, ensure_ascii=False)[1:-1] not in written, article.id


def _runs(text: str) -> Iterator[tuple[str, ...]]:
    """Yield every six words in a row, so that most texts need not be looked for letter by letter."""
    words = re.findall(r"\w+", text)
    return zip(*(words[start:] for start in range(6)), strict=False)


def test_the_index_says_what_it_holds(built_index, corpus):
    """The manifest's counts and hashes are those of the articles."""
    manifest = read_version(built_index.index, current_name(built_index.index)).manifest
    assert manifest["counts"]["articles"] == len(corpus.library)
    assert sorted(manifest["articles"]) == sorted(corpus.library.articles)
    assert manifest["encoder"]["name"] == "e5"
    assert (manifest["dimension"], manifest["metric"]) == (384, "cosine")
    assert manifest["calibration"]["calibrated"] is True
