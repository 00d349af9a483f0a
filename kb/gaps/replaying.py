"""Ask an index the questions of every gap, and keep what follows from the answers."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa

from kb.database.engine import reading, writing
from kb.database.tables.gaps import gap_questions, gap_replays, gaps
from kb.gaps import store
from kb.gaps.replay import (
    RecordedAnswer,
    ReplayQuestion,
    ReplayVerdict,
    recorded_answer,
    repeated_in,
    replay_questions,
)
from kb.gaps.states import GapState, Step
from kb.types import Answerer

if TYPE_CHECKING:
    from collections.abc import Sequence

Apart: TypeAlias = Callable[[Collection[str]], Answerer]
"""Returns an answerer of the same index without some of its titles and examples."""

ASKED_AT_MOST = 50
"""The most questions of one gap that a replay asks, the most asked first: a build waits for it."""
_REPLAYS_KEPT = 20
_REPLAY = "replay"
_HITS = 10
_CONCLUDED_AT_ONCE = 50
"""Replays written in one transaction, for which other writers wait some milliseconds."""
_TRIES = 3
_RESTING = (GapState.DISMISSED, GapState.MERGED)
"""Gaps that are not replayed."""


@dataclass(frozen=True, slots=True)
class ReplayedGap:
    """A gap after a replay."""

    gap_id: int
    name: str
    state: GapState
    """The state after the replay."""
    verdict: ReplayVerdict
    is_proposed: bool
    """Whether closing is proposed now."""
    is_reopened: bool
    """Whether the replay reopened it."""


def replay_gaps(
    engine: sa.Engine, answerer: Answerer, apart: Apart, *, low_below: float, clock: Callable[[], datetime]
) -> tuple[ReplayedGap, ...]:
    """Ask an index the questions of every gap; propose to close answered gaps, and reopen those no longer answered.

    A gap whose questions change while they are asked, because others group or move some, is asked again.

    :param engine: The journal's database.
    :param answerer: The new index.
    :param apart: The same index without the titles and examples that repeat a question.
    :param low_below: The confidence below which an answer is unsure.
    :param clock: Returns the moment, UTC.
    :return: All gaps but those that are dismissed or merged into others, by number.
    """
    asking = _Asking(answerer, apart)
    done: dict[int, ReplayedGap] = {}
    only: set[int] | None = None
    for _ in range(_TRIES):
        asked = _questions_of_all(engine, only)
        asking.prepare({question.text for questions in asked.values() for question in questions})
        only, listed = set(), list(asked.items())
        for start in range(0, len(listed), _CONCLUDED_AT_ONCE):
            part = listed[start : start + _CONCLUDED_AT_ONCE]
            verdicts = [(gap_id, asking.verdict(questions, low_below)) for gap_id, questions in part]
            with writing(engine) as connection:
                for gap_id, verdict in verdicts:
                    if not _is_still_of(connection, gap_id, verdict):
                        only.add(gap_id)
                    elif found := _conclude(connection, gap_id, verdict, answerer.index_version, clock()):
                        done[gap_id] = found
        if not only:
            break
    return tuple(done[gap_id] for gap_id in sorted(done))


class _Asking:
    """Asks each question once, and once more without what repeats it."""

    def __init__(self, answerer: Answerer, apart: Apart) -> None:
        self._answerer = answerer
        self._apart = apart
        self._repeated = repeated_in(answerer.library)
        self._left_out: set[str] = set()
        self._repeats: dict[str, bool] = {}
        self._rest: Answerer | None = None
        self._answers: dict[tuple[str, bool], RecordedAnswer] = {}

    def prepare(self, texts: Collection[str]) -> None:
        """Make the index without everything that repeats one of some questions."""
        found: set[str] = set()
        for text in texts:
            repeated = self._repeated(text)
            self._repeats[text] = bool(repeated)
            found.update(repeated)
        if found - self._left_out:
            self._left_out |= found
            self._rest = self._apart(self._left_out)
            self._answers = {key: answer for key, answer in self._answers.items() if not key[1]}

    def verdict(self, questions: Sequence[ReplayQuestion], low_below: float) -> ReplayVerdict:
        """Return what becomes of a gap's questions."""
        return replay_questions(questions, self._ask, ask_apart=self._ask_apart, low_below=low_below)

    def _ask(self, text: str) -> RecordedAnswer:
        return self._answer(self._answerer, text, is_apart=False)

    def _ask_apart(self, text: str) -> RecordedAnswer | None:
        if not self._repeats[text] or self._rest is None:
            return None
        return self._answer(self._rest, text, is_apart=True)

    def _answer(self, answerer: Answerer, text: str, *, is_apart: bool) -> RecordedAnswer:
        key = (text, is_apart)
        if key not in self._answers:
            self._answers[key] = recorded_answer(answerer.ask(text, _HITS), answerer.library)
        return self._answers[key]


def _questions_of_all(engine: sa.Engine, only: set[int] | None) -> dict[int, list[ReplayQuestion]]:
    """Return the questions of each gap that is replayed and has some."""
    listed = sa.select(gaps.c.gap_id).where(gaps.c.state.not_in([state.value for state in _RESTING]))
    with reading(engine) as connection:
        ids = connection.execute(listed.order_by(gaps.c.gap_id)).scalars().all()
        found = {gap_id: _asked(connection, gap_id) for gap_id in ids if only is None or gap_id in only}
    return {gap_id: questions for gap_id, questions in found.items() if questions}


def _asked(connection: sa.Connection, gap_id: int) -> list[ReplayQuestion]:
    """Return a gap's questions for a replay, the most asked first."""
    listed = store.questions_of(connection, gap_id)
    table = gap_questions.c
    before = dict(connection.execute(sa.select(table.question_key, table.before).where(table.gap_id == gap_id)).all())
    found = [
        ReplayQuestion(
            q.key,
            q.text,
            q.asked,
            frozenset(reason.value for reason in q.reasons),
            RecordedAnswer.from_json(before[q.key]),
        )
        for q in listed
    ]
    return sorted(found, key=lambda q: (-q.asked, q.key))[:ASKED_AT_MOST]


def _is_still_of(connection: sa.Connection, gap_id: int, verdict: ReplayVerdict) -> bool:
    """Return whether a gap has the questions of its verdict, or is gone or at rest, where nothing is to be done."""
    now = {(q.key, q.asked) for q in _asked(connection, gap_id)}
    return not now or now == {(q.key, q.asked) for q in verdict.questions}


def _conclude(
    connection: sa.Connection, gap_id: int, verdict: ReplayVerdict, version: str, now: datetime
) -> ReplayedGap | None:
    """Store the result of a replay and what follows from it; None for a gap that is gone, dismissed or merged."""
    row = connection.execute(sa.select(gaps).where(gaps.c.gap_id == gap_id)).one_or_none()
    if row is None or row.state in _RESTING:  # while the questions were asked
        return None
    _keep(connection, gap_id, verdict, version, now)
    state, result = GapState(row.state), f"{verdict.served} of {verdict.counted} answered by {version}"
    if state is GapState.VERIFIED and verdict.reopens(row.excused):
        note = f"{verdict.answered} of {verdict.counted} answered by {version}"
        store.move(connection, gap_id, Step.REOPEN, store.By(_REPLAY, now, note), **store.NOT_CLOSED)
        return ReplayedGap(gap_id, row.name, GapState.REOPENED, verdict, is_proposed=False, is_reopened=True)
    proposed = state.is_open and verdict.closes
    if proposed:
        _propose(connection, row, verdict, version, now)
    elif row.proposed_article:
        connection.execute(sa.update(gaps).where(gaps.c.gap_id == gap_id).values(**store.NO_PROPOSAL))
        note = f"no longer proposed for closing: {result}"
        store.write_history(connection, gap_id, now, _REPLAY, row.state, row.state, note)
    return ReplayedGap(gap_id, row.name, state, verdict, is_proposed=proposed, is_reopened=False)


def _propose(connection: sa.Connection, row: Any, verdict: ReplayVerdict, version: str, now: datetime) -> None:
    values = {"proposed_article": verdict.article_id, "proposed_version": version, "proposed_at": now}
    connection.execute(sa.update(gaps).where(gaps.c.gap_id == row.gap_id).values(**values))
    if row.proposed_article != verdict.article_id:
        note = f"proposed for closing: {verdict.served} of {verdict.counted} answered by {version}"
        store.write_history(connection, row.gap_id, now, _REPLAY, row.state, row.state, note, verdict.article_id)


def _keep(connection: sa.Connection, gap_id: int, verdict: ReplayVerdict, version: str, now: datetime) -> None:
    """Store the replay, keeping one per index version and the newest 20 overall."""
    table = gap_replays.c
    same = sa.and_(table.gap_id == gap_id, table.index_version == version)
    connection.execute(sa.delete(gap_replays).where(same))
    row = {
        "gap_id": gap_id,
        "at": now,
        "index_version": version,
        "counted": verdict.counted,
        "served": verdict.served,
        "article_id": verdict.article_id,
        "details": [question.as_json(verdict.article_id) for question in verdict.questions],
    }
    connection.execute(sa.insert(gap_replays).values(**row))
    older = sa.select(table.seq).where(table.gap_id == gap_id).order_by(table.seq.desc()).offset(_REPLAYS_KEPT)
    gone = connection.execute(older).scalars().all()
    if gone:
        connection.execute(sa.delete(gap_replays).where(table.seq.in_(gone)))
