"""What the articles are like, counted."""

from __future__ import annotations

from kb.content.articles.corpus import read_corpus
from kb.content.checks.corpus_check import check_corpus
from kb.content.figures import ContentFigures, content_figures
from tests.content.helpers import CHANNELS, TODAY, article_text, signpost_text

_LINKS = (
    "See [the form](https://forms.example.gov/a) and [the shop](https://shop.example.com).\n\n![A bill](bill.png)\n"
)


def figures(official: tuple[str, ...] = ()) -> ContentFigures:
    """Count two articles, a draft and a signpost."""
    files = {
        "articles/fees/late-fee.md": article_text(
            "We could not find a rule. " * 3 + "\n", title="Late fee", category="fees"
        ),
        "articles/fees/form.md": article_text(_LINKS, title="The form", category="fees"),
        "articles/fees/draft.md": article_text(_LINKS, title="A draft", category="fees", status="draft"),
        "articles/elsewhere/power.md": signpost_text(title="Power cuts", examples=["se fue la luz"] * 12),
    }
    corpus = read_corpus({path: text.encode() for path, text in files.items()}, CHANNELS)
    return content_figures(corpus, check_corpus(corpus, today=TODAY), lambda text: text.startswith("se "), official)


def test_only_what_customers_see_is_counted() -> None:
    """A draft counts for nothing."""
    found = figures()
    assert (found.articles, found.signposts, found.with_picture) == (2, 1, 1)
    assert (found.external_links, dict(found.hosts)) == (2, {"forms.example.gov": 1, "shop.example.com": 1})
    assert found.speak_of_sources == ("articles/fees/late-fee.md",)
    assert {name for _, name in found.hardest} == {"form", "late-fee"}


def test_links_lead_to_listed_hosts() -> None:
    """A host is on the list with all below it; without a list every host is."""
    assert figures().unlisted == ()
    assert figures(("example.gov",)).unlisted == (("articles/fees/form.md", "https://shop.example.com"),)
    assert figures(("gov", "shop.example.com")).unlisted == ()
