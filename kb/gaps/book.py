"""Gaps, for those who work on them: list, detail, every step, grouping and replay, over one engine."""

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
"""Questions of one gap that a replay asks, the most asked: a build waits for it."""
_WORDS = 4
"""Words that a logged question has at least, for its copy among the examples to be no accident."""
_REPLAYS_KEPT = 20
_REPLAY = "replay"
_HITS = 10
_CONCLUDED_AT_ONCE = 50
"""Gaps whose replays are written in one transaction: other writers wait some milliseconds for it."""


@dataclass(frozen=True, slots=True)
class ReplayedGap:
    """What a replay made of one gap."""

    gap_id: int
    name: str
    state: GapState
    """After it."""
    verdict: ReplayVerdict
    is_proposed: bool
    """Whether closing is proposed now."""
    is_reopened: bool
    """Whether it was closed, and is open again."""


class GapBook:
    """The gaps of a journal."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Work on a journal's gaps.

        :param engine: Of the journal, its tables made.
        :param clock: Tells the time, UTC.
        """
        self.engine = engine
        self._clock = clock

    # ----------------------------------------------------------------------------------------- reading

    def list(self, states: Sequence[GapState] = (), *, days: int = 30) -> list[GapRow]:
        """Return gaps, the most asked in the last days first; of some states, or of all."""
        with reading(self.engine) as connection:
            return store.rows(connection, now=self._clock(), days=days, states=states)

    def show(self, gap_id: int, *, days: int = 30) -> GapDetail:
        """Return everything about a gap.

        :param gap_id: Its number.
        :param days: The period of the trend.
        :return: Row, questions, history, replays, comments and possible steps.
        :raises GapRefused: If there is none.
        """
        with reading(self.engine) as connection:
            return store.detail(connection, gap_id, now=self._clock(), days=days)

    def logged_keys(self) -> frozenset[str]:
        """Return the digests of the gaps' questions, by which an editor's copy is recognised.

        Those that an article knew word for word when they were asked are left out, and so are the shortest, which
        anybody may write by chance.

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
        """Return whether there is a gap at all."""
        with reading(self.engine) as connection:
            return connection.scalar(sa.select(gaps.c.gap_id).limit(1)) is not None

    def waiting(self, grouper: Grouper) -> int:
        """Return how many questions :meth:`refresh` would have to look at that were not looked at before."""
        return waiting(self.engine, grouper)

    def refresh(self, grouper: Grouper, breathe: Callable[[], None] = lambda: None) -> Grouped:
        """Take in what was asked since the last time; quick when that is nothing.

        :param grouper: The encoder, and what counts as unsure.
        :param breathe: Called every few questions; what it raises is passed on, and nothing is written.
        :return: What changed.
        """
        return group_new(self.engine, grouper, now=self._clock(), breathe=breathe)

    # ------------------------------------------------------------------------------------------- steps

    def assign(self, gap_id: int, owner: str, *, who: str, note: str = "") -> None:
        """Give a gap an owner.

        :param gap_id: Its number.
        :param owner: Who sees to it.
        :param who: Who says so.
        :param note: Anything.
        :raises GapRefused: If there is no such gap, the step is not possible now, or the owner is empty.
        """
        if not owner.strip():
            raise GapRefused("A gap is assigned to somebody. Name the owner.")
        note = note or f"assigned to {owner.strip()}"
        self._step(gap_id, Step.ASSIGN, who, note, owner=owner.strip())

    def draft(self, gap_id: int, article_id: str, *, who: str, note: str = "") -> None:
        """Say that an article is being written for a gap; one that nobody owns is first assigned to the writer.

        :param gap_id: Its number.
        :param article_id: The draft.
        :param who: Who writes it.
        :param note: Anything.
        :raises GapRefused: If there is no such gap, or the step is not possible now.
        """
        with writing(self.engine) as connection:
            row = store.find(connection, gap_id)
            if row.state == GapState.NEW:
                self._move(connection, gap_id, Step.ASSIGN, who, f"assigned to {who}", owner=who)
            self._move(connection, gap_id, Step.DRAFT, who, note, article_id=article_id)

    def claim(self, gap_id: int, article_id: str = "", *, who: str, note: str = "") -> None:
        """Say that an article closes a gap; a replay has to show it.

        :param gap_id: Its number.
        :param article_id: The article; that of the draft when empty.
        :param who: Who says so.
        :param note: Anything.
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
        :param who: Who confirms.
        :param note: Anything.
        :raises GapRefused: If there is no such gap, or nothing proposes to close it, saying what is missing.
        """
        with writing(self.engine) as connection:
            row = store.find(connection, gap_id)
            after(GapState(row.state), Step.CONFIRM)
            if not row.proposed_article:
                raise GapRefused(f"Gap {gap_id} is not proposed for closing: {self._missing(connection, gap_id)}")
            note = note or f"answered by {row.proposed_article} in {row.proposed_version}"
            self._move(connection, gap_id, Step.CONFIRM, who, note, article_id=row.proposed_article, **_NO_PROPOSAL)

    def dismiss(self, gap_id: int, reason: str, *, who: str) -> None:
        """Say that nothing is to be done about a gap, and why.

        :param gap_id: Its number.
        :param reason: Why; it is kept beside the gap.
        :param who: Who says so.
        :raises GapRefused: If there is no such gap, the step is not possible now, or no reason is given.
        """
        if not reason.strip():
            raise GapRefused("A gap is dismissed with a reason. Say why nothing is to be done.")
        self._step(gap_id, Step.DISMISS, who, reason.strip(), reason=reason.strip(), **_NO_PROPOSAL)

    def reopen(self, gap_id: int, *, who: str, note: str = "") -> None:
        """Open a closed, claimed or dismissed gap again.

        :param gap_id: Its number.
        :param who: Who says so.
        :param note: Why.
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
        """Ask every gap's questions of an index; propose what is answered now, reopen what no longer is.

        :param answerer: The new index.
        :param low_below: Confidence below which an answer is unsure.
        :return: Each gap but the dismissed ones.
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
        """Write what a replay found, and what follows from it."""
        row = connection.execute(sa.select(gaps).where(gaps.c.gap_id == gap_id)).one_or_none()
        if row is None or row.state == GapState.DISMISSED:  # merged or dismissed while the questions were asked
            return None
        self._keep(connection, gap_id, verdict, version)
        state, said = GapState(row.state), f"{verdict.served} of {verdict.counted} answered by {version}"
        if reopened_by(verdict, state):
            self._move(connection, gap_id, Step.REOPEN, _REPLAY, said)
            return ReplayedGap(gap_id, row.name, GapState.REOPENED, verdict, is_proposed=False, is_reopened=True)
        proposed = state.is_open and verdict.closes
        if proposed:
            self._propose(connection, row, verdict, version, said)
        elif row.proposed_article:
            connection.execute(sa.update(gaps).where(gaps.c.gap_id == gap_id).values(**_NO_PROPOSAL))
            note = f"no longer proposed for closing: {said}"
            store.write_history(connection, gap_id, self._clock(), _REPLAY, row.state, row.state, note)
        return ReplayedGap(gap_id, row.name, state, verdict, is_proposed=proposed, is_reopened=False)

    def _propose(self, connection: sa.Connection, row: Any, verdict: ReplayVerdict, version: str, said: str) -> None:
        now = self._clock()
        values = {"proposed_article": verdict.article_id, "proposed_version": version, "proposed_at": now}
        connection.execute(sa.update(gaps).where(gaps.c.gap_id == row.gap_id).values(**values))
        if row.proposed_article != verdict.article_id:
            note = f"proposed for closing: {said}"
            store.write_history(connection, row.gap_id, now, _REPLAY, row.state, row.state, note, verdict.article_id)

    def _keep(self, connection: sa.Connection, gap_id: int, verdict: ReplayVerdict, version: str) -> None:
        """Keep before and after; of one index the last replay, and of all the newest."""
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
    """Return a gap's questions as a replay needs them, the most asked first."""
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
