"""``kb engine``: the vector engine outside the process, what it holds, and publishing the index to it."""

from __future__ import annotations

import json
from typing import Any

import typer

from kb.cli import options
from kb.cli.steps import Steps
from kb.cli.tables import print_table
from kb.errors import ConfigError
from kb.settings.settings import IndexEngine, Settings

app = typer.Typer(help="The vector engine: what it holds, and publishing the index to it.", rich_markup_mode=None)


@app.callback(invoke_without_command=True)
def engine(
    context: typer.Context,
    index: options.IndexFolder = None,
    site: options.Site = None,
    as_json: options.Json = False,
) -> None:
    """List the versions that the vector engine holds, and compare the published one with the index folder.

    Every row is compared. The status is 1 if the engine lacks the published version or holds other rows of it.

    Example: kb engine
    """
    if context.invoked_subcommand is not None:
        return
    from kb.retrieval.engine.connections import EngineAddress
    from kb.retrieval.engine.holdings import holdings
    from kb.retrieval.engine.rows import VersionRows
    from kb.retrieval.index.versions import current_name, read_version

    settings = _settings(index=index, site=site)
    rows = VersionRows.of_files(read_version(settings.index, current_name(settings.index)))
    found = holdings(EngineAddress.of(settings), rows)
    if as_json:
        for held in found.versions:
            typer.echo(json.dumps({**held.as_json(), "current": held.name == found.current}))
    else:
        table = [
            (
                held.name,
                "yes" if held.name == found.current else "",
                str(held.n_rows),
                str(held.dim),
                f"{held.at:%F %R}",
            )
            for held in found.versions
        ]
        print_table(
            f"pgvector {found.pgvector}", ("version", "current", "rows", "numbers", "since (UTC)"), table, left=2
        )
    if found.problem:
        options.warn(found.problem)
        raise typer.Exit(1)
    if not as_json:
        typer.echo(f"{rows.version}: every row as in {settings.index}")


@app.command()
def push(
    index: options.IndexFolder = None,
    site: options.Site = None,
    as_json: options.Json = False,
) -> None:
    """Publish the index folder's current version to the vector engine, as 'kb build' does.

    Everything is put there in one transaction and compared, then it becomes the current one. What is there already is
    compared and not copied again.

    Example: kb engine push
    """
    from kb.retrieval.engine.connections import EngineAddress
    from kb.retrieval.engine.pushing import push as push_rows
    from kb.retrieval.engine.rows import VersionRows
    from kb.retrieval.index.versions import current_name, read_version

    settings = _settings(index=index, site=site)
    version = read_version(settings.index, current_name(settings.index))
    with Steps() as progress:
        done = push_rows(EngineAddress.of(settings), VersionRows.of_files(version), progress.say)
    if as_json:
        typer.echo(json.dumps(done.as_json()))
        return
    how = "was there already, every row" if done.was_there else "copied, and every row compared"
    typer.echo(f"{done.version}: {done.n_rows} vectors, {how}; it is the current one of the engine")


def _settings(**given: Any) -> Settings:
    """Return the settings, which have to name an engine."""
    settings = options.of_a_site(**given)
    if settings.index_engine is IndexEngine.FAISS:
        raise ConfigError(
            "The vectors are in the process ('index_engine: faiss'), and there is no other engine to ask. "
            "Set KB_INDEX_ENGINE=pgvector and KB_INDEX_ENGINE_URL; see docs/operating.md."
        )
    return settings
