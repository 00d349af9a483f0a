"""``kb models``: the encoders that can be used, and fetching their weights ahead of a build."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from kb.cli import options
from kb.cli.steps import Steps
from kb.cli.tables import print_table

app = typer.Typer(help="The packaged encoders: which there are, and fetching them.", rich_markup_mode=None)
_MEGABYTE = 1_000_000


@app.callback(invoke_without_command=True)
def models(context: typer.Context, as_json: options.Json = False) -> None:
    """List the packaged encoders: what each is, its license and size, and whether it is in the cache.

    Example: kb models
    """
    if context.invoked_subcommand is not None:
        return
    from kb.retrieval.encoder.packaged import MODELS
    from kb.retrieval.encoder.packages import folder_of, is_here

    cache = options.settings().cache
    here = {name: is_here(name, cache) for name in MODELS}
    if as_json:
        for name, model in MODELS.items():
            known = {"title": model.title, "license": model.license, "bytes": model.size}
            place = {"download_bytes": model.download_size, "here": here[name], "folder": str(folder_of(name, cache))}
            typer.echo(json.dumps({"name": name, **known, **place}, ensure_ascii=False))
        return
    rows = [
        (name, model.title, model.license, "yes" if here[name] else "no", _mb(model.size), _mb(model.download_size))
        for name, model in MODELS.items()
    ]
    print_table(f"Encoders in {cache}", ("name", "is", "license", "here", "MB", "MB to download"), rows, left=4)


@app.command()
def fetch(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="The encoders; by default every packaged one.")
    ] = None,
    as_json: options.Json = False,
) -> None:
    """Fetch encoders into the cache; what is there is checked and not downloaded again.

    Example: kb models fetch e5 mpnet
    """
    from kb.retrieval.encoder.packaged import MODELS
    from kb.retrieval.encoder.packages import fetched

    unknown = [name for name in names or () if name not in MODELS]
    if unknown:
        raise typer.BadParameter(f"{unknown[0]!r} is not one of: {', '.join(MODELS)}.", param_hint="NAME")
    cache = options.settings().cache
    with Steps("Megabytes") as progress:

        def advance(done: int, total: int) -> None:
            progress.advance(done // _MEGABYTE, total // _MEGABYTE)

        folders = {name: fetched(name, cache, progress.say, advance) for name in names or MODELS}
    for name, folder in folders.items():
        typer.echo(json.dumps({"name": name, "folder": str(folder)}) if as_json else f"{name}: {folder}")


def _mb(size: int) -> str:
    return f"{size / _MEGABYTE:.0f}"
