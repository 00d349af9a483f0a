"""Passwords: the rules for new ones, and their scrypt hashes, stored with the parameters."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import unicodedata
from dataclasses import dataclass
from typing import Final

from kb.errors import AccountRefused

SHORTEST: Final = 12
"""Characters."""
LONGEST: Final = 256
_FEWEST_DIFFERENT: Final = 5
_SALT_BYTES: Final = 16
_HASH_BYTES: Final = 32
_MOST_MEMORY: Final = 256 * 1024 * 1024
_PARTS: Final = 6


@dataclass(frozen=True, slots=True)
class Cost:
    """The cost of a hash: 128 · n · r bytes of memory, and time in proportion to n · r · p."""

    n: int = 2**15
    r: int = 8
    p: int = 3


STRONG: Final = Cost()
"""32 MB and a quarter of a second."""


def check_new(password: str, name: str) -> None:
    """Refuse a password that is easily guessed.

    :param password: The new password.
    :param name: The account's name.
    :raises AccountRefused: If it is refused; the message says why, and never holds the password.
    """
    plain = _normal(password)
    if len(plain) < SHORTEST:
        raise AccountRefused(f"The password is too short: use at least {SHORTEST} characters, as three or four words.")
    if len(plain) > LONGEST:
        raise AccountRefused(f"The password is too long: use at most {LONGEST} characters.")
    if len(set(plain)) < _FEWEST_DIFFERENT:
        raise AccountRefused("The password repeats few characters: use several different words.")
    if name.casefold() in plain.casefold():
        raise AccountRefused("The password holds the account's name: choose one that does not.")


def hash_password(password: str, cost: Cost = STRONG) -> str:
    """Return a salted hash.

    :param password: Any text.
    :param cost: The parameters, which are stored in the result.
    :return: ``scrypt$n$r$p$salt$hash``, the last two in base 64.
    """
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = _scrypt(password, salt, cost, _HASH_BYTES)
    return f"scrypt${cost.n}${cost.r}${cost.p}${_base64(salt)}${_base64(digest)}"


def is_password(password: str, kept: str) -> bool:
    """Return whether a password is the one that was hashed, in constant time.

    :param password: As typed.
    :param kept: The result of :func:`hash_password`; no password matches anything else.
    :return: True only for the same password.
    """
    parts = kept.split("$")
    if len(parts) != _PARTS or parts[0] != "scrypt":
        return False
    try:
        cost = Cost(*(int(part) for part in parts[1:4]))
        salt, digest = (base64.b64decode(part, validate=True) for part in parts[4:])
        return hmac.compare_digest(_scrypt(password, salt, cost, len(digest)), digest)
    except (ValueError, binascii.Error):  # not a hash of ours
        return False


def is_outdated(kept: str, cost: Cost = STRONG) -> bool:
    """Return whether a hash was made with other parameters than those in use."""
    return kept.split("$")[1:4] != [str(cost.n), str(cost.r), str(cost.p)]


def _scrypt(password: str, salt: bytes, cost: Cost, length: int) -> bytes:
    data = _normal(password)[:LONGEST].encode("utf-8", "surrogatepass")
    return hashlib.scrypt(data, salt=salt, n=cost.n, r=cost.r, p=cost.p, maxmem=_MOST_MEMORY, dklen=length)


def _normal(password: str) -> str:
    """Return the normal form of a text that keyboards write in several ways."""
    return unicodedata.normalize("NFKC", password)


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode("ascii")
