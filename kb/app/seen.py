"""What a customer saw: the reply, repeated by the index version that gave it, or put together from its record.

A journal keeps which article, part and choices were shown, and a question without personal data. Where these words are
not quite those that were asked, a version may reply in another way; then the record decides what is shown.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import dataclass, replace
from enum import StrEnum
from itertools import product
from typing import TYPE_CHECKING, Final

from kb.content.markdown.render import plain_text
from kb.errors import KbError
from kb.retrieval.index.passages import passages_of, split_passages
from kb.types import (
    DEFAULT_K,
    ENGLISH,
    MAX_K,
    TRANSLATED,
    Answer,
    Answered,
    Clarify,
    Hit,
    Library,
    NoAnswer,
    NoAnswerReason,
    Outcome,
    OutcomeKind,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kb.app.container import Container
    from kb.retrieval.answering.answerer import IndexAnswerer
    from kb.review.records import QuestionDetail, QuestionRow
    from kb.settings.settings import Settings
    from kb.types import IndexedAnswerer

_KEPT: Final = 2
"""Versions that are held in memory besides the one that serves: a week rarely sees more."""


class Repeated(StrEnum):
    """How a reply of the past is shown."""

    EXACTLY = "exactly"
    """The version that gave it gives it again."""
    FROM_RECORD = "from_record"
    """Put together from the record and the articles of that version."""
    NOT = "not"
    """The version is gone: only the record can be told."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A reply, with the articles that it was found in."""

    answer: Answer
    library: Library


@dataclass(frozen=True, slots=True)
class Seen:
    """What a customer saw, and what the same question would bring up now."""

    version: str
    """The index version that gave the reply."""
    how: Repeated
    then: Reply | None
    """None if the version is gone."""
    now: Reply | None
    """None if the same version serves, or if none does."""
    is_changed: bool
    """Whether the reply is another one now: another outcome, article, part or choice."""


class PastVersions:
    """Index versions that no longer serve, loaded when one of their replies is looked at; shared by all threads."""

    def __init__(self, settings: Settings) -> None:
        """Load nothing yet.

        :param settings: ``index`` is read.
        """
        self._settings = settings
        self._lock = threading.Lock()
        self._loaded: OrderedDict[str, IndexAnswerer] = OrderedDict()

    def get(self, name: str, serving: IndexedAnswerer | None) -> IndexedAnswerer | None:
        """Return an answerer from a version.

        :param name: The version.
        :param serving: What answers now; returned if it is that version, else it lends its encoder.
        :return: None if the version is gone, or cannot be read by this program.
        """
        if serving is not None and serving.index_version == name:
            return serving
        with self._lock:
            if name not in self._loaded:
                found = self._load(name, serving)
                if found is None:
                    return None
                self._loaded[name] = found
            self._loaded.move_to_end(name)
            while len(self._loaded) > _KEPT:
                self._loaded.popitem(last=False)
            return self._loaded[name]

    def _load(self, name: str, serving: IndexedAnswerer | None) -> IndexAnswerer | None:
        from kb.retrieval.answering.answerer import IndexAnswerer
        from kb.retrieval.index.index import Index
        from kb.retrieval.index.versions import read_version, version_names

        if name not in version_names(self._settings.index):  # it is from a database: no path is made of it unseen
            return None
        try:
            version = read_version(self._settings.index, name)
            same = serving is not None and serving.index.manifest.get("encoder") == version.manifest.get("encoder")
            encoder = serving.index.encoder if serving is not None and same else None
            return IndexAnswerer(Index.load(version, encoder))
        except KbError:  # damaged, or of another format: as good as gone
            return None


def seen(container: Container, detail: QuestionDetail) -> Seen:
    """Return what a customer saw, and what the same question would bring up now.

    :param container: Holds the index and its versions.
    :param detail: The question.
    :return: The reply of then as well as possible, and that of now.
    """
    row = detail.row
    try:
        serving: IndexedAnswerer | None = container.answerer
    except KbError:  # no index serves; the pages for customers report it
        serving = None
    past = container.past_versions.get(detail.index_version, serving)
    how, then = (Repeated.NOT, None) if past is None else repeat(past, detail)
    if serving is None or serving.index_version == detail.index_version:
        return Seen(detail.index_version, how, then, None, is_changed=False)
    language = then.answer.hits[0].passage.language if then is not None and then.answer.hits else None
    now = Reply(serving.ask(row.text, language=language), serving.library)
    return Seen(detail.index_version, how, then, now, is_changed=not agrees(row, now.answer))


def repeat(past: IndexedAnswerer, detail: QuestionDetail) -> tuple[Repeated, Reply | None]:
    """Return the reply of a version to a question that it answered.

    :param past: Answers from that version.
    :param detail: The question.
    :return: The reply, and whether it had to be put together.
    """
    row = detail.row
    for exact, language in product((False, True), (None, ENGLISH, *TRANSLATED)):
        answer = past.ask(row.text, exact=exact, language=language)
        if agrees(row, answer):
            return Repeated.EXACTLY, Reply(answer, past.library)
    answer = past.ask(row.text, MAX_K)
    ranked = _ranked(detail.hits, answer.hits, past.library)
    outcome = _recorded(row, ranked, answer, past.library)
    if outcome is None:
        return Repeated.NOT, None
    again = replace(answer, outcome=outcome, confidence=row.confidence, hits=ranked[:DEFAULT_K])
    return Repeated.FROM_RECORD, Reply(again, past.library)


def agrees(row: QuestionRow, answer: Answer) -> bool:
    """Return whether an answer shows what was recorded: the same article and part, choices, or reason for none."""
    outcome = answer.outcome
    if outcome.kind is not row.outcome:
        return False
    if isinstance(outcome, Answered):
        passage = outcome.hit.passage
        is_part = row.anchor is None or (passage.anchor, passage.heading) == (row.anchor, row.heading)
        return outcome.hit.article_id == row.article_id and is_part
    if isinstance(outcome, Clarify):
        return tuple(hit.article_id for hit in outcome.choices) == row.choices
    return outcome.reason.value == row.reason


def _ranked(recorded: Iterable[tuple[str, float]], found: Sequence[Hit], library: Library) -> tuple[Hit, ...]:
    """Return the recorded articles in their order, each with the part that is found again, or else with its first."""
    by_id = {hit.article_id: hit for hit in found}
    known = [
        (by_id.get(name) or _first_part(name, library), score) for name, score in recorded if name in library.articles
    ]
    return tuple(replace(hit, rank=rank, score=score) for rank, (hit, score) in enumerate(known, 1))


def _first_part(article_id: str, library: Library) -> Hit:
    article = library.articles[article_id]
    passage = split_passages(article, plain_text)[0]
    return Hit(1, article_id, article.title, passage, 0.0, lead=passage if not passage.anchor else None)


def _recorded(row: QuestionRow, ranked: Sequence[Hit], answer: Answer, library: Library) -> Outcome | None:
    """Return the outcome that was recorded; None if the version does not have what was shown.

    :param row: The question.
    :param ranked: The ranking that was recorded.
    :param answer: What the version replies to the words that were kept.
    :param library: The version's articles.
    :return: The outcome.
    """
    if row.outcome is OutcomeKind.ANSWERED:
        first = next((hit for hit in ranked if hit.article_id == row.article_id), None)
        others = tuple(hit for hit in ranked if hit is not first)[: DEFAULT_K - 1]
        return None if first is None else Answered(_with_part(first, row, library), others)
    if row.outcome is OutcomeKind.CLARIFY:
        choices = tuple(hit for hit in ranked if hit.article_id in row.choices)
        return Clarify(choices) if choices else None
    reason = next((known for known in NoAnswerReason if known.value == row.reason), NoAnswerReason.BELOW_THRESHOLD)
    elsewhere = answer.outcome.elsewhere if isinstance(answer.outcome, NoAnswer) else None
    return NoAnswer(reason, tuple(ranked[:DEFAULT_K]), elsewhere if reason is NoAnswerReason.ELSEWHERE else None)


def _with_part(hit: Hit, row: QuestionRow, library: Library) -> Hit:
    """Return a hit with the part that was shown, if it was recorded."""
    if row.anchor is None:
        return hit
    article = library.resolve(hit.article_id)
    passages = passages_of(article, plain_text) if article is not None else []
    fits = (passage for passage in passages if (passage.anchor, passage.heading) == (row.anchor, row.heading))
    return replace(hit, passage=next(fits, hit.passage))
