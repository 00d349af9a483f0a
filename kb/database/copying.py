"""Copies of the journal: made while it is in use, checked, and put back, for SQLite and PostgreSQL."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import sqlalchemy as sa
from sqlalchemy.engine import URL

from kb.database.engine import ALL_TABLES, BUSY_MS, address_of, damaged, is_damage, open_engine, reading, shown
from kb.database.partitions import TRIGGERED, is_partition
from kb.errors import BackupRefused, JournalDamaged, JournalUnavailable

if TYPE_CHECKING:
    from sqlalchemy.engine import Engine

_NO_WAIT_S: Final = 0.2
_DETAILS: Final = 3
"""Lines of SQLite's check that a message holds; there may be a hundred."""
_SQLITE_BUSY: Final = frozenset({5, 6})
"""SQLITE_BUSY and SQLITE_LOCKED."""
_VERSION_TABLE: Final = "alembic_version"


@dataclass(frozen=True, slots=True)
class JournalFacts:
    """What a journal holds, by which a copy is compared with what was copied."""

    revision: str
    """The revision of its tables; empty for a database without them."""
    rows: Mapping[str, int]
    """Rows by table."""


def sqlite_file(url: str) -> Path | None:
    """Return the file of a journal, or None for a database server.

    :param url: The journal's address.
    :return: The file, whether it exists or not.
    :raises ConfigError: If the address cannot be used.
    """
    address = address_of(url)
    return Path(address.database or "") if address.get_backend_name() == "sqlite" else None


# ------------------------------------------------------------------------------------------------ SQLite


def copy_sqlite(file: Path, target: Path) -> None:
    """Copy a journal as it is at one moment, while others read and write it.

    :param file: The journal; what is still in its write-ahead log is copied as well.
    :param target: A file that does not exist; the copy is one file, readable by its owner alone.
    :raises JournalUnavailable: If the journal cannot be read.
    """
    target.touch(mode=0o600)
    with (
        _sqlite_errors(file),
        closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True, timeout=BUSY_MS / 1000)) as source,
        closing(sqlite3.connect(target)) as copy,
    ):
        source.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")


def check_sqlite(file: Path) -> JournalFacts:
    """Read every page of a SQLite file, with SQLite's own check, and count its rows.

    :param file: The file.
    :return: What it holds.
    :raises JournalDamaged: With the first of what SQLite finds.
    :raises JournalUnavailable: If it cannot be read.
    """
    with (
        _sqlite_errors(file),
        closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True, timeout=BUSY_MS / 1000)) as connection,
    ):
        found = [str(row[0]) for row in connection.execute("PRAGMA integrity_check")]
        if found != ["ok"]:
            raise JournalDamaged(damaged(file, "; ".join(" ".join(line.split()) for line in found[:_DETAILS])))
        loose = connection.execute("PRAGMA foreign_key_check").fetchall()
        if loose:
            raise JournalDamaged(damaged(file, f"{len(loose)} rows of {loose[0][0]} belong to rows that are not there"))
        names = [row[0] for row in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        tables = sorted(name for name in names if not name.startswith("sqlite_"))
        rows = {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608 - names from the file's own list
        revision = ""
        if rows.pop(_VERSION_TABLE, 0):
            revision = str(connection.execute(f"SELECT version_num FROM {_VERSION_TABLE}").fetchone()[0])  # noqa: S608 - our own name
    return JournalFacts(revision, rows)


def is_open_elsewhere(file: Path) -> bool:
    """Return whether another program has a SQLite file open; one that cannot be read counts as closed.

    It leaves no write-ahead log behind if nobody has: the file may then be moved by itself.
    """
    try:
        with closing(sqlite3.connect(f"{file.resolve().as_uri()}?mode=rw", uri=True, timeout=_NO_WAIT_S)) as connection:
            return str(connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]) != "delete"
    except sqlite3.Error as error:
        return getattr(error, "sqlite_errorcode", 0) & 0xFF in _SQLITE_BUSY


@contextmanager
def _sqlite_errors(file: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        if is_damage(error):
            raise JournalDamaged(damaged(file, str(error))) from error
        raise JournalUnavailable(
            f"The journal {file} cannot be read: {error}. Check that it is there, and its permissions."
        ) from error


# ---------------------------------------------------------------------------------------------- PostgreSQL


def facts(engine: Engine) -> JournalFacts:
    """Count the rows of a journal on any database.

    :param engine: The database.
    :return: What it holds; no table and no revision for an empty database.
    :raises JournalUnavailable: If it cannot be reached.
    """
    with reading(engine) as connection:
        names = sorted(name for name in sa.inspect(connection).get_table_names() if not is_partition(name))
        count = {name: sa.select(sa.func.count()).select_from(sa.table(name)) for name in names}
        rows = {name: int(connection.scalar(query) or 0) for name, query in count.items()}
        if not rows.pop(_VERSION_TABLE, 0):
            return JournalFacts("", rows)
        version = sa.select(sa.column("version_num", sa.String)).select_from(sa.table(_VERSION_TABLE))
        return JournalFacts(str(connection.scalar(version)), rows)


def dump_postgres(url: str, target: Path) -> JournalFacts:
    """Copy a journal on PostgreSQL with ``pg_dump``, as it is at one moment.

    :param url: The journal's address.
    :param target: A file that does not exist.
    :return: What the database holds; what was written during the copy may be counted and not copied.
    :raises BackupRefused: If ``pg_dump`` is not installed or fails.
    :raises JournalUnavailable: If the database cannot be reached.
    """
    engine = open_engine(url)
    try:
        found = facts(engine)
    finally:
        engine.dispose()
    target.touch(mode=0o600)
    _run(url, "pg_dump", "--format=custom", "--no-owner", "--no-privileges", f"--file={target}")
    return found


def read_dump(file: Path) -> bool:
    """Read a dump of ``pg_dump`` from beginning to end, without a database.

    :param file: The dump.
    :return: False where ``pg_restore`` is not installed, so that it could not be read.
    :raises BackupRefused: If it cannot be read.
    """
    if shutil.which("pg_restore") is None:
        return False
    _run("", "pg_restore", f"--file={os.devnull}", str(file))
    return True


def load_postgres(url: str, file: Path) -> None:
    """Put a dump in the place of a journal on PostgreSQL, in one transaction.

    :param url: The journal's address.
    :param file: The dump.
    :raises BackupRefused: If ``pg_restore`` or ``psql`` is not installed or fails; the database is then as it was.
    """
    how = ("--file=-", "--no-owner", "--no-privileges", "--exit-on-error")
    reader, writer = _program("pg_restore"), _program("psql")
    environment, where = _access(url)
    command = [writer, *where, "--quiet", "--no-psqlrc", "--set=ON_ERROR_STOP=1", "--file=-"]
    with tempfile.TemporaryFile() as said, tempfile.TemporaryFile() as refused:
        source = subprocess.Popen([reader, *how, str(file)], stdout=subprocess.PIPE, stderr=said)  # noqa: S603 - PostgreSQL's
        target = subprocess.Popen(  # noqa: S603 - PostgreSQL's
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=refused, env=environment
        )
        assert source.stdout is not None  # noqa: S101 - asked for above
        assert target.stdin is not None  # noqa: S101
        with suppress(BrokenPipeError), target.stdin as statements:  # psql says why it stopped
            # pg_restore's own --clean stumbles over partitions: it drops the index of one before that of the whole.
            statements.write(f"BEGIN;\n{_drop_everything()}\n".encode())
            shutil.copyfileobj(source.stdout, statements)
            if source.wait() == 0:
                statements.write(b"\nCOMMIT;\n")  # without it, psql undoes everything when it ends
        source.stdout.close()
        for program, ended, heard in (("pg_restore", source, said), ("psql", target, refused)):
            status = ended.wait()
            heard.seek(0)
            if status:
                _refuse(url, program, heard.read().decode("utf-8", "replace"))


def _drop_everything() -> str:
    """Return the statements that remove a journal, whatever version made it."""
    tables = [name for table in ALL_TABLES.tables for name in (table, f"{table}_by_month")]
    names = ", ".join(f'"{name}"' for name in [*tables, _VERSION_TABLE])
    return f"DROP TABLE IF EXISTS {names} CASCADE;\nDROP FUNCTION IF EXISTS {', '.join(TRIGGERED)} CASCADE;"


def others_connected(url: str) -> int:
    """Return the number of other programs' connections to a journal on PostgreSQL.

    :param url: The journal's address.
    :return: Connections to the same database but our own.
    :raises JournalUnavailable: If the database cannot be reached.
    """
    engine = open_engine(url)
    mine = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
    try:
        with reading(engine) as connection:
            return int(connection.execute(sa.text(mine)).scalar_one())
    finally:
        engine.dispose()


def _run(url: str, program: str, *arguments: str) -> None:
    """Run one of PostgreSQL's programs; the password travels in its environment, which other users cannot read."""
    found = _program(program)
    environment, where = _access(url)
    done = subprocess.run(  # noqa: S603 - a program of PostgreSQL's, and our own arguments
        [found, *where, *arguments],
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        _refuse(url, program, done.stderr)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise BackupRefused(
            f"{name} is not installed here, and a journal on PostgreSQL needs it. Install PostgreSQL's client "
            "(Debian: apt install postgresql-client), or leave the journal out with '--without journal' and copy the "
            "database with its own means."
        )
    return found


def _access(url: str) -> tuple[dict[str, str], list[str]]:
    """Return the environment and the argument by which one of PostgreSQL's programs finds a journal."""
    environment = dict(os.environ)
    if not url:
        return environment, []
    address = address_of(url)
    environment["PGPASSWORD"] = str(address.password or environment.get("PGPASSWORD", ""))
    return environment, [f"--dbname={_libpq(address)}"]


def _refuse(url: str, program: str, stderr: str) -> NoReturn:
    said = (stderr.strip().splitlines() or ["it said nothing"])[0].removeprefix(f"{program}: ")
    of = f" of {shown(url)}" if url else ""
    raise BackupRefused(f"{program}{of} failed: {said}. Nothing was changed; correct it and try again.")


def _libpq(address: URL) -> str:
    """Return an address as PostgreSQL's own programs read it, without its password."""
    return URL.create(
        "postgresql", address.username, None, address.host, address.port, address.database, address.query
    ).render_as_string(hide_password=False)
