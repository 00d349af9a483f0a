"""The known models, how each is read, and which of them an encoder joins. Build time only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from kb.common.files import canonical_json, sha256, sha256_of_file
from kb.errors import EncoderUnavailable
from kb.retrieval.encoder import dequantised, packed_e5
from kb.retrieval.encoder.packaged import MODELS
from kb.retrieval.encoder.weights import Weights, read_folder

AUTO = "auto"
"""The best encoder, unless a build with it would take too long; see :func:`chosen`."""
BEST = "e5+mpnet"
"""multilingual-e5-small and all-mpnet-base-v2 joined; each finds what the other misses."""
QUICK = "e5"
"""multilingual-e5-small: a fifth of the time, good in both languages, slightly worse in long English messages."""
JOIN = "+"

MOST_TEXTS = 30_000
"""Most texts, those of some 6,000 articles; with more, a first build with the best encoder takes too long on two
cores."""


@dataclass(frozen=True, slots=True)
class KnownModel:
    """A model whose files are pinned."""

    name: str
    title: str
    read: Callable[[Path], Weights]
    """From the folder with its files."""
    prefix: str = ""
    """Before every text."""
    is_centred: bool = False
    """Whether the mean of its vectors is subtracted; some models' vectors all point nearly the same way."""


KNOWN: Mapping[str, KnownModel] = {
    model.name: model
    for model in (
        KnownModel(
            "e5",
            "multilingual-e5-small",
            lambda folder: packed_e5.read_packed(folder / packed_e5.FILE),
            packed_e5.PREFIX,
            is_centred=True,
        ),
        KnownModel("mpnet", "all-mpnet-base-v2", read_folder),
        KnownModel("minilm", "all-MiniLM-L6-v2", read_folder),
        KnownModel("bge", "bge-small-en", dequantised.read_dequantised),
    )
}


def chosen(name: str, n_texts: int, say: Callable[[str], None] = lambda _: None) -> str:
    """Return the encoder that a build uses.

    :param name: The setting.
    :param n_texts: The approximate number of texts to embed.
    :param say: Called if ``auto`` does not choose the best encoder, with the reason.
    :return: The setting, or for ``auto`` one of the two encoders above.
    """
    if name != AUTO:
        return name
    if n_texts > MOST_TEXTS:
        say(f"{n_texts} texts are too many for the encoder {BEST!r} (at most {MOST_TEXTS}): using {QUICK!r}")
        return QUICK
    return BEST


def parts_of(name: str) -> tuple[str, ...]:
    """Return the models that an encoder joins.

    :param name: A model, a folder, or known models with ``+`` between them.
    :return: One or several, in the order given.
    :raises EncoderUnavailable: If a model is named twice, or a model that is joined is not known.
    """
    names = tuple(part.strip() for part in name.split(JOIN))
    if len(names) == 1 or not all(part in KNOWN for part in names):
        if JOIN in name and not Path(name).expanduser().exists():
            unknown = ", ".join(repr(part) for part in names if part not in KNOWN)
            raise EncoderUnavailable(
                f"The encoder {name!r} joins {unknown}, but only {', '.join(KNOWN)} can be joined. "
                "Set 'encoder' in site.yaml."
            )
        return (name,)
    if len(set(names)) < len(names):
        raise EncoderUnavailable(f"The encoder {name!r} names a model twice. Set 'encoder' in site.yaml to each once.")
    return names


def pinned_revision(name: str) -> str:
    """Return a digest of a known model's files, as they are pinned: 16 hex digits."""
    return sha256(canonical_json([(file.path, file.sha256) for file in MODELS[name].files]))[:16]


def other_folder(name: str) -> Path:
    """Return the folder of a model that is not pinned.

    :param name: A folder, or a model's name in the local Hugging Face cache.
    :return: A folder with a ``config.json``.
    :raises EncoderUnavailable: If it is not on this machine.
    """
    folder = Path(name).expanduser()
    if (folder / "modules.json").is_file() or (folder / "config.json").is_file():
        return folder
    return _downloaded(name)


def revision(folder: Path) -> str:
    """Return a digest of a model's files.

    :param folder: From :func:`other_folder`.
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


def _downloaded(name: str) -> Path:
    """Return a model of the local hub cache; nothing is fetched here."""
    remedy = "Download it where there is a network, and name its folder in site.yaml (settings: encoder) or KB_ENCODER."
    message = f"The encoder {name!r} is none of {', '.join(KNOWN)}, nor a folder with a sentence-transformers model"
    try:
        from huggingface_hub import snapshot_download  # noqa: PLC0415 — in the extra 'models'
    except ImportError as error:
        extra = "The local cache is read with the extra 'models': pip install '.[models]'."
        raise EncoderUnavailable(f"{message}. {extra} Or name a folder.") from error
    try:
        return Path(snapshot_download(name, local_files_only=True))
    except Exception as error:
        # huggingface_hub raises several errors (missing, invalid name, offline) that mean the same to an operator.
        raise EncoderUnavailable(f"{message}, nor in the local cache. {remedy}") from error
