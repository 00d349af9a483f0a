"""``kb check`` over signposts, and over the questions that an article is not for."""

from __future__ import annotations

from kb.content.articles.corpus import Corpus, read_corpus
from kb.content.checks.corpus_check import check_corpus
from tests.content.helpers import CHANNELS, TODAY, article_text, findings, messages, signpost_text


def with_signposts(**texts: str) -> Corpus:
    """Return a corpus of whole texts by id: signposts in their folder, articles in ``fees``."""
    folders = {name: "elsewhere" if 'kind: "signpost"' in text else "fees" for name, text in texts.items()}
    return read_corpus({f"a/{folders[name]}/{name}.md": text.encode() for name, text in texts.items()}, CHANNELS)


def test_signposts_get_no_advice_for_articles() -> None:
    """No summary, no relation, no heading and no test is missed of them; examples are."""
    assert findings(with_signposts(one=signpost_text(), two=signpost_text(title="Other"))) == [
        ("one", 1, 1, "few-examples"),
        ("two", 1, 1, "few-examples"),
    ]


def test_signposts_do_not_make_a_flat_folder_deep() -> None:
    """Articles in one folder that is no category need no category folders, with signposts next to them or not."""
    files = {"flat/a.md": article_text(), "flat/elsewhere/b.md": signpost_text()}
    checked = read_corpus({path: text.encode() for path, text in files.items()})
    assert findings(checked, "category-folder", "signpost-folder") == []


def test_an_example_of_a_signpost_is_no_example_of_an_article() -> None:
    """It is one error, at the signpost, that names the other place; two signposts with one example are a warning."""
    found = check_corpus(
        with_signposts(
            a=article_text(examples=["Is it down?", "late fee"]),
            x=signpost_text(title="X", examples=["is it down", "my car"]),
            y=signpost_text(title="Y", examples=["My car?"]),
        ),
        today=TODAY,
    )
    told = [(f.path, f.code, f.message) for f in found if f.code in ("signpost-example", "duplicate-example")]
    assert told == [
        ("a/elsewhere/x.md", "signpost-example", "'is it down' is also an example of an article, in a/fees/a.md:5"),
        ("a/elsewhere/y.md", "duplicate-example", "'My car?' already appears in a/elsewhere/x.md:4"),
    ]


def test_a_question_is_not_for_an_article_or_it_is_an_example() -> None:
    """Each that is both names the other place, in the same file or in another one."""
    found = check_corpus(
        with_signposts(a=article_text(examples=["one"], not_for=["One!", "two"]), x=signpost_text(examples=["two"])),
        today=TODAY,
    )
    assert messages(found, "not-for-example") == [
        "'One!' in 'not_for' is also an example on line 5",
        "'two' in 'not_for' is also an example in a/elsewhere/x.md:4",
    ]


def test_a_test_repeats_a_question_of_not_for() -> None:
    """The index knows that question word for word, so such a test proves nothing."""
    found = check_corpus(
        with_signposts(
            a=article_text(not_for=[{"question": "is it down", "belongs": "x"}]), x=signpost_text(tests=["Is it down?"])
        ),
        today=TODAY,
    )
    assert messages(found, "test-repeats-example") == [
        "the test 'Is it down?' repeats the question of 'not_for' in a/fees/a.md:5"
    ]


def test_a_dead_link_is_not_led_to_a_signpost() -> None:
    """The nearest id that a fix names is an article's, because a signpost has no address."""
    found = check_corpus(
        with_signposts(a=article_text("[x](power-cat)\n"), **{"power-cut": signpost_text()}), today=TODAY
    )
    assert [f.fix for f in found if f.code == "dead-link"] == [
        "Use the id of an article, or a whole address with https://"
    ]
