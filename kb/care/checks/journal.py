"""Checks of the journal: reachable, whole, of this program's tables, private, and erased in time."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from kb.care.installation import Installation
from kb.care.results import Result, ok, problem, warning
from kb.contact.outbox import FAILED, Outbox
from kb.database import health
from kb.database.copying import JournalFacts, check_sqlite, facts
from kb.database.engine import known_revisions, newest_revision, open_engine, shown
from kb.errors import JournalUnavailable

if TYPE_CHECKING:
    from kb.database.engine import Database

_LATE: Final = timedelta(days=2)
"""The server erases once a day."""
_CLOCKS_APART: Final = timedelta(minutes=5)
_MUCH_UNMERGED: Final = 500_000_000
"""Bytes of a write-ahead log that was not merged for long."""
_DELIVERY: Final = timedelta(hours=1)


def journal(installation: Installation) -> Iterator[Result]:
    """Check the journal as far as it can be read."""
    file = installation.journal_file
    if file is not None and not file.exists():
        yield warning(
            "journal",
            f"there is no {file} yet; the server makes it when it starts",
            "If there was one, name it (--database, KB_DATABASE_URL) or restore it: kb restore",
        )
        return
    engine = open_engine(installation.settings.database_url)
    try:
        found = check_sqlite(file) if file is not None else facts(engine)
        where = f"{file}, {file.stat().st_size / 1e6:.0f} MB" if file is not None else shown(engine)
        yield ok("journal", f"{where}: whole, {found.rows.get('queries', 0)} questions")
        if file is not None:
            yield from _files(file)
        yield from _revision(found)
        if found.revision == newest_revision():
            yield from _content(engine, installation)
    except JournalUnavailable as error:
        said, _, remedy = str(error).partition(". ")  # the way to recover is told in several sentences
        yield problem("journal", said, remedy or "See the server's log.")
    finally:
        engine.dispose()


def _files(file: Path) -> Iterator[Result]:
    beside = [path for end in ("", "-wal", "-shm") if (path := file.with_name(f"{file.name}{end}")).exists()]
    readable = [path for path in beside if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    if readable:
        said = f"{readable[0]} can be read by other accounts of this machine"
        yield warning("journal", said, f"Run: chmod 600 {' '.join(map(str, readable))}")
    log = file.with_name(f"{file.name}-wal")
    if log.exists() and log.stat().st_size > _MUCH_UNMERGED:
        said = f"{log} has {log.stat().st_size / 1e6:.0f} MB: a program reads the journal without end"
        yield warning("journal", said, "Find the program that has it open, and restart the server.")


def _revision(found: JournalFacts) -> Iterator[Result]:
    newest = newest_revision()
    if found.revision == newest:
        yield ok("journal", f"tables of revision {newest}, as this program needs them")
    elif not found.revision or found.revision in known_revisions():
        had = found.revision or "none"
        said = f"tables of revision {had}; this program needs {newest}, and changes them when it starts"
        yield warning("journal", said, "Make a backup before the first start: kb backup FOLDER")
    else:
        said = f"a newer version of this program has changed the tables (revision {found.revision})"
        yield problem("journal", said, "Install that version, or restore a backup from before: kb restore")


def _content(engine: Database, installation: Installation) -> Iterator[Result]:
    oldest, newest = health.first_and_last_question(engine)
    days, now = installation.settings.retention_days, installation.now
    if oldest is not None and oldest < now - timedelta(days=days) - _LATE:
        said = f"questions of {oldest:%Y-%m-%d} are still there; they may be kept for {days} days"
        yield warning("retention", said, "Run 'kb purge', and look for 'Erasing' in the server's log.")
    else:
        yield ok("retention", f"nothing is older than the {days} days that it may be kept")
    if newest is not None and newest > now + _CLOCKS_APART:
        said = f"the last question is of {newest:%Y-%m-%d %H:%M} UTC, which is still to come"
        yield problem("clock", said, "Set the clock, and have it set by the network (NTP).")
    yield from _requests(engine, installation)


def _requests(engine: Database, installation: Installation) -> Iterator[Result]:
    counts = Outbox(engine).counts()
    late, why = health.late_requests(engine, installation.now - _DELIVERY)
    if counts.get(FAILED):
        yield warning(
            "requests",
            f"{counts[FAILED]} requests to the help desk were set aside" + (f": {why}" if why else ""),
            "Correct the cause and restart the server: they are tried again at each start.",
        )
    elif late:
        is_off = installation.settings.site.handover is None
        yield warning(
            "requests",
            f"{late} requests to the help desk have waited for more than an hour" + (f": {why}" if why else ""),
            "Write 'handover:' in site.yaml again." if is_off else "Check the help desk: kb doctor --connect",
        )
    else:
        yield ok("requests", f"{sum(counts.values())} requests to the help desk are on their way")
