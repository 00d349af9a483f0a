"""Judged parts: questions with the sections of an article that answer them, and how often the right one is shown.

The article is given, so that these figures are about the part alone; :mod:`kb.evaluation.metrics` measures the article.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from kb.content.articles.corpus import Corpus
from kb.evaluation.judgments import lines_of, query_file_error
from kb.evaluation.statistics import Figure, Statistic, figures, share
from kb.retrieval.answering.section_choice import choose_section
from kb.retrieval.index.index import Index
from kb.retrieval.query.normalise import normalise, without_name, words
from kb.types import TOP, ArticleStatus, Half, Library, Passage, Scores, UnitKind, Vector, half_of

if TYPE_CHECKING:
    from collections.abc import Mapping

_BEFORE_TEXT, _BEFORE_LEAD = 0.1, 0.04
"""Of the earlier choice: the weight of the words, and the lead of an article's first passage."""


@dataclass(frozen=True, slots=True)
class JudgedPart:
    """A question, the article that answers it, and the sections that do."""

    query_id: str
    text: str
    article: str
    right: frozenset[str]
    """Anchors, and :data:`~kb.types.TOP` for the direct answer; at least one."""
    arguable: frozenset[str] = frozenset()
    """Those that help without answering; neither right nor wrong."""
    language: str = "en"


@dataclass(frozen=True, slots=True)
class PartResult:
    """The part that was shown for a judged question."""

    judged: JudgedPart
    anchor: str
    """That of the part, or :data:`~kb.types.TOP`."""

    @property
    def is_right(self) -> bool:
        """Whether a customer has the answer."""
        return self.anchor in self.judged.right

    @property
    def is_wrong(self) -> bool:
        """Whether a customer is misled."""
        return not self.is_right and self.anchor not in self.judged.arguable


Chooser: TypeAlias = "Callable[[Index, str, int], Passage]"
"""(index, query, position of the article) → the passage shown."""


# ----------------------------------------------------------------------------------------------- questions


def read_judged_parts(path: Path, half: Half | None = None) -> list[JudgedPart]:
    """Read questions judged by part.

    :param path: JSON Lines ``{"id", "text", "article", "right": [anchor, …]}``; ``arguable``, ``language`` and ``half``
        are optional. ``top`` stands for the direct answer.
    :param half: Return only the questions of that half; a line without ``half`` belongs to its article's.
    :return: In the order of the file, at least one.
    :raises QueryFileError: Naming file, line and remedy.
    """
    found = []
    for number, line in lines_of(path):
        try:
            value = json.loads(line)
            part = JudgedPart(
                str(value["id"]),
                str(value["text"]),
                str(value["article"]),
                frozenset(map(str, value["right"])),
                frozenset(map(str, value.get("arguable", ()))),
                str(value.get("language", "en")),
            )
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            shape = 'Write {"id": "q1", "text": "…", "article": "ID", "right": ["ANCHOR"]}.'
            raise query_file_error(path, number, f"this is no judged part ({error})", shape) from error
        if not part.right:
            raise query_file_error(path, number, "'right' is empty", "Name at least one section, or 'top'.")
        if half is None or value.get("half", half_of(part.article)) == half:
            found.append(part)
    if not found:
        raise query_file_error(path, 1, "there is no judged part", "Write one on each line, or leave out --half.")
    return found


def judged_by_tests(corpus: Corpus, half: Half | None = None) -> list[JudgedPart]:
    """Return the tests of published articles that name the sections that answer them.

    :param corpus: The articles.
    :param half: Return only the tests of that half of the articles.
    :return: In the order of the articles; the id is ``<article>/<n>``, n counted from 1, or ``<article>.es/<n>``.
    """
    published = [parsed.article for parsed in corpus.parsed if parsed.article.status is ArticleStatus.PUBLISHED]
    articles = [text for article in published for text in article.all_languages]
    return [
        JudgedPart(f"{article.name}/{n}", text, article.id, frozenset(named), language=normalise(text).language)
        for article in articles
        if half is None or half_of(article.id) is half
        for n, text in enumerate(article.tests, start=1)
        if (named := article.test_sections.get(text))
    ]


def unknown_parts(judged: Sequence[JudgedPart], library: Library) -> list[str]:
    """Return what the judgments name that the articles do not have: ids, and ``id#anchor``."""
    found = set()
    for part in judged:
        article = library.articles.get(part.article)
        anchors = {TOP} if article is None else {TOP, *(section.anchor for section in article.sections)}
        found |= {part.article} if article is None else {f"{part.article}#{name}" for name in part.right - anchors}
    return sorted(found)


# ----------------------------------------------------------------------------------------------- asking


def shown_part(index: Index, query: str, article: int) -> Passage:
    """Return the part of an article that customers are shown.

    :param index: The index.
    :param query: As typed.
    :param article: Position in ``Searchable.article_ids``.
    :return: The passage.
    """
    vector, lexical = _asked(index, query)
    language = normalise(query).language
    return choose_section(index.searchable, article, vector, lexical, language=language).passage


def nearest_passage(index: Index, query: str, article: int) -> Passage:
    """Return the passage that is nearest by cosine and words, as it was chosen before sections could be taught."""
    vector, lexical = _asked(index, query)
    rows = index.searchable.rows(article)
    cosines, greatest = index.searchable.vectors.scores(vector, rows), max(float(lexical[rows].max()), 1e-9)
    fit = {
        unit.passage: float(cosines[n])
        + _BEFORE_TEXT * float(lexical[rows.start + n]) / greatest
        + (_BEFORE_LEAD if unit.passage == 0 else 0.0)
        for n, unit in enumerate(index.searchable.units[rows])
        if unit.kind is UnitKind.PASSAGE
    }
    return index.searchable.passages[article][max(fit, key=lambda n: (fit[n], -n))]


def direct_answer(index: Index, query: str, article: int) -> Passage:
    """Return an article's first passage, whatever is asked."""
    del query
    return index.searchable.passages[article][0]


CHOOSERS: Mapping[str, Chooser] = {
    "this index": shown_part,
    "nearest passage (before)": nearest_passage,
    "always the direct answer": direct_answer,
}
"""What is compared, by name."""


def _asked(index: Index, query: str) -> tuple[Vector, Scores]:
    """Return a query's vector and the BM25 of every unit."""
    searched = without_name(index.speller.searched(normalise(query)), index.own_name)
    found = list(dict.fromkeys(words(searched)))
    return index.encoder.encode_query(searched), index.searchable.lexical.scores(found)


def ask_parts(index: Index, judged: Sequence[JudgedPart], chooser: Chooser = shown_part) -> list[PartResult]:
    """Choose a part for each question.

    :param index: The index.
    :param judged: Questions; those about articles that the index does not have are left out.
    :param chooser: Chooses.
    :return: One result per question, in their order.
    """
    at = {name: n for n, name in enumerate(index.searchable.article_ids)}
    asked = [part for part in judged if part.article in at]
    return [PartResult(part, chooser(index, part.text, at[part.article]).anchor or TOP) for part in asked]


def part_figures(results: Sequence[PartResult]) -> dict[str, Figure]:
    """Return the shares of right and wrong parts, with intervals; questions of one article are drawn together.

    :param results: At least one.
    :return: ``right`` and ``wrong`` over all, and ``right_LANGUAGE`` for each language.
    """
    everything = np.ones(len(results), bool)
    right, wrong = np.array([r.is_right for r in results]), np.array([r.is_wrong for r in results])
    language = np.array([r.judged.language for r in results])
    statistics: dict[str, Statistic] = {"right": share(right, everything), "wrong": share(wrong, everything)}
    for name in sorted(set(language.tolist())):
        statistics[f"right_{name}"] = share(right, language == name)
    return figures(statistics, [r.judged.article for r in results])
