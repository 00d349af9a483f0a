"""docs/faults.md: every fault has a test, and every test that it names exists."""

from __future__ import annotations

import re
from functools import cache

import pytest

from tests.support import ROOT

_NODE = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)(\[[^\]]+\])?`")


def rows() -> list[list[str]]:
    """Return the cells of every row of the tables of faults."""
    text = (ROOT / "docs/faults.md").read_text(encoding="utf-8").partition("## Damaged files, compared")[0]
    found = [line[1:-1].split(" | ") for line in text.splitlines() if line.startswith("| ")]
    return [[cell.strip() for cell in row] for row in found if row[0].strip() != "fault"]


@cache
def functions(file: str) -> frozenset[str]:
    """Return the names of the tests of a file."""
    text = (ROOT / file).read_text(encoding="utf-8")
    return frozenset(re.findall(r"^(?:async )?def (test_\w+)\(", text, re.MULTILINE))


def test_there_are_many_faults_each_once() -> None:
    """No fault is told twice."""
    faults = [row[0] for row in rows()]
    assert len(faults) >= 50
    assert len(set(faults)) == len(faults)


@pytest.mark.parametrize("row", rows(), ids=lambda row: row[0])
def test_every_fault_has_a_test_that_exists(row: list[str]) -> None:
    """And says what is seen and kept; the name in brackets is one of the test's file."""
    assert len(row) == 5
    assert all(row)
    named = _NODE.fullmatch(row[4])
    assert named, row[4]
    file, name, case = named.groups()
    assert name in functions(file)
    assert not case or case[1:-1] in (ROOT / file).read_text(encoding="utf-8")
