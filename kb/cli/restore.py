"""``kb restore``: puts a backup in its place, after everything in it was verified and opened."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.care.archive import Part
from kb.cli import options
from kb.cli.steps import Steps


def restore(
    backup: Annotated[Path, typer.Argument(metavar="BACKUP", help="A file that 'kb backup' wrote.")],
    only: Annotated[
        list[Part] | None, typer.Option("--only", help="Restore this part and no other; may be repeated.")
    ] = None,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Restore although something is there; it is renamed, not deleted.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only verify and open the backup, and list what is in the way.")
    ] = False,
    articles: options.Articles = None,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
    as_json: options.Json = False,
) -> None:
    """Verify a backup, open everything in it, and put it in its place; stop the server first.

    Example: kb restore backups/kb-backup-20261130T020000Z.tar --only journal --overwrite
    """
    from kb.care.restore import restore_backup
    from kb.settings.settings import load_places

    # site.yaml may be missing or broken: it may be what is restored
    settings = load_places(articles=articles, index=index, site_path=site, database_url=database)
    with Steps() as steps:
        done = restore_backup(backup, settings, only=only or (), overwrite=overwrite, dry_run=dry_run, say=steps.say)
    if as_json:
        typer.echo(json.dumps(done.as_json(), ensure_ascii=False))
        return
    for sentence in done.proof:
        typer.echo(f"verified  {sentence}")
    for sentence in done.replaced:
        typer.echo(f"{'replaced' if done.is_done else 'in the way'}  {sentence}")
    parts = ", ".join(done.parts)
    if not done.is_done:
        typer.echo(f"Nothing was changed. The backup of {done.manifest.created_at} can be restored: {parts}")
        return
    typer.echo(f"Restored, as of {done.manifest.created_at}: {parts}")
    if Part.JOURNAL in done.parts:
        typer.echo("Questions and visits that were erased since then are back: erase them again with 'kb purge'.")
    typer.echo("Next: kb doctor")
