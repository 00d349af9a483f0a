"""Checks of releases: what is pulled from, who is trusted, what is installed, and what is offered."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kb.care.installation import Installation
from kb.care.results import Result, from_error, ok, warning
from kb.distribution.installed import read_installed
from kb.distribution.keys import KeyRing, load_key
from kb.distribution.store import Patience, is_web, open_source
from kb.errors import ConfigError, ReleaseRefused


def releases(installation: Installation) -> Iterator[Result]:
    """Check what a server that pulls its index needs, and what one that publishes does."""
    settings = installation.settings
    if settings.publish_key:
        try:
            key = load_key(Path(settings.publish_key).expanduser())
        except ConfigError as error:
            yield from_error("releases", error)
        else:
            yield ok("releases", f"{settings.publish_key} signs as {key.id}, readable by you alone")
    if not settings.index_source:
        if not settings.publish_key:
            yield ok("releases", "the index is built here, and no releases are pulled or published")
        return
    try:
        yield from _followed(installation)
    except (ConfigError, ReleaseRefused) as error:
        yield from_error("releases", error)


def _followed(installation: Installation) -> Iterator[Result]:
    settings = installation.settings
    if not settings.index_keys:
        said = f"'index_source' names {settings.index_source}, and no key is trusted. "
        raise ConfigError(f"{said}Set 'index_keys' to what 'kb publish --new-key' printed.")
    keys = KeyRing(settings.index_keys)
    patience = Patience(attempts=1)
    source = open_source(settings.index_source, installation.environ, patience)
    if is_web(settings.index_source) and not settings.index_source.lower().startswith("https"):
        said = f"{source.address} is read without TLS: others can see and withhold releases, though not change them"
        yield warning("releases", said, "Name an address that begins with https://.")
    installed = read_installed(settings.index)
    here = installed.release.title if installed is not None else "no release"
    if not installation.connect:
        yield ok("releases", f"{here} is installed; {len(keys)} keys are trusted; --connect looks at {source.address}")
        return
    from kb.distribution.pulling import look  # noqa: PLC0415 - only with --connect

    release = look(source, keys, patience)
    if installed is None or installed.release.number < release.number:
        said = f"{source.address} offers {release.title}, and {here} is installed"
        yield warning("releases", said, "A server takes it by itself; without one, run: kb pull")
    elif not installed.is_same(release):
        said = f"{source.address} offers {release.title}, and {here} is installed"
        yield warning("releases", said, "Find out why it is not newer; then publish again: kb publish")
    else:
        yield ok("releases", f"{here} is installed, the newest that {source.address} offers")
