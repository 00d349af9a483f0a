"""The front matter: the value of each key, and the finding when it cannot be read."""

from __future__ import annotations

from datetime import date

import pytest

from kb.common.findings import OR_FIX, Findings
from kb.common.yaml_file import load_yaml
from kb.content.articles.frontmatter import READERS, read_fields
from kb.types import ELSEWHERE, ArticleKind, ArticleStatus, NotFor, Severity, Source, Translation


def _read(text: str) -> tuple[dict[str, object], list[tuple[int, int, str, str, str]]]:
    findings = Findings("a.md")
    values = read_fields(load_yaml(text, first_line=2), findings).values
    return values, [(f.line, f.column, f.code, f.message, f.fix) for f in findings.found]


_FULL = """\
title: "  How do I
  pay? "
kind: tutorial
category: paying
summary: One sentence.
examples: [how to pay, " pay  bill ", {question: "pay  by card", section: Cards}]
tests:
  - ways to pay
  - {section: "#cash", question: pay in cash}
  - {question: pay somehow, section: [Cards, cash]}
not_for:
  - {question: " pay my  rent ", belongs: rent}
  - who pays whom
keywords: [pay]
related: [late-fee]
owner: billing
reviewed: 2026-11-22
review_in_days: 180
sources:
  - {address: "https://example.org", dated: 2024-01, read: 2026-11-02}
  - {address: "https://example.org/b"}
redirects: [old-pay]
status: draft
"""


_OK = "title: A\nkind: faq\ncategory: b\n"


def test_every_key_is_read() -> None:
    """A front matter with every key gives every value in its type, spaces made one."""
    values, found = _read(_FULL)
    assert found == []
    assert values == {
        "title": "How do I pay?",
        "kind": ArticleKind.TUTORIAL,
        "category": "paying",
        "summary": "One sentence.",
        "examples": ("how to pay", "pay bill", "pay by card"),
        "example_sections": {"pay by card": "Cards"},
        "tests": ("ways to pay", "pay in cash", "pay somehow"),
        "test_sections": {"pay in cash": ("#cash",), "pay somehow": ("Cards", "cash")},
        "not_for": (NotFor("pay my rent", "rent"), NotFor("who pays whom")),
        "keywords": ("pay",),
        "related": ("late-fee",),
        "owner": "billing",
        "reviewed": date(2026, 11, 22),
        "review_in_days": 180,
        "sources": (
            Source("https://example.org", "2024-01", "2026-11-02"),
            Source("https://example.org/b", "unknown", "unknown"),
        ),
        "redirects": ("old-pay",),
        "status": ArticleStatus.DRAFT,
    }
    assert set(values) == (set(READERS) - {"es", "translated_from"}) | {"example_sections", "test_sections"}


def test_a_signpost_has_its_own_keys() -> None:
    """It needs no category, which is always the same, and may have a Spanish title and text."""
    values, found = _read("title: A\nkind: signpost\nexamples: [one]\nes: {title: ' B  c ', text: D}\nstatus: draft\n")
    assert found == []
    assert values == {
        "title": "A",
        "kind": ArticleKind.SIGNPOST,
        "category": ELSEWHERE,
        "examples": ("one",),
        "spanish": Translation("B c", "D"),
        "status": ArticleStatus.DRAFT,
    }


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("- {question: a, part: b}", ("unknown-key", "unknown key 'part' in example 1 (line 6)")),
        ("- {section: b}", ("schema", "example 1 (line 6) has no 'question'")),
        ("- {question: a, section: 5}", ("wrong-type", "'section' of example 1 (line 6) must be text, not '5'")),
        ("- {question: a, section: [b]}", ("wrong-type", "'section' of example 1 (line 6) must be text, not a list")),
        ("- {question: [a]}", ("wrong-type", "'question' of example 1 (line 6) must be text, not a list")),
    ],
)
def test_a_tied_question_that_cannot_be_read(line: str, finding: tuple[str, str]) -> None:
    """Each is an error that names the example and shows the form."""
    found = _read(f"{_OK}examples:\n  {line}\n")[1]
    assert [(f[2], f[3]) for f in found] == [finding]


@pytest.mark.parametrize("key", ["category", "summary", "not_for", "keywords", "related", "redirects"])
def test_keys_that_a_signpost_cannot_have(key: str) -> None:
    """Each is an error at the key, whatever its value, with the remedy."""
    found = _read(f"title: A\nkind: signpost\n{key}:\n")[1]
    assert found == [(4, 1, "unknown-key", f"a signpost has no {key!r}", "Remove it")]


def test_a_signpost_needs_a_title() -> None:
    """What is missing is said of a signpost as of an article."""
    assert _read("kind: signpost\n")[1] == [(2, 1, "schema", "'title' is missing", "Add a line 'title: …'")]


def test_keys_without_a_value_count_as_absent() -> None:
    """An empty optional key counts as absent; an empty required one is missing."""
    values, found = _read("title: A\nkind: faq\ncategory:\nsummary:\nrelated:\n")
    assert values == {"title": "A", "kind": ArticleKind.FAQ}
    assert found == [(2, 1, "schema", "'category' is missing", "Add a line 'category: …'")]


@pytest.mark.parametrize(
    ("line", "finding"),
    [
        ("sumary: x", (5, 1, "unknown-key", "unknown key 'sumary'", "Did you mean 'summary'?")),
        ("owner: 5", (5, 8, "wrong-type", "'owner' must be text, not '5'", f"Put it in quotes{OR_FIX}")),
        ("owner: [a]", (5, 8, "wrong-type", "'owner' must be text, not a list", "Write it as text")),
        ("owner: {a: b}", (5, 8, "wrong-type", "'owner' must be text, not a mapping",
          "Put it in double quotes if it has a colon")),
        ("owner: ' '", (5, 8, "schema", "'owner' is empty", "Write some text, or remove the line")),
        (
            "keywords: [a, 5]",
            (5, 15, "wrong-type", "keyword 2 (line 5) must be text, not '5'", f"Put it in quotes{OR_FIX}"),
        ),
        (
            "tests: one",
            (5, 8, "wrong-type", "'tests' must be a list of texts, not 'one'",
             f"Write each on a line of its own after '- '{OR_FIX}"),
        ),
        (
            "related: [ok, 'a b']",
            (5, 15, "schema", "'a b' in 'related' is not an article id", "Use the file's name without .md"),
        ),
        ("reviewed: 2026-02-30", (5, 11, "date", "'reviewed' is not a date: '2026-02-30'", "Use YYYY-MM-DD")),
        ("reviewed: [a]", (5, 11, "date", "'reviewed' is not a date: ['a']", "Use YYYY-MM-DD")),
        (
            "review_in_days: -1",
            (5, 17, "wrong-type", "'review_in_days' must be a number of days above 0, not '-1'",
             "Write for example 180"),
        ),
        ("es: {title: A, text: B}", (5, 1, "unknown-key", "only a signpost has 'es'", "Remove it")),
        (
            "not_for: one",
            (5, 10, "wrong-type", "'not_for' must be a list of questions, not 'one'",
             'Write - {question: "…", belongs: ID}, or - "…" if nothing answers it'),
        ),
        (
            "not_for: [{belongs: b}]",
            (5, 11, "schema", "question 1 (line 5) has no 'question'",
             'Write - {question: "…", belongs: ID}, or - "…" if nothing answers it'),
        ),
        (
            "not_for: [{question: a, belongs: 'b c'}]",
            (
                *(5, 34, "schema"),
                "'belongs' of question 1 (line 5) is not an id: 'b c'",
                "Use the file's name without .md",
            ),
        ),
        ("status: gone", (5, 9, "schema", "'status' cannot be 'gone'", "Use one of: draft, published")),
        ("status: [a]", (5, 9, "schema", "'status' cannot be ['a']", "Use one of: draft, published")),
        (
            "sources: [{address: x, dated: 2024-13}]",
            (5, 31, "date", "'dated' of source 1 (line 5) is not a date: '2024-13'",
             "Use YYYY, YYYY-MM, YYYY-MM-DD or unknown"),
        ),
    ],
)  # fmt: skip
def test_wrong_values_are_found_with_place_and_remedy(line: str, finding: tuple[int, int, str, str, str]) -> None:
    """Each wrong value is one finding, at the value itself, with the remedy."""
    values, found = _read(_OK + line + "\n")
    assert found == [finding]
    assert values["title"] == "A"


def test_unknown_key_like_no_other_lists_all() -> None:
    """A key that resembles none gets the list of those there are."""
    _, found = _read(_OK + "zzz: 1\n")
    assert found[0][4] == f"Remove it, or use one of: {', '.join(READERS)}"


def test_findings_know_whether_one_stops_a_build() -> None:
    """Only an error stops a build."""
    findings = Findings("a.md")
    findings.add((1, 1), "x", "m", "f", Severity.WARNING)
    assert not findings.has_errors
    findings.add((1, 1), "x", "m", "f")
    assert findings.has_errors
