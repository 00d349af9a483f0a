"""Transformers of a few thousand random weights, as files, and the same networks in plain numpy."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from safetensors.numpy import save_file

HIDDEN, HEADS, LAYERS, WIDE, POSITIONS, BUCKETS = 32, 4, 2, 64, 24, 32
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
WORDS = (
    *("bill", "fee", "late", "pay", "autopay", "modem", "query", "passage", ":", ",", "why", "my", "is"),
    *_LETTERS,
    *(f"##{letter}" for letter in _LETTERS),
)
TEXTS = ("why is my bill late", "late fees", "pay", "", "modem", "bill " * 100)

_BERT = {
    "words": "embeddings.word_embeddings",
    "positions": "embeddings.position_embeddings",
    "types": "embeddings.token_type_embeddings",
    "embedding_norm": "embeddings.LayerNorm",
    "query": "encoder.layer.{n}.attention.self.query",
    "key": "encoder.layer.{n}.attention.self.key",
    "value": "encoder.layer.{n}.attention.self.value",
    "attention_out": "encoder.layer.{n}.attention.output.dense",
    "attention_norm": "encoder.layer.{n}.attention.output.LayerNorm",
    "up": "encoder.layer.{n}.intermediate.dense",
    "down": "encoder.layer.{n}.output.dense",
    "norm": "encoder.layer.{n}.output.LayerNorm",
}
_MPNET = _BERT | {
    "query": "encoder.layer.{n}.attention.attn.q",
    "key": "encoder.layer.{n}.attention.attn.k",
    "value": "encoder.layer.{n}.attention.attn.v",
    "attention_out": "encoder.layer.{n}.attention.attn.o",
    "attention_norm": "encoder.layer.{n}.attention.LayerNorm",
    "relative": "encoder.relative_attention_bias",
}
_DISTILBERT = _BERT | {
    "query": "transformer.layer.{n}.attention.q_lin",
    "key": "transformer.layer.{n}.attention.k_lin",
    "value": "transformer.layer.{n}.attention.v_lin",
    "attention_out": "transformer.layer.{n}.attention.out_lin",
    "attention_norm": "transformer.layer.{n}.sa_layer_norm",
    "up": "transformer.layer.{n}.ffn.lin1",
    "down": "transformer.layer.{n}.ffn.lin2",
    "norm": "transformer.layer.{n}.output_layer_norm",
}
NAMES: Mapping[str, Mapping[str, str]] = {
    "bert": _BERT,
    "roberta": _BERT,
    "xlm-roberta": _BERT,
    "mpnet": _MPNET,
    "distilbert": _DISTILBERT,
}
"""What the libraries call each parameter, by the family of the model."""


@dataclass(frozen=True)
class Tiny:
    """A model on disk and its parameters."""

    folder: Path
    kind: str
    tensors: Mapping[str, np.ndarray]
    first_position: int
    epsilon: float
    pooling: str

    def vector(self, ids: list[int]) -> np.ndarray:
        """Return the vector of some tokens, step by step as the papers have it."""
        return network(self, ids)


def tiny_model(folder: Path, kind: str = "bert", pooling: str = "mean", *, prefix: str = "", seed: int = 5) -> Tiny:
    """Write a model of one family; the same arguments write the same bytes.

    :param folder: Made here.
    :param kind: A key of :data:`NAMES`.
    :param pooling: ``mean`` or ``cls``.
    :param prefix: Before the name of every parameter, as a model with a head writes them.
    :param seed: Of the weights.
    """
    first = 2 if kind in ("roberta", "xlm-roberta", "mpnet") else 0
    special = ["<s>", "<pad>", "</s>", "<unk>"] if first else ["[PAD]", "[UNK]", "[CLS]", "[SEP]"]
    tensors = _tensors(kind, len(special) + len(WORDS), first, np.random.default_rng(seed))
    folder.mkdir(parents=True)
    (folder / "1_Pooling").mkdir()
    save_file(
        {f"{prefix}{_theirs(kind, name)}": value for name, value in tensors.items()}, folder / "model.safetensors"
    )
    config = {
        "model_type": kind,
        "hidden_size": HIDDEN,
        "num_attention_heads": HEADS,
        "num_hidden_layers": LAYERS,
        "intermediate_size": WIDE,
        "max_position_embeddings": POSITIONS + first,
        "vocab_size": len(special) + len(WORDS),
        "type_vocab_size": 1 if first else 2,
        "layer_norm_eps": 1e-12 if kind == "distilbert" else 1e-5,
        "hidden_act": "gelu",
        "pad_token_id": 1 if first else 0,
    }
    if kind == "distilbert":
        config |= {"dim": HIDDEN, "n_heads": HEADS, "n_layers": LAYERS, "hidden_dim": WIDE, "activation": "gelu"}
    if kind == "mpnet":
        config["relative_attention_num_buckets"] = BUCKETS
    modes = {"pooling_mode_mean_tokens": pooling == "mean", "pooling_mode_cls_token": pooling == "cls"}
    for name, values in {"config.json": config, "1_Pooling/config.json": modes}.items():
        (folder / name).write_text(json.dumps(values))
    (folder / "tokenizer.json").write_text(_tokenizer(special))
    return Tiny(folder, kind, tensors, first, float(config["layer_norm_eps"]), pooling)


def change(path: Path, **values: object) -> None:
    """Change some values of a JSON file; None takes a key out."""
    old = json.loads(path.read_text()) if path.is_file() else {}
    path.write_text(json.dumps({key: value for key, value in {**old, **values}.items() if value is not None}))


def _theirs(kind: str, name: str) -> str:
    """Return what a family calls a parameter of ours."""
    *place, which, part = name.split(".")
    return NAMES[kind][which].format(n=place[-1] if place else "") + f".{part}"


def _tensors(kind: str, n_words: int, first: int, random: np.random.Generator) -> dict[str, np.ndarray]:
    def normal(*shape: int, size: float = 0.4) -> np.ndarray:
        return (random.standard_normal(shape) * size).astype(np.float32)

    found = {"words.weight": normal(n_words, HIDDEN), "positions.weight": normal(POSITIONS + first, HIDDEN)}
    if kind in ("bert", "roberta", "xlm-roberta"):
        found["types.weight"] = normal(1 if first else 2, HIDDEN)
    if kind == "mpnet":
        found["relative.weight"] = normal(BUCKETS, HEADS, size=1.0)
    norms = ["embedding_norm"]
    for n in range(LAYERS):
        norms += [f"layer.{n}.attention_norm", f"layer.{n}.norm"]
        sizes = dict.fromkeys(("query", "key", "value", "attention_out"), (HIDDEN, HIDDEN))
        for name, (rows, columns) in {**sizes, "up": (WIDE, HIDDEN), "down": (HIDDEN, WIDE)}.items():
            found[f"layer.{n}.{name}.weight"] = normal(rows, columns)
            found[f"layer.{n}.{name}.bias"] = normal(rows)
    for name in norms:
        found[f"{name}.weight"], found[f"{name}.bias"] = 1 + normal(HIDDEN, size=0.2), normal(HIDDEN)
    return found


def _tokenizer(special: list[str]) -> str:
    """Return a tokenizer's JSON, cutting and padding as the files of many models ask for, which must not matter."""
    from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

    vocabulary = {word: n for n, word in enumerate([*special, *WORDS])}
    begin, end, unknown = ("<s>", "</s>", "<unk>") if special[0] == "<s>" else ("[CLS]", "[SEP]", "[UNK]")
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=unknown))
    tokenizer.normalizer = normalizers.BertNormalizer(lowercase=True)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.BertProcessing((end, vocabulary[end]), (begin, vocabulary[begin]))
    tokenizer.enable_truncation(8)
    tokenizer.enable_padding(length=8, pad_id=vocabulary["<pad>" if special[0] == "<s>" else "[PAD]"])
    text: str = tokenizer.to_str()
    return text


# ------------------------------------------------------------------------------------------- the network


def network(model: Tiny, ids: list[int]) -> np.ndarray:
    """Return the unit vector of one text's tokens."""
    t = {name: value.astype(np.float64) for name, value in model.tensors.items()}
    n = len(ids)
    hidden = t["words.weight"][ids] + t["positions.weight"][model.first_position : model.first_position + n]
    if "types.weight" in t:
        hidden = hidden + t["types.weight"][0]
    hidden = _norm(hidden, t, "embedding_norm", model.epsilon)
    for layer in range(LAYERS):
        at = f"layer.{layer}"
        query, key, value = (_heads(_dense(hidden, t, f"{at}.{name}")) for name in ("query", "key", "value"))
        scores = query @ key.transpose(0, 2, 1) / math.sqrt(HIDDEN // HEADS)
        if "relative.weight" in t:
            buckets = [[_bucket(k - q) for k in range(n)] for q in range(n)]
            scores = scores + t["relative.weight"][np.array(buckets)].transpose(2, 0, 1)
        scores = np.exp(scores - scores.max(axis=-1, keepdims=True))
        attended = (scores / scores.sum(axis=-1, keepdims=True)) @ value
        attended = attended.transpose(1, 0, 2).reshape(n, HIDDEN)
        hidden = _norm(hidden + _dense(attended, t, f"{at}.attention_out"), t, f"{at}.attention_norm", model.epsilon)
        up = _dense(hidden, t, f"{at}.up")
        up = up * 0.5 * (1 + np.vectorize(math.erf)(up / math.sqrt(2)))
        hidden = _norm(hidden + _dense(up, t, f"{at}.down"), t, f"{at}.norm", model.epsilon)
    vector = hidden[0] if model.pooling == "cls" else hidden.mean(axis=0)
    return vector / np.linalg.norm(vector)


def _dense(tensor: np.ndarray, t: Mapping[str, np.ndarray], name: str) -> np.ndarray:
    return tensor @ t[f"{name}.weight"].T + t[f"{name}.bias"]


def _heads(tensor: np.ndarray) -> np.ndarray:
    return tensor.reshape(len(tensor), HEADS, HIDDEN // HEADS).transpose(1, 0, 2)


def _norm(tensor: np.ndarray, t: Mapping[str, np.ndarray], name: str, epsilon: float) -> np.ndarray:
    centred = tensor - tensor.mean(axis=-1, keepdims=True)
    deviation = np.sqrt((centred**2).mean(axis=-1, keepdims=True) + epsilon)
    return centred / deviation * t[f"{name}.weight"] + t[f"{name}.bias"]


def _bucket(distance: int) -> int:
    """Return MPNet's bucket of a key's distance from its query: 8 exact ones each way, then by the logarithm."""
    side, size = (BUCKETS // 2 if distance > 0 else 0), abs(distance)
    if size < BUCKETS // 4:
        return side + size
    far = BUCKETS // 4 + int(math.log(size / 8) / math.log(128 / 8) * (BUCKETS // 4))
    return side + min(far, BUCKETS // 2 - 1)
