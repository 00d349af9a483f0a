"""Kinds of broken article: each file of ``tests/data/bad`` gives exactly the findings in the file next to it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.common.folding import plain_words
from kb.content.articles.corpus import read_corpus
from kb.content.checks.codes import CODES
from kb.content.checks.corpus_check import check_corpus
from tests.content.helpers import CHANNELS, DATA, TODAY, signpost_text

LOGGED = frozenset({"why is there tar on my modem", "why is tar on my modem then"})
"""What the journal holds, as it would be asked for."""
BAD = sorted((DATA / "bad").glob("*.md"))


def found_in(path: Path) -> list[list[object]]:
    """Check one bad article among the good ones and return its own findings."""
    files = {f"good/{p.relative_to(DATA / 'good')}": p.read_bytes() for p in sorted((DATA / "good").rglob("*.md"))}
    files["good/elsewhere/power-cut.md"] = signpost_text(title="Power cuts", examples=["is the power out"]).encode()
    name = f"zz/{'elsewhere' if path.stem.startswith('elsewhere') else 'bad'}/{path.name}"
    # Related from a good article, so that not every bad one is an orphan or relates one way.
    back = f"related: [ways-to-pay, {path.stem.replace(' ', '-')}]".encode()
    files["good/fees/late-fee.md"] = files["good/fees/late-fee.md"].replace(b"related: [ways-to-pay]", back)
    corpus = read_corpus({**files, name: path.read_bytes()}, CHANNELS)
    found = check_corpus(corpus, today=TODAY, logged=lambda text: plain_words(text) in LOGGED)
    return [[f.line, f.column, f.code, f.severity.value] for f in found if f.path == name]


@pytest.mark.parametrize("path", BAD, ids=[path.stem for path in BAD])
def test_bad_article_gives_exactly_its_findings(path: Path) -> None:
    """Line, column, code and severity of every finding match the file next to the article."""
    expected = path.with_suffix(".expected.json")
    assert expected.exists(), f"{expected.name} is missing; found: {found_in(path)}"
    assert found_in(path) == json.loads(expected.read_text(encoding="utf-8"))


def test_every_expectation_belongs_to_an_article() -> None:
    """An expectation whose article is gone is noticed."""
    expected = {path.name.removesuffix(".expected.json") for path in (DATA / "bad").glob("*.expected.json")}
    assert expected == {path.stem for path in BAD}


def test_good_articles_have_no_findings() -> None:
    """The good articles that accompany the bad ones have no findings."""
    files = {str(p): p.read_bytes() for p in sorted((DATA / "good").rglob("*.md"))}
    assert check_corpus(read_corpus(files, CHANNELS), today=TODAY) == []


def test_bad_articles_show_nearly_every_code() -> None:
    """Each code has a bad article, but for those that take more than one file's text to show."""
    shown = {row[2] for path in BAD for row in json.loads(path.with_suffix(".expected.json").read_text("utf-8"))}
    others = {"unreadable", "left-out", "missing-redirect", "bill-article", "dead-step"}
    others |= {"too-large", "link-out", "linked-folder"}  # tests/content/articles/test_corpus.py
    others |= {code for code in CODES if code.startswith("picture-")}  # tests/content/articles/test_pictures.py
    others |= {code for code in CODES if code.startswith(("translation-", "untranslated"))}  # and test_translations.py
    assert set(CODES) - shown == others
