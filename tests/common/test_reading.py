"""What cannot be read is a finding with its position, not an exception."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.common.findings import Findings
from kb.common.reading import MOST_BYTES, decode, parse_yaml, read_bytes


@pytest.mark.parametrize(
    ("data", "text", "found"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc", "a\nb\nc", []),
        (b"a\nb\xffc", None, [(2, 2, "encoding", "byte 0xff is not UTF-8")]),
        (b"a\nbc\x00", None, [(2, 3, "encoding", "there is a NUL character")]),
    ],
)
def test_text_is_decoded_with_plain_line_feeds(data, text, found):
    """A byte order mark and other line ends do not matter; a wrong byte and a NUL are found where they are."""
    findings = Findings("x.md")
    assert decode(data, findings) == text
    assert [(f.line, f.column, f.code, f.message) for f in findings.found] == found


def test_a_file_that_cannot_be_opened_is_a_finding(tmp_path: Path) -> None:
    """A file that cannot be opened is a finding with the system's reason."""
    findings = Findings("gone")
    assert read_bytes(tmp_path / "gone", findings) is None
    assert [f.message for f in findings.found] == ["the file cannot be read: No such file or directory"]
    (tmp_path / "there").write_bytes(b"x")
    assert read_bytes(tmp_path / "there", findings) == b"x"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes with a name")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    """Nobody may ever write to it."""
    os.mkfifo(tmp_path / "pipe")
    findings = Findings("pipe")
    assert read_bytes(tmp_path / "pipe", findings) is None
    assert [f.message for f in findings.found] == ["this is not a file"]


def test_more_than_any_article_is_not_read(tmp_path: Path) -> None:
    """The limit itself is read; one byte more is a finding."""
    path, findings = tmp_path / "long.md", Findings("long.md")
    path.write_bytes(b"x" * MOST_BYTES)
    assert len(read_bytes(path, findings) or b"") == MOST_BYTES
    os.truncate(path, MOST_BYTES + 1)
    assert read_bytes(path, findings) is None
    assert [(f.code, f.message) for f in findings.found] == [
        ("too-large", "the file has 1,000,001 bytes; the most is 1,000,000")
    ]


def test_yaml_that_does_not_parse_is_a_finding_in_its_file():
    """Lines are counted from the file's first one."""
    findings = Findings("x.md")
    assert parse_yaml('title: "a\nkind: faq\n', findings, first_line=2) is None
    assert [(f.line, f.code, f.message) for f in findings.found] == [
        (2, "yaml", 'the text that begins here has no closing "')
    ]
    root = parse_yaml("a: 1", Findings("x.md"), first_line=5)
    assert root is not None
    assert (root.plain(), root.value["a"].line) == ({"a": 1}, 5)
