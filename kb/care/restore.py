"""Puts a backup in the place of what is there: everything is verified and opened first, and nothing is deleted."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from kb.care.archive import Manifest, Part, extract, read_manifest
from kb.care.proof import DUMP_FILE, JOURNAL_FILE, SITE_FILE, prove
from kb.common.files import flush_folder, replace_file
from kb.database.copying import facts, is_open_elsewhere, load_postgres, others_connected, sqlite_file
from kb.database.engine import known_revisions, open_engine
from kb.errors import BackupRefused, KbIndexError
from kb.retrieval.index.verifying import verify_version
from kb.retrieval.index.versions import CURRENT, build_lock, current_name, publish, version_names
from kb.settings.settings import Settings
from kb.types import Say

_BESIDES: Final = ("", "-wal", "-shm")
"""The endings of the files that make up a journal."""


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was put in its place, or could be."""

    manifest: Manifest
    parts: tuple[Part, ...]
    proof: tuple[str, ...]
    replaced: tuple[str, ...]
    """What was in the way, and where it is now; or what is in the way."""
    is_done: bool

    def as_json(self) -> dict[str, Any]:
        """Return plain JSON values."""
        about = {"created_at": self.manifest.created_at, "parts": [part.value for part in self.parts]}
        return {**about, "restored": self.is_done, "proof": list(self.proof), "replaced": list(self.replaced)}


def restore_backup(
    path: Path,
    settings: Settings,
    *,
    only: Sequence[Part] = (),
    overwrite: bool = False,
    dry_run: bool = False,
    say: Say = lambda _: None,
) -> Restored:
    """Verify a backup, open everything in it, and put it in its place.

    Each part is extracted next to its place, so that a rename puts it there. If one of them fails, those before it are
    taken back. What was there is renamed and stays.

    :param path: The backup.
    :param settings: Where everything goes.
    :param only: The parts to restore; all of the backup's if empty.
    :param overwrite: Whether something may be in the way.
    :param dry_run: Only verify and open, and list what is in the way.
    :param say: Called with each long step.
    :return: What was done.
    :raises BackupRefused: If the backup is not whole or cannot be used, something is in the way, or a program has the
        journal open.
    """
    manifest = read_manifest(path)
    parts = tuple(part for part in Part if manifest.has(part) and (not only or part in only))
    lacking = [part for part in only if not manifest.has(part)]
    if lacking or not parts:
        raise BackupRefused(
            f"{path} does not hold the {lacking[0] if lacking else 'parts'}. It holds: {', '.join(manifest.parts)}"
        )
    _check_journal(manifest, parts, settings)
    in_the_way = [f"{part}: {found}" for part in parts if (found := _in_the_way(part, settings, manifest))]
    if in_the_way and not (overwrite or dry_run):
        raise BackupRefused(
            f"There is something in the way: {'; '.join(in_the_way)}. Restore with --overwrite; what is there is "
            "renamed, not deleted. Or name other places with --articles, --index, --site and --database."
        )
    if Part.JOURNAL in parts and not dry_run:
        _refuse_open_journal(settings)
    with ExitStack() as stack:
        folders = {part: stack.enter_context(_beside(_place(part, settings))) for part in parts}
        say("Reading and verifying the backup")
        extract(path, folders)
        say("Opening everything in it")
        proof = prove(manifest, folders)
        if dry_run:
            return Restored(manifest, parts, proof, tuple(in_the_way), is_done=False)
        say("Putting it in its place")
        return Restored(manifest, parts, proof, tuple(_Exchange(settings).run(folders)), is_done=True)


# ------------------------------------------------------------------------------------------ beforehand


def _place(part: Part, settings: Settings) -> Path:
    """Return where a part goes; for a database server, a folder that is only passed through."""
    if part is Part.JOURNAL:
        return sqlite_file(settings.database_url) or Path(tempfile.gettempdir(), DUMP_FILE)
    return {Part.ARTICLES: settings.articles, Part.SITE: settings.site_path, Part.INDEX: settings.index / CURRENT}[part]


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """Make a private folder on the same disk as a place, and remove it in the end."""
    parent = place.absolute().parent
    parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=parent, prefix=".kb-restore-") as folder:
        yield Path(folder)


def _check_journal(manifest: Manifest, parts: Sequence[Part], settings: Settings) -> None:
    if Part.JOURNAL not in parts:
        return
    known = manifest.parts[Part.JOURNAL]
    kind = "sqlite" if sqlite_file(settings.database_url) is not None else "postgresql"
    if known["kind"] != kind:
        raise BackupRefused(
            f"The backup's journal is of {known['kind']}, and KB_DATABASE_URL names one of {kind}. Name a database of "
            "the same kind with --database, or restore the other parts with --only."
        )
    if known["revision"] and known["revision"] not in known_revisions():
        raise BackupRefused(
            f"The backup's journal was changed by a newer version of this program (revision {known['revision']}). "
            f"Install version {manifest.program}."
        )


def _in_the_way(part: Part, settings: Settings, manifest: Manifest) -> str:
    """Return what a part would take the place of; empty for nothing."""
    if part is Part.JOURNAL and sqlite_file(settings.database_url) is None:
        engine = open_engine(settings.database_url)
        try:
            return "the database has tables" if facts(engine).rows else ""
        finally:
            engine.dispose()
    place = _place(part, settings)
    if part is Part.INDEX:
        try:
            published = current_name(settings.index) if place.exists() else ""
        except KbIndexError:  # damaged: in the way all the same
            return f"{place} exists"
        return f"{published} is published" if published not in ("", manifest.parts[part]["current"]) else ""
    is_there = any(place.iterdir()) if place.is_dir() else place.exists()
    return f"{place} exists" if is_there else ""


def _refuse_open_journal(settings: Settings) -> None:
    file = sqlite_file(settings.database_url)
    if file is None:
        others = others_connected(settings.database_url)
        is_open, what = others > 0, f"{others} other connections to the database are open"
    else:
        is_open, what = file.is_file() and is_open_elsewhere(file), f"a program has {file} open"
    if is_open:
        raise BackupRefused(f"The journal is in use: {what}. Stop the server, then restore.")


# ------------------------------------------------------------------------------------------- exchanging


class _Exchange:
    """Puts parts in their places, and takes all of them back if one fails."""

    def __init__(self, settings: Settings) -> None:
        """Do nothing yet."""
        self._settings = settings
        self._undo: list[Callable[[], object]] = []
        self._moment = f"{datetime.now(UTC):%Y%m%dT%H%M%SZ}"

    def run(self, folders: dict[Part, Path]) -> list[str]:
        """Put every part in its place.

        :param folders: Where each part was extracted.
        :return: What was in the way, and where it is now.
        :raises OSError: If one cannot be put there; the others are taken back.
        """
        replaced: list[str] = []
        try:
            for part, folder in folders.items():
                replaced += getattr(self, f"_{part}")(folder)
        except BaseException:
            for step in reversed(self._undo):
                step()
            raise
        return replaced

    def _journal(self, folder: Path) -> list[str]:
        file = sqlite_file(self._settings.database_url)
        if file is None:
            load_postgres(self._settings.database_url, folder / DUMP_FILE)
            return []
        replaced = [r for end in _BESIDES if (r := self._aside(file.with_name(f"{file.name}{end}")))]
        (folder / JOURNAL_FILE).chmod(0o600)
        self._move(folder / JOURNAL_FILE, file)
        return replaced

    def _articles(self, folder: Path) -> list[str]:
        place = self._settings.articles
        mode = place.stat().st_mode & 0o7777 if place.exists() else 0o755
        replaced = self._aside(place)
        if place.exists():
            place.rmdir()  # empty
        new = folder.with_name(f"{folder.name}-articles")
        self._move(folder, new)  # the temporary folder itself would be removed under its old name
        new.chmod(mode)
        self._move(new, place)
        folder.mkdir()
        return [replaced] if replaced else []

    def _site(self, folder: Path) -> list[str]:
        place = self._settings.site_path
        mode = place.stat().st_mode & 0o7777 if place.exists() else 0o644
        replaced = self._aside(place)
        (folder / SITE_FILE).chmod(mode)
        self._move(folder / SITE_FILE, place)
        return [replaced] if replaced else []

    def _index(self, folder: Path) -> list[str]:
        """Add the versions next to those that are there, and publish: a running server takes the version over."""
        index, published = self._settings.index, current_name(folder)
        with build_lock(index, wait=True):
            before = (index / CURRENT).read_bytes() if (index / CURRENT).exists() else None
            (index / "versions").mkdir(exist_ok=True)
            for new in sorted((folder / "versions").iterdir()):
                place = index / "versions" / new.name
                if not _is_good(index, new.name):
                    shutil.rmtree(place, ignore_errors=True)
                    new.rename(place)
            if before is not None:
                self._undo.append(lambda: replace_file(index / CURRENT, before))
            publish(index, published, keep=len(version_names(index)))
        was = (before or b"").decode("ascii", "replace").strip()
        return (
            [f"index: {was} was published; it is kept, and {published} is published now"]
            if was not in ("", published)
            else []
        )

    def _aside(self, place: Path) -> str:
        """Rename what is at a place; return where it is now, or nothing."""
        if not place.exists() or (place.is_dir() and not any(place.iterdir())):
            return ""
        aside = place.with_name(f"{place.name}.before-{self._moment}")
        self._move(place, aside)
        return f"{place} is now {aside}"

    def _move(self, source: Path, target: Path) -> None:
        source.rename(target)
        self._undo.append(lambda: target.rename(source))
        flush_folder(target.absolute().parent)


def _is_good(index: Path, name: str) -> bool:
    try:
        verify_version(index, name)
    except KbIndexError:
        return False
    return True
