"""The impact of a change of the articles: the same questions asked before and after it.

A question is *right* if an article that answers it is the answer, or is among the choices offered; a question that no
article answers is right if it is handed over. A test that names the sections that answer it is right only if one of
them is shown. Then

``won``    right now, and not before; for an unanswerable question: handed over now, and not before
``lost``   right before, and not now; for an unanswerable question: answered now, and not before
``moved``  anything else that a customer would notice: another outcome, another rank of the right article, or another
           signpost
``part``   the same article answers, and another part of it is shown

A signpost that takes a question away from its article makes it lost: it was answered, and is handed over now.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from kb.content.checks.sections import renamed as renamed_section
from kb.evaluation.judgments import Judged, current_ids
from kb.evaluation.runner import JudgedResult, run
from kb.types import TOP, Answerer, Article, Library, OutcomeKind, Progress

DRIFT = 0.02
"""Difference in confidence that learning again may cause: of the shipped tests that a change did not touch, 99 in 100
moved by less when one article was added and one broken."""


class Effect(StrEnum):
    """The effect of a change on a question."""

    WON = "won"
    LOST = "lost"
    MOVED = "moved"
    PART = "part"
    SAME = "same"


@dataclass(frozen=True, slots=True)
class Change:
    """One question, before and after."""

    effect: Effect
    before: JudgedResult
    after: JudgedResult

    @property
    def judged(self) -> Judged:
        """The question."""
        return self.after.judged

    @property
    def is_drift(self) -> bool:
        """Whether only a threshold moved: the same first article, part and rank, and about the same confidence."""
        before, after = self.before, self.after
        same = before.ranking[:1] == after.ranking[:1] and before.right_rank == after.right_rank
        same = same and _is_same_part(before, after)
        return same and not after.error and abs(before.confidence - after.confidence) < DRIFT

    def as_json(self) -> dict[str, Any]:
        """Return the change as plain JSON values."""
        return {
            "id": self.judged.query_id,
            "query": self.judged.text,
            "article": self.judged.article or None,
            "before": _side(self.before),
            "after": _side(self.after),
            "drift": self.is_drift,
        }


def _side(result: JudgedResult) -> dict[str, Any]:
    return {
        "outcome": result.outcome.value,
        "first": result.ranking[0] if result.ranking else None,
        "rank": result.right_rank,
        "confidence": round(result.confidence, 4),
        "signpost": result.signpost or None,
        "part": result.part and result.part.anchor,
        "heading": result.part and (result.part.heading or None),
        **({"error": result.error} if result.error else {}),
    }


@dataclass(frozen=True)
class Impact:
    """The effect of a change on all known questions."""

    before_version: str
    after_version: str
    questions: int
    right_before: int
    right_after: int
    won: tuple[Change, ...]
    lost: tuple[Change, ...]
    moved: tuple[Change, ...]
    parts: tuple[Change, ...] = ()
    """Answered by the same article with another part of it."""
    unknown_articles: tuple[str, ...] = ()
    """Ids in judgments that name no article, now or before, by a current or an earlier id."""

    def as_json(self) -> dict[str, Any]:
        """Return the object that ``kb impact --json`` prints."""
        changes = {"won": self.won, "lost": self.lost, "moved": self.moved, "parts": self.parts}
        return {
            "before": self.before_version,
            "after": self.after_version,
            "questions": self.questions,
            "right_before": self.right_before,
            "right_after": self.right_after,
            **{name: [change.as_json() for change in found] for name, found in changes.items()},
            "unknown_articles": list(self.unknown_articles),
        }


def is_right(result: JudgedResult) -> bool:
    """Return whether a question is right.

    :param result: The result of either side.
    :return: For a question that an article answers: whether it is the answer, with a part that answers, or one of the
        choices. For a question that none answers: whether it was handed over. A failed question is never right.
    """
    if result.error:
        return False
    if not result.judged.is_answerable:
        return result.outcome is OutcomeKind.NO_ANSWER
    is_answer = result.outcome is OutcomeKind.ANSWERED and result.is_first_right and result.is_part_right
    return result.is_choice_right or is_answer


def effect_of(before: JudgedResult, after: JudgedResult) -> Effect:
    """Return the effect of a change on a question.

    :param before: Its result before.
    :param after: Its result after.
    :return: The effect; a difference in confidence alone is not a change.
    """
    if is_right(after) and not is_right(before):
        return Effect.WON
    if _is_lost(before, after):
        return Effect.LOST
    if _noticed(before) != _noticed(after):
        return Effect.MOVED
    return Effect.SAME if _is_same_part(before, after) else Effect.PART


def _noticed(result: JudgedResult) -> tuple[OutcomeKind, int | None, str, bool]:
    return result.outcome, result.right_rank, result.signpost, bool(result.error)


def _is_same_part(before: JudgedResult, after: JudgedResult) -> bool:
    """Return whether the customer reads the same part; of another article, that is no change of the part."""
    if before.part is None or after.part is None or before.ranking[:1] != after.ranking[:1]:
        return True
    return before.part.anchor == after.part.anchor or before.part.text == after.part.text


def _is_lost(before: JudgedResult, after: JudgedResult) -> bool:
    """Return whether a customer is worse off; for an unanswerable question, choices are only a step there."""
    if after.judged.is_answerable or after.error:
        return is_right(before) and not is_right(after)
    return after.outcome is OutcomeKind.ANSWERED and before.outcome is not OutcomeKind.ANSWERED


def impact(
    before: Answerer, after: Answerer, judged: Sequence[Judged], k: int = 10, progress: Progress | None = None
) -> Impact:
    """Ask all known questions before and after a change.

    Articles are compared by their ids after the change, so that a rename with its redirect makes no difference.

    :param before: The answerer before the change.
    :param after: The answerer after it.
    :param judged: The questions.
    :param k: The number of articles of a ranking that are compared.
    :param progress: Called after each question, counting both sides.
    :return: The changes, in the order of the questions.
    """
    questions, unknown = current_ids(judged, after.library)
    total = 2 * len(questions)
    first = run(before, questions, k, progress and (lambda done, _: progress(done, total)))
    second = run(after, questions, k, progress and (lambda done, _: progress(len(questions) + done, total)))
    old = [renamed(result, after.library) for result in first]
    changes = [Change(effect_of(b, a), b, a) for b, a in zip(old, second, strict=True)]
    return Impact(
        before_version=before.index_version,
        after_version=after.index_version,
        questions=len(questions),
        right_before=sum(map(is_right, old)),
        right_after=sum(map(is_right, second)),
        won=_only(changes, Effect.WON),
        lost=_only(changes, Effect.LOST),
        moved=_only(changes, Effect.MOVED),
        parts=_only(changes, Effect.PART),
        unknown_articles=tuple(name for name in unknown if name not in before.library.articles),
    )


def _only(changes: Iterable[Change], effect: Effect) -> tuple[Change, ...]:
    return tuple(change for change in changes if change.effect is effect)


def renamed(result: JudgedResult, library: Library) -> JudgedResult:
    """Return a result with the ids and the anchor that a later library has; merged articles count once."""
    kept: dict[str, float] = {}
    for article, score in zip(result.ranking, result.scores, strict=True):
        kept.setdefault(_now(article, library), score)
    choices = tuple(dict.fromkeys(_now(article, library) for article in result.choices))
    part = result.part and replace(
        result.part, anchor=_anchor_now(result.part.anchor, library.resolve(next(iter(kept))))
    )
    return replace(result, ranking=tuple(kept), scores=tuple(kept.values()), choices=choices, part=part)


def _anchor_now(anchor: str, article: Article | None) -> str:
    """Return the anchor that a section has in a later article; its own if it is not there any more."""
    if article is None or anchor == TOP or any(section.anchor == anchor for section in article.sections):
        return anchor
    return renamed_section(anchor, article) or anchor


def _now(article_id: str, library: Library) -> str:
    article = library.resolve(article_id)
    return article_id if article is None else article.id


def known_questions(before: Sequence[Judged], after: Sequence[Judged], filed: Sequence[Judged] = ()) -> list[Judged]:
    """Return every known question, each once.

    A test that both sides have, word for word, is asked once and judged as it is now; a test that the change removed is
    still asked, so that deleting a test hides nothing.

    :param before: The articles' tests as they were.
    :param after: The articles' tests as they are.
    :param filed: Questions of a file, all of which are kept.
    :return: The current tests, the removed ones, and the questions of the file.
    """
    known = {test.text for test in after}
    gone = [replace(test, query_id=f"{test.query_id} (gone)") for test in before if test.text not in known]
    return [*after, *gone, *filed]
