"""The proof of a backup: its restored files are opened as the program would open them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from kb.care.archive import Manifest, Part
from kb.content.articles.corpus import load_articles
from kb.database.copying import check_sqlite, read_dump
from kb.errors import BackupRefused, KbError
from kb.retrieval.index.versions import current_name, read_version
from kb.settings.settings import load_site

JOURNAL_FILE: Final = "journal.db"
DUMP_FILE: Final = "journal.dump"
SITE_FILE: Final = "site.yaml"


def prove(manifest: Manifest, folders: Mapping[Part, Path]) -> tuple[str, ...]:
    """Open every restored part.

    :param manifest: Of the backup.
    :param folders: Where :func:`kb.care.archive.extract` put each part.
    :return: One sentence for each part: what was opened, and what it holds.
    :raises BackupRefused: If a part cannot be opened, or holds something else than what was copied.
    """
    said = []
    for part, folder in folders.items():
        try:
            said.append(_PROOFS[part](manifest.parts[part.value], folder))
        except KbError as error:
            raise BackupRefused(f"The backup's {part} cannot be used: {error}") from error
    return tuple(said)


def _journal(known: Mapping[str, object], folder: Path) -> str:
    if known["kind"] == "postgresql":
        if not read_dump(folder / DUMP_FILE):
            return "journal: not opened, since pg_restore is not installed here"
        return (
            "journal: the dump can be read from beginning to end; whether PostgreSQL takes it, only PostgreSQL can say"
        )
    found = check_sqlite(folder / JOURNAL_FILE)
    if found.revision != known["revision"] or dict(found.rows) != known["rows"]:
        raise BackupRefused("it holds other rows than what was copied. Make another backup.")
    questions = found.rows.get("queries", 0)
    return f"journal: whole, {questions} questions, tables of revision {found.revision}"


def _articles(known: Mapping[str, object], folder: Path) -> str:
    channels = known["channels"]
    found = len(load_articles(folder, channels if isinstance(channels, dict) else {}).articles)
    if found != known["articles"]:
        raise BackupRefused(f"{found} articles can be read, and there were {known['articles']}. Make another backup.")
    return f"articles: {found} can be read"


def _site(known: Mapping[str, object], folder: Path) -> str:
    if not known["readable"]:
        return f"site: {SITE_FILE}, with the mistake that it had; 'kb doctor' names it"
    site, _ = load_site(folder / SITE_FILE, required=True)
    return f"site: {SITE_FILE} of {site.name!r} can be read"


def _index(known: Mapping[str, object], folder: Path) -> str:
    name = current_name(folder)
    if name != known["current"]:
        raise BackupRefused(f"it publishes {name}, not {known['current']}. Make another backup.")
    if not known["loads"]:
        read_version(folder, name)
        return f"index: {name}, every byte as it was, and no more usable than it was: 'kb build' builds it again"
    why = can_load(folder, name)
    if why:
        raise BackupRefused(why)
    return f"index: {name} loads"


def can_load(index: Path, name: str) -> str:
    """Return why a version of an index cannot be used here; empty if it can.

    :param index: The index folder.
    :param name: The version.
    :return: One sentence, or nothing.
    """
    from kb.retrieval.index.index import Index  # noqa: PLC0415 - the model's runtime, only where an index is opened

    try:
        Index.load(read_version(index, name))
    except KbError as error:
        return str(error)
    return ""


_PROOFS: Final[Mapping[Part, Callable[[Mapping[str, object], Path], str]]] = {
    Part.JOURNAL: _journal,
    Part.ARTICLES: _articles,
    Part.SITE: _site,
    Part.INDEX: _index,
}
