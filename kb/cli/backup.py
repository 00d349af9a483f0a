"""``kb backup``: copies everything that would be lost, and proves the copy by restoring it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.care.archive import Part
from kb.cli import options
from kb.cli.steps import Steps

if TYPE_CHECKING:
    from kb.care.backup import Backup


def backup(
    target: Annotated[
        Path, typer.Argument(metavar="FOLDER_OR_FILE", help="A folder of backups, or a file ending in .tar or .tar.gz.")
    ],
    *,
    verify: Annotated[
        bool, typer.Option("--verify", help="Make no backup; restore this one into a temporary folder and open it.")
    ] = False,
    without: Annotated[
        list[Part] | None, typer.Option("--without", help="Leave this part out; may be repeated.")
    ] = None,
    all_versions: Annotated[
        bool, typer.Option("--all-versions", help="Also copy the index versions that are not published.")
    ] = False,
    keep: Annotated[
        int, typer.Option("--keep", min=0, help="In a folder, keep this many and remove the oldest; 0 keeps all.")
    ] = 0,
    no_proof: Annotated[bool, typer.Option("--no-proof", help="Do not restore it for a proof.")] = False,
    overwrite: Annotated[bool, typer.Option("--overwrite", help="Replace the file, if it exists.")] = False,
    articles: options.Articles = None,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Copy journal, articles, site settings and index into one file, while the server runs, and prove it.

    The proof: every file is restored into a temporary folder, compared by its SHA-256, and opened.

    Example: kb backup backups --keep 14
    """
    from kb.care.backup import make_backup, prove_backup
    from kb.settings.settings import load_places

    # without site.yaml, which is copied as it is: a mistake in it must not keep a backup from being made
    settings = load_places(articles=articles, index=index, site_path=site, database_url=database)
    with Steps() as steps:
        if verify:
            done = prove_backup(target, steps.say)
        else:
            done = make_backup(
                target,
                settings,
                without=without or (),
                all_versions=all_versions,
                keep=keep,
                proved=not no_proof,
                overwrite=overwrite,
                say=steps.say,
            )
    if as_json:
        typer.echo(json.dumps(done.as_json(), ensure_ascii=False))
        return
    _print(done, is_new=not verify)


def _print(done: Backup, *, is_new: bool) -> None:
    from kb.care.backup import NOT_IN_IT

    about = f"{done.size / 1e6:.1f} MB, {len(done.manifest.files)} files, of {done.manifest.created_at}"
    typer.echo(f"{done.path}: {about}")
    for sentence in done.proof:
        typer.echo(f"  proved  {sentence}")
    if is_new:
        if not done.proof:
            typer.echo(f"  not proved; to do so: kb backup --verify {done.path}")
        left = [part.value for part in Part if not done.manifest.has(part)]
        for sentence in (*(f"the {part}" for part in left), *NOT_IN_IT):
            typer.echo(f"  not in it  {sentence}")
    for note in done.notes:
        typer.echo(f"  note  {note}")
