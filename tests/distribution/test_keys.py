"""Keys: made once, readable by their owner alone, and read back."""

from __future__ import annotations

import os
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from kb.distribution.keys import KeyRing, load_key, new_key
from kb.errors import ConfigError
from kb.settings.settings import load_settings


def test_a_key_is_made_and_read(tmp_path):
    """The file is readable by its owner alone, whatever the umask, and its public half is what a setting takes."""
    before = os.umask(0)
    try:
        made = new_key(tmp_path / "key.pem")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "key.pem").stat().st_mode) == 0o600
    assert load_key(tmp_path / "key.pem").public == made.public
    keys = KeyRing(load_settings({"KB_INDEX_KEYS": f"{made.public}, {made.public}"}).index_keys)
    assert keys.ids == (made.id,)
    assert keys.is_signed(made.id, made.sign(b"x"), b"x")
    assert not keys.is_signed(made.id, made.sign(b"x"), b"y")


def test_a_key_is_never_overwritten(tmp_path):
    """Machines that trust it would take nothing any more."""
    made = new_key(tmp_path / "key.pem")
    with pytest.raises(ConfigError, match="never overwritten"):
        new_key(tmp_path / "key.pem")
    assert load_key(tmp_path / "key.pem").id == made.id


def test_a_key_that_others_can_read_is_not_used(tmp_path):
    """The remedy is named."""
    new_key(tmp_path / "key.pem")
    (tmp_path / "key.pem").chmod(0o640)
    with pytest.raises(ConfigError, match="chmod 600"):
        load_key(tmp_path / "key.pem")


def test_what_is_not_such_a_key_is_refused(tmp_path):
    """Missing, no key, a key of another kind; and a public one that a setting cannot hold."""
    with pytest.raises(ConfigError, match="--new-key"):
        load_key(tmp_path / "none.pem")
    other = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    for data, said in ((b"no key", "not an unencrypted"), (other, "not an Ed25519 key")):
        (tmp_path / "key.pem").write_bytes(data)
        (tmp_path / "key.pem").chmod(0o600)
        with pytest.raises(ConfigError, match=said):
            load_key(tmp_path / "key.pem")
    with pytest.raises(ConfigError, match="'index_keys' cannot hold 'ed25519:short'"):
        load_settings({"KB_INDEX_KEYS": "ed25519:short"})
