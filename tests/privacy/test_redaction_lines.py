"""The labeled lines: enough of them, in enough forms, fairly split."""

from __future__ import annotations

from collections import Counter, defaultdict

import pytest

from benchmarks.redaction_lines import half_of, read_lines
from kb.evaluation.judgments import Half

LINES = read_lines()
KINDS = (
    "PIN",
    "Social Security number",
    "account number",
    "bank account number",
    "card number",
    "email address",
    "password",
    "phone number",
    "routing number",
    "security code",
    "street address",
)


def test_there_are_enough_lines():
    """At least 400 with something to hide, at least 120 without, none twice."""
    assert sum(bool(line.labels) for line in LINES) >= 400
    assert sum(not line.labels for line in LINES) >= 120
    assert len({line.text for line in LINES}) == len(LINES)


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_has_enough_lines_and_forms(kind):
    """At least 30 lines in at least 10 written forms, and at least 15 in either half."""
    lines = [line for line in LINES if kind in {label.kind for label in line.labels}]
    halves = Counter(line.half for line in lines)
    assert len(lines) >= 30
    assert len({line.form for line in lines}) >= 10
    assert min(halves[half] for half in Half) >= 15


def test_no_other_kind_is_labelled():
    """The kinds above are all there are."""
    assert sorted({label.kind for line in LINES for label in line.labels}) == sorted(KINDS)


def test_the_half_follows_from_the_text():
    """The half of a line follows from its text, not from anyone's choice."""
    assert [line.text for line in LINES if line.half is not half_of(line.text)] == []


def test_labels_name_pieces_of_their_line():
    """In order, apart from one another, and with no space at either end."""
    for line in LINES:
        ends = [0, *(label.end for label in line.labels)]
        for label, before in zip(line.labels, ends, strict=False):
            piece = line.text[label.start : label.end]
            assert before <= label.start < label.end <= len(line.text), line.text
            assert piece == piece.strip() != "", line.text


def test_telephone_numbers_and_mail_are_invented():
    """North American numbers end in 555-01xx, addresses of mail are at example domains."""
    found = defaultdict(list)
    for line in LINES:
        for label in line.labels:
            found[label.kind].append((line.form, line.text[label.start : label.end]))
    for form, number in found["phone number"]:
        digits = "".join(c for c in number if c.isdigit())
        assert form == "abroad" or digits[:-2].endswith("55501"), number
    assert [mail for _, mail in found["email address"] if "example" not in mail.lower()] == []
