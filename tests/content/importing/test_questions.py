"""Tables of what customers asked elsewhere: columns by their names, numbers as tables write them, each question once."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.content.importing.questions import read_questions
from kb.errors import ArticlesError


def table(folder: Path, text: str | bytes) -> Path:
    """Write a table."""
    path = folder / "asked.csv"
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def test_questions_come_once_and_the_most_frequent_first(tmp_path: Path) -> None:
    """Capitals, accents and marks make no difference; numbers may have separators."""
    found = read_questions(
        table(tmp_path, "Search_Term;Article ID;Searches\nlate fee?;;9\n  Late  FEE ;late-fee;1,200\npaper;;x\n;;3\n")
    )
    assert [(q.text, q.times, q.line, q.article) for q in found.questions] == [
        ("late fee?", 1209, 2, "late-fee"),
        ("paper", 1, 4, ""),
    ]
    assert not found.about.findings


def test_a_list_without_headings_is_all_questions(tmp_path: Path) -> None:
    """Its first column; a line feed within quotes is a space."""
    found = read_questions(table(tmp_path, 'why is it late\n"how do\ni pay",x\n'))
    assert [q.text for q in found.questions] == ["why is it late", "how do i pay"]


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("question\n", ["no-question"]),
        (b"question\nhow do i pay\xff\n", ["encoding"]),
        (b"\x00\x01\xff", ["encoding", "no-question"]),
    ],
)
def test_what_is_wrong_with_a_table_is_said(tmp_path: Path, text: str | bytes, codes: list[str]) -> None:
    """As findings; nothing raises."""
    found = read_questions(table(tmp_path, text))
    assert [finding.code for finding in found.about.findings][: len(codes)] == codes[: len(found.about.findings)]


def test_no_file_is_an_error(tmp_path: Path) -> None:
    """With the way to do it."""
    with pytest.raises(ArticlesError, match=r"kb import --questions FILE\.csv"):
        read_questions(tmp_path / "none.csv")
