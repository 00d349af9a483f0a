"""Learns which section of an article answers a question, from the examples tied to its sections. Build time only.

Tests that name the sections that answer them tell how often it is wrong. They are never embedded, so the whole index
may be asked.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.retrieval.answering.section_choice import choose_section
from kb.retrieval.build.promise import DELTA, design_effect, greatest_share
from kb.retrieval.build.softmax import fit_softmax
from kb.retrieval.index.searchable import Searchable
from kb.retrieval.index.section_head import SectionHead, section_of_passages, starts_of
from kb.retrieval.index.vectors import use_one_thread
from kb.retrieval.query.normalise import words
from kb.types import TOP, EmbeddingMatrix, UnitKind

_REGULARISATION = 10.0
"""C, as in scikit-learn; 3 to 30 were tried on the half of the judged questions that may guide choices."""


def fit_sections(searchable: Searchable) -> SectionHead | None:
    """Learn the sections of every article that has tied examples.

    :param searchable: The index; of each article the title, passages and examples are learned from. An example that is
        tied to no section counts as one of the text before the first heading, if there is any.
    :return: The head; None if no example is tied to a section.
    """
    use_one_thread()
    starts = starts_of(searchable.passages)
    weights = np.zeros((int(starts[-1]), searchable.vectors.dim), np.float32)
    intercept = np.zeros(int(starts[-1]), np.float32)
    for article in range(len(searchable)):
        rows, classes = _taught(searchable, article)
        if len(np.unique(classes)) > 1:
            of_article = slice(int(starts[article]), int(starts[article + 1]))
            weights[of_article], intercept[of_article] = _fit(rows, classes, int(starts[article + 1] - starts[article]))
    return SectionHead(weights, intercept, starts) if weights.any() else None


def part_certificate(
    searchable: Searchable,
    tests: Mapping[str, Mapping[str, Collection[str]]],
    prepare: Callable[[str], str],
    encode: Callable[[Sequence[str]], EmbeddingMatrix],
) -> dict[str, Any]:
    """Return how often the part shown is one that no editor named, for the manifest.

    :param searchable: The index with its sections.
    :param tests: By article, tests with the anchors that answer them.
    :param prepare: Turns a typed question into the text that is searched.
    :param encode: Encodes questions, one row each.
    :return: The number of tests, those with a wrong part, their share, and the bound that this share keeps among as
        many further questions, with the confidence of the article's promise; empty without tests.
    """
    asked = [
        (n, prepare(text), named)
        for n, a in enumerate(searchable.article_ids)
        for text, named in tests.get(a, {}).items()
    ]
    if not asked:
        return {}
    wrong = np.zeros(len(asked), bool)
    for n, vector in enumerate(encode([text for _, text, _ in asked])):
        article, text, named = asked[n]
        lexical = searchable.lexical.scores(list(dict.fromkeys(words(text))))
        shown = choose_section(searchable, article, vector, lexical).passage
        wrong[n] = (shown.anchor or TOP) not in named
    # Questions of one article are right or wrong together, so they count as fewer.
    effect = design_effect(wrong, np.array([article for article, _, _ in asked], np.int64))
    independent, n_wrong = int(len(asked) / effect), math.ceil(int(wrong.sum()) / effect)
    return {
        "sample": len(asked),
        "wrong": int(wrong.sum()),
        "risk": round(float(wrong.mean()), 4),
        "risk_bound": round(greatest_share(independent, n_wrong, DELTA), 4),
        "delta": DELTA,
    }


def _taught(searchable: Searchable, article: int) -> tuple[EmbeddingMatrix, npt.NDArray[np.int64]]:
    """Return the vectors of an article's units and the section of each; none without tied examples."""
    rows, passages = searchable.rows(article), searchable.passages[article]
    of_article = searchable.units[rows]
    sections = section_of_passages(passages)
    has_top = bool(passages) and not passages[0].anchor
    kept, classes = [], []
    for n, unit in enumerate(of_article):
        if unit.passage >= 0:
            section = sections[unit.passage]
        elif has_top:
            section = 0
        else:
            continue
        kept.append(n)
        classes.append(section)
    if not any(unit.kind is UnitKind.EXAMPLE and unit.passage >= 0 for unit in of_article):
        kept, classes = [], []
    return searchable.vectors.matrix[rows][kept], np.array(classes, np.int64)


def _fit(
    rows: EmbeddingMatrix, classes: npt.NDArray[np.int64], n_classes: int
) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    # The weights lie in the span of the rows, which are far fewer than the dimensions of a vector.
    basis = np.linalg.qr(rows.T.astype(np.float64))[0].astype(np.float32)
    found = fit_softmax(rows @ basis, classes, n_classes, _REGULARISATION)
    # Rounded, so that the last bits, which depend on the processor, do not decide a version's name.
    return (found[:, :-1] @ basis.T).round(4), found[:, -1].round(4)
