"""Signed bytes in an envelope of DSSE, the format of in-toto and Sigstore, which binds what the bytes are for.

A JSON object with the bytes in base64, their type, and signatures over both: https://github.com/secure-systems-lab/dsse
"""

from __future__ import annotations

import base64
import json
from typing import Final

from kb.common.files import canonical_json
from kb.distribution.keys import KeyRing, SigningKey
from kb.errors import ReleaseUntrusted

RELEASE: Final = "application/vnd.billing-help.release+json"
MANIFEST: Final = "application/vnd.billing-help.manifest+json"
_MOST_SIGNATURES: Final = 16


def _signed(kind: str, payload: bytes) -> bytes:
    """Return what a signature is made over: DSSE's pre-authentication encoding."""
    return b"DSSEv1 %d %b %d %b" % (len(kind), kind.encode(), len(payload), payload)


def seal(kind: str, payload: bytes, key: SigningKey) -> bytes:
    """Return an envelope with a signature.

    :param kind: What the bytes are for; :data:`RELEASE` or :data:`MANIFEST`.
    :param payload: The bytes.
    :param key: Signs them.
    :return: The envelope.
    """
    signature = key.sign(_signed(kind, payload))
    return canonical_json(
        {
            "payloadType": kind,
            "payload": base64.b64encode(payload).decode(),
            "signatures": [{"keyid": key.id, "sig": base64.b64encode(signature).decode()}],
        }
    )


def unseal(data: bytes, kind: str, keys: KeyRing, place: str) -> bytes:
    """Return the bytes of an envelope that a trusted key has signed.

    :param data: The envelope.
    :param kind: What the bytes have to be for.
    :param keys: The keys that are trusted.
    :param place: Where the envelope is, for the message.
    :return: The bytes; nothing has looked into them before the signature was checked.
    :raises ReleaseUntrusted: If it is not an envelope, is for something else, or no trusted key has signed it.
    """
    try:
        envelope = json.loads(data)
        found = envelope["payloadType"]
        payload = base64.b64decode(envelope["payload"], validate=True)
        signatures = [(str(s["keyid"]), base64.b64decode(s["sig"], validate=True)) for s in envelope["signatures"]]
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise ReleaseUntrusted(
            f"{place} is not a signed file of ours. Check the address; if it is right, publish again: kb publish"
        ) from error
    if found != kind:
        raise ReleaseUntrusted(f"{place} is signed as {str(found)[:80]!r}, not as {kind!r}. Publish again: kb publish")
    signatures = signatures[:_MOST_SIGNATURES]
    if any(keys.is_signed(key_id, signature, _signed(kind, payload)) for key_id, signature in signatures):
        return payload
    known = [key_id for key_id, _ in signatures if keys.knows(key_id)]
    if known:
        raise ReleaseUntrusted(
            f"The signature of {place} by the key {known[0]} is wrong: it was changed after it was signed. Find out "
            "who can write there, then publish again: kb publish"
        )
    by = ", ".join(key_id[:32] for key_id, _ in signatures[:3]) or "no key"
    raise ReleaseUntrusted(
        f"{place} is signed by {by}, and none of the trusted keys ({', '.join(keys.ids) or 'none'}). If that key is "
        "yours, add its public half to 'index_keys' (KB_INDEX_KEYS)."
    )
