"""Drafts, their versions and their pictures, in the journal's database."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import sqlalchemy as sa

from kb.common.files import sha256
from kb.database.engine import reading, writing
from kb.database.statements import hold_name
from kb.database.tables.drafts import draft_pictures, draft_versions, drafts
from kb.errors import WritingRefused
from kb.writing.records import DraftState, DraftVersion

FOLDED: Final = timedelta(minutes=5)
"""Saves of one person within this time are one version, since a page saves at every pause in typing."""
_KEPT_SHARE: Final = 0.9
"""A text shorter than this share of the last one is a version of its own: someone may have erased it by mistake."""
_OPEN: Final = [state.value for state in DraftState if state.is_open]


@dataclass(frozen=True, slots=True)
class KeptDraft:
    """A draft as it is stored."""

    id: int
    article_id: str
    below: str
    """Its path below the folder of articles."""
    text: str
    base: str
    author: str
    created_at: datetime
    updated_at: datetime
    state: DraftState
    reviewer: str
    note: str
    number: int
    saved_by: str
    """Who saved the newest text."""
    questions: tuple[str, ...]

    @property
    def is_touched(self) -> bool:
        """Whether something was written in it, or it is a new article; opening a page begins a draft, too."""
        return self.number > 1 or not self.base


@dataclass(frozen=True, slots=True)
class Saved:
    """What came of a save."""

    draft: KeptDraft
    aside: int = 0
    """The version in which the text is kept that must not replace a newer one; 0 if it was saved."""


class DraftStore:
    """The drafts of one database. Each call is one transaction, safe from any thread."""

    def __init__(self, engine: sa.Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Work on a database.

        :param engine: The journal's database; its tables are up to date.
        :param clock: Returns the moment, UTC.
        """
        self.engine = engine
        self._clock = clock

    # ----------------------------------------------------------------------------------------- reading

    def get(self, draft_id: int) -> KeptDraft:
        """Return a draft.

        :param draft_id: Its number.
        :return: The draft.
        :raises WritingRefused: If there is no such draft.
        """
        with reading(self.engine) as connection:
            return _get(connection, draft_id)

    def open_ones(self, article_id: str = "", author: str = "") -> tuple[KeptDraft, ...]:
        """Return the drafts that may still be published, the latest changed first.

        :param article_id: Only of this article; of all without.
        :param author: Only of this person; of all without.
        :return: The drafts.
        """
        where: list[sa.ColumnElement[bool]] = [drafts.c.state.in_(_OPEN)]
        where += [drafts.c.article_id == article_id] if article_id else []
        where += [drafts.c.author == author] if author else []
        with reading(self.engine) as connection:
            found = _select().where(*where).order_by(drafts.c.updated_at.desc(), drafts.c.draft_id.desc())
            return tuple(map(_draft, connection.execute(found)))

    def versions(self, draft_id: int) -> tuple[DraftVersion, ...]:
        """Return every text that a draft had, the newest first."""
        table = draft_versions.c
        with reading(self.engine) as connection:
            found = sa.select(draft_versions).where(table.draft_id == draft_id).order_by(table.number.desc())
            return tuple(
                DraftVersion(row.number, row.at, row.who, row.text, row.is_aside) for row in connection.execute(found)
            )

    # ----------------------------------------------------------------------------------------- writing

    def begin(
        self, article_id: str, below: str, text: str, *, base: str, author: str, questions: Sequence[str] = ()
    ) -> KeptDraft:
        """Begin a draft, or return the open one that its author has of the article.

        :param article_id: The article.
        :param below: Its path below the folder of articles.
        :param text: The first text.
        :param base: SHA-256 of the saved file; empty for a new article.
        :param author: Who writes it.
        :param questions: Customers' questions that it is written for; they are added to those of an open draft.
        :return: The draft.
        """
        now, standing = self._clock(), _standing(article_id, author)
        with writing(self.engine) as connection:
            hold_name(connection, f"draft {standing}")
            known = connection.execute(sa.select(drafts).where(drafts.c.standing == standing)).one_or_none()
            if known is not None:
                more = list(dict.fromkeys([*known.questions, *questions]))
                connection.execute(drafts.update().where(drafts.c.draft_id == known.draft_id).values(questions=more))
                return _get(connection, known.draft_id)
            values: dict[str, Any] = {
                "article_id": article_id,
                "path": below,
                "base": base,
                "author": author,
                "standing": standing,
            }
            values |= {"state": DraftState.EDITING.value, "number": 1, "created_at": now, "updated_at": now}
            made = connection.execute(drafts.insert().values(**values, questions=list(questions)))
            draft_id = int((made.inserted_primary_key or (0,))[0])
            connection.execute(draft_versions.insert().values(**_version(draft_id, 1, text, author, now)))
            return _get(connection, draft_id)

    def save(
        self, draft_id: int, text: str, *, who: str, seen: int, base: str | None = None, is_step: bool = False
    ) -> Saved:
        """Save a draft's text, unless it was changed since it was seen; a review begins anew.

        :param draft_id: Its number.
        :param text: The new text.
        :param who: Who saves it.
        :param seen: The number of the draft as it was seen.
        :param base: SHA-256 of the file that the text now takes into account; None leaves it.
        :param is_step: Whether the text becomes a version of its own, however soon it follows the last one.
        :return: The draft; if it was changed in the meantime, as it is, with the text kept aside.
        :raises WritingRefused: If there is no such draft, or it is no longer open.
        """
        with writing(self.engine) as connection:
            hold_name(connection, f"draft {draft_id}")
            kept = _open(connection, draft_id)
            if kept.text == text and base in (None, kept.base):
                return Saved(kept)
            number = _last(connection, draft_id) + 1
            now = self._clock()
            if kept.number != seen:
                aside = _version(draft_id, number, text, who, now, is_aside=True)
                connection.execute(draft_versions.insert().values(**aside))
                return Saved(kept, number)
            follows = not is_step and number == kept.number + 1
            self._keep(connection, kept, _version(draft_id, number, text, who, now), follows=follows)
            values = {"number": number, "updated_at": now, "state": DraftState.EDITING.value}
            values |= {} if base is None else {"base": base}
            connection.execute(drafts.update().where(drafts.c.draft_id == draft_id).values(**values))
            return Saved(_get(connection, draft_id))

    def _keep(self, connection: sa.Connection, kept: KeptDraft, version: dict[str, Any], *, follows: bool) -> None:
        """Store the newest text: as a version of its own, or in the place of one that was begun minutes ago."""
        table, now = draft_versions.c, version["at"]
        newest = sa.and_(table.draft_id == kept.id, table.number == kept.number)
        begun_at = connection.execute(sa.select(table.begun_at).where(newest)).scalar_one()
        is_same_work = kept.number > 1 and kept.state is DraftState.EDITING and kept.saved_by == version["who"]
        has_lost_much = len(version["text"]) < _KEPT_SHARE * len(kept.text)
        if follows and is_same_work and not has_lost_much and now - begun_at < FOLDED:
            values = {"number": version["number"], "text": version["text"], "at": now}
            connection.execute(draft_versions.update().where(newest).values(**values))
        else:
            connection.execute(draft_versions.insert().values(**version))

    def renew(self, draft_id: int, text: str, *, base: str) -> None:
        """Begin an open draft anew in which nothing was written yet.

        :param draft_id: Its number.
        :param text: The file's text now.
        :param base: SHA-256 of the file.
        """
        table = draft_versions.c
        with writing(self.engine) as connection:
            hold_name(connection, f"draft {draft_id}")
            kept = _open(connection, draft_id)
            if not kept.is_touched:
                only = sa.and_(table.draft_id == draft_id, table.number == kept.number)
                connection.execute(draft_versions.update().where(only).values(text=text))
                connection.execute(drafts.update().where(drafts.c.draft_id == draft_id).values(base=base))

    def publish(self, draft_id: int, number: int, *, base: str, written: Sequence[str]) -> None:
        """Note that a draft's text is published: the draft is done, unless more was written in the meantime.

        :param draft_id: Its number.
        :param number: The number that it had when its text was taken.
        :param base: SHA-256 of the file that was published, from which the rest goes on.
        :param written: The names of its pictures that are next to the article now.
        """
        table = draft_pictures.c
        with writing(self.engine) as connection:
            hold_name(connection, f"draft {draft_id}")
            kept = _get(connection, draft_id)
            if kept.state.is_open:
                is_done = kept.number == number
                values = {"state": DraftState.PUBLISHED.value, "standing": None} if is_done else {"base": base}
                connection.execute(drafts.update().where(drafts.c.draft_id == draft_id).values(**values))
            connection.execute(draft_pictures.delete().where(table.draft_id == draft_id, table.name.in_(written)))

    def reopen(self, draft_id: int) -> KeptDraft:
        """Open a discarded draft again.

        :param draft_id: Its number.
        :return: The draft.
        :raises WritingRefused: If it was not discarded, or its author has begun another draft of the article.
        """
        with writing(self.engine) as connection:
            hold_name(connection, f"draft {draft_id}")
            kept = _get(connection, draft_id)
            standing = _standing(kept.article_id, kept.author)
            is_taken = sa.select(drafts.c.draft_id).where(drafts.c.standing == standing)
            if kept.state is not DraftState.DISCARDED or connection.execute(is_taken).first() is not None:
                raise WritingRefused(
                    f"The draft of {kept.article_id!r} cannot be opened again. Copy its text into the one that is open."
                )
            values = {"state": DraftState.EDITING.value, "standing": standing, "updated_at": self._clock()}
            connection.execute(drafts.update().where(drafts.c.draft_id == draft_id).values(**values))
            return _get(connection, draft_id)

    def move(
        self,
        draft_id: int,
        to: DraftState,
        *,
        allowed: Sequence[DraftState],
        seen: int | None = None,
        reviewer: str | None = None,
        note: str = "",
    ) -> KeptDraft:
        """Move a draft to another state.

        :param draft_id: Its number.
        :param to: The state.
        :param allowed: The states from which it may be moved.
        :param seen: The number of the draft as it was seen; None if its text does not matter.
        :param reviewer: Who reviewed it; None leaves it.
        :param note: For the author.
        :return: The draft.
        :raises WritingRefused: If there is no such draft, it is in another state, or its text was changed since.
        """
        with writing(self.engine) as connection:
            hold_name(connection, f"draft {draft_id}")
            kept = _get(connection, draft_id)
            if kept.state not in allowed:
                raise WritingRefused(
                    f"The draft of {kept.article_id!r} is {kept.state.value} now, so it cannot become {to.value}. "
                    "Load the page again to see it as it is."
                )
            if seen is not None and seen != kept.number:
                raise WritingRefused(
                    f"The draft of {kept.article_id!r} was changed by {kept.saved_by} since you saw it. Read it again."
                )
            values: dict[str, Any] = {"state": to.value, "note": note, "updated_at": self._clock()}
            values |= {} if reviewer is None else {"reviewer": reviewer}
            values |= {} if to.is_open else {"standing": None}
            connection.execute(drafts.update().where(drafts.c.draft_id == draft_id).values(**values))
            return _get(connection, draft_id)

    # ---------------------------------------------------------------------------------------- pictures

    def add_picture(self, draft_id: int, name: str, shown_as: str, data: bytes, *, who: str) -> None:
        """Keep a picture with an open draft, in place of one of the same name.

        :param draft_id: The draft's number.
        :param name: The file's name next to the article.
        :param shown_as: The name that customers get it by.
        :param data: Its bytes.
        :param who: Who uploaded it.
        :raises WritingRefused: If there is no such draft, or it is no longer open.
        """
        table = draft_pictures.c
        values = {"draft_id": draft_id, "name": name, "shown_as": shown_as, "data": data, "who": who}
        with writing(self.engine) as connection:
            _open(connection, draft_id)
            connection.execute(draft_pictures.delete().where(table.draft_id == draft_id, table.name == name))
            connection.execute(draft_pictures.insert().values(**values, at=self._clock()))

    def pictures(self, draft_id: int) -> dict[str, bytes]:
        """Return the pictures that wait with a draft, by file name."""
        table = draft_pictures.c
        with reading(self.engine) as connection:
            found = sa.select(table.name, table.data).where(table.draft_id == draft_id).order_by(table.name)
            return {row.name: row.data for row in connection.execute(found)}

    def picture_shown_as(self, shown_as: str) -> bytes | None:
        """Return a waiting picture by the name that customers will get it by, or None."""
        table = draft_pictures.c
        with reading(self.engine) as connection:
            found = sa.select(table.data).where(table.shown_as == shown_as).limit(1)
            data: bytes | None = connection.execute(found).scalar_one_or_none()
            return data


def _select() -> sa.Select[Any]:
    newest = sa.and_(draft_versions.c.draft_id == drafts.c.draft_id, draft_versions.c.number == drafts.c.number)
    texts = draft_versions.c.text, draft_versions.c.who.label("saved_by")
    return sa.select(drafts, *texts).join(draft_versions, newest)


def _get(connection: sa.Connection, draft_id: int) -> KeptDraft:
    row = connection.execute(_select().where(drafts.c.draft_id == draft_id)).one_or_none()
    if row is None:
        raise WritingRefused(f"There is no draft {draft_id}. Open the article again from the list.")
    return _draft(row)


def _open(connection: sa.Connection, draft_id: int) -> KeptDraft:
    kept = _get(connection, draft_id)
    if not kept.state.is_open:
        raise WritingRefused(
            f"The draft of {kept.article_id!r} was {kept.state.value}, so it cannot be changed any more. "
            "Open the article again to begin another one; copy your text first."
        )
    return kept


def _last(connection: sa.Connection, draft_id: int) -> int:
    """Return the number of the newest version, kept aside or not."""
    found = sa.select(sa.func.max(draft_versions.c.number)).where(draft_versions.c.draft_id == draft_id)
    return int(connection.execute(found).scalar_one())


def _draft(row: Any) -> KeptDraft:
    return KeptDraft(
        id=row.draft_id,
        article_id=row.article_id,
        below=row.path,
        text=row.text,
        base=row.base,
        author=row.author,
        created_at=row.created_at,
        updated_at=row.updated_at,
        state=DraftState(row.state),
        reviewer=row.reviewer,
        note=row.note,
        number=row.number,
        saved_by=row.saved_by,
        questions=tuple(row.questions),
    )


def _version(
    draft_id: int, number: int, text: str, who: str, now: datetime, *, is_aside: bool = False
) -> dict[str, Any]:
    values = {"draft_id": draft_id, "number": number, "text": text, "who": who}
    return {**values, "begun_at": now, "at": now, "is_aside": is_aside}


def _standing(article_id: str, author: str) -> str:
    return sha256(f"{article_id}\n{author}".encode())
