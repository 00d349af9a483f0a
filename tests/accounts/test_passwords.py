"""Passwords: the hash, what is refused, and what differs between parameters."""

from __future__ import annotations

import hashlib

import pytest

from kb.accounts.passwords import STRONG, Cost, check_new, hash_password, is_outdated, is_password
from kb.errors import AccountRefused

CHEAP = Cost(n=16, r=1, p=1)


def test_a_password_is_its_own_hash_s_and_no_other_is():
    """Hashes are salted: the same password gives two different hashes."""
    first, second = hash_password("correct horse battery", CHEAP), hash_password("correct horse battery", CHEAP)
    assert first != second
    assert is_password("correct horse battery", first)
    assert is_password("correct horse battery", second)
    assert not is_password("correct horse batterz", first)
    assert not is_password("", first)


def test_the_hash_is_scrypt_with_the_parameters_beside_it():
    """Hashes equal those of the standard library's function."""
    import base64

    name, n, r, p, salt, digest = hash_password("correct horse battery", CHEAP).split("$")
    assert (name, n, r, p) == ("scrypt", "16", "1", "1")
    raw = hashlib.scrypt(b"correct horse battery", salt=base64.b64decode(salt), n=16, r=1, p=1, dklen=32)
    assert base64.b64decode(digest) == raw
    assert len(base64.b64decode(salt)) == 16


def test_the_strong_cost_is_what_is_recommended():
    """Parameters follow OWASP: N 2^15, r 8, p 3; a hash with other parameters is outdated but still verified."""
    assert (STRONG.n, STRONG.r, STRONG.p) == (32768, 8, 3)
    kept = hash_password("correct horse battery", CHEAP)
    assert is_outdated(kept)
    assert not is_outdated(kept, CHEAP)


def test_the_same_letters_typed_on_another_keyboard_are_the_same():
    """An accented character matches in its composed and decomposed form."""
    assert is_password("cafe\u0301 by the lake", hash_password("caf\u00e9 by the lake", CHEAP))


@pytest.mark.parametrize(
    "kept", ["", "plain", "md5$1$2$3$4$5", "scrypt$16$1$1$!!$!!", "scrypt$x$1$1$AA==$AA==", "scrypt$0$1$1$AA==$AA=="]
)
def test_what_is_no_hash_is_nobody_s(kept):
    """An invalid hash matches no password and raises no error."""
    assert not is_password("", kept)
    assert not is_password("plain", kept)


@pytest.mark.parametrize(
    ("password", "said"),
    [
        ("short words", "at least 12"),
        ("x" * 257, "at most 256"),
        ("abababababab", "several different"),
        ("my name is Kim Lee", "account's name"),
    ],
)
def test_a_weak_password_is_refused_without_being_repeated(password, said):
    """The message names the missing property."""
    with pytest.raises(AccountRefused, match=said) as refused:
        check_new(password, "kim")
    assert password not in str(refused.value)


def test_a_sentence_is_taken():
    """There are no rules about special characters and digits."""
    check_new("three quiet words", "kim")
