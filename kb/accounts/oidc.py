"""Users of an identity provider, with roles from the claims of its ID token and the operator's settings."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final, TypeGuard

from kb.types import Role, User

_NAMES: Final = ("name", "preferred_username", "email", "sub")
_LONGEST_NAME: Final = 100
_RANK: Final = (Role.OPERATOR, Role.LEAD, Role.EDITOR)
_CLOCKS_APART: Final = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class SignIn:
    """A sign-in at the provider, with or without a role here."""

    name: str
    """The name that people read."""
    subject: str
    """The provider's id of the user, which no two users share."""
    issued: datetime
    """The moment of the sign-in, UTC."""
    user: User | None
    """None without a role."""


def sign_in_of(
    claims: Mapping[str, Any],
    roles: Mapping[Role, Iterable[str]],
    *,
    claim: str,
    longest: timedelta,
    now: datetime,
) -> SignIn | None:
    """Return the sign-in that the claims of an ID token describe: the user, the moment, and the role, if any.

    A value of ``roles`` is compared, ignoring case, with the values of the claim, and with the e-mail address if the
    provider says that it was verified. Of several roles the one with the most rights counts.

    :param claims: The claims of a verified token.
    :param roles: The operator's values for each role.
    :param claim: The name of a claim that holds a text or a list of texts.
    :param longest: The time after which everyone has to sign in again, counted from the token's ``iat``.
    :param now: The moment, UTC.
    :return: None without a time of the sign-in, or when it is too long ago.
    """
    issued = claims.get("iat")
    if not _is_fresh(issued, longest, now):
        return None
    user = _user(claims, roles, claim)
    return SignIn(_name(claims), _cleaned(str(claims.get("sub", ""))), datetime.fromtimestamp(issued, UTC), user)


def _user(claims: Mapping[str, Any], roles: Mapping[Role, Iterable[str]], claim: str) -> User | None:
    held = {value.casefold() for value in _texts(claims.get(claim))}
    if claims.get("email_verified") is True:
        held |= {value.casefold() for value in _texts(claims.get("email"))}
    for role in _RANK:
        if any(wanted.casefold() in held for wanted in roles.get(role, ())):
            return User(_name(claims), role, is_local=False)
    return None


def _is_fresh(issued: Any, longest: timedelta, now: datetime) -> TypeGuard[float]:
    if isinstance(issued, bool) or not isinstance(issued, int | float):
        return False
    age = timedelta(seconds=now.timestamp() - issued)
    return -_CLOCKS_APART <= age < longest


def _texts(value: Any) -> list[str]:
    given = value if isinstance(value, list | tuple) else [value]
    return [text for text in given if isinstance(text, str) and text]


def _name(claims: Mapping[str, Any]) -> str:
    found = next((claims[key] for key in _NAMES if isinstance(claims.get(key), str) and claims[key].strip()), "unknown")
    return _cleaned(found)


def _cleaned(text: str) -> str:
    return "".join(c for c in text.strip() if c.isprintable())[:_LONGEST_NAME]
