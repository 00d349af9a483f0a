"""The gaps of one journal: list, detail, steps, grouping, arranging and replay."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from kb.database.engine import reading, writing
from kb.database.tables.gaps import gap_questions, gaps
from kb.errors import GapRefused
from kb.gaps import arranging, store
from kb.gaps.closing import excused, why_not_closed
from kb.gaps.collect import Grouped, Grouper, group_new, waiting
from kb.gaps.replay import RecordedAnswer
from kb.gaps.replaying import Apart, ReplayedGap, replay_gaps
from kb.gaps.states import ClosedBy, GapState, Step, after
from kb.gaps.store import By
from kb.privacy.redact import redact
from kb.types import KNOWN_CONFIDENCE, Answerer, OutcomeKind

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from kb.gaps.records import GapDetail, GapRow
    from kb.types import Progress

_WORDS = 4
"""A logged question with fewer words may be among the examples by chance."""
_LONGEST_NOTE = 1000


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

    def refresh(
        self,
        grouper: Grouper,
        breathe: Callable[[], None] = lambda: None,
        progress: Progress = lambda _done, _total: None,
    ) -> Grouped:
        """Group the questions asked since the last time; quick when there are none.

        :param grouper: The encoder and the bound of an unsure answer.
        :param breathe: Called every few questions; an error it raises is passed on, and nothing is written.
        :param progress: Called with the number of new questions encoded, and of all.
        :return: The changes.
        """
        return group_new(self.engine, grouper, now=self._clock(), breathe=breathe, progress=progress)

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
        owner = owner.strip()
        with writing(self.engine) as connection:
            store.move(connection, gap_id, Step.ASSIGN, self._to(owner, who, note), owner=owner)

    def draft(self, gap_id: int, article_id: str, *, who: str, note: str = "") -> None:
        """Record that an article is being written for a gap; a gap without an owner is first assigned to the writer.

        The same draft begun again, as on the page and then by a command, is not recorded twice.

        :param gap_id: Its number.
        :param article_id: The draft.
        :param who: The writer.
        :param note: A note for the history.
        :raises GapRefused: If there is no such gap, or the step is not possible now.
        """
        with writing(self.engine) as connection:
            row = store.find(connection, gap_id)
            if row.state == GapState.DRAFTING and row.article_id == article_id and not note.strip():
                return
            if row.state == GapState.NEW:
                store.move(connection, gap_id, Step.ASSIGN, self._to(who, who), owner=who)
            store.move(connection, gap_id, Step.DRAFT, self._by(who, note), article_id=article_id)

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
            store.move(connection, gap_id, Step.CLAIM, self._by(who, note), article_id=article)

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
                missing = why_not_closed(store.detail(connection, gap_id, now=self._clock()))
                raise GapRefused(f"Gap {gap_id} is not proposed for closing. {missing}")
            note = note.strip() or f"answered by {row.proposed_article} in {row.proposed_version}"
            values = {"article_id": row.proposed_article, "closed_by": ClosedBy.REPLAY.value, **store.NO_PROPOSAL}
            store.move(connection, gap_id, Step.CONFIRM, self._by(who, note), **values)

    def close(self, gap_id: int, note: str, *, who: str, article_id: str = "") -> None:
        """Close a gap by hand, where a replay cannot prove that it is answered.

        What the index does not answer today is not held against it; what is asked from now on is: a later replay opens
        the gap again when fewer than half of its questions are answered.

        :param gap_id: Its number.
        :param note: How the questions are answered, which is kept with the gap.
        :param who: The person who answers for it.
        :param article_id: The article that closes it; the one that is known when empty, and none is needed.
        :raises GapRefused: If there is no such gap, the step is not possible now, or there is no note.
        """
        if not note.strip():
            raise GapRefused("A gap is closed by hand with a note. Say how its questions are answered.")
        with writing(self.engine) as connection:
            detail = store.detail(connection, gap_id, now=self._clock())
            values = {"closed_by": ClosedBy.HAND.value, "excused": excused(detail), **store.NO_PROPOSAL}
            if article_id:
                values["article_id"] = article_id
            store.move(connection, gap_id, Step.CLOSE, self._by(who, f"closed by hand: {note.strip()}"), **values)

    def dismiss(self, gap_id: int, reason: str, *, who: str, note: str = "") -> None:
        """Record that nothing is to be done about a gap, and why.

        :param gap_id: Its number.
        :param reason: The reason, which is kept with the gap.
        :param who: The person who dismisses it.
        :param note: A note for the history, besides the reason.
        :raises GapRefused: If there is no such gap, the step is not possible now, or no reason is given.
        """
        reason = _written(reason)
        if not reason:
            raise GapRefused("A gap is dismissed with a reason. Say why nothing is to be done.")
        said = f"{reason}: {note.strip()}" if note.strip() else reason
        self._step(gap_id, Step.DISMISS, who, said, reason=reason, **store.NO_PROPOSAL)

    def reopen(self, gap_id: int, *, who: str, note: str = "") -> None:
        """Open a closed, claimed or dismissed gap again.

        :param gap_id: Its number.
        :param who: The person who reopens it.
        :param note: The reason.
        :raises GapRefused: If there is no such gap, or it is open.
        """
        self._step(gap_id, Step.REOPEN, who, note, reason=None, **store.NOT_CLOSED)

    def _step(self, gap_id: int, step: Step, who: str, note: str, **values: Any) -> None:
        with writing(self.engine) as connection:
            store.move(connection, gap_id, step, self._by(who, note), **values)

    def _by(self, who: str, note: str = "") -> By:
        return By(who, self._clock(), _written(note))

    def _to(self, owner: str, who: str, note: str = "") -> By:
        """Return who assigns a gap; the owner's name stays, since owners are staff, and what is noted is redacted."""
        said = _written(note)
        return By(who, self._clock(), f"assigned to {owner}: {said}" if said else f"assigned to {owner}")

    # --------------------------------------------------------------------------------------- arranging

    def split(self, gap_id: int, keys: Sequence[str], *, who: str, name: str = "", note: str = "") -> int:
        """Take some questions out of a gap into a new one; see :func:`kb.gaps.arranging.split`.

        :param gap_id: Its number.
        :param keys: The questions' keys; see :class:`kb.gaps.records.GapQuestion`.
        :param who: The person who splits it.
        :param name: The name of the new gap; empty for that of its most central question.
        :param note: A note for the history of both.
        :return: The number of the new gap.
        :raises GapRefused: If there is no such gap, it does not hold the questions, or nothing would be left in it.
        """
        with writing(self.engine) as connection:
            return arranging.split(
                connection, gap_id, keys, self._by(who, note), _written(name, arranging.LONGEST_NAME)
            )

    def move(self, gap_id: int, keys: Sequence[str], into: int, *, who: str, note: str = "") -> None:
        """Move some questions of a gap into another one; see :func:`kb.gaps.arranging.move`.

        :param gap_id: The number of the gap that has them.
        :param keys: The questions' keys.
        :param into: The number of the gap that gets them.
        :param who: The person who moves them.
        :param note: A note for the history of both.
        :raises GapRefused: If there is no such gap, it does not hold the questions, or both are the same.
        """
        with writing(self.engine) as connection:
            arranging.move(connection, gap_id, keys, into, self._by(who, note))

    def merge(self, gap_id: int, into: int, *, who: str, note: str = "") -> None:
        """Put all questions of a gap into another one; see :func:`kb.gaps.arranging.merge`.

        :param gap_id: The number of the gap that ends.
        :param into: The number of the gap that goes on.
        :param who: The person who merges them.
        :param note: A note for the history of both.
        :raises GapRefused: If there is no such gap, or both are the same.
        """
        with writing(self.engine) as connection:
            arranging.merge(connection, gap_id, into, self._by(who, note))

    def rename(self, gap_id: int, name: str, *, who: str, note: str = "") -> None:
        """Give a gap a name, which grouping then leaves alone.

        :param gap_id: Its number.
        :param name: The name.
        :param who: The person who names it.
        :param note: A note for the history.
        :raises GapRefused: If there is no such gap, or the name is empty.
        """
        with writing(self.engine) as connection:
            arranging.rename(connection, gap_id, _written(name, arranging.LONGEST_NAME), self._by(who, note))

    # ------------------------------------------------------------------------------------------ replay

    def replay(self, answerer: Answerer, apart: Apart, *, low_below: float) -> tuple[ReplayedGap, ...]:
        """Ask an index the questions of every gap; propose to close answered gaps, and reopen those no longer answered.

        :param answerer: The new index.
        :param apart: Returns the same index without some of its titles and examples, to ask it what they repeat.
        :param low_below: The confidence below which an answer is unsure.
        :return: All gaps but those that are dismissed or merged into others.
        """
        return replay_gaps(self.engine, answerer, apart, low_below=low_below, clock=self._clock)


def _was_known(before: RecordedAnswer) -> bool:
    return before.outcome == OutcomeKind.ANSWERED and before.confidence >= KNOWN_CONFIDENCE


def _written(text: str, most: int = _LONGEST_NOTE) -> str:
    """Return what a person wrote on one line, without personal data: it may outlive the questions it is about."""
    return redact(" ".join(text[: 4 * most].split())).text[:most].strip()
