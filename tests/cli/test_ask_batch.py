"""``kb ask --batch``: every line is answered in its place, or reported there."""

from __future__ import annotations

import io
import json
import math
import sys

import pytest

from kb.cli.ask import read_line
from tests.cli.conftest import CONTRACT


def lines_of(path, *rows):
    """Write JSON Lines; a row given as bytes is written unchanged."""
    path.write_bytes(b"".join((r if isinstance(r, bytes) else json.dumps(r).encode()) + b"\n" for r in rows))
    return path


IDS = ["q1", 7, 1.5, True, None, [1, "a"], {"a": None}, "é😀", "", -0.0, 10**30]


def test_a_batch_is_answered_in_order_with_its_ids(kb, tmp_path):
    """Every id comes back with its type; further keys are ignored; a missing id is null."""
    rows = [{"id": i, "text": "late fee", "more": [1]} for i in IDS]
    done = kb("ask", "--batch", lines_of(tmp_path / "q.jsonl", *rows, {"text": "modem"}), "--json", "--k", 2)
    assert done.status == 0
    assert [row["id"] for row in done.lines] == [*IDS, None]
    assert [type(row["id"]) for row in done.lines] == [type(i) for i in [*IDS, None]]
    assert all(list(row) == CONTRACT and len(row["hits"]) == 2 for row in done.lines)
    assert done.lines[-1]["hits"][0]["article_id"] == "return-equipment"


def test_a_batch_from_standard_input(kb, monkeypatch):
    """``--batch -`` reads what is piped in."""
    piped = io.TextIOWrapper(io.BytesIO(b'{"id": 1, "text": "late fee"}\n{"id": 2, "text": "modem"}'))
    monkeypatch.setattr(sys, "stdin", piped)
    done = kb("ask", "--batch", "-", "--json")
    assert [(row["id"], row["hits"][0]["article_id"]) for row in done.lines] == [
        (1, "late-fee"),
        (2, "return-equipment"),
    ]


def test_a_batch_for_people(kb, tmp_path):
    """Id, outcome, confidence and the first article, by tabs."""
    rows = {"id": "q1", "text": "late fee amount"}, {"id": 2, "text": ""}
    out = kb("ask", "--batch", lines_of(tmp_path / "q.jsonl", *rows)).out.splitlines()
    first, second = (line.split("\t") for line in out)
    assert [first[0], first[1], first[3]] == ["q1", "answered", "late-fee"]
    assert second == ["2", "no_answer", "0.00", "-"]


def test_an_empty_batch_is_done(kb, tmp_path):
    """No line, no output, status 0."""
    done = kb("ask", "--batch", lines_of(tmp_path / "q.jsonl"), "--json")
    assert (done.status, done.out) == (0, "")


BAD = {
    "no JSON": (b"late fee", None, "Line 2 is not JSON"),
    "blank": (b"", None, "Line 2 is not JSON"),
    "cut off": (b'{"id": 5, "text": "la', None, "Line 2 is not JSON"),
    "invalid UTF-8": (b'{"id": 5, "text": "\xff"}', None, "Line 2 is not UTF-8 (byte 19)"),
    "NaN": (b'{"id": 5, "text": "a", "x": NaN}', None, "NaN is not a JSON value"),
    "Infinity as id": (b'{"id": Infinity, "text": "a"}', None, "Infinity is not a JSON value"),
    "a number too great as id": (b'{"id": 1e999, "text": "a"}', None, "1e999"),
    "nested too deeply": (b'{"id": ' + b"[" * 100_000 + b"]" * 100_000 + b', "text": "a"}', None, "Line 2 is not JSON"),
    "an endless number": (b'{"id": ' + b"9" * 10_000 + b', "text": "a"}', None, "Line 2 is not JSON"),
    "a list": (b'["late fee"]', None, "Line 2 is not an object"),
    "a text": (b'"late fee"', None, "Line 2 is not an object"),
    "null": (b"null", None, "Line 2 is not an object"),
    "no text": (b'{"id": "q5"}', "q5", "Line 2 has no text"),
    "null for text": (b'{"id": 5, "text": null}', 5, "Line 2 has no text"),
    "a number for text": (b'{"id": [5], "text": 3}', [5], "Line 2 has no text"),
}


@pytest.mark.parametrize(("line", "query_id", "message"), BAD.values(), ids=BAD.keys())
def test_a_line_that_cannot_be_read_is_reported_in_its_place(kb, tmp_path, line, query_id, message):
    """Id and error in the line's place, the others answered, exit status 1, no traceback."""
    good = {"id": "good", "text": "late fee"}
    done = kb("ask", "--batch", lines_of(tmp_path / "q.jsonl", good, line, good), "--json")
    assert done.status == 1
    assert [row["id"] for row in done.lines] == ["good", query_id, "good"]
    assert list(done.lines[1]) == ["id", "error"]
    assert message in done.lines[1]["error"]
    assert done.err == ""


@pytest.mark.parametrize("depth", [*range(1, 12), *range(80, 1200, 35), 5_000, 60_000])
def test_an_id_of_any_depth_is_echoed_or_reported(kb, tmp_path, depth):
    """Any id that can be parsed can be written, whatever its depth."""
    line = b'{"id": ' + b"[" * depth + b"]" * depth + b', "text": "late fee"}'
    done = kb("ask", "--batch", lines_of(tmp_path / "q.jsonl", line, {"id": 2, "text": "modem"}), "--json")
    assert done.err == ""
    assert len(done.out.splitlines()) == 2
    assert ('"error"' in done.out) == (done.status == 1)


def test_halves_of_surrogate_pairs_are_echoed_escaped(kb, tmp_path):
    """What UTF-8 cannot hold comes back as it was, escaped; other text stays readable."""
    rows = rb'{"id": "\ud83d", "text": "late \ude00 fee"}', {"id": 2, "text": "¿cómo? 😀 late fee"}
    done = kb("ask", "--batch", lines_of(tmp_path / "q.jsonl", *rows), "--json")
    assert done.status == 0
    assert [(row["id"], row["query"]) for row in done.lines] == [
        ("\ud83d", "late \ude00 fee"),
        (2, "¿cómo? 😀 late fee"),
    ]
    assert "¿cómo? 😀 late fee" in done.out


def test_bad_lines_for_people_are_reported_too(kb, tmp_path):
    """Without --json the error is still an object in its place."""
    done = kb("ask", "--batch", lines_of(tmp_path / "q.jsonl", b"x", {"id": 1, "text": "late fee"}))
    assert done.status == 1
    assert json.loads(done.out.splitlines()[0])["id"] is None


def test_a_batch_file_that_is_not_there(kb):
    """Exit status 1, one line on stderr, naming the file and what to give."""
    done = kb("ask", "--batch", "nowhere.jsonl", "--json")
    assert (done.status, done.out) == (1, "")
    assert done.err == "kb: nowhere.jsonl cannot be read: No such file or directory. Give a file of JSON Lines, or -.\n"


def test_read_line_gives_no_value_that_json_lacks():
    """NaN and infinities are refused, wherever they are in a line."""
    for line in (b'{"id": -Infinity, "text": "a"}', b'{"id": [{"x": -1e999}], "text": "a"}'):
        query_id, text, error = read_line(line, 3)
        assert (query_id, text) == (None, None)
        assert error.startswith("Line 3 is not JSON")
    assert read_line(b'{"id": 1e-999, "text": "a"}', 1) == (0.0, "a", "")
    assert math.isfinite(read_line(b'{"id": 1e300, "text": "a"}', 1)[0])
