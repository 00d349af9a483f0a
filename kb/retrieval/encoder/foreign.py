"""Any other sentence-transformers model as a graph: built without torch if its family is known, otherwise exported.

The export needs the extra ``models`` (sentence-transformers and torch). Build time only.
"""

from __future__ import annotations

import json
import logging
import os
import tempfile
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder.card import PartCard
from kb.retrieval.encoder.serving import GraphEncoder, PartFiles
from kb.retrieval.encoder.weights import check_readable
from kb.settings.settings import Precision

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

EXTRA = "pip install '.[models]', or make models"
_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
LEAST_AGREEMENT = {Precision.FP32.value: 0.9999, Precision.INT8.value: 0.97}
"""Least mean cosine between an exported graph and the model itself."""


def is_built_in(folder: Path) -> bool:
    """Return whether a model's graph can be built without torch.

    :param folder: As sentence-transformers saves it.
    :return: False for a family or a form that the graph builder does not know.
    """
    try:
        check_readable(folder)
    except EncoderUnavailable:
        return False
    return True


def prefixes(folder: Path) -> tuple[str, str]:
    """Return the prefixes of a model for a question and for a document."""
    path = folder / "config_sentence_transformers.json"
    try:
        prompts = json.loads(path.read_bytes()).get("prompts") or {}
    except (OSError, ValueError, AttributeError):
        prompts = {}
    return _prefixes(prompts)


def _prefixes(prompts: dict[str, Any]) -> tuple[str, str]:
    return prompts.get("query") or "", prompts.get("document") or prompts.get("passage") or ""


def exported(folder: Path, card: PartCard, texts: Sequence[str]) -> PartFiles:
    """Export a model with sentence-transformers and torch.

    :param folder: As sentence-transformers saves it.
    :param card: ``name`` and ``precision`` are read; the rest is filled in.
    :param texts: Texts with which the graph is compared with the model.
    :return: The files.
    :raises EncoderUnavailable: If the extra is not installed, the model cannot be loaded, or the graph does not agree
        with it.
    """
    with _quiet(), tempfile.TemporaryDirectory() as scratch:
        model = _load(folder)
        card, tokenizer = _described(model, card)
        expected = np.asarray(model.encode(list(texts), normalize_embeddings=True, show_progress_bar=False))
        path = Path(scratch) / "exact.onnx"
        _to_onnx(model, card, path)
        if card.precision == Precision.INT8.value:
            path = _unsigned(path)
        files = PartFiles(card, tokenizer, path.read_bytes())
    _check(files, texts, expected)
    return files


def _check(files: PartFiles, texts: Sequence[str], expected: np.ndarray) -> None:
    """Refuse a graph that does not agree with its model."""
    encoder = GraphEncoder(replace(files, card=replace(files.card, query_prefix="")))
    found = np.stack([encoder.encode_query(text) for text in texts])
    agreement = float((found * expected).sum(axis=1).mean())
    if agreement < LEAST_AGREEMENT[files.card.precision]:
        small = files.card.precision == Precision.INT8.value
        remedy = "Set 'precision: fp32' in site.yaml." if small else "Name another encoder."
        raise EncoderUnavailable(
            f"The exported graph of {files.card.name!r} does not agree with the model (mean cosine {agreement:.4f}, "
            f"at least {LEAST_AGREEMENT[files.card.precision]} is needed). {remedy}"
        )


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep exporters' notes, on which no operator can act, off the terminal; errors are still raised."""
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


def _load(folder: Path) -> SentenceTransformer:
    try:
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 — in the extra 'models': 5 s and 500 MB
    except ImportError as error:
        raise EncoderUnavailable(
            f"{folder} holds a model that is not built in, and sentence-transformers, which exports it, cannot be "
            f"imported ({error}). Run: {EXTRA}"
        ) from error
    try:
        return SentenceTransformer(
            str(folder),
            device="cpu",
            local_files_only=True,
            trust_remote_code=False,
            model_kwargs={"attn_implementation": "eager", "use_safetensors": True},
        )
    except Exception as error:
        # Whatever a foreign model folder makes the library raise, the remedy is the same; the cause is kept.
        raise EncoderUnavailable(
            f"sentence-transformers cannot load {folder} ({type(error).__name__}: {error}). Name another encoder."
        ) from error


def _described(model: SentenceTransformer, card: PartCard) -> tuple[PartCard, bytes]:
    names = tuple(n for n in _INPUTS if n in model.tokenizer.model_input_names)
    query, document = _prefixes(dict(model.prompts or {}))
    described = replace(
        card,
        dim=int(model.encode("probe", show_progress_bar=False).shape[0]),
        max_tokens=int(model.max_seq_length or 512),
        inputs=names,
        is_tuned=False,
        query_prefix=query,
        document_prefix=document,
    )
    return described, model.tokenizer.backend_tokenizer.to_str().encode()


def _to_onnx(model: SentenceTransformer, card: PartCard, path: Path) -> None:
    import torch  # noqa: PLC0415 — in the extra 'models'

    class Pipeline(torch.nn.Module):
        """The model's modules in sequence, then unit L2 norm."""

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
            dynamo=False,  # the other exporter needs one more package
        )


def _unsigned(graph: Path) -> Path:
    """Write a graph with unsigned 8-bit weights, whose products cannot overflow on any processor."""
    from onnx import TensorProto  # noqa: PLC0415 — build only
    from onnxruntime.quantization import QuantType, quantize_dynamic  # noqa: PLC0415

    target = graph.with_name("small.onnx")
    options = {"DefaultTensorType": TensorProto.FLOAT}
    quantize_dynamic(str(graph), str(target), per_channel=True, weight_type=QuantType.QUInt8, extra_options=options)
    return target
