"""The server's periodic chores: erasing old data, reading new questions, and verifying the index on disk."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from kb.app.caretaker import Breathe, Chore
from kb.app.index_files import EVERY, VERIFYING, verify_index_files
from kb.app.insights import GROUPING, group_new_questions
from kb.app.review import READING, read_new_questions
from kb.errors import KbIndexError
from kb.retention.purge import keep_only

if TYPE_CHECKING:
    from kb.app.container import Container

_GROUP_EVERY: Final = timedelta(minutes=5)
_READ_EVERY: Final = timedelta(minutes=1)
_SUGGEST_EVERY: Final = timedelta(hours=1)


def chores(container: Container) -> list[Chore]:
    """Return the chores of a server.

    :param container: Holds the database, the index and the settings.
    :return: The chores, in the order in which they are done when several are due.
    :raises ConfigError: If the database's address cannot be used.
    """
    from kb.database.turns import Turn

    engine, days = container.engine, container.settings.retention_days

    def erase_old(breathe: Breathe) -> None:
        keep_only(engine, days, datetime.now(UTC), breathe)

    def renew_suggestions(breathe: Breathe) -> None:
        del breathe  # a second, in which nothing is locked
        with suppress(KbIndexError):  # nothing serves yet: the first suggestions are made with what is known then
            container.renew_suggestions()

    suggesting = Chore("Suggesting what customers ask and read by now", _SUGGEST_EVERY, renew_suggestions)
    verifying = Chore(VERIFYING, EVERY, lambda breathe: verify_index_files(container, breathe))
    if container.place is not None and not container.place.leads:
        return [suggesting, verifying]  # each process keeps their results in memory; the rest is done once for all
    day = timedelta(days=1)
    reading, grouping = Turn(engine, "reading", _READ_EVERY), Turn(engine, "grouping", _GROUP_EVERY)
    return [
        Chore("Erasing what is older than it may be kept", day, erase_old, Turn(engine, "erasing", day)),
        Chore(READING, _READ_EVERY, lambda breathe: read_new_questions(container, breathe), reading),
        Chore(GROUPING, _GROUP_EVERY, lambda breathe: group_new_questions(container, breathe), grouping),
        suggesting,
        verifying,
    ]
