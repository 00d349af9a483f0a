"""The limits that all processes which serve count together: on what is rare, and would be worth trying at each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from kb.common.limits import Limit
from kb.contact.request_limit import ALL_PER_HOUR, HOUR, PER_HOUR, RequestLimit

if TYPE_CHECKING:
    from kb.common.limits import ClientLimit
    from kb.database.engine import Database

SIGN_INS_PER_MINUTE: Final = 30
"""Attempts to sign in from one address."""
_MINUTE: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limits:
    """What bounds attempts to sign in, and requests to the help desk."""

    sign_ins: ClientLimit
    """By address, as :func:`kb.common.limits.client_of` names it."""
    requests: RequestLimit


def open_limits(database: Database | None) -> Limits:
    """Return the limits.

    :param database: Where all processes that serve count them, its tables up to date; None for one that serves alone.
    :return: The limits, with nothing used.
    """

    def limit(name: str, most: int, within: timedelta) -> Limit:
        return Limit(most, within, shared(name, most, within))

    shared: Callable[[str, int, timedelta], ClientLimit | None] = _none if database is None else _of(database)
    return Limits(
        limit("sign-ins", SIGN_INS_PER_MINUTE, _MINUTE),
        RequestLimit(limit("requests", PER_HOUR, HOUR), limit("all requests", ALL_PER_HOUR, HOUR)),
    )


def _none(_name: str, _most: int, _within: timedelta) -> None:
    return None


def _of(database: Database) -> Callable[[str, int, timedelta], ClientLimit]:
    from kb.database.shared_limit import SharedLimit

    return lambda name, most, within: SharedLimit(database, name, most, within)
