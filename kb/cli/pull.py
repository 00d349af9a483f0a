"""``kb pull``: takes a signed index version from a folder, a bucket or an address."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.cli.steps import Steps
from kb.errors import ConfigError

if TYPE_CHECKING:
    from kb.distribution.pulling import Pulled


def pull(
    source: Annotated[
        str,
        typer.Argument(metavar="SOURCE", help="A folder, s3://bucket/prefix or https://… [default: 'index_source']."),
    ] = "",
    *,
    look: Annotated[
        bool, typer.Option("--look", help="Only say what is offered, and whether it can be trusted.")
    ] = False,
    allow_older: Annotated[
        bool, typer.Option("--allow-older", help="Also take a release that is older than the one installed.")
    ] = False,
    trust: Annotated[
        list[str] | None, typer.Option("--trust", metavar="KEY", help="Trust this public key instead of 'index_keys'.")
    ] = None,
    index: options.IndexFolder = None,
    site: options.Site = None,
    as_json: options.Json = False,
) -> None:
    """Verify a published index to its last byte and install it; a running server goes over to it by itself.

    Only files that no version here has are fetched, and an interrupted download is continued.

    Example: kb pull https://files.example.com/help-index
    """
    from kb.distribution import pulling
    from kb.distribution.keys import KeyRing
    from kb.distribution.store import Patience, open_source

    settings = options.settings(index=index, site=site, index_keys=trust or None)
    address = source or settings.index_source
    if not address:
        raise ConfigError("No place is named. Name one, as: kb pull s3://NAME; or set KB_INDEX_SOURCE.")
    if not settings.index_keys:
        raise ConfigError(
            "No key is trusted, so no release can be. Set 'index_keys' (KB_INDEX_KEYS) to the public key that "
            "'kb publish --new-key' printed, or name it with --trust."
        )
    patience = Patience()
    place = open_source(address, os.environ, patience)
    keys = KeyRing(settings.index_keys)
    if look:
        _print(
            pulling.Pulled(pulling.look(place, keys, patience), place.address, is_new=False), "offers", as_json=as_json
        )
        return
    from kb.retrieval.index.index import Index

    with Steps("Fetching") as steps:
        done = pulling.pull_release(
            settings.index,
            place,
            keys,
            Index.load,
            keep=settings.keep_versions,
            allow_older=allow_older,
            patience=patience,
            say=steps.say,
            progress=steps.advance,
        )
    _print(done, "installed from" if done.is_new else "was installed already from", as_json=as_json)


def _print(done: Pulled, how: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(done.as_json()))
    elif how == "offers":
        typer.echo(f"{done.address} offers {done.release.title}, {done.release.size / 1e6:.1f} MB, by a trusted key")
    else:
        fetched = f"; {done.fetched_files} files fetched, {done.fetched_bytes / 1e6:.1f} MB" if done.is_new else ""
        typer.echo(f"{done.release.title} {how} {done.address}{fetched}")
