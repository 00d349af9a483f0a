"""Judged parts: reading them, and the figures of the parts shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from kb.errors import QueryFileError
from kb.evaluation.parts import JudgedPart, PartResult, part_figures, read_judged_parts
from kb.types import Half, half_of

LINE = {"id": 1, "text": "q", "article": "a", "right": ["x", "top"], "arguable": ["y"]}


def written(tmp_path: Path, *lines: object) -> Path:
    path = tmp_path / "parts.jsonl"
    path.write_text("".join(f"{json.dumps(line) if not isinstance(line, str) else line}\n" for line in lines))
    return path


def test_a_line_is_a_question_with_its_sections(tmp_path: Path):
    """Ids are text, and what is left out has its default."""
    assert read_judged_parts(written(tmp_path, LINE)) == [
        JudgedPart("1", "q", "a", frozenset({"x", "top"}), frozenset({"y"}), "en")
    ]


def test_a_half_is_that_of_the_line_or_of_its_article(tmp_path: Path):
    """A line may say which half it belongs to; otherwise the article's id does."""
    path = written(tmp_path, {**LINE, "half": "report"}, {**LINE, "id": 2, "half": "guide"}, {**LINE, "id": 3})
    own = {Half.REPORT: "1", Half.GUIDE: "2"}
    for half in Half:
        expected = [own[half], *(["3"] if half_of("a") is half else [])]
        assert [part.query_id for part in read_judged_parts(path, half)] == expected


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", r"parts.jsonl:2: this is no judged part .*\. Write {"),
        ({"id": 1, "text": "q", "article": "a"}, r"parts.jsonl:2: this is no judged part \('right'\)"),
        ({**LINE, "right": []}, r"parts.jsonl:2: 'right' is empty\. Name at least one section, or 'top'\."),
        ([], r"parts.jsonl:2: this is no judged part"),
    ],
)
def test_bad_lines_are_named(tmp_path: Path, line: object, message: str):
    """File, line and remedy."""
    with pytest.raises(QueryFileError, match=message):
        read_judged_parts(written(tmp_path, LINE, line))


def test_no_line_is_an_error(tmp_path: Path):
    """An empty file proves nothing."""
    with pytest.raises(QueryFileError, match="there is no judged part"):
        read_judged_parts(written(tmp_path))


def test_right_wrong_and_in_between():
    """What is arguable is neither."""
    judged = JudgedPart("1", "q", "a", frozenset({"x"}), frozenset({"y"}))
    shown = {anchor: PartResult(judged, anchor) for anchor in "xyz"}
    assert [(r.is_right, r.is_wrong) for r in shown.values()] == [(True, False), (False, False), (False, True)]


def test_figures_are_shares_by_language_too():
    """Two articles, so that there is an interval."""
    of = [
        PartResult(JudgedPart(str(n), "q", f"a{n % 2}", frozenset({"x"}), language=language), anchor)
        for n, (language, anchor) in enumerate([("en", "x"), ("en", "z"), ("es", "x"), ("en", "x")])
    ]
    found = part_figures(of)
    assert {name: f.value for name, f in found.items()} == {
        "right": 0.75,
        "wrong": 0.25,
        "right_en": pytest.approx(2 / 3),
        "right_es": 1.0,
    }
    assert found["right"].low is not None
