"""One finding mended by itself: only its line changes, and the article says the same."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from kb.content.articles.corpus import read_corpus
from kb.content.checks.corpus_check import check_corpus
from kb.content.editing.fix import Beside
from kb.content.editing.one_mend import mend_one, mends
from kb.types import Finding
from tests.content.helpers import TODAY, article_text

PATH = "articles/fees/a.md"
CHANNELS = {"line": "555-210-0000"}
BESIDE = Beside(CHANNELS, ids={"a": "a"})


def check(text: str) -> Sequence[Finding]:
    """Return the findings of the one article."""
    return check_corpus(read_corpus({PATH: text.encode()}, CHANNELS), today=TODAY, only=PATH)


def found(text: str, code: str) -> list[Finding]:
    """Return the findings of a code."""
    return [finding for finding in check(text) if finding.code == code]


@pytest.mark.parametrize(
    ("written", "code", "n", "mended"),
    [
        ("kind: FAQ\nstatus: Published", "schema", 0, "kind: faq\nstatus: Published"),
        ("kind: FAQ\nstatus: Published", "schema", 1, "kind: FAQ\nstatus: published"),
        ("kind: faq\nkeywords: [Fee, fee, due]", "duplicate-item", 0, "kind: faq\nkeywords: [Fee, due]"),
        ("kind: faq\nreviewed: 22 November 2026", "date", 0, "kind: faq\nreviewed: 2026-11-22"),
    ],
)
def test_one_value_is_mended_and_the_others_stay(written: str, code: str, n: int, mended: str) -> None:
    """Each finding by itself, though the fix would mend its neighbors, too."""
    text = f"---\ntitle: A\n{written}\ncategory: fees\n---\n\nT.\n"
    assert mend_one(PATH, text, found(text, code)[n], check, BESIDE) == text.replace(written, mended)


def test_of_two_numbers_one_is_mended() -> None:
    """The line of the finding alone; those of one line go together."""
    text = article_text("Call 555-210-0000.\n\nOr, after six, 555-210-0000.\n")
    first, second = found(text, "phone-number")
    one = mend_one(PATH, text, second, check, BESIDE)
    assert one == text.replace("six, 555-210-0000", "six, {{channel.line}}")
    assert mend_one(PATH, one, first, check, BESIDE).count("{{channel.line}}") == 2


def test_a_fix_of_the_whole_file_is_whole() -> None:
    """The order of keys cannot be mended on one line."""
    text = "---\ncategory: fees\nkind: faq\ntitle: A\n---\n\nT.\n"
    (layout,) = found(text, "layout")
    assert mend_one(PATH, text, layout, check, BESIDE).startswith("---\ntitle: A\nkind: faq\ncategory: fees\n---\n")


def test_what_a_person_must_decide_has_no_mend() -> None:
    """And what can be mended says what the mend does."""
    text = article_text("See [that](no-such-article).  \n\nA line \n", title="A", keywords=["x", "X"])
    able = mends(PATH, text, check(text), check, BESIDE)
    assert {finding.code: words for finding, words in able.items()} == {
        "layout": "spaces at line ends",
        "duplicate-item": "doubled keywords",
    }
    (dead,) = found(text, "dead-link")
    assert mend_one(PATH, text, dead, check, BESIDE) == text


def test_the_findings_of_one_file_are_those_of_the_whole_check() -> None:
    """In much less time, for a page that checks while somebody types."""
    contents = {
        PATH: article_text("A $5 fee. [x](b#nowhere) \n", title="A", tests=["how big"], examples=["how big"]).encode(),
        "articles/fees/b.md": article_text("T.\n", title="A", examples=["how big"], related=["a"]).encode(),
        "articles/elsewhere/s.md": article_text("T.\n", kind="signpost", examples=["how big"]).encode(),
    }
    corpus = read_corpus(contents, CHANNELS)
    every = check_corpus(corpus, today=TODAY)
    for path in contents:
        assert check_corpus(corpus, today=TODAY, only=path) == [finding for finding in every if finding.path == path]
    assert len({finding.code for finding in every if finding.path == PATH}) > 5
