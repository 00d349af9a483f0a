"""Makes a backup of an installation while it serves, and proves it by restoring it into a temporary folder."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kb import __version__
from kb.care.archive import Manifest, Part, entries_of, extract, read_manifest, write_archive
from kb.care.proof import DUMP_FILE, JOURNAL_FILE, SITE_FILE, can_load, prove
from kb.common.files import flush_folder
from kb.content.articles.corpus import load_articles
from kb.database.copying import check_sqlite, copy_sqlite, dump_postgres, sqlite_file
from kb.errors import BackupRefused, ConfigError, KbIndexError
from kb.retrieval.index.verifying import verify_version
from kb.retrieval.index.versions import CURRENT, build_lock, current_name, version_names
from kb.settings.settings import Settings, load_site
from kb.types import Say

NAME: Final = "kb-backup-"
"""How a backup's name begins, in a folder of backups."""
ENDINGS: Final = (".tar", ".tar.gz", ".tgz")
NOT_IN_IT: Final = (
    "secrets (environment variables, .streamlit/secrets.toml): keep them where you keep passwords",
    "the cache (KB_CACHE): the encoders' weights are fetched again, vectors are made again",
)
_SKIPPED: Final = frozenset({".git", "__pycache__"})
_ROOM: Final = 1.1
"""The share by which the free space must exceed the files."""


@dataclass(frozen=True, slots=True)
class Backup:
    """A backup that was made, or proved."""

    path: Path
    manifest: Manifest
    size: int
    """Bytes on disk."""
    proof: tuple[str, ...] = ()
    """One sentence for each part; empty if it was not proved."""
    notes: tuple[str, ...] = ()
    """What was left out, and old backups that were removed."""

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        about = {"path": str(self.path), "bytes": self.size, "files": len(self.manifest.files)}
        parts = {"created_at": self.manifest.created_at, "parts": dict(self.manifest.parts)}
        return {**about, **parts, "proved": bool(self.proof), "proof": list(self.proof), "notes": list(self.notes)}


def make_backup(
    target: Path,
    settings: Settings,
    *,
    without: Sequence[Part] = (),
    all_versions: bool = False,
    keep: int = 0,
    proved: bool = True,
    overwrite: bool = False,
    say: Say = lambda _: None,
) -> Backup:
    """Write a backup, and prove it.

    The file has its name only when it is complete and proved: what has the name of a backup is one.

    :param target: The file; or a folder, in which it is named after the moment.
    :param settings: Where everything is.
    :param without: Parts to leave out.
    :param all_versions: Whether every version of the index is copied, and not only the published one.
    :param keep: Backups that stay in a folder of backups, this one included; 0 for all.
    :param proved: Whether it is restored into a temporary folder next to it, and opened.
    :param overwrite: Whether a file of that name is replaced.
    :param say: Called with each long step.
    :return: What was written.
    :raises BackupRefused: If a part is missing or cannot be copied, or the file exists.
    :raises KbError: If a part is damaged.
    """
    now = datetime.now(UTC)
    is_folder = target.is_dir() or not target.suffix
    path = target / f"{NAME}{now:%Y%m%dT%H%M%SZ}.tar" if is_folder else target
    if not path.name.endswith(ENDINGS):
        raise BackupRefused(f"{path} cannot be a backup's name. End it in {', '.join(ENDINGS)}, or name a folder.")
    if path.exists() and not overwrite:
        raise BackupRefused(f"{path} exists. Name another file or a folder, or replace it with --overwrite.")
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with _scratch(path) as scratch:
        collected = _Collected(scratch, all_versions=all_versions)
        for part in (part for part in Part if part not in without):
            say(f"Copying the {part}")
            _COLLECT[part](settings, collected)
        manifest = Manifest(f"{now:%Y-%m-%dT%H:%M:%SZ}", __version__, collected.parts, entries_of(collected.sources))
        _check_room(path, manifest.size * (2 if proved else 1))
        unfinished = scratch / path.name
        write_archive(unfinished, manifest, collected.sources)
        proof = _prove(unfinished, manifest, scratch, say) if proved else ()
        _flush(unfinished)
        unfinished.replace(path)
    flush_folder(path.parent)
    notes = [*collected.notes, *(_remove_old(path, keep) if is_folder and keep else ())]
    return Backup(path, manifest, path.stat().st_size, proof, tuple(notes))


def prove_backup(path: Path, say: Say = lambda _: None) -> Backup:
    """Restore a backup into a temporary folder next to it, and open everything.

    :param path: The backup.
    :param say: Called with each long step.
    :return: What it holds.
    :raises BackupRefused: If it is not whole, or cannot be used.
    """
    manifest = read_manifest(path)
    _check_room(path, manifest.size)
    with _scratch(path) as scratch:
        proof = _prove(path, manifest, scratch, say)
    return Backup(path, manifest, path.stat().st_size, proof)


# ------------------------------------------------------------------------------------------- collecting


class _Collected:
    """What goes into a backup: files that do not change any more, by their names in the archive."""

    def __init__(self, scratch: Path, *, all_versions: bool) -> None:
        """Start with nothing.

        :param scratch: A folder for copies.
        :param all_versions: Whether every version of the index is copied.
        """
        self.all_versions = all_versions
        self.scratch = scratch / "copies"
        self.scratch.mkdir()
        self.sources: dict[str, Path] = {}
        self.parts: dict[str, dict[str, Any]] = {}
        self.notes: list[str] = []

    def place(self, part: Part, name: str) -> Path:
        """Return where the copy of a file goes, and list it."""
        path = self.scratch / part / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.sources[f"{part}/{name}"] = path
        return path


def _copy_journal(settings: Settings, collected: _Collected) -> None:
    file = sqlite_file(settings.database_url)
    if file is None:
        found = dump_postgres(settings.database_url, collected.place(Part.JOURNAL, DUMP_FILE))
        collected.parts[Part.JOURNAL] = {"kind": "postgresql", "revision": found.revision, "rows": dict(found.rows)}
        return
    if not file.is_file():
        raise _missing("journal", file, "--database", Part.JOURNAL)
    copy = collected.place(Part.JOURNAL, JOURNAL_FILE)
    copy_sqlite(file, copy)
    found = check_sqlite(copy)
    collected.parts[Part.JOURNAL] = {"kind": "sqlite", "revision": found.revision, "rows": dict(found.rows)}


def _copy_articles(settings: Settings, collected: _Collected) -> None:
    root = settings.articles
    if not root.is_dir():
        raise _missing("folder of articles", root, "--articles", Part.ARTICLES)
    for path in _files_below(root, collected.notes):
        shutil.copyfile(path, collected.place(Part.ARTICLES, path.relative_to(root).as_posix()))
    channels = _channels(settings.site_path)  # without their texts, articles that name one cannot be read
    found = load_articles(collected.scratch / Part.ARTICLES, channels)
    collected.parts[Part.ARTICLES] = {"articles": len(found.articles), "channels": channels}


def _files_below(root: Path, notes: list[str]) -> Iterator[Path]:
    """Yield the regular files below a folder, without git's own and without following links."""
    for folder, below, names in os.walk(root):
        below[:] = sorted(set(below) - _SKIPPED)
        for name in sorted(names):
            path = Path(folder, name)
            if path.is_symlink() or not path.is_file():
                notes.append(f"{path} is left out: it is a link or not a file")
            elif not name.endswith(".kb-new"):
                yield path
        linked = [name for name in below if Path(folder, name).is_symlink()]
        notes += [f"{Path(folder, name)} is left out: it is a link" for name in linked]


def _copy_site(settings: Settings, collected: _Collected) -> None:
    if not settings.site_path.is_file():
        raise _missing("file of site settings", settings.site_path, "--site", Part.SITE)
    shutil.copyfile(settings.site_path, collected.place(Part.SITE, SITE_FILE))
    collected.parts[Part.SITE] = {"readable": _is_readable(settings.site_path)}


def _is_readable(path: Path) -> bool:
    try:
        load_site(path, required=True)
    except ConfigError:
        return False
    return True


def _channels(path: Path) -> dict[str, str]:
    try:
        site, _ = load_site(path)
    except ConfigError:
        return {}
    return dict(site.channel_texts())


def _copy_index(settings: Settings, collected: _Collected) -> None:
    index = settings.index
    if not index.is_dir():
        raise _missing("index", index, "--index", Part.INDEX)
    try:
        _copy_versions(index, collected)
    except KbIndexError as error:  # it can be built again, and nothing else can
        for name in [name for name in collected.sources if name.startswith(f"{Part.INDEX}/")]:
            del collected.sources[name]
        collected.notes.append(f"the index is left out: {error}")


def _copy_versions(index: Path, collected: _Collected) -> None:
    with _held(index):
        current = current_name(index)
        names = version_names(index) if collected.all_versions else [current]
        for name in names:
            verify_version(index, name)
            for path in sorted((index / "versions" / name).iterdir()):
                _link_or_copy(path, collected.place(Part.INDEX, f"versions/{name}/{path.name}"))
        shutil.copyfile(index / CURRENT, collected.place(Part.INDEX, CURRENT))
        loads = can_load(index, current)
    if loads:
        collected.notes.append(f"the index is copied as it is, and this program cannot use it: {loads}")
    collected.parts[Part.INDEX] = {"current": current, "versions": names, "loads": not loads}


def _link_or_copy(path: Path, target: Path) -> None:
    """Take a file of a version, which is never written again: a second name for it where the disk allows one."""
    try:
        os.link(path, target)
    except OSError:
        shutil.copyfile(path, target)


@contextmanager
def _held(index: Path) -> Iterator[None]:
    """Keep builds from removing versions meanwhile; an index that may only be read is built elsewhere."""
    if not os.access(index, os.W_OK):
        yield
        return
    with build_lock(index, wait=True):
        yield


def _missing(what: str, path: Path, option: str, part: Part) -> BackupRefused:
    return BackupRefused(
        f"There is no {what} {path}. Name it with {option}, or leave it out of the backup: --without {part}"
    )


_COLLECT: Final = {
    Part.JOURNAL: _copy_journal,
    Part.ARTICLES: _copy_articles,
    Part.SITE: _copy_site,
    Part.INDEX: _copy_index,
}


# ---------------------------------------------------------------------------------------------- writing


@contextmanager
def _scratch(path: Path) -> Iterator[Path]:
    """Make a private folder next to a backup, on the same disk, and remove it in the end."""
    with tempfile.TemporaryDirectory(dir=path.parent, prefix=".kb-backup-") as folder:
        yield Path(folder)


def _prove(path: Path, manifest: Manifest, scratch: Path, say: Say) -> tuple[str, ...]:
    say("Restoring it into a temporary folder, and opening everything")
    folders: Mapping[Part, Path] = {part: scratch / "proof" / part for part in Part if manifest.has(part)}
    for folder in folders.values():
        folder.mkdir(parents=True)
    return prove(extract(path, folders), folders)


def _check_room(path: Path, needed: int) -> None:
    free = shutil.disk_usage(path.parent).free
    if free < needed * _ROOM:
        raise BackupRefused(
            f"{needed * _ROOM / 1e6:.0f} MB are needed for a while in {path.parent}, and {free / 1e6:.0f} MB are free. "
            "Free some, or name another folder; --no-proof needs half of it."
        )


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def _remove_old(path: Path, keep: int) -> list[str]:
    """Remove the oldest backups of a folder beyond the number to keep, the new one never."""
    found = sorted(p for p in path.parent.glob(f"{NAME}*.tar") if p != path)
    old = found[: max(0, len(found) + 1 - keep)]
    for backup in old:
        backup.unlink()
    return [f"{backup} is removed: {keep} are kept" for backup in old]
