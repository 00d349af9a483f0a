"""Reads a model's parameters, shape and tokenizer from the files that sentence-transformers saves.

Build time only; needs neither torch nor transformers. Parameters get the same names whatever the model's family
calls them, so that one graph builder serves every family.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.errors import EncoderUnavailable

Tensors = Mapping[str, npt.NDArray[np.float32]]

_REMEDY = "Install the extra 'models', which exports any sentence-transformers model: pip install '.[models]'"


class Pooling(StrEnum):
    """The ways to combine the vectors of a text's tokens."""

    MEAN = "mean"
    FIRST = "first"
    """The vector of the first token, [CLS] or <s>."""


@dataclass(frozen=True, slots=True)
class ModelShape:
    """The shape of a model, as far as the parameters alone do not tell it."""

    hidden: int
    """Length of a token's vector."""
    heads: int
    layers: int
    epsilon: float
    """Added to the variance in layer normalization."""
    pooling: Pooling
    max_tokens: int
    """Longer texts are cut, the special tokens counted."""
    first_position: int = 0
    """Position of the first token: RoBERTa and MPNet begin after the position of the padding."""
    relative_buckets: int = 0
    """MPNet's buckets of relative positions; 0 for a model without."""


@dataclass(frozen=True)
class Weights:
    """Everything from which a graph is built."""

    shape: ModelShape
    tensors: Tensors
    """By name, see :data:`LAYER_NAMES`; matrices of shape (outputs, inputs), as the files have them."""
    tokenizer: bytes
    """``tokenizer.json``, as the tokenizers library reads it."""


LAYER_NAMES = ("query", "key", "value", "attention_out", "attention_norm", "up", "down", "norm")
"""A layer's parameters are ``layer.<n>.<name>.weight`` and ``.bias``. Others: ``words.weight``, ``positions.weight``,
``types.weight`` (optional), ``embedding_norm.weight`` and ``.bias``, ``relative.weight`` (optional)."""

_EMBEDDINGS = {
    "words": "embeddings.word_embeddings",
    "positions": "embeddings.position_embeddings",
    "types": "embeddings.token_type_embeddings",
    "embedding_norm": "embeddings.LayerNorm",
}
_BERT_LAYER = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "attention.output.LayerNorm",
    "intermediate.dense",
    "output.dense",
    "output.LayerNorm",
)
_MPNET_LAYER = (
    "attention.attn.q",
    "attention.attn.k",
    "attention.attn.v",
    "attention.attn.o",
    "attention.LayerNorm",
    *_BERT_LAYER[5:],
)
_DISTILBERT_LAYER = (
    "attention.q_lin",
    "attention.k_lin",
    "attention.v_lin",
    "attention.out_lin",
    "sa_layer_norm",
    "ffn.lin1",
    "ffn.lin2",
    "output_layer_norm",
)


@dataclass(frozen=True, slots=True)
class _Family:
    """The names that one family of models gives its parameters and its settings."""

    prefixes: tuple[str, ...]
    layer: str
    """The name of layer ``{n}``."""
    names: tuple[str, ...]
    """In the order of :data:`LAYER_NAMES`."""
    relative: str = ""
    counts_from_padding: bool = False
    keys: tuple[str, str, str] = ("hidden_size", "num_attention_heads", "num_hidden_layers")


_FAMILIES: Mapping[str, _Family] = {
    "bert": _Family(("", "bert."), "encoder.layer.{n}.", _BERT_LAYER),
    "roberta": _Family(("", "roberta."), "encoder.layer.{n}.", _BERT_LAYER, counts_from_padding=True),
    "xlm-roberta": _Family(("", "roberta."), "encoder.layer.{n}.", _BERT_LAYER, counts_from_padding=True),
    "mpnet": _Family(
        ("", "mpnet."),
        "encoder.layer.{n}.",
        _MPNET_LAYER,
        relative="encoder.relative_attention_bias",
        counts_from_padding=True,
    ),
    "distilbert": _Family(
        ("", "distilbert."), "transformer.layer.{n}.", _DISTILBERT_LAYER, keys=("dim", "n_heads", "n_layers")
    ),
}
_BEFORE = {"weight": "gamma", "bias": "beta"}
"""The names of a normalization's parameters in BERT's oldest files."""
_KNOWN_MODULES = ("Transformer", "Pooling", "Normalize")


def read_folder(folder: Path) -> Weights:
    """Read a model as sentence-transformers saves it.

    :param folder: With ``config.json``, ``model.safetensors`` and ``tokenizer.json``; ``modules.json``,
        ``1_Pooling/config.json`` and ``sentence_bert_config.json`` are read if they exist.
    :return: Its parameters in float32.
    :raises EncoderUnavailable: If a file is missing or damaged, or the model is of a family or form that the graph
        builder does not know; the message names the extra that does.
    """
    config = check_readable(folder)
    kind = str(config["model_type"])
    tensors = dict(renamed(_parameters(folder), kind, folder))
    try:
        tokenizer = (folder / "tokenizer.json").read_bytes()
        shape = _shape(folder, config, _FAMILIES[kind], tensors)
    except OSError as error:
        raise EncoderUnavailable(f"{folder / 'tokenizer.json'} cannot be read: {error.strerror}. {_REMEDY}") from error
    except (KeyError, TypeError, ValueError) as error:
        raise EncoderUnavailable(
            f"{folder / 'config.json'} lacks a number ({error}). Fetch the model again."
        ) from error
    missing = [name for name in _needed(shape) if name not in tensors]
    if missing:
        raise EncoderUnavailable(f"{folder} lacks {len(missing)} parameters, as {missing[0]}. Fetch the model again.")
    return Weights(shape, tensors, tokenizer)


def _needed(shape: ModelShape) -> Iterator[str]:
    """Yield the names of the parameters that every graph of a shape reads."""
    yield from ("words.weight", "positions.weight", "embedding_norm.weight", "embedding_norm.bias")
    if shape.relative_buckets:
        yield "relative.weight"
    for n in range(shape.layers):
        for name in LAYER_NAMES:
            yield from (f"layer.{n}.{name}.weight", f"layer.{n}.{name}.bias")


def check_readable(folder: Path) -> dict[str, Any]:
    """Refuse a model that the graph builder does not know or would compute differently.

    :param folder: With ``config.json``.
    :return: What the file holds.
    :raises EncoderUnavailable: Naming what is not known, and the extra that knows it.
    """
    config = _table(folder / "config.json")
    kind = config.get("model_type")
    if kind not in _FAMILIES:
        known = ", ".join(_FAMILIES)
        raise EncoderUnavailable(f"{folder} holds a model of the family {kind!r}; built in are {known}. {_REMEDY}")
    activation = config.get("hidden_act", config.get("activation", "gelu"))
    odd = [] if activation == "gelu" else [f"the activation {activation!r}"]
    if config.get("position_embedding_type", "absolute") != "absolute":
        odd.append("relative position embeddings")
    number = str(config.get("dtype") or config.get("torch_dtype") or "float32")
    if number not in ("float32", "float16", "float64"):
        odd.append(f"numbers of the type {number}")
    if not (folder / "tokenizer.json").is_file():
        odd.append("no tokenizer.json")
    if (folder / "modules.json").is_file():
        names = [str(module.get("type", "")).rsplit(".", 1)[-1] for module in _json(folder / "modules.json")]
        odd += [f"a module {name!r}" for name in names if name not in _KNOWN_MODULES]
    if odd:
        raise EncoderUnavailable(f"{folder} holds a model with {', '.join(odd)}, which is not built in. {_REMEDY}")
    _pooling(folder)
    return config


def _shape(folder: Path, config: Mapping[str, Any], family: _Family, tensors: Tensors) -> ModelShape:
    hidden, heads, layers = (int(config[key]) for key in family.keys)
    first = int(config.get("pad_token_id", 1)) + 1 if family.counts_from_padding else 0
    longest = len(tensors["positions.weight"]) - first
    return ModelShape(
        hidden=hidden,
        heads=heads,
        layers=layers,
        epsilon=float(config.get("layer_norm_eps", 1e-12)),
        pooling=_pooling(folder),
        max_tokens=min(_wanted_length(folder) or longest, longest),
        first_position=first,
        relative_buckets=int(config.get("relative_attention_num_buckets", 32)) if family.relative else 0,
    )


def _pooling(folder: Path) -> Pooling:
    path = folder / "1_Pooling" / "config.json"
    if not path.is_file():
        return Pooling.MEAN
    config = _table(path)
    # A name since sentence-transformers 5; before, one switch each.
    modes = [key for key, value in config.items() if key.startswith("pooling_mode_") and value is True]
    modes += [str(config["pooling_mode"])] if "pooling_mode" in config else []
    if config.get("include_prompt") is False:
        modes.append("without the prompt")
    known = {
        "pooling_mode_mean_tokens": Pooling.MEAN,
        "mean": Pooling.MEAN,
        "pooling_mode_cls_token": Pooling.FIRST,
        "cls": Pooling.FIRST,
    }
    if len(modes) != 1 or modes[0] not in known:
        raise EncoderUnavailable(f"{path} asks for the pooling {', '.join(modes)}, which is not built in. {_REMEDY}")
    return known[modes[0]]


def _wanted_length(folder: Path) -> int:
    """Return the number of tokens at which a text is cut, or 0 if no file says so."""
    # sentence-transformers' own file first; since its version 5, the tokenizer's.
    for name, key in (("sentence_bert_config.json", "max_seq_length"), ("tokenizer_config.json", "model_max_length")):
        path = folder / name
        wanted = _table(path).get(key) if path.is_file() else None
        if wanted:
            return int(wanted)
    return 0


def renamed(found: Tensors, kind: str, folder: Path) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    """Yield a model's parameters under the names of this module.

    :param found: Under the names of its family.
    :param kind: The family, as ``config.json`` calls it.
    :param folder: Their folder, for messages.
    :yield: Name and values in float32.
    :raises EncoderUnavailable: If there is no table of words among them.
    """
    family = _FAMILIES[kind]
    words = "embeddings.word_embeddings.weight"
    prefix = next((p for p in family.prefixes if p + words in found), None)
    if prefix is None:
        raise EncoderUnavailable(f"{folder / 'model.safetensors'} has no {words}. {_REMEDY}")
    table = dict(_EMBEDDINGS)
    if family.relative:
        table["relative"] = family.relative
    n = 0
    while f"{prefix}{family.layer.format(n=n)}{family.names[0]}.weight" in found:
        for ours, theirs in zip(LAYER_NAMES, family.names, strict=True):
            table[f"layer.{n}.{ours}"] = family.layer.format(n=n) + theirs
        n += 1
    for ours, theirs in table.items():
        for part in ("weight", "bias"):
            tensor = found.get(f"{prefix}{theirs}.{part}", found.get(f"{prefix}{theirs}.{_BEFORE[part]}"))
            if tensor is not None:
                yield f"{ours}.{part}", np.asarray(tensor, np.float32)


def _parameters(folder: Path) -> Tensors:
    """Return a model's parameters, from one file or from the several that its index names."""
    index = folder / "model.safetensors.index.json"
    if not index.is_file():
        return _safetensors(folder / "model.safetensors")
    names = {str(name) for name in dict(_table(index).get("weight_map", {})).values()}
    found: dict[str, npt.NDArray[np.float32]] = {}
    for name in sorted(names):
        found.update(_safetensors(folder / Path(name).name))
    return found


def _safetensors(path: Path) -> Tensors:
    from safetensors import SafetensorError  # noqa: PLC0415 — build only
    from safetensors.numpy import load_file  # noqa: PLC0415

    try:
        return load_file(path)
    except FileNotFoundError as error:
        raise EncoderUnavailable(
            f"{path} is missing. Other formats can run code and are not loaded; convert the model to safetensors."
        ) from error
    except (SafetensorError, OSError, TypeError, AttributeError) as error:
        # TypeError, AttributeError: numbers of a type that numpy does not have, such as bfloat16.
        raise EncoderUnavailable(f"{path} cannot be read ({error}). {_REMEDY}") from error


def _table(path: Path) -> dict[str, Any]:
    values = _json(path)
    if not isinstance(values, dict):
        raise EncoderUnavailable(f"{path} cannot be read (it holds no table). Fetch the model again.")
    return values


def _json(path: Path) -> Any:
    try:
        return json.loads(path.read_bytes())
    except (OSError, ValueError) as error:
        raise EncoderUnavailable(f"{path} cannot be read ({error}). Fetch the model again.") from error
