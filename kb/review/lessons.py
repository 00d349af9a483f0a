"""The book of lessons: what leads decide about questions, and what editors make of it.

A lesson never changes a file. It is a proposal, which an editor accepts or declines; see :mod:`kb.app.lessons`. Every
decision is kept; of several about one question the latest stands.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from kb.common.folding import plain_words
from kb.database.engine import reading, writing
from kb.database.statements import hold_name
from kb.database.tables.journal import queries
from kb.database.tables.review import lesson_history, lessons
from kb.errors import LessonOutdated, LessonRefused, QueryUnknown
from kb.review.judging import count_judgments, judge_by
from kb.review.lesson_records import Judgments, Lesson, LessonDetail, LessonEvent, LessonState, Proposed
from kb.review.wording import example_words, kept_words
from kb.types import LessonKind

if TYPE_CHECKING:
    from collections.abc import Mapping

_FIELDS: Final[Mapping[LessonKind, str]] = {
    LessonKind.BELONGS: "the article that it belongs to",
    LessonKind.PART: "the article, and the section that answers",
    LessonKind.ELSEWHERE: "the signpost",
    LessonKind.NOT_FOR: "the article that does not answer it",
}
"""What each kind that changes a file has to name."""


class LessonBook:
    """The lessons of a journal."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Work on a journal's lessons.

        :param engine: The journal's database; its tables are up to date.
        :param clock: Returns the moment, UTC.
        """
        self.engine = engine
        self._clock = clock

    # ----------------------------------------------------------------------------------------- reading

    def list(self, states: Sequence[LessonState] = (), *, query_id: str = "") -> tuple[Lesson, ...]:
        """Return lessons, the oldest first, as they should be worked on.

        :param states: Only these states; all without.
        :param query_id: Only those about this question; all without.
        :return: The lessons.
        """
        table, where = lessons.c, list[sa.ColumnElement[bool]]()
        if states:
            where.append(table.state.in_([state.value for state in states]))
        if query_id:
            where.append(table.query_id == query_id)
        with reading(self.engine) as connection:
            found = sa.select(lessons).where(*where).order_by(table.lesson_id)
            return tuple(map(_lesson, connection.execute(found)))

    def show(self, lesson_id: int) -> LessonDetail:
        """Return a lesson with its history.

        :param lesson_id: Its number.
        :return: The lesson.
        :raises LessonRefused: If there is no such lesson.
        """
        with reading(self.engine) as connection:
            row = _find(connection, lesson_id)
            table = lesson_history.c
            steps = sa.select(lesson_history).where(table.lesson_id == lesson_id).order_by(table.seq)
            history = tuple(
                LessonEvent(step.at, step.who, step.old_state, step.new_state, step.note)
                for step in connection.execute(steps)
            )
        return LessonDetail(_lesson(row), history)

    def judgments(self) -> Judgments:
        """Return how many answers leads have judged, and how, over everything that the journal still has."""
        with reading(self.engine) as connection:
            return count_judgments(connection)

    def taught(self) -> tuple[str, ...]:
        """Return the questions that may be examples word for word, because a lead decided so, as far as they are kept.

        :return: Those of accepted and of open lessons that change a file.
        """
        table = lessons.c
        kinds = [kind.value for kind in LessonKind if kind.changes_file]
        states = [state.value for state in LessonState if state.is_open or state is LessonState.ACCEPTED]
        decided = sa.and_(table.state.in_(states), table.kind.in_(kinds), table.question != "")
        with reading(self.engine) as connection:
            return tuple(
                connection.execute(sa.select(table.question).where(decided).order_by(table.lesson_id)).scalars()
            )

    def decided(self) -> Callable[[str], bool]:
        """Return what tells whether somebody has decided about a question, whatever came of it.

        :return: Takes a question, however it is written; knows the decisions of this moment.
        """
        with reading(self.engine) as connection:
            standing = sa.select(lessons.c.standing).where(lessons.c.standing.is_not(None))
            keys = frozenset(connection.execute(standing).scalars())
        return lambda question: _key(question) in keys

    # ---------------------------------------------------------------------------------------- deciding

    def propose(
        self,
        kind: LessonKind,
        question: str,
        *,
        who: str,
        article_id: str = "",
        anchor: str | None = None,
        belongs: str = "",
        query_id: str = "",
        note: str = "",
        base: str = "",
    ) -> Proposed:
        """Keep a lead's decision; of several about one question, the latest stands and says what it replaced.

        :param kind: The decision.
        :param question: The words for the file: the customer's, or better ones. They are redacted again.
        :param who: The lead.
        :param article_id: The article or signpost whose file is to change.
        :param anchor: The section, or empty for the direct answer; None for none.
        :param belongs: For ``not_for``, where the question belongs, if anywhere.
        :param query_id: The question in the journal, if it is about one.
        :param note: For the history and for the editor.
        :param base: SHA-256 of the file's bytes; needed if it is to change.
        :return: The lesson, and the one whose place it took.
        :raises LessonRefused: If something is missing, or if the words hold personal data or a mark in its place.
        :raises QueryUnknown: If the journal has no such question, or no longer.
        """
        _refuse_incomplete(kind, article_id, anchor, query_id, base)
        words = example_words(question) if kind.changes_file else kept_words(question)
        row = {
            "kind": kind.value,
            "state": (LessonState.PROPOSED if kind.changes_file else LessonState.ACCEPTED).value,
            "question": words,
            "article_id": article_id if kind.changes_file else "",
            "anchor": anchor if kind in (LessonKind.BELONGS, LessonKind.PART) else None,
            "belongs": belongs if kind is LessonKind.NOT_FOR else "",
            "base": base if kind.changes_file else "",
            "query_id": query_id or None,
            "who": who,
            "note": kept_words(note),
        }
        return self._insert(kind, row)

    def _insert(self, kind: LessonKind, row: dict[str, Any]) -> Proposed:
        now, who, query_id = self._clock(), row["who"], row["query_id"]
        with writing(self.engine) as connection:
            about = _about(connection, query_id, row["question"])
            hold_name(connection, f"lesson about {about}")  # of two leads at once, the second sees the first's decision
            earlier = connection.execute(sa.select(lessons).where(lessons.c.standing == about)).one_or_none()
            times = {"created_at": now, "updated_at": now}
            number = {"question_key": about, "replaces": None if earlier is None else earlier.lesson_id}
            done = connection.execute(sa.insert(lessons).values(**row, **times, **number))
            lesson_id = int(done.inserted_primary_key[0])  # type: ignore[index]
            note = row["note"]
            if earlier is not None:
                self._replace(connection, earlier, lesson_id, who)
                took = f"takes the place of {earlier.who}'s decision {earlier.lesson_id} ({earlier.kind})"
                note = f"{note}; {took}" if note else took
            connection.execute(sa.update(lessons).where(lessons.c.lesson_id == lesson_id).values(standing=about))
            _write_history(connection, lesson_id, now, who, "", row["state"], note)
            if query_id is not None:
                named = {"article_id": row["article_id"], "anchor": row["anchor"]}
                judge_by(connection, kind, query_id, **named, who=who, at=now)
            replaced = None if earlier is None else _lesson(_find(connection, earlier.lesson_id))
            return Proposed(_lesson(_find(connection, lesson_id)), replaced)

    def _replace(self, connection: sa.Connection, earlier: Any, lesson_id: int, who: str) -> None:
        """Let a decision no longer stand; one that has changed a file, or was declined, keeps its state."""
        now, state = self._clock(), LessonState(earlier.state)
        changed_nothing = not LessonKind(earlier.kind).changes_file
        after = LessonState.REPLACED if state.is_open or changed_nothing else state
        mine = lessons.c.lesson_id == earlier.lesson_id
        values = {"standing": None, "state": after.value, "updated_at": now}
        connection.execute(sa.update(lessons).where(mine).values(**values))
        note = f"decision {lesson_id} about the same question took its place"
        _write_history(connection, earlier.lesson_id, now, who, state.value, after.value, note)

    # --------------------------------------------------------------------------------------- accepting

    def accept(
        self, lesson_id: int, *, who: str, base: str, after: str = "", write: Callable[[], None] = lambda: None
    ) -> Lesson:
        """Record that an editor takes a lesson; of two at once, one wins and the other is told.

        Other lessons that were decided on the same state of the file are carried over to its new state: an example
        that is added takes nothing away from them.

        :param lesson_id: Its number.
        :param who: The editor.
        :param base: SHA-256 of the file's bytes as they are now.
        :param after: SHA-256 of its bytes with the lesson in it; empty if they stay the same.
        :param write: Writes the file; if it raises, nothing is recorded.
        :return: The lesson, accepted.
        :raises LessonRefused: If there is no such lesson, or it is not proposed now.
        :raises LessonOutdated: If the file was changed since the decision; the lesson is kept as outdated.
        """
        with writing(self.engine) as connection:
            row = _hold(connection, lesson_id)
            _refuse_unless(row, (LessonState.PROPOSED,), "accepted")
            fits = row.base == base
            if fits:
                write()
                self._move(connection, row, LessonState.ACCEPTED, who, "", base=after or base)
                others = sa.and_(
                    lessons.c.article_id == row.article_id,
                    lessons.c.base == base,
                    lessons.c.state == LessonState.PROPOSED.value,
                )
                connection.execute(sa.update(lessons).where(others).values(base=after or base))
                return _lesson(_find(connection, lesson_id))
            self._move(connection, row, LessonState.OUTDATED, who, f"{row.article_id} was changed since the decision")
        raise LessonOutdated(
            f"The file of {row.article_id!r} was changed since lesson {lesson_id} was decided. "
            "The decision is kept: renew it for the file as it is now, or decline it."
        )

    def decline(self, lesson_id: int, *, who: str, note: str) -> Lesson:
        """Record that a lesson is not taken, and why; it stays, and so does the judgment.

        :param lesson_id: Its number.
        :param who: The editor.
        :param note: The reason.
        :return: The lesson, declined.
        :raises LessonRefused: If there is no such lesson, it is not open, or no reason is given.
        """
        if not note.strip():
            raise LessonRefused("A lesson is declined with a reason, for the lead who decided it. Say why.")
        open_states = tuple(state for state in LessonState if state.is_open)
        return self._step(lesson_id, open_states, LessonState.DECLINED, who, note)

    def outdate(self, lesson_id: int, *, who: str, note: str) -> Lesson:
        """Record that the file was changed since a lesson was decided.

        :param lesson_id: Its number.
        :param who: The person who noticed.
        :param note: What has changed.
        :return: The lesson, outdated.
        :raises LessonRefused: If there is no such lesson, or it is not proposed.
        """
        return self._step(lesson_id, (LessonState.PROPOSED,), LessonState.OUTDATED, who, note)

    def renew(
        self, lesson_id: int, *, who: str, base: str, article_id: str = "", anchor: str | None = None, note: str = ""
    ) -> Lesson:
        """Propose an outdated lesson again, for the file as it is now.

        :param lesson_id: Its number.
        :param who: The person who renews it.
        :param base: SHA-256 of the file's bytes as they are now.
        :param article_id: The article, if it has another id now.
        :param anchor: The section, if it is to be another one.
        :param note: For the history.
        :return: The lesson, proposed.
        :raises LessonRefused: If there is no such lesson, or it is not outdated, or no longer stands.
        """
        values: dict[str, Any] = {"base": base}
        if article_id:
            values["article_id"] = article_id
        if anchor is not None:
            values["anchor"] = anchor
        states = (LessonState.OUTDATED,)
        return self._step(lesson_id, states, LessonState.PROPOSED, who, note or "renewed", **values)

    def _step(
        self, lesson_id: int, states: Sequence[LessonState], to: LessonState, who: str, note: str, **values: Any
    ) -> Lesson:
        with writing(self.engine) as connection:
            row = _hold(connection, lesson_id)
            _refuse_unless(row, states, to.value if to is not LessonState.PROPOSED else "renewed")
            self._move(connection, row, to, who, note, **values)
            return _lesson(_find(connection, lesson_id))

    def _move(self, connection: sa.Connection, row: Any, to: LessonState, who: str, note: str, **values: Any) -> None:
        now = self._clock()
        mine = lessons.c.lesson_id == row.lesson_id
        connection.execute(sa.update(lessons).where(mine).values(state=to.value, updated_at=now, **values))
        _write_history(connection, row.lesson_id, now, who, row.state, to.value, kept_words(note))


# ----------------------------------------------------------------------------------------------- helpers


def _refuse_incomplete(kind: LessonKind, article_id: str, anchor: str | None, query_id: str, base: str) -> None:
    if kind.changes_file and (not article_id or (kind is LessonKind.PART and anchor is None)):
        raise LessonRefused(f"The decision {kind.value!r} names {_FIELDS[kind]}. Name it.")
    if kind.changes_file and not base:
        raise LessonRefused(f"The decision {kind.value!r} is about a file. Give the SHA-256 of its bytes.")
    if not kind.changes_file and not query_id:
        raise LessonRefused(f"The decision {kind.value!r} is about a question that a customer asked. Name its id.")


def _about(connection: sa.Connection, query_id: str | None, question: str) -> str:
    """Return the key of the question that a decision is about, however it was reworded for the file."""
    if query_id is not None:
        asked = connection.scalar(sa.select(queries.c.text).where(queries.c.query_id == query_id))
        if asked is None:
            raise QueryUnknown(
                f"There is no question {query_id!r} in the journal, or it is no longer kept. "
                "Propose the lesson without it, or choose another question."
            )
        question = asked
    return _key(question)


def _key(question: str) -> str:
    return hashlib.sha256(plain_words(question).encode()).hexdigest()


def _find(connection: sa.Connection, lesson_id: int) -> Any:
    row = connection.execute(sa.select(lessons).where(lessons.c.lesson_id == lesson_id)).one_or_none()
    if row is None:
        raise LessonRefused(f"There is no lesson {lesson_id}. List them: kb lessons")
    return row


def _hold(connection: sa.Connection, lesson_id: int) -> Any:
    """Return a lesson that nobody else moves until the transaction ends."""
    mine = lessons.c.lesson_id == lesson_id
    connection.execute(sa.select(lessons.c.lesson_id).where(mine).with_for_update())
    return _find(connection, lesson_id)


def _refuse_unless(row: Any, states: Sequence[LessonState], step: str) -> None:
    if row.state not in states:
        raise LessonRefused(
            f"Lesson {row.lesson_id} is {row.state} since {row.updated_at:%Y-%m-%d %H:%M} UTC, so it cannot be {step}. "
            f"Look at it again: kb lessons show {row.lesson_id}"
        )


def _write_history(
    connection: sa.Connection, lesson_id: int, at: datetime, who: str, old: str, new: str, note: str
) -> None:
    row = {"lesson_id": lesson_id, "at": at, "who": who, "old_state": old, "new_state": new, "note": note}
    connection.execute(sa.insert(lesson_history).values(**row))


def _lesson(row: Any) -> Lesson:
    return Lesson(
        id=row.lesson_id,
        kind=LessonKind(row.kind),
        state=LessonState(row.state),
        question=row.question,
        article_id=row.article_id,
        anchor=row.anchor,
        belongs=row.belongs,
        base=row.base,
        query_id=row.query_id or "",
        who=row.who,
        note=row.note,
        replaces=row.replaces,
        stands=row.standing is not None,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
