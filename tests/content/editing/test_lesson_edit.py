"""A decision about a question in an article's file: the question is there, and every other byte is as it was."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.content.articles.parse import parse_article
from kb.content.editing.lesson_edit import Edited, add_example, add_not_for, unified_patch
from kb.errors import ArticlesError
from kb.types import NotFor

PATH = "articles/fees/late-fee.md"
FRONT = """---
title: "Late fee"   # as on the bill
kind: faq
category: fees
examples:
  - "why a late fee"
  # a story
  - {question: "take the fee off", section: waive-it}
tests:
  - fee for paying late
  - {question: "remove my fee", section: waive-it}
---

A fee. Call {{channel.phone}}.

## Waive it

Ask.

## When it comes

Late.
"""


def edited(text: str, question: str, section: str | None = None) -> Edited:
    """Add an example to a text."""
    return add_example(PATH, text.encode(), question, section)


def article(data: bytes):
    """Return the article that bytes are read as."""
    parsed, findings = parse_article(PATH, data, {"phone": "1"})
    assert parsed is not None, findings
    return parsed.article


def changed(before: str, after: bytes) -> list[str]:
    """Return the lines that differ, as a diff writes them."""
    patch = unified_patch("x.md", before.encode(), after)
    return [line for line in patch.split("\n")[2:] if line[:1] in ("+", "-")]


@pytest.mark.parametrize(
    ("section", "line"),
    [
        (None, '+  - "charged for paying late"'),
        ("", '+  - "charged for paying late"'),
        ("when-it-comes", '+  - {question: "charged for paying late", section: when-it-comes}'),
    ],
)
def test_an_example_is_added_below_the_others(section, line):
    """In the style of the list, tied to its section."""
    done = edited(FRONT, "charged for paying late", section)
    assert changed(FRONT, done.data) == [line]
    assert done.is_changed
    assert done.said.startswith("added as an example")
    found = article(done.data)
    assert found.examples == ("why a late fee", "take the fee off", "charged for paying late")
    assert found.example_sections.get("charged for paying late", "") == (section or "")


@pytest.mark.parametrize(
    ("question", "section", "lines"),
    [
        (
            "Why a late fee?",
            "waive-it",
            ['-  - "why a late fee"', '+  - {question: "why a late fee", section: waive-it}'],
        ),
        (
            "take the fee off",
            "when-it-comes",
            [
                '-  - {question: "take the fee off", section: waive-it}',
                '+  - {question: "take the fee off", section: when-it-comes}',
            ],
        ),
        (
            "take the fee off",
            "",
            ['-  - {question: "take the fee off", section: waive-it}', '+  - "take the fee off"'],
        ),
    ],
)
def test_an_example_that_is_there_is_tied(question, section, lines):
    """To a section, to another one, or to none; its words and their quotes stay."""
    done = edited(FRONT, question, section)
    assert changed(FRONT, done.data) == lines
    assert article(done.data).example_sections.get(question, "") in (section, "")


@pytest.mark.parametrize(
    ("question", "section", "said"),
    [
        ("why a late fee", None, "it is an example already"),
        ("why a late fee", "", "it is an example already"),
        ("take the fee off", None, "it is an example of the section 'waive-it' already"),
        ("TAKE the fee off!", "waive-it", "it is an example of the section 'waive-it' already"),
    ],
)
def test_what_is_there_stays(question, section, said):
    """With a word about it."""
    done = edited(FRONT, question, section)
    assert (done.data, done.said, done.is_changed) == (FRONT.encode(), said, False)


@pytest.mark.parametrize("question", ["fee for paying late", "Remove my fee."])
def test_a_test_is_no_example(question):
    """The finding says where the test is, and what to do."""
    with pytest.raises(ArticlesError, match=r"late-fee.md:1\d: .* is a test of this article, which proves") as raised:
        edited(FRONT, question)
    (found,) = raised.value.findings
    assert (found.code, found.path) == ("test-repeats-example", PATH)
    with pytest.raises(ArticlesError, match="is a test of this article"):
        add_not_for(PATH, FRONT.encode(), question)


def test_a_section_must_be_there():
    """The error names those that are."""
    with pytest.raises(ArticlesError, match=r"no section 'gone'. Use one of: waive-it, when-it-comes\."):
        edited(FRONT, "charged", "gone")
    bare = FRONT.partition("## Waive")[0].replace('{question: "take the fee off", section: waive-it}', "b").replace(
        '{question: "remove my fee", section: waive-it}', "c")  # fmt: skip
    with pytest.raises(ArticlesError, match="It has no headings: leave the section out"):
        edited(bare, "charged", "waive-it")


@pytest.mark.parametrize(
    ("examples", "wanted"),
    [
        ('examples: [one, "two"]  # these', 'examples: [one, "two", "new: one"]  # these'),
        ("examples: ['one']", "examples: ['one', 'new: one']"),
        ("examples: []", 'examples: ["new: one"]'),
        ("examples:", 'examples: ["new: one"]'),
        ("examples:\n- one\n- 'two'  # last", "examples:\n- one\n- 'two'  # last\n- 'new: one'"),
        (
            'examples:\n  - question: "one"\n    section: waive-it',
            'examples:\n  - question: "one"\n    section: waive-it\n  - "new: one"',
        ),
        ("keywords: [fee]", 'examples: ["new: one"]\nkeywords: [fee]'),
    ],
)
def test_every_style_of_list_is_added_to(examples, wanted):
    """Flow and block, empty and missing, with comments and any quotes."""
    text = f"---\ntitle: Late fee\nkind: faq\ncategory: fees\n{examples}\n---\n\nA fee.\n\n## Waive it\n\nAsk.\n"
    done = edited(text, "new: one")
    assert done.data.decode() == text.replace(examples, wanted)
    assert article(done.data).examples[-1] == "new: one"


@pytest.mark.parametrize(
    ("item", "section", "wanted"),
    [
        ("- a, {b}: why", "waive-it", None),  # not one text in YAML
        ("- why, me", "waive-it", '- {question: "why, me", section: waive-it}'),
        ("- why me  # rude", "waive-it", "- {question: why me, section: waive-it}  # rude"),
        ("- 'it''s'", "waive-it", "- {question: 'it''s', section: waive-it}"),
        ('- {question: "a"}', "waive-it", '- {question: "a", section: waive-it}'),
        ('- question: "a"  # why', "waive-it", '- question: "a"  # why\n    section: waive-it'),
        ('- question: "a"\n    section: "#when-it-comes"', "waive-it", '- question: "a"\n    section: waive-it'),
        ('- question: "a"\n    section: waive-it', "", '- "a"'),
        ("- section: waive-it\n    question: 'a'", "", "- 'a'"),
        ('- { question: "a" , section: waive-it }  # x', "", '- "a"  # x'),
        ("- >-\n    why\n    me", "waive-it", '- {question: "why me", section: waive-it}'),
        ("- why\n    me", "waive-it", '- {question: "why me", section: waive-it}'),
    ],
)
def test_every_form_of_an_example_is_tied(item, section, wanted):
    """In braces or on lines, quoted or not; what cannot be edited safely is refused."""
    text = (
        f"---\ntitle: Late fee\nkind: faq\ncategory: fees\nexamples:\n  {item}\n  - last\n---\n\n"
        "A fee.\n\n## Waive it\n\nAsk.\n\n## When it comes\n\nLate.\n"
    )
    if wanted is None:
        with pytest.raises(ArticlesError, match="has errors, so nothing can be added"):
            edited(text, "why", section)
        return
    question = article(text.encode()).examples[0]
    done = edited(text, question, section)
    assert done.data.decode() == text.replace(item, wanted)
    assert dict(article(done.data).example_sections) == ({question: section} if section else {})


def test_an_example_tied_to_the_direct_answer_is_tied_to_no_section():
    """Both mean the same; a section takes its place."""
    text = FRONT.replace('"why a late fee"', '{question: "why a late fee", section: top}')
    assert not edited(text, "why a late fee", "").is_changed
    assert changed(text, edited(text, "why a late fee", "waive-it").data)[1] == (
        '+  - {question: "why a late fee", section: waive-it}'
    )


def test_a_comment_within_an_example_is_not_lost():
    """It is left to the editor."""
    text = FRONT.replace('{question: "take the fee off", section: waive-it}',
                         'question: "take the fee off"\n    # by hand\n    section: waive-it')  # fmt: skip
    with pytest.raises(ArticlesError, match="has a comment beside 'section'; remove 'section' by hand"):
        edited(text, "take the fee off", "")


@pytest.mark.parametrize(
    ("not_for", "belongs", "wanted"),
    [
        ("", "", 'not_for: ["a fee of my bank"]\n'),
        ("", "bank-account", 'not_for: [{question: "a fee of my bank", belongs: bank-account}]\n'),
        ('not_for:\n  - "other"\n', "bank-account",
         'not_for:\n  - "other"\n  - {question: "a fee of my bank", belongs: bank-account}\n'),
        ("not_for: [a fee of my bank]\n", "bank-account",
         "not_for: [{question: a fee of my bank, belongs: bank-account}]\n"),
        ("not_for:\n  - {question: A fee of my bank?, belongs: rent}\n", "bank-account",
         "not_for:\n  - {question: A fee of my bank?, belongs: bank-account}\n"),
        ("not_for:\n  - {question: A fee of my bank?, belongs: rent}\n", "", None),
        ("not_for:\n  - {question: A fee of my bank?, belongs: rent}\n", "rent", None),
    ],
)  # fmt: skip
def test_an_article_is_told_what_it_does_not_answer(not_for, belongs, wanted):
    """With where it belongs, if that is known."""
    text = FRONT.replace("---\n\n", f"{not_for}---\n\n")
    done = add_not_for(PATH, text.encode(), "a fee of my bank", belongs)
    assert done.is_changed == (wanted is not None)
    if wanted is not None:
        assert done.data.decode() == FRONT.replace("---\n\n", f"{wanted}---\n\n")
        assert NotFor("a fee of my bank", belongs) in article(done.data).not_for or "A fee" in wanted


def test_a_question_is_an_example_or_not():
    """Both is refused, with the place of the other."""
    with pytest.raises(ArticlesError, match=r":6: 'why a late fee' is an example of this article") as raised:
        add_not_for(PATH, FRONT.encode(), "why a late fee")
    assert raised.value.findings[0].code == "not-for-example"
    text = FRONT.replace("---\n\n", "not_for: [rent]\n---\n\n")
    with pytest.raises(ArticlesError, match="'Rent' is in 'not_for' of this article, so it cannot be an example"):
        edited(text, "Rent")


def test_a_signpost_gets_examples_only():
    """It answers nothing that it could be wrong about."""
    signpost = '---\ntitle: Bank\nkind: signpost\nexamples:\n  - "my bank"\n---\n\nAsk your bank.\n'
    done = add_example("articles/elsewhere/bank.md", signpost.encode(), "overdraft fee", None)
    assert changed(signpost, done.data) == ['+  - "overdraft fee"']
    with pytest.raises(ArticlesError, match="is a signpost, and a signpost has no 'not_for'"):
        add_not_for("articles/elsewhere/bank.md", signpost.encode(), "x y")


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("bom", ["", "\ufeff"])
def test_line_ends_and_marks_stay(newline, bom):
    """The new line ends as the others do."""
    text = bom + FRONT.replace("\n", newline)
    done = edited(text, "charged")
    assert done.data.decode() == text.replace(
        f"waive-it}}{newline}tests", f'waive-it}}{newline}  - "charged"{newline}tests'
    )


def test_mixed_line_ends_stay_as_they_are():
    """Nothing but the new line is written, however untidy the file."""
    lines = FRONT.split("\n")
    text = "".join(line + ("\r\n" if n % 3 else "\n") for n, line in enumerate(lines[:-1])) + "no line end"
    before, after = text.encode(), edited(text, "charged").data
    assert after.replace(b'  - "charged"\r\n', b"") == before


def test_a_broken_file_is_refused():
    """With its first finding."""
    with pytest.raises(
        ArticlesError, match=r"x\.md has errors, so nothing can be added to it\. The first: x\.md:1:1: err"
    ):
        add_example("x.md", b"no front matter", "charged")


TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=60).map(
    lambda text: " ".join(text.split())
)


@given(TEXTS.filter(lambda text: any(c.isalnum() for c in text)), st.sampled_from([None, "", "waive-it"]))
def test_any_question_is_read_back(question, section):
    """Whatever characters it has, and nothing else changes; the second time it is there."""
    done = edited(FRONT, question, section)
    if done.is_changed:
        found = article(done.data)
        assert question in found.examples
        assert len(found.examples) in (2, 3)
        assert edited(done.data.decode(), question, section).data == done.data


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (FRONT.encode(), edited(FRONT, "charged").data),
        (FRONT.replace("\n", "\r\n").encode(), edited(FRONT.replace("\n", "\r\n"), "charged", "waive-it").data),
        (b"one\ntwo", b"one\ntwo\nthree"),
        (b"one\x0btwo\xe2\x80\xa8\n", b"one\x0btwo\xe2\x80\xa8\nthree\n"),
    ],
)
@pytest.mark.parametrize("path", ["articles/fees/late-fee.md", "the articles/late fees.md"])
def test_git_applies_the_patch(before, after, path, tmp_path: Path):
    """Byte for byte."""
    file = tmp_path / path
    file.parent.mkdir(parents=True)
    file.write_bytes(before)
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, check=True)
    patch = unified_patch(path, before, after).encode()
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, check=True, input=patch, capture_output=True)
    assert file.read_bytes() == after


def test_no_change_is_no_patch():
    """Not even a header."""
    assert unified_patch("x.md", b"a\n", b"a\n") == ""
