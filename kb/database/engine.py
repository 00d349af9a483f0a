"""The database: opening it by its address, bringing its tables up to date, and transactions.

Code that writes uses :func:`writing`; code that only reads uses :func:`reading`.
"""

from __future__ import annotations

import errno
import logging
import shlex
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import sqlalchemy as sa
from filelock import FileLock
from sqlalchemy import event
from sqlalchemy.engine import URL, Connection, Engine, make_url

from kb.database.tables import drafts, gaps, journal, limits, review, sheets
from kb.errors import ConfigError, JournalDamaged, JournalNewer, JournalUnavailable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from sqlalchemy.pool import ConnectionPoolEntry

_log = logging.getLogger(__name__)

Database: TypeAlias = Engine
"""The name of a database in packages that may not import SQLAlchemy."""
ALL_TABLES: Final = journal.metadata
"""The tables of every module of :mod:`kb.database.tables`; each module is named here so that it is imported."""
_DECLARED_ELSEWHERE: Final = (drafts, gaps, limits, review, sheets)
BUSY_MS: Final = 15_000
"""The time SQLite waits for another writer before it gives up."""
_CONNECT_SECONDS: Final = 5
_ADVISORY_LOCK: Final = 0x6B626A6E
"""A number that nothing else in the same PostgreSQL database locks."""
_FOLDER: Final = Path(__file__).parent / "migrations"
_NO_TABLE: Final = ("no such table", "does not exist")
"""What SQLite and PostgreSQL say."""
_SQLITE_DAMAGE: Final = frozenset({11, 26})
"""SQLITE_CORRUPT and SQLITE_NOTADB."""
_FAILURES_OF_DISKS: Final = (errno.EROFS, errno.ENOSPC, errno.EDQUOT, errno.EIO)
_FORMS: Final = "Write sqlite:///data/journal.db or postgresql://USER:PASSWORD@HOST:5432/NAME."


def open_engine(url: str, *, pool_size: int = 5) -> Engine:
    """Open a database, without connecting to it yet.

    :param url: ``sqlite:///path`` or ``postgresql://…``.
    :param pool_size: Connections kept open; as many again may be opened for a moment.
    :return: An engine whose connections are set up for durable writing.
    :raises ConfigError: If the address cannot be used.
    """
    address = address_of(url)
    if address.get_backend_name() == "sqlite":
        try:
            _make_file(address)
        except _DiskFails as error:
            _log.error("%s", error)  # no wrong setting: customers get answers, and it is tried again with each batch
        engine = sa.create_engine(
            address,
            pool_size=pool_size,
            max_overflow=pool_size,
            hide_parameters=True,
            connect_args={"timeout": BUSY_MS / 1000},
        )
        file = _SameFile(engine, address)
        event.listen(engine, "do_connect", file.before)
        event.listen(engine, "connect", _set_up_sqlite)
        event.listen(engine, "connect", file.connected)
        event.listen(engine, "checkout", file.taken)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    return sa.create_engine(
        address,
        pool_size=pool_size,
        max_overflow=pool_size,
        hide_parameters=True,  # no message may show the values of a statement: they may be a customer's words
        pool_pre_ping=True,  # reconnects to a database that was restarted
        connect_args={"connect_timeout": _CONNECT_SECONDS, "tcp_user_timeout": 2 * _CONNECT_SECONDS * 1000},
    )


def shown(url: str | Engine) -> str:
    """Return an address without its password, for a message."""
    try:
        return (url.url if isinstance(url, Engine) else make_url(url)).render_as_string(hide_password=True)
    except sa.exc.ArgumentError:
        return "the address given"  # it may hold a password anywhere


def sqlite_file(engine: Engine) -> Path | None:
    """Return the file of a database; None for one in memory, and for a database server."""
    name = engine.url.database
    return Path(name) if engine.dialect.name == "sqlite" and name and name != ":memory:" else None


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """Run a transaction that writes: committed when the block ends, undone when it raises.

    On SQLite it becomes the one writer at once, so that nothing it has read changes before it writes.

    :param engine: The database.
    :yield: A connection within the transaction.
    :raises JournalUnavailable: If the database cannot be reached or refuses to write.
    """
    with _our_errors(engine), engine.execution_options(kb_writes=True).begin() as connection:
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Run a transaction that only reads.

    :param engine: The database.
    :yield: A connection within the transaction.
    :raises JournalUnavailable: If the database cannot be reached.
    """
    with _our_errors(engine), engine.begin() as connection:
        yield connection


def is_damage(error: BaseException | None) -> bool:
    """Return whether SQLite says that a file is damaged, or is not a database of its own."""
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in _SQLITE_DAMAGE


def damaged(file: str | Path, why: str) -> str:
    """Return the sentence about a damaged journal, with the way to recover.

    :param file: The journal's file.
    :param why: What SQLite says, without a period.
    :return: What is wrong, and what to do next.
    """
    name = shlex.quote(str(file))
    return (
        f"The journal {file} is damaged: {why}. Stop the server, put a backup in its place with 'kb restore', or save "
        f'what can still be read: sqlite3 {name} .recover | sqlite3 recovered.db. See "A damaged journal" in '
        "docs/operating.md; 'kb doctor' lists what is damaged."
    )


def lacks_tables(error: JournalUnavailable) -> bool:
    """Return whether a transaction failed because the database has none of our tables."""
    return any(words in str(error) for words in _NO_TABLE)


def upgrade(engine: Engine, revision: str = "head") -> None:
    """Bring the tables up to date, one process at a time; others wait and find it done.

    Alembic is imported only where there is something to do: it takes a quarter of a second of every start.

    :param engine: The database.
    :param revision: The revision to reach; the newest unless a test wants an earlier one.
    :raises JournalUnavailable: If the database cannot be reached or changed.
    :raises JournalNewer: If a newer version of the program has changed the database.
    """
    if revision == "head" and _is_newest(engine):
        return
    from alembic import command  # noqa: PLC0415

    with (
        _our_errors(engine),
        _one_at_a_time(engine),
        engine.execution_options(kb_writes=True).connect() as connection,
    ):
        driver: Any = connection.connection.driver_connection
        if connection.dialect.name == "sqlite":
            # Before a transaction begins: a table that is recreated must not take the rows that point to it along.
            driver.execute("PRAGMA foreign_keys=OFF")
        try:
            _refuse_newer(connection, engine)
            connection.commit()  # each revision has a transaction of its own
            command.upgrade(alembic_config(connection), revision)
            connection.commit()
        finally:
            connection.invalidate()  # no other code gets a connection that was set up for this


def _is_newest(engine: Engine) -> bool:
    """Return whether the tables are as this program makes them; the names of the files begin with the revisions."""
    newest = max(file.name[:4] for file in (_FOLDER / "versions").glob("[0-9]*.py"))
    with _our_errors(engine), engine.connect() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return False
        return list(connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalars()) == [newest]


def alembic_config(connection: Connection) -> Config:
    """Return Alembic's configuration for a connection; the revisions are part of the package."""
    config = _config()
    config.attributes["connection"] = connection
    return config


def address_of(url: str) -> URL:
    """Return the parts of a journal's address.

    :param url: ``sqlite:///path`` or ``postgresql://…``.
    :return: Its parts, with the driver that is used.
    :raises ConfigError: If the address cannot be used.
    """
    try:
        address = make_url(url)
    except sa.exc.ArgumentError as error:
        raise ConfigError(f"The address of the database (KB_DATABASE_URL) cannot be read. {_FORMS}") from error
    backend = address.get_backend_name()
    if backend in ("postgresql", "postgres"):
        return address.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ConfigError(f"The journal cannot be kept in {backend!r} (KB_DATABASE_URL). {_FORMS}")
    if not address.database or address.database == ":memory:":
        raise ConfigError(f"The journal needs a file, not SQLite's memory (KB_DATABASE_URL). {_FORMS}")
    return address.set(drivername="sqlite")


def _make_file(address: URL) -> None:
    """Create folder and file, readable by the owner alone; SQLite gives its other files the same permissions."""
    path = Path(address.database or "")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
    except OSError as error:
        kind = _DiskFails if error.errno in _FAILURES_OF_DISKS else ConfigError
        raise kind(
            f"The file {path} for the journal cannot be created or written: {error.strerror}. Check the disk and the "
            "permissions, or name another database with --database or KB_DATABASE_URL."
        ) from error


class _DiskFails(ConfigError):
    """The journal's file cannot be made at the moment, though nothing is wrong with its name."""


class _SameFile:
    """Notices that the journal's file was removed or replaced: an open connection would go on writing to the old one.

    What it wrote would be gone with the last connection, though everybody was told that it is recorded.
    """

    def __init__(self, engine: Engine, address: URL) -> None:
        self._engine = engine
        self._address = address
        self._path = Path(address.database or "")

    def before(self, *_: Any) -> None:
        """Make the file before it is opened, with its permissions; SQLAlchemy then opens it."""
        try:
            _make_file(self._address)
        except ConfigError as error:  # at the start it is a wrong setting; later, a disk or a folder that went away
            raise JournalUnavailable(str(error)) from error

    def connected(self, _connection: Any, entry: ConnectionPoolEntry) -> None:
        """Remember which file a connection has open."""
        entry.info["file"] = self._identity()

    def taken(self, _connection: Any, entry: ConnectionPoolEntry, _proxy: Any) -> None:
        """Have the pool open the file again, if a connection's is no longer the one of that name."""
        if entry.info.get("file") != self._identity():
            _log.error(
                "The journal's file %s was removed or replaced while it was open. From now on, the file that has its "
                "name is used; stop the program before you move a journal.",
                self._path,
            )
            # A connection that closes removes the write-ahead log by name: the old ones close before a new one opens.
            self._engine.pool.dispose()
            raise sa.exc.DisconnectionError

    def _identity(self) -> tuple[int, int] | None:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_dev, found.st_ino


def _set_up_sqlite(connection: sqlite3.Connection, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin where the code says, not where the driver guesses
    for pragma in (
        f"busy_timeout={BUSY_MS}",
        "journal_mode=WAL",
        "synchronous=FULL",  # a commit survives a power cut
        "foreign_keys=ON",
        "secure_delete=ON",  # erased rows are overwritten
    ):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("kb_writes", False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _our_errors(engine: Engine) -> Iterator[None]:
    """Turn the driver's errors into ours, without a statement's values, which may be a customer's words."""
    try:
        yield
    except (sa.exc.IntegrityError, sa.exc.DataError):
        raise  # the row is wrong, not the database
    except (sa.exc.DBAPIError, sa.exc.TimeoutError) as error:
        cause = _first_line(getattr(error, "orig", None) or error)
        if is_damage(getattr(error, "orig", None)):
            raise JournalDamaged(damaged(engine.url.database or "", cause)) from None
        raise JournalUnavailable(
            f"The journal's database {shown(engine)} cannot be used: {cause}. "
            "Check that it runs, its address (KB_DATABASE_URL), its permissions and the disk."
        ) from None


def _first_line(error: Any) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0].rstrip(".")


@contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    if engine.dialect.name == "sqlite":
        try:
            with FileLock(f"{Path(engine.url.database or '')}.upgrade-lock", mode=0o600):
                yield
        except OSError as error:
            raise JournalUnavailable(
                f"The journal's folder cannot be written: {error.strerror} ({error.filename}). Check its permissions."
            ) from error
        return
    with engine.connect() as connection:
        connection.execute(sa.select(sa.func.pg_advisory_lock(_ADVISORY_LOCK)))
        try:
            yield
        finally:
            connection.execute(sa.select(sa.func.pg_advisory_unlock(_ADVISORY_LOCK)))
            connection.commit()


def known_revisions() -> frozenset[str]:
    """Return the revisions of the tables that this program knows."""
    return frozenset(script.revision for script in _scripts().walk_revisions())


def newest_revision() -> str:
    """Return the revision to which this program brings the tables."""
    return str(_scripts().get_current_head())


def _scripts() -> ScriptDirectory:
    from alembic.script import ScriptDirectory  # noqa: PLC0415

    return ScriptDirectory.from_config(_config())


def _config() -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    return config


def _refuse_newer(connection: Connection, engine: Engine) -> None:
    from alembic.runtime.migration import MigrationContext  # noqa: PLC0415

    present = MigrationContext.configure(connection).get_current_heads()
    unknown = sorted(set(present) - known_revisions())
    if unknown:
        raise JournalNewer(
            f"The database {shown(engine)} was changed by a newer version of this program (revision {unknown[0]}). "
            "Install that version, or restore a copy of the database from before."
        )
