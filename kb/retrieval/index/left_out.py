"""An index without some of its titles and examples, to ask it the very questions that they repeat."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace

import numpy as np

from kb.common.folding import plain_words
from kb.retrieval.answering.ranking import ranking_model
from kb.retrieval.build.section_learning import fit_sections
from kb.retrieval.index.index import Index
from kb.retrieval.index.passages import Unit
from kb.retrieval.index.searchable import Searchable
from kb.retrieval.query.normalise import same_words, without_name
from kb.types import EmbeddingMatrix, UnitKind


def without_texts(index: Index, texts: Iterable[str]) -> Index:
    """Return an index as if some titles and examples of its articles had never been written.

    An example is left out as a whole. A title is left out of its own unit, whose summary stays, and of every passage,
    which begins with it. Those vectors are encoded again, and means, word counts, rarity of words and the head are
    computed from what is left. Signposts, the confidence, the spelling words and the known organizations stay.

    :param index: The index; it is not changed.
    :param texts: Titles and examples, compared by their words alone.
    :return: An index of the same version and the same articles.
    """
    gone = {plain_words(text) for text in texts} - {""}
    titles = {
        (article.id, text.language): text.title
        for article in index.library
        for text in article.all_languages
        if plain_words(text.title) in gone
    }
    searchable = index.searchable
    kept = list(_kept(searchable, titles, gone))
    units = [unit for _, unit in kept]
    rest = Searchable.unlearned(
        units,
        searchable.passages,
        _vectors(index, kept),
        elsewhere={searchable.article_ids[a] for a in np.flatnonzero(searchable.elsewhere)},
    )
    if searchable.sections is not None:
        rest = replace(rest, sections=fit_sections(rest))
    ranking = index.ranking
    if searchable.head is not None:
        rest = rest.learned(searchable.head)
        if rest.head is None:  # so few examples are left that a build would make none
            ranking = ranking_model(rest)
    return replace(
        index,
        searchable=rest,
        ranking=ranking,
        left_out=index.left_out | {same_words(text) for text in gone},
    )


def _kept(
    searchable: Searchable, titles: dict[tuple[str, str], str], gone: Collection[str]
) -> Iterator[tuple[int, Unit]]:
    """Yield the rows that stay, each with its unit as it is without the titles."""
    for row, unit in enumerate(searchable.units):
        if searchable.elsewhere[searchable.article_of_row[row]]:
            yield row, unit
        elif unit.kind is UnitKind.EXAMPLE:
            if plain_words(unit.text) not in gone:
                yield row, unit
        elif (unit.article_id, unit.language) not in titles:
            yield row, unit
        elif rest := unit.text.removeprefix(titles[unit.article_id, unit.language]).strip():
            yield row, replace(unit, text=rest)


def _vectors(index: Index, kept: list[tuple[int, Unit]]) -> EmbeddingMatrix:
    """Return the vectors of the rows that stay, those of changed texts encoded again."""
    searchable = index.searchable
    vectors = searchable.vectors.matrix[[row for row, _ in kept]].copy()
    changed = [n for n, (row, unit) in enumerate(kept) if unit.text != searchable.units[row].text]
    if changed:
        texts = [without_name(kept[n][1].text, index.own_name) for n in changed]
        vectors[changed] = index.encoder.encode_documents(texts)
    return vectors
