"""Sections are learned from tied examples, and judged by the tests that name them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from kb.retrieval.build.section_learning import fit_sections, part_certificate
from tests.retrieval.handmade import Line, at, example, passage, searchable_of, title

TIED = [
    title("b", 0.5, "title"),
    passage("b", 0.5, "direct answer"),
    passage("b", 0.5, "how", "how", "How"),
    passage("b", 0.5, "why", "why", "Why"),
    *(example("b", cosine, section="how") for cosine in (0.99, 0.97, 0.95)),
    *(example("b", cosine, section="why") for cosine in (-0.99, -0.97, -0.95)),
    example("b", 0.5, "untied"),
]


def logits(cosine: float, *lines: Line) -> list[float]:
    searchable = searchable_of(*lines)
    head = fit_sections(searchable)
    assert head is not None
    found = head.scores(0, at(cosine))
    assert found is not None
    return found.tolist()


def test_a_question_like_tied_examples_gets_their_section():
    """The passages are equally near; only the examples tell the sections apart."""
    assert int(np.argmax(logits(0.98, *TIED))) == 1
    assert int(np.argmax(logits(-0.98, *TIED))) == 2
    assert int(np.argmax(logits(0.5, *TIED))) == 0


def test_without_ties_nothing_is_learned():
    """Passages and untied examples alone teach nothing."""
    untied = [line._replace(anchor="") if line.kind.value == "example" else line for line in TIED]
    assert fit_sections(searchable_of(*untied)) is None


def test_only_articles_with_ties_have_weights():
    """Another article's sections have zeros."""
    head = fit_sections(searchable_of(passage("a", 0.1), passage("a", 0.2, "", "x", "X"), *TIED))
    assert head is not None
    assert head.starts.tolist() == [0, 2, 5]
    assert head.scores(0, at(0.3)) is None
    assert head.scores(1, at(0.3)) is not None


def test_an_article_that_begins_with_a_heading():
    """Its title and its untied examples belong to no section."""
    assert int(np.argmax(logits(0.98, *(line for line in TIED if line.text != "direct answer")))) == 0


def test_one_section_has_nothing_to_learn():
    """There is nothing to tell it from."""
    assert fit_sections(searchable_of(passage("b", 0.5, "", "how", "How"), example("b", 0.9, section="how"))) is None


# ------------------------------------------------------------------------------------------------ certificate


def certificate(tests: dict[str, tuple[str, ...]]) -> dict[str, float]:
    """Judge tests whose text is their cosine."""
    searchable = searchable_of(*TIED)
    searchable = replace(searchable, sections=fit_sections(searchable))
    return part_certificate(
        searchable, {"b": tests}, lambda text: text, lambda texts: np.stack([at(float(text)) for text in texts])
    )


def test_wrong_parts_are_counted():
    """A part is wrong if the test names others; any of those it names is right."""
    tests = {f"0.9{n}": ("how",) for n in range(6)} | {"-0.98": ("top", "why"), "0.5": ("top",), "-0.97": ("how",)}
    found = certificate(tests)
    assert (found["sample"], found["wrong"], found["risk"]) == (9, 1, pytest.approx(1 / 9, abs=1e-4))
    assert found["risk"] < found["risk_bound"] <= 1
    assert found["delta"] == 0.05


def test_more_tests_prove_more():
    """The bound comes nearer to the share."""
    few = certificate({f"0.9{n}": ("how",) for n in range(10)})
    many = certificate({f"0.9{n:03}": ("how",) for n in range(200)})
    assert few["wrong"] == many["wrong"] == 0
    assert many["risk_bound"] < few["risk_bound"]


def test_without_named_sections_nothing_is_certified():
    """No figure is better than one that means nothing."""
    assert certificate({}) == {}
