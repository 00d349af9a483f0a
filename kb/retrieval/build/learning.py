"""Learns from an index's own questions, and decides what a correction may keep of it. Build time only.

Learning takes most of a build's time, during which customers read the old text. So a build that changes little first
publishes a version that keeps what was learned before (:func:`kept_from`), and then learns:

* No title and no example changed: the head and the confidence were learned from those, and both are kept.
* Some changed, but most of them are the same: the head is fitted again, starting from the one before, and the
  confidence is kept.
* More changed: nothing is kept, and the build learns before it publishes.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from kb.retrieval.answering.confidence import DEFAULT, ConfidenceModel
from kb.retrieval.build.calibration import Calibration, Mixture, calibrate
from kb.retrieval.build.encoding import CachedEncoder
from kb.retrieval.build.section_learning import part_certificate
from kb.retrieval.build.trials import Course, run_trials
from kb.retrieval.index.index import DECISION, LIBRARY
from kb.retrieval.index.linear_head import LinearHead
from kb.retrieval.index.names import Mentions
from kb.retrieval.index.searchable import Searchable
from kb.retrieval.index.serialise import library_from_json
from kb.retrieval.index.versions import VersionFiles
from kb.retrieval.query.normalise import normalise, without_name
from kb.retrieval.query.speller import Speller, count_words
from kb.settings.settings import Settings
from kb.types import Article, EmbeddingMatrix, Half, Library, Progress, half_of

LEAST_SAME = 0.9
"""Share of titles and examples that must be the same for the confidence to be kept. Learned without a tenth of the
shipped articles, it changed the outcome of 1.0 to 1.5 % of their tests; without a fifth, of 2.1 to 2.2 %."""


@dataclass(frozen=True)
class Learned:
    """An index that can answer, with its confidence."""

    searchable: Searchable
    calibration: Calibration
    ranking_notes: Mapping[str, Any]
    """The origin of the head, for the manifest; empty if it was learned here."""


def is_interim(version: VersionFiles) -> bool:
    """Return whether a version keeps what an earlier one has learned."""
    return bool(version.manifest["calibration"].get("kept", False))


def provisional(unlearned: Searchable) -> Learned:
    """Return an index that can answer before its confidence is known.

    :param unlearned: The index without a head.
    :return: The index with a head, and strict fixed thresholds.
    """
    figures = {"calibrated": False, "certified": False, "kept": True, "reason": "this first index has not learned yet"}
    return Learned(unlearned.learned(), Calibration(DEFAULT, figures), {})


def learn(
    unlearned: Searchable,
    mentions: Mentions,
    library: Library,
    settings: Settings,
    encoder: CachedEncoder,
    progress: Progress | None = None,
) -> Learned:
    """Learn everything from the corpus alone.

    :param unlearned: The index without a head.
    :param mentions: The organizations that its units mention.
    :param library: The articles it was made from.
    :param settings: The promise is read.
    :param encoder: Encodes the questions of the trial runs; those that are units are encoded already.
    :param progress: Called with the number of those questions encoded.
    :return: The same result for the same articles, regardless of what was published before.
    """
    searchable = unlearned.learned()
    titles = {article.id: article.title for article in library}
    speller = Speller(count_words(searchable.units, mentions.organizations.words()), encoder.knows)
    name = settings.site.provider

    def compared(text: str) -> str:
        return without_name(speller.searched(normalise(text)), name)

    def encode(texts: Sequence[str]) -> EmbeddingMatrix:
        return encoder.encode_queries(texts, progress)

    course = Course(searchable, titles, guiding_tests(library), mentions, compared)
    seen = run_trials(course, encode)
    calibration = calibrate(
        seen,
        len(library),
        target=settings.target_wrong_answers,
        assumed=Mixture(settings.assumed_unanswerable, settings.assumed_known),
    )
    tests = {a.id: _tied(a) for a in library if half_of(a.id) is Half.GUIDE}
    parts = part_certificate(searchable, tests, compared, encode)
    if parts:
        calibration = replace(calibration, figures={**calibration.figures, "parts": parts})
    return Learned(searchable, calibration, {})


def guiding_tests(library: Library) -> dict[str, tuple[str, ...]]:
    """Return the tests that may guide choices, by article: those of half of the articles."""
    return {a.id: tests for a in library if (tests := tuple(a.every_test)) and half_of(a.id) is Half.GUIDE}


def _tied(article: Article) -> dict[str, tuple[str, ...]]:
    """Return an article's tests that name the sections that answer them."""
    return {text: named for text, named in article.every_test.items() if named}


def kept_from(
    before: VersionFiles, unlearned: Searchable, library: Library, least_same: float = LEAST_SAME
) -> Learned | None:
    """Return an index with what an earlier version has learned.

    :param before: The earlier version, by the same program with the same encoder and settings.
    :param unlearned: The new index without a head.
    :param library: The articles it was made from.
    :param least_same: Least share of titles and examples that both have; 0 always keeps the confidence.
    :return: None if too much changed, or if the earlier version has learned no confidence.
    """
    old, new = _questions(library_from_json(json.loads(before.files[LIBRARY]))), _questions(library)
    if not before.manifest["calibration"]["calibrated"] or len(old & new) < least_same * max(len(old), len(new)):
        return None
    head, learned_in = LinearHead.from_files(before.files), _learned_in(before)
    if old == new:
        searchable, notes = unlearned.with_head(head), {"kept": True, "learned_in": learned_in["ranking"]}
    else:
        start = None if head is None else _moved(head, before.manifest["classes"], unlearned.article_ids)
        searchable, notes = unlearned.learned(start), {"kept": False, "started_from": before.name}
    return Learned(searchable, _kept_calibration(before, learned_in["calibration"]), notes)


def _questions(library: Library) -> set[tuple[str, str]]:
    """Return the titles and examples, from which everything is learned, with their articles."""
    everything = (*library, *library.signposts.values())
    texts = [text for article in everything for text in article.all_languages]
    asked = {(article.id, text) for article in texts for text in (article.title, *article.examples)}
    return asked | {(other.belongs, other.question) for article in library for other in article.not_for}


def _learned_in(version: VersionFiles) -> dict[str, str]:
    """Return, for each part of a version, the version that learned it."""
    return {part: version.manifest[part].get("learned_in", version.name) for part in ("ranking", "calibration")}


def _kept_calibration(before: VersionFiles, learned_in: str) -> Calibration:
    model = ConfidenceModel.from_json(json.loads(before.files[DECISION])["confidence"])
    return Calibration(model, {**before.manifest["calibration"], "kept": True, "learned_in": learned_in})


def _moved(head: LinearHead, before: list[str], now: tuple[str, ...]) -> LinearHead:
    """Return a head with the rows of other articles: zeros for a new one."""
    row = {article: n for n, article in enumerate(before)}
    weights = np.zeros((len(now), head.weights.shape[1]), np.float32)
    intercept = np.zeros(len(now), np.float32)
    for n, article in enumerate(now):
        if article in row:
            weights[n], intercept[n] = head.weights[row[article]], head.intercept[row[article]]
    return LinearHead(weights, intercept)
