"""A sentence-transformers model to ONNX graphs that serve without it. Build time only.

The result is kept in a cache folder, under the digest of the model's files and of this recipe, and verified byte for
byte before it is used; an unchanged model is exported once.
"""

from __future__ import annotations

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
from kb.retrieval.files import canonical_json, sha256
from kb.retrieval.models import model_folder, revision
from kb.retrieval.quantise import Feeds, quantise, smooth
from kb.retrieval.trials import out_of_scope_questions

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

RECIPE = "2"
"""Raise it when this file changes what an export gives."""

_MIN_AGREEMENT_FP32 = 0.9999
_MIN_AGREEMENT_INT8 = 0.97
"""Least mean cosine between a graph and the model it came from. Measured: 1.0000 and .991 (MiniLM), 1.0000 and .987
(mpnet, smoothed)."""
_LARGE = 200_000_000
"""Bytes of an exact graph beyond which documents are encoded by the quick one; MiniLM has 91 million, mpnet 436."""

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

    @property
    def is_alike(self) -> bool:
        """Whether a text has the same vector as a question and as a document."""
        return self.query_graph == self.document_graph and self.card.query_prefix == self.card.document_prefix

    def documents(self) -> GraphEncoder:
        """Return the encoder for passages and examples: exact, unless the model is large."""
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
    source = model_folder(settings.encoder, settings.cache)
    digest = revision(source)
    recipe = "; ".join([f"recipe {RECIPE}", *(f"{name} {version(name)}" for name in _LIBRARIES)])
    identity = [settings.encoder, digest, recipe, settings.precision.value]
    key = sha256(canonical_json(identity))[:16]
    folder = settings.cache / "encoders" / key
    cached = _read_cached(folder)
    if cached is not None:
        return cached
    say(f"Exporting the encoder {settings.encoder!r} (once; it is kept in {settings.cache})")
    card = EncoderCard(settings.encoder, digest, recipe, 0, 0, settings.precision.value)
    with tempfile.TemporaryDirectory() as scratch:
        exported = _export(source, Path(scratch), card)
    _write_cached(folder, exported)
    return exported


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
        if card.query_precision == Precision.FP32.value:
            return ExportedEncoder(card, tokenizer, exact, exact)
        query = _quick(card, tokenizer, plain, expected)
    if query is None:
        return ExportedEncoder(replace(card, query_precision=Precision.FP32.value), tokenizer, exact, exact)
    # Of a large model the exact graph takes too long for documents, too: both sides are then encoded alike.
    return ExportedEncoder(card, tokenizer, query, exact if len(exact) <= _LARGE else query)


def _quick(card: EncoderCard, tokenizer: bytes, graph: Path, expected: np.ndarray) -> bytes | None:
    """Return the graph in 8-bit integers, made easier to quantise where it must be; None where it does not agree."""
    if graph.stat().st_size <= _LARGE:  # a large one is seldom good enough as it is, and takes long to try
        quick = quantise(graph, graph.with_name("int8.onnx"))
        if _agreement(card, tokenizer, quick, expected) >= _MIN_AGREEMENT_INT8:
            return quick
    encoder = GraphEncoder(card, tokenizer, graph.read_bytes())
    sample: list[Feeds] = [encoder.feeds(text) for text in (*_PROBES, *out_of_scope_questions())]
    quick = quantise(smooth(graph, graph.with_name("smooth.onnx"), sample), graph.with_name("smooth-int8.onnx"))
    return quick if _agreement(card, tokenizer, quick, expected) >= _MIN_AGREEMENT_INT8 else None


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


def _agreement(card: EncoderCard, tokenizer: bytes, graph: bytes, expected: np.ndarray) -> float:
    """Return the mean cosine between a graph's vectors of the probes and the model's own."""
    encoder = GraphEncoder(replace(card, query_prefix=""), tokenizer, graph)
    found = np.stack([encoder.encode_query(text) for text in _PROBES])
    return float((found * expected).sum(axis=1).mean())
