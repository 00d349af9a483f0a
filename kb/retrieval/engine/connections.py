"""Connections to the vector engine: for publishing, and a pool of read-only ones that never wait for long."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict
from sqlalchemy.exc import TimeoutError as NoConnection
from sqlalchemy.pool import QueuePool

from kb.errors import ConfigError, EngineUnavailable
from kb.retrieval.engine import sql
from kb.settings.settings import Settings

PATIENCE_SECONDS: Final = 2.0
"""How long a question waits for the engine."""
LONG_PATIENCE_SECONDS: Final = 3600.0
"""How long publishing and comparing wait: an HNSW index of millions of vectors takes its time."""
_CONNECT_SECONDS: Final = 2
"""For each host; the least that libpq takes."""
_POOL: Final = 4
_MORE: Final = 28
"""Connections kept open, and opened in addition while many questions are asked at once."""
_READ_ONLY: Final = {"default_transaction_read_only": "on", "hnsw.ef_search": sql.MOST_NEAREST}
_ADDRESS: Final = "postgresql://USER:PASSWORD@HOST1,HOST2:5432/NAME"


class Connection(psycopg.Connection[Any]):
    """A connection whose waits end, also where the other side has stopped without closing it."""

    patience = LONG_PATIENCE_SECONDS
    """Seconds."""

    def wait(self, gen: Any, interval: float = 0.1, timeout: float | None = None) -> Any:
        """Wait for the server, but not longer than the connection's patience."""
        return super().wait(gen, interval, self.patience if timeout is None else timeout)


@dataclass(frozen=True, slots=True)
class EngineAddress:
    """Where the versions are."""

    url: str
    schema: str

    @classmethod
    def of(cls, settings: Settings) -> EngineAddress:
        """Return the address that the settings give.

        :param settings: ``index_engine_url`` and ``index_engine_schema`` are read.
        :return: The address; nothing is connected to.
        :raises ConfigError: If there is none, or it cannot be read.
        """
        if not settings.index_engine_url:
            raise ConfigError(
                f"'index_engine: pgvector' needs the address of its database. Set KB_INDEX_ENGINE_URL, as {_ADDRESS}"
            )
        try:
            conninfo_to_dict(settings.index_engine_url)
        except psycopg.ProgrammingError:  # without its text, which may quote a password
            raise ConfigError(f"KB_INDEX_ENGINE_URL cannot be read. Write it as {_ADDRESS}") from None
        return cls(settings.index_engine_url, settings.index_engine_schema)

    def __str__(self) -> str:
        found = conninfo_to_dict(self.url)
        return f"{found.get('host', 'the local host')}, database {found.get('dbname', 'by default')!r}"

    def reading(self, patience: float = PATIENCE_SECONDS) -> Connection:
        """Connect to any node, for reading alone.

        :param patience: Seconds after which a statement is given up.
        :return: A connection in which every statement is a transaction of its own, and none may write.
        :raises EngineUnavailable: If no node takes it.
        """
        given = str(conninfo_to_dict(self.url).get("options") or "")
        wanted = {**_READ_ONLY, "statement_timeout": int(patience * 1000)}
        options = " ".join([given, *(f"-c {name}={value}" for name, value in wanted.items())]).strip()
        return self._connect(patience, options=options)

    def writing(self) -> Connection:
        """Connect to the node that takes changes.

        :return: A connection in which every statement is a transaction of its own, unless one is begun.
        :raises EngineUnavailable: If no node takes it.
        """
        return self._connect(LONG_PATIENCE_SECONDS, target_session_attrs="read-write")

    def _connect(self, patience: float, **more: Any) -> Connection:
        try:
            made = Connection.connect(
                self.url, autocommit=True, connect_timeout=_CONNECT_SECONDS, application_name="kb", **more
            )
        except psycopg.Error as error:
            raise self.unavailable(error) from None
        made.patience = patience
        return made

    def unavailable(self, error: BaseException) -> EngineUnavailable:
        """Return an error of the driver as ours, without a statement's values."""
        said = error.diag.message_primary if isinstance(error, psycopg.Error) else None
        cause = " ".join((said or str(error)).split()).rstrip(".?") or type(error).__name__
        return EngineUnavailable(
            f"The vector engine ({self}) cannot be used: {cause}. "
            "Check that it runs, its address (KB_INDEX_ENGINE_URL) and its account; 'kb doctor' tries it."
        )


class ReadingPool:
    """Read-only connections that threads share."""

    def __init__(self, address: EngineAddress, patience: float = PATIENCE_SECONDS) -> None:
        """Connect to nothing yet.

        :param address: Where to.
        :param patience: Seconds that a question waits for a connection, and for an answer.
        """
        self._address = address
        self._patience = patience
        self._lock = threading.Lock()
        self._pool = self._new()

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """Lend a connection.

        :yield: A connection; one that fails is closed, and so are all that are open to the same engine.
        :raises EngineUnavailable: If there is none, or what is done with it fails.
        """
        pool = self._pool
        try:
            lent = pool.connect()
        except NoConnection as error:
            raise self._address.unavailable(error) from None
        try:
            yield lent.driver_connection  # type: ignore[misc] # made by _new
        except psycopg.Error as error:
            lent.invalidate()
            self._renew(pool)
            raise self._address.unavailable(error) from None
        finally:
            with self._lock:
                if self._pool is not pool and lent.is_valid:  # nobody would take it from there again
                    lent.invalidate()
                lent.close()

    def close(self) -> None:
        """Close all connections; those that are lent are closed when they come back."""
        self._renew(self._pool)

    def _renew(self, failed: QueuePool) -> None:
        """Forget every connection of a pool in which one failed: the node behind them may be gone."""
        with self._lock:
            if self._pool is failed:
                self._pool = self._new()
        failed.dispose()

    def _new(self) -> QueuePool:
        def connect() -> Any:  # the pool's own protocol has less than every driver
            return self._address.reading(self._patience)

        return QueuePool(
            connect,
            pool_size=_POOL,
            max_overflow=_MORE,
            timeout=self._patience,
            reset_on_return=None,  # every statement was a transaction of its own
        )
