"""Reading what a place offers: the signed release and the signed list of its files."""

from __future__ import annotations

from kb.common.files import sha256
from kb.distribution.envelope import MANIFEST, RELEASE, unseal
from kb.distribution.keys import KeyRing
from kb.distribution.release import CURRENT, MOST_MANIFEST_BYTES, MOST_RELEASE_BYTES, Release, manifest_path
from kb.distribution.store import Patience, Source
from kb.distribution.transfer import read_small
from kb.errors import ReleaseDamaged, SourceUnavailable


def offered(source: Source, keys: KeyRing, patience: Patience) -> tuple[Release, bytes, str] | None:
    """Return the release that a place offers now.

    :param source: The place.
    :param keys: The keys that are trusted.
    :param patience: How long it is waited for.
    :return: The release, the bytes of its file and their tag; None if nothing was published there.
    :raises SourceUnavailable: If the place does not answer.
    :raises ReleaseUntrusted: If no trusted key has signed it.
    :raises ReleaseDamaged: If its file is larger than it may be.
    """
    found = read_small(source, CURRENT, MOST_RELEASE_BYTES, patience)
    if found is None:
        return None
    data, tag = found
    place = f"{source.address}/{CURRENT}"
    return Release.from_bytes(unseal(data, RELEASE, keys, place), place), data, tag


def manifest_of(release: Release, source: Source, keys: KeyRing, patience: Patience) -> bytes:
    """Return the manifest of a release's version, signed and with the digest that the release says.

    :param release: What is offered.
    :param source: The place.
    :param keys: The keys that are trusted.
    :param patience: How long it is waited for.
    :return: The manifest's bytes.
    :raises SourceUnavailable: If it cannot be read.
    :raises ReleaseUntrusted: If no trusted key has signed it.
    :raises ReleaseDamaged: If it is another version's.
    """
    path = manifest_path(release.version)
    place = f"{source.address}/{path}"
    found = read_small(source, path, MOST_MANIFEST_BYTES, patience)
    if found is None:
        raise SourceUnavailable(
            f"{place} is missing, though {release.title} names it. Publish again: kb publish --all", may_pass=False
        )
    manifest = unseal(found[0], MANIFEST, keys, place)
    if sha256(manifest) != release.manifest_sha256:
        raise ReleaseDamaged(
            f"{place} is not the list of files that {release.title} names. Publish again: kb publish --all"
        )
    return manifest
