"""The gate for what is dictated or introduced: lines of a hand that had not seen the rules."""

from __future__ import annotations

import pytest

from benchmarks import redaction
from benchmarks.redaction_lines import SPOKEN, read_lines
from kb.privacy.text import Kind

LINES = read_lines(SPOKEN)
HALVES = sorted({line.half for line in LINES})


@pytest.mark.parametrize("half", HALVES)
def test_nearly_all_is_hidden_and_little_else(half):
    """At least 97 % of what is personal is hidden, and at least 98 % of what is hidden is personal."""
    counts = redaction.measure([line for line in LINES if line.half is half])
    hidden, labelled = counts.hidden.total(), counts.labelled.total()
    assert hidden / labelled >= 0.97
    assert hidden / (hidden + len(counts.alarms)) >= 0.98


def test_every_line_is_labelled_as_the_rules_call_it():
    """Kinds are the rules' own, and every kind has lines in each half."""
    for half in HALVES:
        kinds = {label.kind for line in LINES if line.half is half for label in line.labels}
        assert kinds == {*Kind} - {Kind.EMAIL, Kind.PASSWORD, Kind.ROUTING, Kind.BANK}
