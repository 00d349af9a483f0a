"""YAML with positions."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.common import yaml_file
from kb.common.yaml_file import Located, YamlProblem, load_yaml
from tests.support import ROOT


def test_values_know_where_they_stand() -> None:
    """Keys, values and items have 1-based lines and columns in their file, and scalars their end."""
    root = load_yaml("a: 1\nb:\n  - 'x y'\n  - {c: 2024-01-02}\n", first_line=5)
    assert root.plain() == {"a": 1, "b": ["x y", {"c": date(2024, 1, 2)}]}
    assert root.keys == {"a": (5, 1), "b": (6, 1)}
    item = root.value["b"].value[0]
    assert (item.value, item.text, item.line, item.column, item.end) == ("x y", "x y", 7, 5, (7, 10))
    inner = root.value["b"].value[1]
    assert (inner.line, inner.column, inner.keys) == (8, 5, {"c": (8, 6)})
    assert inner.value["c"].text == "2024-01-02"


def test_empty_document_is_none() -> None:
    """Nothing, and only a comment, give None at the first line."""
    assert load_yaml("", first_line=3) == Located(None, 3, 1)
    assert load_yaml("# only this").plain() is None


@pytest.mark.parametrize("odd", ["\x85", "\u2028", "\u2029"])
def test_only_a_newline_ends_a_line(odd: str) -> None:
    """A line number is that of a text editor, whatever else YAML takes for the end of a line."""
    root = load_yaml(f'a: "x{odd}y"\nb: 1\n')
    assert root.value["b"].line == 2
    with pytest.raises(YamlProblem) as caught:
        load_yaml(f'a: "x{odd}y"\nb: [\n')
    assert caught.value.line == 3


@pytest.mark.parametrize(
    ("text", "message", "line", "column"),
    [
        ("a: [", "expected the node content, but found '<stream end>'", 10, 5),
        ("a: b: c", "mapping values are not allowed here", 10, 5),
        ("a: 1\na: 2", "the key 'a' appears twice", 11, 1),
        ("? [a]\n: 1", "a key must be a plain word", 10, 3),
        ("a: &x 1\nb: *x", r"aliases (*name) are not supported", 11, 4),
        ("a: 1\nb: \x07", r"the character '\x07' is not allowed in YAML", 11, 4),
        ('a: "\\UFFFFFFFF"', "an escape names no character", 10, 7),
        ('a: 1\nb: "\\0"', "the character U+0000 is not allowed", 11, 4),
        ('a: "\\uD800"', "the character U+D800 is not allowed", 10, 4),
        ("a: 1\n--- \nb: 2", "but found another document", 11, 1),
        ("[" * 5000, "nested too deeply", 10, 1),
    ],
)
def test_problems_have_a_place(text: str, message: str, line: int, column: int) -> None:
    """Invalid YAML is refused with the problem and its position."""
    with pytest.raises(YamlProblem) as raised:
        load_yaml(text, first_line=10)
    problem = raised.value
    assert (problem.message, problem.line, problem.column) == (message, line, column)


@pytest.mark.parametrize(
    "text", ["2024-02-31", "!!bool perhaps", "!!timestamp never", "!!int ''", "!!python/object:os.system x", "!x y"]
)
def test_scalars_that_cannot_be_built_stay_text(text: str) -> None:
    """An impossible date or an unknown tag stays text; nothing is ever executed."""
    written = text.split(" ", 1)[-1].strip("'")
    assert load_yaml(f"a: {text}").plain() == {"a": written}


@given(st.text(max_size=80))
def test_any_text_loads_or_is_a_problem(text: str) -> None:
    """No other exception comes out, and a problem's line is one of the text's."""
    try:
        found: Located | YamlProblem = load_yaml(text)
    except YamlProblem as problem:
        found = problem
    assert 1 <= found.line <= len(text.splitlines()) + 1
    assert found.column >= 1


# ------------------------------------------------------------------------------------- the two ways of parsing

SCALARS = st.one_of(
    st.integers(-5, 5_000).map(str),
    st.sampled_from(["true", "null", "~", "2026-11-29", "1.5", "plain words", "'quoted: text'", '"double"', "a - b"]),
)


@given(
    st.lists(st.tuples(st.sampled_from("abcdefg"), st.lists(SCALARS, max_size=3)), min_size=1, unique_by=lambda e: e[0])
)
def test_both_parsers_see_the_same(entries):
    """Values, positions and ends are equal, whether libyaml reads a document or PyYAML does."""
    lines = [f"{key}: [{', '.join(items)}]" if len(items) != 1 else f"{key}: {items[0]}" for key, items in entries]
    text = "\n".join([*lines, "long: >-", "  folded", "  text", "items:", "  - one", "  - {two: 2}", ""])
    quick = yaml_file._quickly(text, 3)
    assert quick is not None
    assert quick == yaml_file._carefully(text, 3)


def test_both_parsers_see_the_same_in_every_article():
    """The shipped articles and site.yaml: the quick way reads most of them, and reads nothing differently."""
    texts = [path.read_text(encoding="utf-8").split("---\n")[1] for path in (ROOT / "articles").rglob("*.md")]
    texts.append((ROOT / "site.yaml").read_text(encoding="utf-8"))
    quick = [(yaml_file._quickly(text, 2), text) for text in texts]
    assert sum(found is not None for found, _ in quick) > len(texts) / 2
    for found, text in quick:
        assert found is None or found == yaml_file._carefully(text, 2)


@pytest.mark.parametrize(
    "text", ["a: *b\n", "a: &x 1\nb: *x\n", "a: !!str 1\n", 'a: "\\x41"\n', "%YAML 1.1\n---\na: 1\n", "a: 1\na: 2\n"]
)
def test_what_needs_care_is_read_with_care(text):
    """Aliases, anchors, tags, escapes, directives and errors are left to the parser with the better words."""
    assert yaml_file._quickly(text, 1) is None


@pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? "])
def test_no_depth_ends_the_process(opening: str) -> None:
    """By itself, libyaml would overflow the stack, which no program survives."""
    with pytest.raises(YamlProblem, match="nested too deeply"):
        load_yaml(opening * 200_000)


def test_a_bomb_of_aliases_is_refused() -> None:
    """A kilobyte of them would stand for more than any memory holds."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 20)]
    with pytest.raises(YamlProblem, match="aliases") as raised:
        load_yaml("\n".join(lines))
    assert raised.value.line == 2
