"""Small edits of an article's text."""

from __future__ import annotations

import pytest

from kb.content.editing.edit import (
    CannotEdit,
    FileText,
    append_item,
    drop_item,
    front_matter,
    list_items,
    redirect_links,
    replace_belongs,
    replace_item,
    scalar,
)


def _text(*lines: str) -> str:
    return "\n".join(["---", "title: A", *lines, "status: draft", "---", "", "Body [a].", ""])


@pytest.mark.parametrize(
    ("lines", "edited"),
    [
        (["related: [a, b]"], ["related: [a, b, new]"]),
        (["related: [a, b,]"], ["related: [a, b, new,]"]),
        (["related: []  # none"], ["related: [new]  # none"]),
        (["related:", "owner: x"], ["related: [new]", "owner: x"]),
        (["related: null"], ["related: [new]"]),
        (["related:", "  - a  # why", "  - 'b'"], ["related:", "  - a  # why", "  - 'b'", "  - new"]),
        (["related:", "- a"], ["related:", "- a", "- new"]),
        (["related: [a,", "  b]"], ["related: [a,", "  b, new]"]),
        (["owner: x"], ["related: [new]", "owner: x"]),
        (["summary: x"], ["summary: x", "related: [new]"]),
    ],
)  # fmt: skip
def test_append_item_keeps_the_style(lines: list[str], edited: list[str]) -> None:
    """An item joins its list as the list is written; nothing else changes."""
    assert append_item(_text(*lines), "related", "new") == _text(*edited)


def test_append_item_to_the_last_key() -> None:
    """A key that comes after all others is added before the fence."""
    assert append_item("---\ntitle: A\n---\n", "status", "x") == "---\ntitle: A\nstatus: [x]\n---\n"


@pytest.mark.parametrize(
    ("lines", "index", "edited"),
    [
        (["related: [a, b, c]"], 0, ["related: [b, c]"]),
        (["related: [a, b, c]"], 1, ["related: [a, c]"]),
        (["related: [a, b, c]"], 2, ["related: [a, b]"]),
        (["related: [a]"], 0, ["related: []"]),
        (["related:", "  - a", "  - b  # why"], 1, ["related:", "  - a"]),
        (["related:", "  - a", "owner: x"], 0, ["owner: x"]),
    ],
)
def test_drop_item(lines: list[str], index: int, edited: list[str]) -> None:
    """One item goes; a list of lines that becomes empty goes with its key."""
    assert drop_item(_text(*lines), "related", index) == _text(*edited)


def test_replace_item_everywhere_it_stands() -> None:
    """Every item of that text is replaced, quotes and all, and quoted where YAML would misread it."""
    text = _text("related: [old, 'old', older]")
    assert replace_item(text, "related", "old", "new") == _text("related: [new, new, older]")
    assert replace_item(text, "related", "old", "2024") == _text('related: ["2024", "2024", older]')
    assert replace_item(_text(), "related", "old", "new") == _text()


@pytest.mark.parametrize(
    ("value", "written"),
    [("late-fee", "late-fee"), ("no", '"no"'), ("12", '"12"'), ("-", '"-"'), ("a b", '"a b"'), ("[", '"["')],
)
def test_scalar_is_quoted_where_needed(value: str, written: str) -> None:
    """Text that YAML would read as something else is put in quotes."""
    assert scalar(value) == written


@pytest.mark.parametrize(
    "text", ["Body", "---\ntitle: A\n", "---\n[\n---\n", "---\n{title: A}\n---\n", "---\n- a\n---\n"]
)
def test_odd_front_matter_cannot_be_edited(text: str) -> None:
    """What is not one key a line is refused, not guessed at."""
    with pytest.raises(CannotEdit):
        front_matter(text)


def test_list_that_is_none_cannot_be_added_to() -> None:
    """A text where a list should be is refused."""
    assert list_items(_text("related: a"), "related") == []
    with pytest.raises(CannotEdit, match="'related' is not a list"):
        append_item(_text("related: a"), "related", "b")


@pytest.mark.parametrize(
    ("data", "newline", "has_bom"),
    [(b"a\nb", "\n", False), (b"a\r\nb", "\r\n", False), (b"\xef\xbb\xbfa\rb", "\r", True)],
)
def test_file_text_gives_back_what_it_read(data: bytes, newline: str, *, has_bom: bool) -> None:
    """Line ends and byte order mark are put aside and put back."""
    file = FileText.of(data)
    assert file == FileText("a\nb", newline, has_bom)
    assert file.with_text("a\nb").encode() == data


# --------------------------------------------------------------------------------------------- links


def _move(target: tuple[str, str]) -> tuple[str, str] | None:
    return {"old": ("new", target[1]), "gone": ("new", "")}.get(target[0])


@pytest.mark.parametrize(
    ("body", "edited"),
    [
        ("[a](old)", "[a](new)"),
        ("[a](old#x) [b](gone#x)", "[a](new#x) [b](new)"),
        ("[a](../fees/old.md#x)", "[a](../fees/new.md#x)"),
        ("[a](/article?id=old#x)", "[a](/article?id=new#x)"),
        ("[a](/a/old) [b](/a/old/)", "[a](/a/new) [b](/a/new/)"),
        ("[a](<old> 'title')", "[a](<new> 'title')"),
        ("[a][r] [r]\n\n[r]: old#x 'title'\n", "[a][r] [r]\n\n[r]: new#x 'title'\n"),
        ("[a](older) [old](https://example.org/old)", "[a](older) [old](https://example.org/old)"),
        ("`[a](old)` [a](old)", "`[a](old)` [a](new)"),
        ("```\n[a](old)\n```\n\n    [a](old)\n", "```\n[a](old)\n```\n\n    [a](old)\n"),
        ("\\[a](old)", "\\[a](old)"),
        ("[a](%6Fld)", "[a](new)"),
        ("[a](%6Fld#x) [b](g%6Fne#x)", "[a](new#x) [b](new)"),
        ("![a](old)", "![a](old)"),
        ("| a |\n|---|\n| [a](old) |", "| a |\n|---|\n| [a](new) |"),
        ("[a](#old)", "[a](#old)"),
    ],
)
def test_redirect_links_keeps_form_and_code(body: str, edited: str) -> None:
    """Every way to link is rewritten in kind; what only looks like a link stays."""
    assert redirect_links(body, _move) == edited


def test_link_that_cannot_be_rewritten_is_refused() -> None:
    """A link in an unknown form is reported, not left broken."""
    with pytest.raises(CannotEdit, match=r"the link 'old' cannot be rewritten; change it by hand first"):
        redirect_links("> [r]:\n> old\n\n[r]", _move)


@pytest.mark.parametrize(
    ("lines", "edited"),
    [
        (["not_for: [{question: a, belongs: old}]"], ["not_for: [{question: a, belongs: new-one}]"]),
        (["not_for:", "  - old", "  - question: b", "    belongs: 'old'  # why"],
         ["not_for:", "  - old", "  - question: b", "    belongs: new-one  # why"]),
        (["not_for: [{question: old}]"], ["not_for: [{question: old}]"]),
        (["related: [old]"], ["related: [old]"]),
    ],
)  # fmt: skip
def test_replace_belongs(lines: list[str], edited: list[str]) -> None:
    """Only the id that a question belongs to is written anew."""
    assert replace_belongs(_text(*lines), "old", "new-one") == _text(*edited)


@pytest.mark.parametrize(
    ("index", "left"),
    [
        (0, ["  - {question: c}", "  - question: d", "    belongs: x", "  - e"]),
        (1, ["  - question: a", "    belongs: b", "  - question: d", "    belongs: x", "  - e"]),
        (2, ["  - question: a", "    belongs: b", "  - {question: c}", "  - e"]),
        (3, ["  - question: a", "    belongs: b", "  - {question: c}", "  - question: d", "    belongs: x"]),
    ],
)
def test_drop_a_mapping(index: int, left: list[str]) -> None:
    """An item that takes several lines goes with all of them, and with no other."""
    items = ["  - question: a", "    belongs: b", "  - {question: c}", "  - question: d", "    belongs: x", "  - e"]
    assert drop_item(_text("not_for:", *items), "not_for", index) == _text("not_for:", *left)
