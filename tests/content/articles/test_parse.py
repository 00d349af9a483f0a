"""Articles from bytes."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from kb.content.articles.corpus import read_corpus
from kb.content.articles.parse import is_whole, named_channels, parse_article, read_article, split_front_matter
from kb.content.checks.corpus_check import check_corpus
from kb.content.editing.fix import fixes
from kb.types import ArticleKind, Severity, Translation
from tests.content.helpers import CHANNELS, TODAY, article_text, parsed, signpost_text


@given(st.binary(max_size=400) | st.text(max_size=300).map(lambda text: b"---\n" + text.encode("utf-8", "replace")))
@settings(max_examples=300, deadline=None)
def test_parse_never_raises(data: bytes) -> None:
    """Any bytes at all give an article or findings, never an exception."""
    article, found = parse_article("articles/a/b.md", data, {})
    assert (article is None) == any(f.severity is Severity.ERROR for f in found)


_YAML = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8) | st.dates(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)


@example({"title": [], "examples": {"\x85": None}})
@given(
    st.dictionaries(
        st.sampled_from(["title", "kind", "category", "examples", "related", "sources", "reviewed", "review_in_days"]),
        _YAML,
    )
)
@settings(max_examples=200, deadline=None)
def test_parse_never_raises_on_any_values(values: dict[str, object]) -> None:
    """Whatever the values of the keys are, each problem is a finding in the front matter."""
    import yaml

    front = yaml.safe_dump(values, allow_unicode=True)
    _, found = parse_article("articles/a/b.md", f"---\n{front}\n---\nText.\n".encode("utf-8", "replace"), {})
    assert all(1 <= f.line <= front.count("\n") + 3 for f in found)


@pytest.mark.parametrize("mangle", [str, lambda front: front.replace(":", "", 1), lambda front: front + "x: 'y\n"])
@given(
    st.dictionaries(
        st.sampled_from(["title", "kind", "category", "summary", "es", "tests", "related", "sources", "not_for", "x"]),
        _YAML | st.sampled_from(["FAQ", "signpost", "a, b", "1/2/2020", {"title": "a", "text": 5}, ["a.md", 5, "A"]]),
    )
)
@settings(max_examples=150, deadline=None)
def test_what_is_read_of_a_broken_file_can_be_checked(mangle: Callable[[str], str], values: dict[str, object]) -> None:
    """Whatever is wrong, the checks run on what is left, and find all that is said of the file alone."""
    import yaml

    path = "articles/elsewhere/b.md" if "x" in values else "articles/a/b.md"
    data = f"---\n{mangle(yaml.safe_dump(values, allow_unicode=True))}\n---\nText [a](b). \n".encode("utf-8", "replace")
    _, alone = parse_article(path, data, {})
    checked = read_corpus({path: data, "articles/a/good.md": article_text(related=["b"]).encode()})
    found = check_corpus(checked, today=TODAY)
    assert {f for f in found if f.path == path} >= set(alone)
    assert len(checked.parsed) + len(checked.partial) == 2
    assert fixes(path, data).path == path


def test_what_is_wrong_is_left_out_and_the_rest_stays_in_place() -> None:
    """Items that cannot be read are not there, so that the positions of the others are their own."""
    text = article_text("[x](y)\n", examples=["one", ["two"], "three"], tests={"a": 1}, summary=["x"], kind="poem")
    item, found = read_article("articles/fees/a.md", text.encode())
    assert item is not None
    assert not is_whole(found)
    assert (item.article.examples, item.article.tests, item.article.summary) == (("one", "three"), (), "")
    assert item.at("examples", 1) == (5, 28)
    assert item.unread == {"examples", "tests", "summary", "kind"}
    assert (item.article.kind, item.article.category, item.article.title) == (ArticleKind.FAQ, "fees", "A title")
    assert parse_article("articles/fees/a.md", text.encode())[0] is None


def test_every_article_has_what_its_path_says() -> None:
    """Without a title, a kind or a category, its file's name and folder stand for them in the checks."""
    for folder, kind in (("fees", ArticleKind.FAQ), ("elsewhere", ArticleKind.SIGNPOST)):
        item, _ = read_article(f"articles/{folder}/late-fee.md", b"---\n---\nText.\n")
        assert item is not None
        assert (item.article.title, item.article.kind, item.article.category) == ("late-fee", kind, folder)


def test_a_misspelled_signpost_is_read_as_one() -> None:
    """No category is missed of it."""
    item, found = read_article("articles/elsewhere/a.md", b"---\ntitle: A\nkind: signpst\n---\nText.\n")
    assert item is not None
    assert item.article.is_signpost
    assert [(f.code, f.fix) for f in found] == [("schema", "Did you mean 'signpost'?")]


def test_positions_of_front_matter_and_body() -> None:
    """An article has the positions of its values and of its body."""
    item = parsed("Text.\n", examples=["a", "b"], sources=[{"address": "x", "dated": "2024"}])
    assert item.body_line == 8
    assert item.at("examples", 1) == (5, 17)
    assert item.at("sources", 0, "dated") == (6, 37)
    assert item.at("examples", 7) == item.at("examples") == (5, 11)
    assert item.at("nothing") == (2, 1)
    assert item.article.sections[0].line == 8


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_byte_order_mark_do_not_matter(newline: str, mark: str) -> None:
    """Files of every system give the same article."""
    text = article_text("One.\n\n## Two\n\nThree.\n")
    item, found = parse_article("articles/fees/a.md", (mark + text.replace("\n", newline)).encode(), {})
    assert item is not None
    assert found == []
    assert item.article == parsed("One.\n\n## Two\n\nThree.\n").article


def test_channels_are_filled_in_body_and_summary() -> None:
    """A channel's name is replaced by its text; the original body is kept with it."""
    item = parsed("Call {{channel.phone}} or {{ channel.chat }}.\n", summary="Use {{channel.chat}}.")
    assert item.article.body == "\nCall (555) 010-0000 or the chat.\n"
    assert item.article.summary == "Use the chat."
    assert item.raw_body == "\nCall {{channel.phone}} or {{ channel.chat }}.\n"


@pytest.mark.parametrize(
    ("body", "filled"),
    [
        ("Use {{channel.chat}}.", "Use [the chat](https://example.com/chat)."),
        ("## Ask {{channel.chat}}", "## Ask the chat"),
        ("See [how {{channel.chat}} works](chat-with-us).", "See [how the chat works](chat-with-us)."),
        ("See [this](a) or {{channel.chat}}.", "See [this](a) or [the chat](https://example.com/chat)."),
        ("Write `{{channel.chat}}`.", "Write `the chat`."),
        ("Call {{channel.phone}}.", "Call 555."),
    ],
)
def test_a_channel_with_a_page_is_a_link_to_it(body: str, filled: str) -> None:
    """In running text; where no link can be, it is its words. A summary is words only, and so is what is searched."""
    channels = {"chat": "the chat", "url.chat": "https://example.com/chat", "phone": "555"}
    data = article_text(f"{body}\n", summary="By {{channel.chat}}.").encode()
    read, findings = parse_article("a.md", data, channels)
    assert read is not None
    assert (read.article.body.strip(), read.article.summary, list(findings)) == (filled, "By the chat.", [])


def test_unknown_channel_names_those_there_are() -> None:
    """An unknown channel is an error that lists the known ones, or says that there are none."""
    data = article_text("Call {{channel.fax}}.\n").encode()
    assert [f.fix for f in parse_article("a.md", data, CHANNELS)[1]] == ["Use one of: chat, phone"]
    assert [f.fix for f in parse_article("a.md", data)[1]] == ["Use one of: none is defined"]
    assert parse_article("a.md", data, named_channels(data))[0] is not None


def test_split_front_matter() -> None:
    """A text without a front matter, or without its end, is distinguished from one that has it."""
    assert split_front_matter("---\na: b\n--- \nText\n") == ("a: b", "Text\n", 4)
    assert split_front_matter("Text") == (None, "", 0)
    assert split_front_matter("---\na: b\n") == (None, "", 1)


# --------------------------------------------------------------------------------------------- a folder


def test_channels_of_a_signposts_spanish_are_spanish() -> None:
    """The Spanish text has the channel's Spanish words, the English ones if it has none; an unknown one is an error."""
    text = signpost_text("Call {{channel.phone}}.\n", es={"title": "A", "text": "{{channel.phone}}, {{channel.chat}}"})
    words = {"phone": "the phone", "chat": "the chat", "es.phone": "el teléfono"}
    found, findings = parse_article("a/elsewhere/a.md", text.encode(), words)
    assert findings == []
    assert found is not None
    assert found.article.body.strip() == "Call the phone."
    assert found.article.spanish == Translation("A", "el teléfono, the chat")
    _, findings = parse_article("a/elsewhere/a.md", text.encode(), {"phone": "x", "es.phone": "y"})
    assert [(f.line, f.code, f.fix) for f in findings] == [(4, "channel", "Use one of: phone")]


def test_a_section_is_named_by_its_anchor_or_by_its_heading() -> None:
    """All forms give the anchor; a name that fits no section stays, for the finding."""
    ties = "".join(f'  - {{question: q{n}, section: "{name}"}}\n' for n, name in enumerate(_NAMES))
    text = f"---\ntitle: A\nkind: faq\ncategory: b\nexamples:\n{ties}---\n\nText.\n\n## How it works\n\nIt works.\n"
    parsed, found = parse_article("a.md", text.encode())
    assert found == []
    assert parsed is not None
    assert list(parsed.article.example_sections.values()) == [*["how-it-works"] * 4, "it-works"]


_NAMES = ("how-it-works", "#how-it-works", "How it works", "HOW IT WORKS", "#it-works")
