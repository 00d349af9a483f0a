"""What is wrong with YAML, in an editor's words and at the line to correct."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.common.yaml_file import YamlProblem, load_yaml
from kb.common.yaml_hints import explain


def _explained(text: str) -> tuple[int, int, str, str]:
    """Return line, column, message and fix of a text that begins at line 2."""
    with pytest.raises(YamlProblem) as raised:
        load_yaml(text, first_line=2)
    found = explain(raised.value, text, first_line=2)
    return (*found.at, found.message, found.fix)


_QUOTED = "Put the text in double quotes"
_IN_LINE = "Put as many spaces before it as before the other items of its list"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('a: 1\ntitle: "abc\nkind: faq\n', (3, 8, 'the text that begins here has no closing "', 'Add " at its end')),
        ("a: 'x\nb: 1\n", (2, 4, "the text that begins here has no closing '", "Add ' at its end")),
        ('e:\n  - "a b\n  - "c d"\nk: 1\n', (3, 5, 'the text that begins here has no closing "', 'Add " at its end')),
        ('t: "a\n  b"\ne:\n  - "x\n', (5, 5, 'the text that begins here has no closing "', 'Add " at its end')),
        (
            'title: "my "big" bill"\n',
            (2, 12, "the text ends at this quotation mark, but more text follows it",
             r'Write \" for a quotation mark inside the text, and nothing after the last one'),
        ),
        (
            "title: 'don't'\nk: 1\n",
            (2, 12, "an apostrophe ends the text that is in single quotes",
             "Put the text in double quotes; apostrophes are allowed in them"),
        ),
        (
            "a: 1\nb:\n\t- x\n",
            (4, 1, "there is a tab in the indentation", "Use spaces: two before the '- ' of a list item"),
        ),
        ("title: What is this: a fee?\nk: 1", (2, 20, "there is a colon inside text that is not in quotes", _QUOTED)),
        ("e:\n  - how: why: x\n", (3, 13, "there is a colon inside text that is not in quotes", _QUOTED)),
        ('e:\n  - "a"\n - "b"\n', (4, 2, "this list item is not in line with the others", _IN_LINE)),
        ('e:\n   - "a"\n  - "b"\n', (4, 3, "this list item is not in line with the others", _IN_LINE)),
        (
            "a: 1\n b: 2\n",
            (3, 2, "this line is not in line with the keys above it", "Begin every key at the start of its line"),
        ),
        ("title What\nkind: faq\n", (2, 6, "the key 'title' has no colon", "Write 'title: …'")),
        ("a: 1\n\nkind faq\n\nb: x\n", (4, 5, "the key 'kind' has no colon", "Write 'kind: …'")),
        ("title:What\nkind: faq\n", (2, 7, "the key 'title' has no space after its colon", "Write 'title: …'")),
        ("a: [x, y\nb: 1\n", (2, 4, "the [ here has no closing ]", "Add ] at its end")),
        ("a: {x: 1\nb: 2", (2, 4, "the { here has no closing }", "Add } at its end")),
        (
            'a: [x y, "b" c]\n',
            (2, 14, "a comma or the closing ] is missing here",
             "Put a comma between the items, and text with a comma, a colon or a quote in double quotes"),
        ),
        ("a: @x", (2, 4, "text cannot begin with '@'", _QUOTED)),
        ("a: 1\nb: *x", (3, 4, "text cannot begin with '*'", _QUOTED)),
        (
            'a: "\\q"',
            (2, 6, "a backslash in double quotes is followed by a letter with which it has no meaning",
             r"Write two backslashes, '\\', for one"),
        ),
        (
            "a: 1\na: 2",
            (3, 1, "the key 'a' appears twice", "Keep one of the two, and move what the other holds into it"),
        ),
        (
            "a: >x\n k",
            (2, 5, "expected chomping or indentation indicators, but found 'x'",
             "Correct the YAML; put text with a colon, '#' or a quote in double quotes"),
        ),
    ],
)  # fmt: skip
def test_usual_mistakes_are_said_plainly(text: str, found: tuple[int, int, str, str]) -> None:
    """Each mistake gets its place, the problem and the fix; a rare mistake keeps the parser's message."""
    assert _explained(text) == found


@given(st.text(alphabet="ab:-\"'[]{}\n\t ,#@\\>|", max_size=60))
def test_any_problem_is_explained_at_a_line_of_the_text(text: str) -> None:
    """Whatever is typed, the place lies in the text and there is something to do."""
    try:
        load_yaml(text)
    except YamlProblem as problem:
        found = explain(problem, text)
        assert 1 <= found.at[0] <= len(text.split("\n")) + 1
        assert found.at[1] >= 1
        assert found.message
        assert found.fix
