"""Keys that sign releases (Ed25519), and the public halves by which others trust them."""

from __future__ import annotations

import base64
import os
import stat
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from kb.common.files import sha256
from kb.errors import ConfigError

PREFIX: Final = "ed25519:"
"""How a public key begins in the settings; its 32 bytes in base64 follow."""
_ID_DIGITS: Final = 16
_OTHERS: Final = stat.S_IRWXG | stat.S_IRWXO


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A private key."""

    _key: Ed25519PrivateKey

    @property
    def public(self) -> str:
        """The public half, as the setting ``index_keys`` takes it."""
        return f"{PREFIX}{base64.b64encode(_raw(self._key.public_key())).decode()}"

    @property
    def id(self) -> str:
        """The name of the key in what it signs."""
        return _id(_raw(self._key.public_key()))

    def sign(self, data: bytes) -> bytes:
        """Return the signature of some bytes: 64 bytes."""
        return self._key.sign(data)


class KeyRing:
    """The public keys that are trusted; with several, a key can be replaced by another without a gap."""

    def __init__(self, public: Sequence[str]) -> None:
        """Read the keys.

        :param public: Each as :attr:`SigningKey.public` writes it.
        :raises ConfigError: If one of them is not a key.
        """
        keys = [_public_key(text) for text in public]
        self._keys: Mapping[str, Ed25519PublicKey] = {_id(_raw(key)): key for key in keys}

    def __len__(self) -> int:
        """Return the number of keys."""
        return len(self._keys)

    @property
    def ids(self) -> tuple[str, ...]:
        """The names of the keys."""
        return tuple(self._keys)

    def knows(self, key_id: str) -> bool:
        """Return whether a key of that name is trusted."""
        return key_id in self._keys

    def is_signed(self, key_id: str, signature: bytes, data: bytes) -> bool:
        """Return whether a trusted key made a signature.

        :param key_id: The name of the key.
        :param signature: The signature.
        :param data: What was signed.
        :return: False for an unknown key as well.
        """
        if not self.knows(key_id):
            return False
        try:
            self._keys[key_id].verify(signature, data)
        except InvalidSignature:
            return False
        return True


def new_key(path: Path) -> SigningKey:
    """Make a key and write its private half, readable by its owner alone (PEM, PKCS 8).

    :param path: The file; it must not exist.
    :return: The key.
    :raises ConfigError: If the file exists.
    """
    key = Ed25519PrivateKey.generate()
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError as error:
        raise ConfigError(
            f"{path} exists, and a key is never overwritten. Name another file, or use the key that is there."
        ) from error
    with os.fdopen(descriptor, "wb") as file:
        path.chmod(0o600)  # whatever the umask
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    return SigningKey(key)


def load_key(path: Path) -> SigningKey:
    """Read a private key.

    :param path: A file that :func:`new_key` wrote, or any unencrypted PEM of an Ed25519 key.
    :return: The key.
    :raises ConfigError: If it is missing or not such a key, or others may read it.
    """
    try:
        mode = path.stat().st_mode
        data = path.read_bytes()
    except FileNotFoundError as error:
        raise ConfigError(f"There is no key in {path}. Make one: kb publish --new-key {path}") from error
    except OSError as error:
        raise ConfigError(f"The key {path} cannot be read: {error.strerror}. Check its permissions.") from error
    if os.name == "posix" and mode & _OTHERS:
        raise ConfigError(f"Others may read the key {path}, so it is not used. Run: chmod 600 {path}")
    try:
        key = load_pem_private_key(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as error:
        raise ConfigError(f"{path} is not an unencrypted private key in PEM. Name the file of --new-key.") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise ConfigError(f"{path} is not an Ed25519 key. Make one: kb publish --new-key FILE")
    return SigningKey(key)


def _public_key(text: str) -> Ed25519PublicKey:
    try:
        raw = base64.b64decode(text.removeprefix(PREFIX), validate=True)
        return Ed25519PublicKey.from_public_bytes(raw)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise ConfigError(
            f"{text[:60]!r} in 'index_keys' is not a public key. Write what 'kb publish --new-key' printed."
        ) from error


def _raw(key: Ed25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _id(raw: bytes) -> str:
    return sha256(raw)[:_ID_DIGITS]
