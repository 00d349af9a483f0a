"""``docs/articles.md`` says what the product does."""

from __future__ import annotations

import re
from pathlib import Path

from kb.content.articles.corpus import load_articles, read_corpus
from kb.content.articles.frontmatter import READERS
from kb.content.checks.codes import CODES
from kb.content.checks.corpus_check import check_corpus
from kb.settings.settings import load_site
from kb.types import ArticleKind, Severity
from tests.content.helpers import SHIPPED

ROOT = Path(__file__).parents[2]
DOC = (ROOT / "docs" / "articles.md").read_text(encoding="utf-8")


def _rows(heading: str) -> list[list[str]]:
    """Return the cells of the first table below a heading."""
    below = DOC.split(heading, 1)[1]
    table = re.search(r"(?:^\|.*\n)+", below, re.MULTILINE)
    assert table is not None
    cells = [re.split(r"(?<!\\)\|", line)[1:-1] for line in table[0].splitlines()[2:]]
    return [[cell.strip() for cell in row] for row in cells]


def test_every_code_is_explained() -> None:
    """The table of codes is the registry, word for word."""
    told = {code.strip("`"): (Severity(severity), text) for code, severity, text in _rows("\n## Checking")}
    assert told == CODES


def test_every_code_of_meaning_is_explained() -> None:
    """The codes that need the encoder have a table of their own."""
    from kb.authoring.meaning_check import MEANING_CODES

    rows = _rows("\nWith `--meaning`")
    assert {code.strip("`"): (Severity(severity), text) for code, severity, text in rows} == MEANING_CODES


def test_every_key_and_kind_is_explained() -> None:
    """Each key of a front matter and each kind has its row, in the usual order."""
    assert [row[0].strip("`") for row in _rows("\n## The front matter")] == list(READERS)
    assert [row[0].strip("`") for row in _rows("\n## Kinds")] == [kind.value for kind in ArticleKind]


def test_the_good_article_is_good() -> None:
    """The article that is shown has no finding among the shipped ones."""
    block = re.search(r"```markdown\n(.*?)```\n", DOC, re.DOTALL)
    assert block is not None
    channels = load_site(ROOT / "site.yaml")[0].channel_texts()
    shipped = {p.article.path: p.data for p in load_articles(ROOT / "articles", channels).parsed}
    path = str(ROOT / "articles" / "understanding-your-bill" / "track-monthly-bills.md")
    found = check_corpus(read_corpus({**shipped, path: block[1].encode()}, channels), today=SHIPPED)
    assert [str(f) for f in found if f.path == path] == []
    left_out = {"not_for", "sources", "redirects", "es", "translated_from"}
    assert set(READERS) - set(re.findall(r"^(\w+):", block[1], re.MULTILINE)) == left_out


def test_the_good_signpost_is_good() -> None:
    """The signpost that is shown has no finding among the shipped ones, and every key that a signpost may have."""
    block = re.search(r"```markdown\n(.*?)```\n", DOC.split("\n## Questions that belong elsewhere", 1)[1], re.DOTALL)
    assert block is not None
    channels = load_site(ROOT / "site.yaml")[0].channel_texts()
    shipped = {p.article.path: p.data for p in load_articles(ROOT / "articles", channels).parsed}
    path = str(ROOT / "articles" / "elsewhere" / "robot-vacuums.md")
    found = check_corpus(read_corpus({**shipped, path: block[1].encode()}, channels), today=SHIPPED)
    assert [str(f) for f in found if f.path == path] == []
    keys = set(re.findall(r"^(\w+):", block[1], re.MULTILINE))
    assert keys == {"title", "kind", "examples", "tests", "owner", "reviewed", "review_in_days", "es"}
