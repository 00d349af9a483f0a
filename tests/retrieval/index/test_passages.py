"""Articles to passages and units: nothing of an article is lost, nothing is cut where it hurts."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.articles.corpus import load_articles
from kb.content.markdown.render import plain_text, render, sections
from kb.retrieval.index.passages import MAX_PASSAGE_WORDS, split_passages, units
from kb.retrieval.index.serialise import (
    article_from_json,
    article_to_json,
    library_from_json,
    library_to_json,
    units_from_json,
    units_to_json,
)
from kb.settings.settings import load_settings
from kb.types import Article, ArticleKind, Source, UnitKind
from tests.support import ROOT, make_article

WORD = st.sampled_from("bill fee modem card refund paid after today never again".split())  # noqa: SIM905 — it reads better
PARAGRAPH = st.lists(WORD, min_size=1, max_size=80).map(" ".join)
BODY = st.lists(PARAGRAPH | WORD.map(lambda w: f"## {w.capitalize()} here"), min_size=1, max_size=12).map("\n\n".join)


def words_of(text: str) -> list[str]:
    """Return a text's words in order."""
    return re.findall(r"\w+", text)


@given(BODY)
def test_every_word_of_a_body_is_in_some_passage(body):
    """The passages' texts in a row, with their headings, are the body."""
    article = make_article(body=body)
    passages = split_passages(article, plain_text)
    text = [w for s in article.sections for w in words_of(s.markdown)]
    found = [w for p in passages for w in words_of(p.text)]
    assert found == (text or words_of(article.title))


@given(BODY)
def test_ids_are_unique_and_count_from_zero(body):
    """``<article>#<n>`` in reading order."""
    passages = split_passages(make_article("late-fee", body), plain_text)
    assert [p.passage_id for p in passages] == [f"late-fee#{n}" for n in range(len(passages))]


@given(BODY)
def test_no_passage_is_longer_than_the_encoder_reads(body):
    """Sections of paragraphs are cut between paragraphs, each piece within the limit."""
    for passage in split_passages(make_article(body=body), plain_text):
        assert len(passage.text.split()) <= MAX_PASSAGE_WORDS


def test_a_long_section_is_cut_between_blocks():
    """Each piece keeps the section's heading and anchor; the blocks stay whole and in order."""
    blocks = [f"Block {n}: " + "word " * 60 + f"end{n}." for n in range(5)]
    article = make_article(body="## Long part\n\n" + "\n\n".join(blocks))
    passages = split_passages(article, plain_text)
    assert [p.markdown for p in passages] == ["\n\n".join(blocks[:2]), "\n\n".join(blocks[2:4]), blocks[4]]
    assert {(p.heading, p.anchor) for p in passages} == {("Long part", "long-part")}


def test_one_long_block_stays_whole():
    """A paragraph is never cut inside."""
    body = "word " * (2 * MAX_PASSAGE_WORDS)
    assert [p.markdown.strip() for p in split_passages(make_article(body=body), plain_text)] == [body.strip()]


@pytest.mark.parametrize("fence", ["```", "~~~"])
def test_a_code_fence_stays_whole(fence):
    """A section with a fence is not cut, so that no half of one is ever shown."""
    body = f"{'word ' * 150}\n\n{fence}\nline one\n\n{'code ' * 60}\n{fence}\n\nAfter.\n"
    (passage,) = split_passages(make_article(body=body), plain_text)
    assert passage.markdown.count(fence) == 2
    assert "After." in passage.text


def test_a_continued_list_item_stays_with_its_item():
    """An indented block is not cut off: it would read as code."""
    item = "1. " + "word " * 100
    body = f"{item}\n\n   {'more ' * 100}\n\n2. " + "last " * 100
    passages = split_passages(make_article(body=body), plain_text)
    assert [p.markdown.split(".")[0] for p in passages] == ["1", "2"]
    assert "more" in passages[0].text


def shown(markdown: str) -> tuple[str, list[str], list[str]]:
    """Return what a customer sees of Markdown: its text, where its links lead, and the numbers of its list items."""
    html = render(markdown, lambda article_id, anchor: f"/{article_id}#{anchor}")
    numbers, links, text = [], re.findall(r'href="([^"]*)"', html), re.sub(r"<[^>]*>|\s+", "", html)
    for start, items in re.findall(r"<ol(?: start=\"(\d+)\")?>(.*?)</ol>", html, re.DOTALL):
        first = int(start or 1)
        numbers += [str(first + n) for n in range(items.count("<li>"))]
    return text, links, numbers


def whole_and_pieces(body: str) -> list[tuple[object, object]]:
    """Return for each section what it shows as a whole, and what its pieces show together."""
    article = Article("a", "A", ArticleKind.FAQ, "c", body, sections(body))
    pieces = split_passages(article, plain_text)
    pairs = []
    for section in article.sections:
        own = [shown(piece.markdown) for piece in pieces if piece.anchor == section.anchor]
        together = (
            "".join(text for text, _, _ in own),
            [x for _, y, _ in own for x in y],
            [x for _, _, y in own for x in y],
        )
        pairs.append((shown(section.markdown), together))
    return pairs


FILLER = " ".join(["word"] * 60)
LONG = "\n\n".join(
    [f"Paragraph {n}, see [this][one], [other] and [here](https://example.org/{n}). {FILLER}" for n in range(4)]
)
REFERENCES = """

[one]: https://example.org/one
[ONE]: https://example.org/second
[Other]: <https://example.org/with space> "A title"
"""


@pytest.mark.parametrize(
    "body",
    [
        f"Lead [one].\n\n## Long\n\n{LONG}{REFERENCES}",
        f"## Long\n\n{LONG}\n\n[one]: https://example.org/first\n\n## Next\n\n{LONG}{REFERENCES}",
        f"## Long\n\n[one]: no definition at all\n\n{LONG}\n\n[^1]: note",
        "## Steps\n\n" + "\n\n".join(f"{n}. Step {FILLER}" for n in range(1, 9)),
        "## Steps\n\n" + "\n\n".join(f"1. Step {FILLER}\n\n   More of it." for _ in range(8)),
        "## Steps\n\n" + "\n\n".join(f"1) One {FILLER}\n2) Two" for _ in range(4)) + f"\n\nEnd. {FILLER}\n\n1. Again",
        f"## Steps\n\n3. Third {FILLER}\n\n3. Fourth {FILLER}\n\n3. Fifth {FILLER}\n\nOver.\n\n1. One {FILLER}",
    ],
    ids=["references", "the first definition counts", "no definitions", "numbered", "all ones", "tight", "from three"],
)
def test_pieces_show_what_the_section_shows(body):
    """Text, links and numbers: nothing is lost or different for being shown in pieces."""
    for whole, together in whole_and_pieces(body):
        assert together == whole


def test_pieces_of_the_real_articles_show_what_their_sections_show():
    """Every section of every shipped article, rendered both ways."""
    corpus = load_articles(ROOT / "articles", load_settings({"KB_SITE": str(ROOT / "site.yaml")}).site.channel_texts())
    for article in corpus.library:
        for whole, together in whole_and_pieces(article.body):
            assert together == whole, article.id


def test_the_text_before_the_first_heading_has_the_title():
    """Its heading is the article's title and it has no anchor."""
    first, second = split_passages(make_article(title="The fee", body="Before.\n\n## After\n\nText.\n"), plain_text)
    assert (first.heading, first.anchor, first.text) == ("The fee", "", "Before.")
    assert (second.heading, second.anchor, second.text) == ("After", "after", "Text.")


@pytest.mark.parametrize(("summary", "text"), [("In short.", "In short."), ("", "The fee")])
def test_an_article_without_text_is_one_passage(summary, text):
    """Its summary, or else its title; also when there are only headings."""
    for body in ("", "\n\n", "## Heading\n\n## Another\n"):
        (passage,) = split_passages(make_article(title="The fee", summary=summary, body=body), plain_text)
        assert (passage.text, passage.heading, passage.anchor) == (text, "The fee", "")


def test_units_of_an_article():
    """Units are title and summary, each passage under its headings, and each example verbatim; tests are not units."""
    article = make_article(
        title="The fee",
        summary="In short.",
        body="Before.\n\n## After\n\nText.\n",
        examples=("a", "b"),
        tests=("zebra",),
    )
    found = units(article, split_passages(article, plain_text))
    assert [(u.kind, u.text, u.passage) for u in found] == [
        (UnitKind.TITLE, "The fee In short.", -1),
        (UnitKind.PASSAGE, "The fee\nBefore.", 0),
        (UnitKind.PASSAGE, "The fee\nAfter\nText.", 1),
        (UnitKind.EXAMPLE, "a", -1),
        (UnitKind.EXAMPLE, "b", -1),
    ]
    assert {u.article_id for u in found} == {"late-fee"}


def test_records_come_back_as_they_were():
    """Articles through JSON and back: everything but tests and path."""
    from datetime import date

    article = make_article(
        body="Text.\n\n## More\n\nYes.\n",
        examples=("a",),
        keywords=("k",),
        related=("other",),
        redirects=("old",),
        reviewed=date(2026, 11, 22),
        review_in_days=90,
        sources=(Source("https://example.com", "2024-01", "2026-11"),),
    )
    assert article_from_json(article_to_json(article)) == article
    private = make_article(tests=("zebra",), path="articles/fees/late-fee.md")
    assert article_from_json(article_to_json(private)) == make_article()


def test_the_real_articles_come_back_as_they_were():
    """Library and units of all real articles survive the round trip."""
    from kb.settings.settings import load_site

    site, _ = load_site(ROOT / "site.yaml")
    library = load_articles(ROOT / "articles", site.channel_texts()).library
    again = library_from_json(library_to_json(library))
    assert list(again.articles) == sorted(library.articles)
    assert again.categories == library.categories
    assert library_to_json(again) == library_to_json(library)
    passages = [tuple(split_passages(a, plain_text)) for a in library]
    rows = tuple(u for a, p in zip(library, passages, strict=True) for u in units(a, p))
    assert units_from_json(units_to_json(rows, passages)) == (rows, tuple(passages))
    for article, of_article in zip(library, passages, strict=True):
        text = [w for p in of_article for w in words_of(p.text)]
        assert [w for s in article.sections for w in words_of(plain_text(s.markdown))] == text, article.id


def test_a_picture_neither_cuts_a_section_nor_stands_alone():
    """Passages have the words that they would have without it, and the one before it shows it."""
    steps = "\n\n".join(f"{n}. " + f"word{n} " * 60 for n in range(1, 6))
    picture = f"![{'what it shows ' * 30}](../pictures/a.svg)"
    bare = split_passages(make_article("a", f"## Steps\n\n{steps}\n\n## Next\n\nMore.\n"), plain_text)
    shown = split_passages(make_article("a", f"## Steps\n\n{steps}\n\n{picture}\n\n## Next\n\nMore.\n"), plain_text)
    assert len(bare) > 2
    assert [p.text for p in shown] == [p.text for p in bare]
    assert [picture in p.markdown for p in shown] == [n == len(bare) - 2 for n in range(len(bare))]
