"""Publications in the journal's database: those that wait, the one that runs, and what became of the others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

import sqlalchemy as sa

from kb.common.files import sha256
from kb.database.engine import reading, writing
from kb.database.statements import hold_name
from kb.database.tables.drafts import publications
from kb.errors import WritingRefused
from kb.writing.records import PublicationState, PublicationStep

_UNFINISHED: Final = [state.value for state in PublicationState if not state.is_over]


@dataclass(frozen=True, slots=True)
class Planned:
    """A text to be published."""

    article_id: str
    below: str
    """The file's path below the folder of articles."""
    title: str
    who: str
    message: str
    before: str | None
    """The file as it is, in its own line ends; None if there is none."""
    after: str
    """The file as it is to be."""
    draft_id: int | None = None
    draft_number: int = 0
    """The number of the draft when its text was taken."""


@dataclass(frozen=True, slots=True)
class KeptPublication:
    """A publication as it is stored."""

    id: int
    planned: Planned
    state: PublicationState
    step: PublicationStep | None
    pictures: tuple[str, ...]
    """Names of the pictures that it wrote and that were not there before."""
    revision: str
    reason: str
    created_at: datetime
    updated_at: datetime

    @property
    def base(self) -> str:
        """SHA-256 of the file before it; empty if there was none."""
        return "" if self.planned.before is None else sha256(self.planned.before.encode())

    @property
    def result(self) -> str:
        """SHA-256 of the file after it."""
        return sha256(self.planned.after.encode())


class PublicationStore:
    """The publications of one database. Each call is one transaction, safe from any thread."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Work on a database.

        :param engine: The journal's database; its tables are up to date.
        :param clock: Returns the moment, UTC.
        """
        self.engine = engine
        self._clock = clock

    def add(self, planned: Planned) -> KeptPublication:
        """Let a text wait for its turn.

        :param planned: The text.
        :return: The publication; the same one again if it waits or runs already.
        :raises WritingRefused: If another text of the article waits or runs.
        """
        table, now = publications.c, self._clock()
        with writing(self.engine) as connection:
            hold_name(connection, f"publication {planned.article_id}")
            found = sa.and_(table.article_id == planned.article_id, table.state.in_(_UNFINISHED))
            running = connection.execute(sa.select(publications).where(found)).first()
            if running is not None and running.after == planned.after:
                return _publication(running)
            if running is not None:
                raise WritingRefused(
                    f"{running.who} is publishing {planned.article_id!r} at this moment. Wait until that is done, "
                    "then look at both texts. Nothing is lost."
                )
            values: dict[str, Any] = {
                "draft_id": planned.draft_id,
                "draft_number": planned.draft_number,
                "article_id": planned.article_id,
                "path": planned.below,
                "title": planned.title,
                "who": planned.who,
                "message": planned.message,
                "state": PublicationState.WAITING.value,
                "before": planned.before,
                "after": planned.after,
                "pictures": [],
                "created_at": now,
                "updated_at": now,
            }
            made = connection.execute(publications.insert().values(**values))
            return _get(connection, int((made.inserted_primary_key or (0,))[0]))

    def get(self, publication_id: int) -> KeptPublication:
        """Return a publication by its number.

        :param publication_id: Its number.
        :return: The publication.
        :raises WritingRefused: If there is no such publication.
        """
        with reading(self.engine) as connection:
            return _get(connection, publication_id)

    def next(self) -> KeptPublication | None:
        """Return the one that was begun, such as by a process that ended, or that has waited longest; None if none."""
        return self._first(publications.c.state.in_(_UNFINISHED), publications.c.publication_id)

    def latest(self, article_id: str = "") -> KeptPublication | None:
        """Return the one that runs or is next; if none is left, the last one; None if there never was one.

        :param article_id: Only of this article; of all without.
        :return: The publication.
        """
        of_it = [publications.c.article_id == article_id] if article_id else []
        is_left = publications.c.state.in_(_UNFINISHED)
        left = self._first(sa.and_(is_left, *of_it), publications.c.publication_id)
        return left or self._first(sa.and_(sa.true(), *of_it), publications.c.publication_id.desc())

    def before_it(self, publication_id: int) -> int:
        """Return how many publications come before one that waits."""
        table = publications.c
        found = sa.and_(table.state.in_(_UNFINISHED), table.publication_id < publication_id)
        with reading(self.engine) as connection:
            return int(connection.execute(sa.select(sa.func.count()).where(found)).scalar_one())

    def done(self, article_id: str) -> Sequence[KeptPublication]:
        """Return the publications of an article that went well, the newest first."""
        table = publications.c
        found = sa.and_(table.article_id == article_id, table.state == PublicationState.DONE.value)
        with reading(self.engine) as connection:
            rows = connection.execute(sa.select(publications).where(found).order_by(table.publication_id.desc()))
            return tuple(map(_publication, rows))

    def set(
        self,
        publication_id: int,
        state: PublicationState,
        step: PublicationStep | None = None,
        **values: Any,
    ) -> KeptPublication:
        r"""Note what is being done, or what became of a publication.

        :param publication_id: Its number.
        :param state: Its state now.
        :param step: Its step, while it runs.
        :param \**values: Other columns.
        :return: The publication.
        """
        named = {"state": state.value, "step": step.value if step else "", "updated_at": self._clock(), **values}
        where = publications.c.publication_id == publication_id
        with writing(self.engine) as connection:
            connection.execute(publications.update().where(where).values(**named))
            return _get(connection, publication_id)

    def _first(self, where: sa.ColumnElement[bool], order: sa.ColumnElement[Any]) -> KeptPublication | None:
        with reading(self.engine) as connection:
            row = connection.execute(sa.select(publications).where(where).order_by(order).limit(1)).one_or_none()
        return None if row is None else _publication(row)


def _get(connection: sa.Connection, publication_id: int) -> KeptPublication:
    found = sa.select(publications).where(publications.c.publication_id == publication_id)
    row = connection.execute(found).one_or_none()
    if row is None:
        raise WritingRefused(f"There is no publication {publication_id}. Load the page again.")
    return _publication(row)


def _publication(row: Any) -> KeptPublication:
    planned = Planned(
        article_id=row.article_id,
        below=row.path,
        title=row.title,
        who=row.who,
        message=row.message,
        before=row.before,
        after=row.after,
        draft_id=row.draft_id,
        draft_number=row.draft_number,
    )
    return KeptPublication(
        id=row.publication_id,
        planned=planned,
        state=PublicationState(row.state),
        step=PublicationStep(row.step) if row.step else None,
        pictures=tuple(row.pictures),
        revision=row.revision,
        reason=row.reason,
        created_at=row.created_at,
        updated_at=row.updated_at,
    )
