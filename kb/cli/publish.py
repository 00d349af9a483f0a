"""``kb publish``: signs an index version and publishes it to a folder or a bucket."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.cli.steps import Steps
from kb.errors import ConfigError

if TYPE_CHECKING:
    from kb.distribution.publishing import Published
    from kb.settings.settings import Settings


def publish(
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="A folder or s3://bucket/prefix [default: 'index_source'].")
    ] = "",
    *,
    new_key: Annotated[
        Path | None,
        typer.Option("--new-key", metavar="FILE", help="Make a key, print its public half, and publish nothing."),
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", metavar="FILE", help="Signs [env: KB_PUBLISH_KEY].")] = None,
    version: Annotated[
        str, typer.Option("--version", metavar="NAME", help="Publish this version instead of the one that serves.")
    ] = "",
    send_all: Annotated[
        bool, typer.Option("--all", help="Send every file, also those that are there, as after damage.")
    ] = False,
    keep: Annotated[
        int, typer.Option("--keep", min=0, help="Keep this many versions at the place, and remove older ones; 0: all.")
    ] = 0,
    index: options.IndexFolder = None,
    site: options.Site = None,
    as_json: options.Json = False,
) -> None:
    """Sign the index and publish it, for 'kb pull' and servers that follow 'index_source'; missing files are sent.

    Example: kb publish s3://help-index/live --key publish.pem
    """
    from kb.distribution.keys import KeyRing, load_key
    from kb.distribution.keys import new_key as make_key
    from kb.distribution.publishing import publish_release
    from kb.distribution.store import Patience, open_target
    from kb.distribution.tidying import Tidied, tidy
    from kb.retrieval.index.versions import current_name

    if new_key is not None:
        _made(new_key, make_key(new_key).public, as_json=as_json)
        return
    settings = options.settings(index=index, site=site, publish_key=None if key is None else str(key))
    signing = load_key(_key_file(settings))
    patience = Patience()
    place = open_target(_place(target, settings), os.environ, patience)
    keys = KeyRing((*settings.index_keys, signing.public))
    name = version or current_name(settings.index)
    with Steps("Sending") as steps:
        done = publish_release(
            settings.index,
            name,
            place,
            signing,
            keys,
            send_all=send_all,
            patience=patience,
            say=steps.say,
            progress=steps.advance,
        )
        tidied = tidy(place, done.release, keys, keep, datetime.now(UTC), patience) if keep else Tidied()
    if as_json:
        removed = {"removed_versions": tidied.versions, "removed_files": tidied.files}
        typer.echo(json.dumps({**done.as_json(), **removed}))
        return
    if keep:
        typer.echo(f"Removed from {done.address}: {tidied.versions} versions and {tidied.files} files that none needs")
    _print(done, signing.public, is_trusted_here=signing.public in settings.index_keys)


def _made(path: Path, public: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps({"file": str(path), "public": public}))
        return
    typer.echo(f"{path}: the private key, readable by you alone. Keep a copy where you keep passwords.")
    typer.echo("Its public half, for 'index_keys' (KB_INDEX_KEYS) of every machine that pulls:")
    typer.echo(public)


def _key_file(settings: Settings) -> Path:
    if not settings.publish_key:
        raise ConfigError(
            "No key is named. Name one with --key or KB_PUBLISH_KEY, or make one: kb publish --new-key FILE"
        )
    return Path(settings.publish_key).expanduser()


def _place(target: str, settings: Settings) -> str:
    place = target or settings.index_source
    if not place:
        raise ConfigError("No place is named. Name a folder or a bucket: kb publish s3://NAME; or set KB_INDEX_SOURCE.")
    return place


def _print(done: Published, public: str, *, is_trusted_here: bool) -> None:
    sent = f"{done.sent_files} files sent, {done.sent_bytes / 1e6:.1f} of {done.release.size / 1e6:.1f} MB"
    if done.is_new:
        typer.echo(f"{done.address}: {done.release.title}; {sent}")
    else:
        typer.echo(f"{done.address} offers this version already: {done.release.title}; {sent}")
    if not is_trusted_here:
        typer.echo(f"Machines that pull it need this key in 'index_keys': {public}")
