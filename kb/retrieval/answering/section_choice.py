"""Chooses the section of an article that answers a question best.

A customer always reads the article's direct answer, the text before its first heading, and below it one section, if a
section is clearly nearer. Sections such as "If it is still there next month" repeat the words of the whole article; so
nearness alone chose them too often. What tells sections apart is the questions that editors tied to them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from kb.retrieval.index.searchable import Searchable
from kb.retrieval.index.section_head import section_of_passages, section_starts
from kb.types import ENGLISH, PartEvidence, Passage, Scores, Vector


@dataclass(frozen=True, slots=True)
class SectionModel:
    """The weights of a section's log-odds among the sections of its article."""

    head: float
    """Of the log-odds that the article's own examples taught."""
    passage: float
    """Of the cosine to its nearest passage."""
    text: float
    """Of the BM25 score of its passages, as a share of the best section's."""
    top: float
    """Added for the direct answer."""
    closing: float
    """Added for a section that says what to do when the others did not help; see :func:`is_closing`."""


# Fitted as conditional logits on the half of the judged questions that may guide choices, and on the shipped articles'
# examples, each left out once; between the two, and rounded. 'kb evaluate --parts' measures the result.
WITH_TIES = SectionModel(head=1.2, passage=6.0, text=0.5, top=0.3, closing=0.0)
WITHOUT_TIES = SectionModel(head=0.0, passage=12.0, text=0.5, top=1.6, closing=-0.8)

_CLOSING = re.compile(
    r"if (it|you|the|nobody|nothing|they|there|an?|your|that|this)\b.*"
    r"|if [\w&.'’-]+ (can ?not|can['’]t|could|did|does|do|has|is|says?|will|won['’]t|refuses?)\b.*"
    r"|when to (contact|ask|call|report)\b.*"
    r"|what to have (ready|beside)\b.*|when another\b.*|stop it from\b.*|still\b.*",
    re.IGNORECASE,
)


@lru_cache(maxsize=1 << 14)
def is_closing(heading: str) -> bool:
    """Return whether a heading announces what to do when the rest of the article does not help."""
    return bool(_CLOSING.fullmatch(heading.strip()))


@dataclass(frozen=True, slots=True)
class SectionChoice:
    """The part of an article that is shown for a question."""

    passage: Passage
    lead: Passage | None
    """The article's direct answer, which may be the same; None if nothing precedes the first heading."""
    evidence: PartEvidence


def choose_section(
    searchable: Searchable,
    article: int,
    vector: Vector,
    lexical: Scores,
    tied: str | None = None,
    language: str = ENGLISH,
    nearness: Scores | None = None,
) -> SectionChoice:
    """Choose the part of an article that answers a query.

    :param searchable: The index.
    :param article: Position in ``Searchable.article_ids``.
    :param vector: The query's vector.
    :param lexical: BM25 of every unit.
    :param tied: The anchor of the section that an editor tied this very query to, which is shown then; None if to none.
    :param language: The language to show it in, if the article is translated; else, and by default, English.
    :param nearness: The cosine of each of the article's units, if it is known.
    :return: The passage to show, with the evidence for it.
    """
    passages = searchable.passages[article]
    shown_in = [n for n, passage in enumerate(passages) if passage.language == language]
    own = np.array(shown_in or [n for n, passage in enumerate(passages) if passage.language == ENGLISH], np.int64)
    rows = searchable.rows(article)
    nearness = searchable.vectors.scores(vector, rows) if nearness is None else nearness
    is_passage = searchable.is_passage[rows]
    cosines, bm25 = nearness[is_passage][own], _as_share(lexical[rows][is_passage][own])
    of_section = np.array(section_of_passages(passages))[own]
    shares = _shares(searchable, article, vector, cosines, bm25, of_section)
    named = np.array([passages[n].anchor == tied for n in section_starts(passages)])
    if named.any() and named[of_section].any():
        shares = named.astype(np.float32)
    section = int(np.argmax(shares))
    fit = np.where(of_section == section, cosines + _TEXT_WITHIN * bm25, -np.inf)
    shown = passages[int(own[int(np.argmax(fit))])]
    evidence = _evidence(searchable, article, nearness, section, float(shares[section]))
    lead = passages[int(own[0])]
    return SectionChoice(shown, None if lead.anchor else lead, evidence)


_TEXT_WITHIN = 0.1
"""Weight of the words among the passages of one long section."""


def _as_share(bm25: Scores) -> Scores:
    """Return scores as shares of the greatest; 0 if it is 0."""
    return bm25 / np.float32(max(float(bm25.max(initial=0.0)), 1e-9))


def _shares(
    searchable: Searchable,
    article: int,
    vector: Vector,
    cosines: Scores,
    bm25: Scores,
    of_section: npt.NDArray[np.int64],
) -> Scores:
    """Return the probability of each section of an article, adding up to 1.

    :param searchable: The index.
    :param article: Position in ``Searchable.article_ids``.
    :param vector: The query's vector.
    :param cosines: One of each passage in one language.
    :param bm25: The same.
    :param of_section: The section of each of these passages.
    :return: One per section; 0 for a section without such a passage.
    """
    passages = searchable.passages[article]
    starts = section_starts(passages)
    taught = None if searchable.sections is None else searchable.sections.scores(article, vector)
    model = WITHOUT_TIES if taught is None else WITH_TIES
    nearest, said = np.full(len(starts), -np.inf), np.zeros(len(starts))
    np.maximum.at(nearest, of_section, cosines)
    np.maximum.at(said, of_section, bm25)
    logits = model.passage * nearest + model.text * said
    if taught is not None:
        logits = logits + model.head * taught
    logits = logits + [
        (0.0 if passages[n].anchor else model.top) + (model.closing if is_closing(passages[n].heading) else 0.0)
        for n in starts
    ]
    odds = np.exp(logits - logits.max())
    shares: Scores = (odds / odds.sum()).astype(np.float32)
    return shares


def _evidence(searchable: Searchable, article: int, nearness: Scores, section: int, share: float) -> PartEvidence:
    """Return the unit of a section that is nearest to a query: a tied example or a passage."""
    rows = searchable.rows(article)
    of_passage = searchable.passage_of_row[rows]
    passages = searchable.passages[article]
    own = (of_passage >= 0) & (np.array(section_of_passages(passages))[of_passage] == section)
    if not passages[
        section_starts(passages)[section]
    ].anchor:  # the title and untied examples belong to the direct answer
        own |= of_passage < 0
    unit = searchable.units[rows.start + int(np.argmax(np.where(own, nearness, -np.inf)))]
    return PartEvidence(unit.kind, unit.text, round(share, 4))
