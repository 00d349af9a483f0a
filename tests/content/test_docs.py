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


def _block(text: str) -> str:
    """Return the first Markdown block of a text."""
    found = re.search(r"```markdown\n(.*?)```\n", text, re.DOTALL)
    assert found is not None
    return found[1]


SIGNPOSTS = DOC.split("\n## Questions that belong elsewhere", 1)[1]
GOOD = {
    str(ROOT / "articles" / "understanding-your-bill" / "track-monthly-bills.md"): _block(DOC),
    str(ROOT / "articles" / "elsewhere" / "robot-vacuums.md"): _block(SIGNPOSTS),
}
"""The article and the signpost that are shown, by where they would be."""


def test_what_is_shown_is_good() -> None:
    """Neither has a finding among the shipped ones."""
    channels = load_site(ROOT / "site.yaml")[0].channel_texts()
    shipped = {p.article.path: p.data for p in load_articles(ROOT / "articles", channels).parsed}
    shown = {path: text.encode() for path, text in GOOD.items()}
    found = check_corpus(read_corpus({**shipped, **shown}, channels), today=SHIPPED)
    assert [str(f) for f in found if f.path in GOOD] == []


def test_what_is_shown_has_every_key() -> None:
    """Those that few articles have are explained elsewhere; a signpost has all it may have."""
    article, signpost = (set(re.findall(r"^(\w+):", text, re.MULTILINE)) for text in GOOD.values())
    assert set(READERS) - article == {"not_for", "sources", "redirects", "es", "translated_from"}
    assert signpost == {"title", "kind", "examples", "tests", "owner", "reviewed", "review_in_days", "es"}
