"""The shipped bank of questions that no help center of one company answers."""

from __future__ import annotations

import math
from collections import Counter

import numpy as np
import pytest

from kb.common.findings import ID_PATTERN
from kb.retrieval.build.general_questions import MARK, foreign, general_questions
from kb.retrieval.index.passages import Unit
from kb.retrieval.query.language import is_spanish
from kb.types import UnitKind


@pytest.fixture(scope="module")
def bank() -> list[Unit]:
    """Return the shipped questions."""
    return general_questions()


def test_each_field_is_a_class_of_its_own(bank):
    """Its id is no article's, and comes after all of them; the questions of a field are next to each other."""
    fields = [unit.article_id for unit in bank]
    assert fields == sorted(fields)
    assert all(field.startswith(MARK) and not ID_PATTERN.fullmatch(field) for field in fields)
    assert {f"{MARK}cooking", f"{MARK}health"} <= set(fields)
    assert MARK > "z"


def test_they_are_questions(bank):
    """Examples, as customers would type them: no comment, no heading, nothing twice."""
    assert {(unit.kind, unit.passage) for unit in bank} == {(UnitKind.EXAMPLE, -1)}
    texts = [unit.text for unit in bank]
    assert all(text == text.strip() and text and text[0] not in "#[" for text in texts)
    assert [text for text, n in Counter(text.casefold() for text in texts).items() if n > 1] == []


def test_every_field_has_questions_in_both_languages(bank):
    """Enough for a class that a head can learn."""
    of_field = Counter(unit.article_id for unit in bank)
    spanish = Counter(unit.article_id for unit in bank if is_spanish(unit.text))
    assert len(of_field) >= 20
    assert min(of_field.values()) >= 10
    assert [field for field in of_field if not 2 <= spanish[field] < of_field[field] / 2 + 1] == []


# ---------------------------------------------------------------------------------------- what a site answers


def at(*cosines: float) -> np.ndarray:
    """Return unit vectors of two dimensions at these cosines to the first axis."""
    return np.array([[c, math.sqrt(1 - c * c)] for c in cosines], np.float32)


def questions(n: int) -> list[Unit]:
    """Return some questions."""
    return [Unit(UnitKind.EXAMPLE, "~field", f"q{i}", -1) for i in range(n)]


def test_what_a_site_answers_is_left_out():
    """As near to an example as the examples of an article are to each other: here a cosine of .8."""
    own, owners = at(1.0, 0.8), ["fees", "fees"]
    assert foreign(questions(4), at(1.0, 0.95, 0.0, -0.5), own, owners) == [2, 3]


def test_the_measure_is_that_of_one_article():
    """It is .6 here: that another article's example is at .99 does not count."""
    own, owners = at(1.0, 0.6, 0.99), ["a", "a", "b"]
    assert foreign(questions(2), at(0.9, -0.5), own, owners) == [1]


def test_half_of_the_examples_set_the_measure():
    """Two at .6 and two at 1 make .8: what is at .75 of the nearest is not left out."""
    own, owners = at(1.0, 0.6, -1.0, -1.0), ["a", "a", "b", "b"]
    beyond = math.cos(math.acos(0.6) + math.acos(0.75))
    assert foreign(questions(2), at(beyond, -0.9), own, owners) == [0]


@pytest.mark.parametrize("owners", [[], ["a"], ["a", "b"]])
def test_without_a_measure_the_whole_bank_is_foreign(owners):
    """A site without examples, or with one of each article."""
    own = at(*[1.0, 0.9][: len(owners)]) if owners else np.zeros((0, 2), np.float32)
    assert foreign(questions(3), at(1.0, 0.5, 0.0), own, owners) == [0, 1, 2]


def test_of_an_empty_bank_nothing_is_left():
    """There is nothing to choose from."""
    assert foreign([], np.zeros((0, 2), np.float32), at(1.0, 0.9), ["a", "a"]) == []
