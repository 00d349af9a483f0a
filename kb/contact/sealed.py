"""Case sheets in the database, sealed: only the page that wrote one can name the key, and no row says whose it is.

A page's session is a random number that its browser keeps while the page is open, and that is written nowhere. Name and
key of a sheet are derived from it, so what the database holds, and every copy of it, can be opened by nobody else.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from kb.database.engine import reading, writing
from kb.database.tables.sheets import sealed_sheets

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection, Engine

FORGOTTEN: Final = timedelta(days=1)
"""A sheet that was not changed for so long is removed; its page is long closed."""
_NONCE: Final = 12
_BLOCK: Final = 1024
"""Bytes that a sheet is filled up to a multiple of, so that its length says little."""
_BYTES: Final = 32
_SHORTEST: Final = 32
"""Characters of a session that can be a secret."""


@dataclass(frozen=True, slots=True)
class _Secret:
    name: str
    key: bytes


class SealedSheets:
    """The sheets of a database."""

    def __init__(self, engine: Engine, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        """Read nothing yet.

        :param engine: A database whose tables are up to date.
        :param clock: Returns the moment, aware.
        """
        self._engine, self._clock = engine, clock

    def keep(self, session: str, content: Mapping[str, Any]) -> None:
        """Keep what a page has, in place of what it had.

        :param session: The page's session; one too short to be a secret keeps nothing.
        :param content: Plain values.
        :raises JournalUnavailable: If the database cannot be written.
        """
        if len(session) < _SHORTEST:
            return
        secret, now, nonce = _secret(session), self._clock(), os.urandom(_NONCE)
        plain = json.dumps(content, ensure_ascii=False).encode()
        plain += b" " * (-len(plain) % _BLOCK)
        sealed = nonce + AESGCM(secret.key).encrypt(nonce, plain, secret.name.encode())
        table = sealed_sheets.c
        with writing(self._engine) as connection:
            forget_old(connection, now)
            connection.execute(sa.delete(sealed_sheets).where(table.id == secret.name))
            connection.execute(sa.insert(sealed_sheets).values(id=secret.name, sealed=sealed, at=now))

    def read(self, session: str) -> dict[str, Any]:
        """Return what a page had.

        :param session: The session that it had.
        :return: Plain values; empty if there is nothing, or nothing that its key opens.
        :raises JournalUnavailable: If the database cannot be read.
        """
        if len(session) < _SHORTEST:
            return {}
        secret, table = _secret(session), sealed_sheets.c
        with reading(self._engine) as connection:
            sealed = connection.scalar(sa.select(table.sealed).where(table.id == secret.name))
        if sealed is None:
            return {}
        try:
            plain = AESGCM(secret.key).decrypt(sealed[:_NONCE], sealed[_NONCE:], secret.name.encode())
        except InvalidTag:  # the row was changed: as good as none
            return {}
        found: dict[str, Any] = json.loads(plain)
        return found

    def remove(self, session: str) -> None:
        """Remove what a page has.

        :param session: Its session.
        :raises JournalUnavailable: If the database cannot be written.
        """
        if len(session) < _SHORTEST:
            return
        with writing(self._engine) as connection:
            connection.execute(sa.delete(sealed_sheets).where(sealed_sheets.c.id == _secret(session).name))


def forget_old(connection: Connection, now: datetime) -> None:
    """Remove the sheets that were not changed for a day.

    :param connection: In a transaction that writes.
    :param now: The moment, aware.
    """
    connection.execute(sa.delete(sealed_sheets).where(sealed_sheets.c.at < now - FORGOTTEN))


def _secret(session: str) -> _Secret:
    derived = HKDF(SHA256(), 2 * _BYTES, None, b"kb case sheet").derive(session.encode())
    return _Secret(derived[:_BYTES].hex(), derived[_BYTES:])
