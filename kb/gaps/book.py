"""The gaps of one journal: list, detail, steps, grouping and replay."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kb.database.engine import reading, writing
from kb.database.tables.gaps import gap_questions, gap_replays, gaps
from kb.errors import GapRefused
from kb.gaps import store
from kb.gaps.collect import Grouped, Grouper, group_new, waiting
from kb.gaps.replay import (
    RecordedAnswer,
    ReplayQuestion,
    ReplayVerdict,
    known_questions,
    recorded_answer,
    reopened_by,
    replay_questions,
)
from kb.gaps.states import GapState, Step, after
from kb.types import KNOWN_CONFIDENCE, Answerer, OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kb.gaps.records import GapDetail, GapRow

_ASKED_AT_MOST = 50
"""The most questions of one gap that a replay asks, the most asked first: a build waits for it."""
_WORDS = 4
"""A logged question with fewer words may be among the examples by chance."""
_REPLAYS_KEPT = 20
_REPLAY = "replay"
_HITS = 10
_CONCLUDED_AT_ONCE = 50
"""Replays written in one transaction, for which other writers wait some milliseconds."""


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


class GapBook:
    """The gaps of a journal."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Work on a journal's gaps.

        :param engine: The journal's database; its tables exist.
        :param clock: Returns the moment, UTC.
        """
        self.engine = engine
        self._clock = clock

    # ----------------------------------------------------------------------------------------- reading

    def list(self, states: Sequence[GapState] = (), *, days: int = 30) -> list[GapRow]:
        """Return the gaps of some states, or of all, the most asked in the last days first."""
        with reading(self.engine) as connection:
            return store.rows(connection, now=self._clock(), days=days, states=states)

    def show(self, gap_id: int, *, days: int = 30) -> GapDetail:
        """Return everything about a gap.

        :param gap_id: Its number.
        :param days: The period of the trend.
        :return: Row, questions, history, replays, comments and possible steps.
        :raises GapRefused: If there is no such gap.
        """
        with reading(self.engine) as connection:
            return store.detail(connection, gap_id, now=self._clock(), days=days)

    def logged_keys(self) -> frozenset[str]:
        """Return the digests of the gaps' questions, by which an editor's copy is recognized.

        Questions that an article knew word for word when they were asked are left out, and so are the shortest, which
        an editor may write by chance.

        :return: See :func:`kb.gaps.clustering.question_key`.
        """
        table = gap_questions.c
        with reading(self.engine) as connection:
            rows = connection.execute(sa.select(table.question_key, table.text, table.before)).all()
        return frozenset(
            row.question_key
            for row in rows
            if len(row.text.split()) >= _WORDS and not _was_known(RecordedAnswer.from_json(row.before))
        )

    def any(self) -> bool:
        """Return whether there is any gap."""
        with reading(self.engine) as connection:
            return connection.scalar(sa.select(gaps.c.gap_id).limit(1)) is not None

    def waiting(self, grouper: Grouper) -> int:
        """Return the number of questions that are new to :meth:`refresh`."""
        return waiting(self.engine, grouper)

    def refresh(self, grouper: Grouper, breathe: Callable[[], None] = lambda: None) -> Grouped:
        """Group the questions asked since the last time; quick when there are none.

        :param grouper: The encoder and the bound of an unsure answer.
        :param breathe: Called every few questions; an error it raises is passed on, and nothing is written.
        :return: The changes.
        """
        return group_new(self.engine, grouper, now=self._clock(), breathe=breathe)

    # ------------------------------------------------------------------------------------------- steps

    def assign(self, gap_id: int, owner: str, *, who: str, note: str = "") -> None:
        """Give a gap an owner.

        :param gap_id: Its number.
        :param owner: The person responsible for it.
        :param who: The person who assigns it.
        :param note: A note for the history.
        :raises GapRefused: If there is no such gap, the step is not possible now, or the owner is empty.
        """
        if not owner.strip():
            raise GapRefused("A gap is assigned to an owner. Name the owner.")
        note = note or f"assigned to {owner.strip()}"
        self._step(gap_id, Step.ASSIGN, who, note, owner=owner.strip())

    def draft(self, gap_id: int, article_id: str, *, who: str, note: str = "") -> None:
        """Record that an article is being written for a gap; a gap without an owner is first assigned to the writer.

        :param gap_id: Its number.
        :param article_id: The draft.
        :param who: The writer.
        :param note: A note for the history.
        :raises GapRefused: If there is no such gap, or the step is not possible now.
        """
        with writing(self.engine) as connection:
            row = store.find(connection, gap_id)
            if row.state == GapState.NEW:
                self._move(connection, gap_id, Step.ASSIGN, who, f"assigned to {who}", owner=who)
            self._move(connection, gap_id, Step.DRAFT, who, note, article_id=article_id)

    def claim(self, gap_id: int, article_id: str = "", *, who: str, note: str = "") -> None:
        """Record that an article closes a gap; a replay has to prove it.

        :param gap_id: Its number.
        :param article_id: The article; the draft's when empty.
        :param who: The person who claims it.
        :param note: A note for the history.
        :raises GapRefused: If there is no such gap, the step is not possible now, or no article is known.
        """
        with writing(self.engine) as connection:
            article = article_id or store.find(connection, gap_id).article_id
            if not article:
                raise GapRefused(f"No article is known that closes gap {gap_id}. Name it.")
            self._move(connection, gap_id, Step.CLAIM, who, note, article_id=article)

    def confirm(self, gap_id: int, *, who: str, note: str = "") -> None:
        """Close a gap that a replay proposes to close.

        :param gap_id: Its number.
        :param who: The person who confirms.
        :param note: A note for the history.
        :raises GapRefused: If there is no such gap, or no replay proposes it; the message says what is missing.
        """
        with writing(self.engine) as connection:
            row = store.find(connection, gap_id)
            after(GapState(row.state), Step.CONFIRM)
            if not row.proposed_article:
                raise GapRefused(f"Gap {gap_id} is not proposed for closing: {self._missing(connection, gap_id)}")
            note = note or f"answered by {row.proposed_article} in {row.proposed_version}"
            self._move(connection, gap_id, Step.CONFIRM, who, note, article_id=row.proposed_article, **_NO_PROPOSAL)

    def dismiss(self, gap_id: int, reason: str, *, who: str) -> None:
        """Record that nothing is to be done about a gap, and why.

        :param gap_id: Its number.
        :param reason: The reason, which is kept with the gap.
        :param who: The person who dismisses it.
        :raises GapRefused: If there is no such gap, the step is not possible now, or no reason is given.
        """
        if not reason.strip():
            raise GapRefused("A gap is dismissed with a reason. Say why nothing is to be done.")
        self._step(gap_id, Step.DISMISS, who, reason.strip(), reason=reason.strip(), **_NO_PROPOSAL)

    def reopen(self, gap_id: int, *, who: str, note: str = "") -> None:
        """Open a closed, claimed or dismissed gap again.

        :param gap_id: Its number.
        :param who: The person who reopens it.
        :param note: The reason.
        :raises GapRefused: If there is no such gap, or it is open.
        """
        self._step(gap_id, Step.REOPEN, who, note, reason=None)

    def _step(self, gap_id: int, step: Step, who: str, note: str, **values: Any) -> None:
        with writing(self.engine) as connection:
            self._move(connection, gap_id, step, who, note, **values)

    def _move(self, connection: sa.Connection, gap_id: int, step: Step, who: str, note: str, **values: Any) -> None:
        """Take a step; of two at once, the second is refused."""
        old = GapState(store.find(connection, gap_id).state)
        new, now = after(old, step), self._clock()
        mine = sa.and_(gaps.c.gap_id == gap_id, gaps.c.state == old.value)
        done = connection.execute(sa.update(gaps).where(mine).values(state=new.value, updated_at=now, **values))
        if not done.rowcount:
            raise GapRefused(f"Somebody else has just moved gap {gap_id}. Look at it again: kb gaps show {gap_id}")
        store.write_history(connection, gap_id, now, who, old.value, new.value, note, values.get("article_id") or "")

    def _missing(self, connection: sa.Connection, gap_id: int) -> str:
        table = gap_replays.c
        last = sa.select(gap_replays).where(table.gap_id == gap_id).order_by(table.seq.desc()).limit(1)
        row = connection.execute(last).one_or_none()
        if row is None:
            return "it was not replayed yet. Build, or run: kb gaps replay"
        if not row.counted:
            return "every question of it is an example or test of an article, or nearly one, which proves nothing."
        return f"{row.served} of {row.counted} are answered by {row.index_version}."

    # ------------------------------------------------------------------------------------------ replay

    def replay(self, answerer: Answerer, *, low_below: float) -> tuple[ReplayedGap, ...]:
        """Ask an index the questions of every gap; propose to close answered gaps, and reopen those no longer answered.

        :param answerer: The new index.
        :param low_below: The confidence below which an answer is unsure.
        :return: All gaps but the dismissed ones.
        """
        is_known = known_questions(answerer.library)
        results: dict[str, RecordedAnswer] = {}

        def ask(text: str) -> RecordedAnswer:
            if text not in results:
                results[text] = recorded_answer(answerer.ask(text, _HITS), answerer.library)
            return results[text]

        done: list[ReplayedGap] = []
        with reading(self.engine) as connection:
            listed = sa.select(gaps.c.gap_id).where(gaps.c.state != GapState.DISMISSED.value).order_by(gaps.c.gap_id)
            asked = {gap_id: _asked(connection, gap_id) for gap_id in connection.execute(listed).scalars().all()}
        verdicts = (
            (gap_id, replay_questions(questions, ask, is_known=is_known, low_below=low_below))
            for gap_id, questions in asked.items()
            if questions
        )
        while part := list(islice(verdicts, _CONCLUDED_AT_ONCE)):
            with writing(self.engine) as connection:
                found = [self._conclude(connection, gap_id, v, answerer.index_version) for gap_id, v in part]
            done += [result for result in found if result is not None]
        return tuple(done)

    def _conclude(
        self, connection: sa.Connection, gap_id: int, verdict: ReplayVerdict, version: str
    ) -> ReplayedGap | None:
        """Store the result of a replay and what follows from it; None for a gap that is gone or dismissed."""
        row = connection.execute(sa.select(gaps).where(gaps.c.gap_id == gap_id)).one_or_none()
        if row is None or row.state == GapState.DISMISSED:  # merged or dismissed while the questions were asked
            return None
        self._keep(connection, gap_id, verdict, version)
        state, result = GapState(row.state), f"{verdict.served} of {verdict.counted} answered by {version}"
        if reopened_by(verdict, state):
            self._move(connection, gap_id, Step.REOPEN, _REPLAY, result)
            return ReplayedGap(gap_id, row.name, GapState.REOPENED, verdict, is_proposed=False, is_reopened=True)
        proposed = state.is_open and verdict.closes
        if proposed:
            self._propose(connection, row, verdict, version, result)
        elif row.proposed_article:
            connection.execute(sa.update(gaps).where(gaps.c.gap_id == gap_id).values(**_NO_PROPOSAL))
            note = f"no longer proposed for closing: {result}"
            store.write_history(connection, gap_id, self._clock(), _REPLAY, row.state, row.state, note)
        return ReplayedGap(gap_id, row.name, state, verdict, is_proposed=proposed, is_reopened=False)

    def _propose(self, connection: sa.Connection, row: Any, verdict: ReplayVerdict, version: str, result: str) -> None:
        now = self._clock()
        values = {"proposed_article": verdict.article_id, "proposed_version": version, "proposed_at": now}
        connection.execute(sa.update(gaps).where(gaps.c.gap_id == row.gap_id).values(**values))
        if row.proposed_article != verdict.article_id:
            note = f"proposed for closing: {result}"
            store.write_history(connection, row.gap_id, now, _REPLAY, row.state, row.state, note, verdict.article_id)

    def _keep(self, connection: sa.Connection, gap_id: int, verdict: ReplayVerdict, version: str) -> None:
        """Store the replay, keeping one per index version and the newest 20 overall."""
        table = gap_replays.c
        same = sa.and_(table.gap_id == gap_id, table.index_version == version)
        connection.execute(sa.delete(gap_replays).where(same))
        row = {
            "gap_id": gap_id,
            "at": self._clock(),
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


_NO_PROPOSAL: dict[str, Any] = {"proposed_article": None, "proposed_version": None, "proposed_at": None}


def _was_known(before: RecordedAnswer) -> bool:
    return before.outcome == OutcomeKind.ANSWERED and before.confidence >= KNOWN_CONFIDENCE


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
    return sorted(found, key=lambda q: (-q.asked, q.key))[:_ASKED_AT_MOST]
