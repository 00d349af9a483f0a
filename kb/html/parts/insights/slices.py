"""The figures by topic and by language, as tables."""

from __future__ import annotations

from collections.abc import Mapping

from markupsafe import Markup

from kb.html import links
from kb.html.format import counted
from kb.html.parts.insights import pieces
from kb.html.words import words
from kb.reports.slices import LANGUAGES, NO_TOPIC, Sliced, SliceRow, Slices
from kb.types import Library


def topic_names(library: Library | None) -> dict[str, str]:
    """Return the titles of the topics by id."""
    titles = {category.id: category.title for category in library.categories} if library is not None else {}
    return {**titles, NO_TOPIC: words().insights.slices_no_topic}


def topics(found: Slices, library: Library | None) -> Markup:
    """Return the figures of each topic, which is the way to its articles.

    :param found: The figures.
    :param library: The articles, for the topics' titles.
    :return: HTML.
    """
    names = topic_names(library)
    known = {category.id for category in library.categories} if library is not None else set()

    def first(row: SliceRow) -> str:
        name = names.get(row.key, row.key)
        return Markup('<a href="{}">{}</a>').format(links.category(row.key), name) if row.key in known else name

    return _part("topics", found.topics, {row.key: first(row) for row in found.topics}) + _uncounted(found)


def languages(found: Slices) -> Markup:
    """Return the figures of each language."""
    return _part("languages", found.languages, LANGUAGES)


def _part(name: str, rows: tuple[SliceRow, ...], first: Mapping[str, str]) -> Markup:
    labels = words().insights
    head = Markup('{}<p class="kb-intro">{}</p>').format(
        pieces.heading(labels.slices_title[name], name), labels.slices_lead[name]
    )
    if not rows:
        return head + Markup("<p>{}</p>").format(labels.slices_none)
    columns = (labels.slices_first[name], *labels.slices_columns)
    cells = [(first.get(row.key, row.key), *(f"{row[what]:,}" for what in Sliced)) for row in rows]
    return head + pieces.table(labels.slices_title[name], columns, cells, numeric=range(1, len(columns)))


def _uncounted(found: Slices) -> Markup:
    if not found.uncounted:
        return Markup()
    return Markup("<p>{}</p>").format(counted(words().insights.slices_uncounted, found.uncounted))
