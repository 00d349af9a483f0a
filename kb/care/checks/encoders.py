"""Checks of the encoder that a build would use: its files in the cache, and their digests."""

from __future__ import annotations

from collections.abc import Iterator

from kb.care.installation import Installation
from kb.care.results import Result, from_error, ok, problem, warning
from kb.common.files import sha256_of_file
from kb.errors import EncoderUnavailable
from kb.retrieval.encoder.models import AUTO, BEST, KNOWN, other_folder, parts_of
from kb.retrieval.encoder.packaged import MODELS
from kb.retrieval.encoder.packages import folder_of, is_here


def encoder(installation: Installation) -> Iterator[Result]:
    """Check each model of the configured encoder; serving needs none of them, since an index carries its own."""
    settings = installation.settings
    name = BEST if settings.encoder == AUTO else settings.encoder
    try:
        parts = parts_of(name)
    except EncoderUnavailable as error:
        yield from_error("encoder", error)
        return
    for part in parts:
        yield _packaged(part, installation) if part in KNOWN else _foreign(part)


def _packaged(name: str, installation: Installation) -> Result:
    cache = installation.settings.cache
    folder = folder_of(name, cache)
    if not is_here(name, cache):
        some = "only in part" if folder.exists() else "not"
        said = f"{name} is {some} in {folder}; serving goes on without it, and a build fetches it"
        return warning("encoder", said, f"Fetch it while there is a network: kb models fetch {name}")
    wrong = [file.path for file in MODELS[name].files if sha256_of_file(folder / file.path) != file.sha256]
    if wrong:
        return problem(
            "encoder",
            f"{folder / wrong[0]} is damaged: its SHA-256 is not the pinned one",
            f"Remove {folder}, then: kb models fetch {name}",
        )
    return ok("encoder", f"{name} is in {folder}, every file as pinned")


def _foreign(name: str) -> Result:
    try:
        return ok("encoder", f"{name} is in {other_folder(name)}")
    except EncoderUnavailable as error:
        return from_error("encoder", error)
