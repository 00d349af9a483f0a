"""Texts to vectors with onnxruntime: what serves questions, without torch or sentence-transformers.

The graphs come from :mod:`kb.retrieval.export`: the whole sentence-transformers pipeline (model, pooling, unit norm) in
one ONNX graph. Documents are encoded exactly (fp32); questions by the int8 graph where it agrees with the exact one.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kb.errors import EncoderUnavailable
from kb.retrieval.files import canonical_json
from kb.types import EmbeddingMatrix, Progress, Vector

if TYPE_CHECKING:
    import onnxruntime

QUERY_GRAPH = "query.onnx"
DOCUMENT_GRAPH = "document.onnx"
TOKENIZER = "tokenizer.json"
CARD = "encoder.json"


@dataclass(frozen=True, slots=True)
class EncoderCard:
    """What an exported encoder is; a version's manifest repeats it."""

    name: str
    """As in the settings."""
    revision: str
    """First 16 hex digits of the SHA-256 over the model's files."""
    recipe: str
    """Version of the export, with the libraries that shape its result."""
    dim: int
    max_tokens: int
    query_precision: str
    """int8 or fp32."""
    query_prefix: str = ""
    document_prefix: str = ""
    inputs: tuple[str, ...] = ("input_ids", "attention_mask", "token_type_ids")

    def to_bytes(self) -> bytes:
        """Return the card as JSON."""
        return canonical_json(asdict(self))

    @classmethod
    def from_bytes(cls, data: bytes) -> EncoderCard:
        """Read a card.

        :param data: As :meth:`to_bytes` gave it.
        :return: The card.
        :raises EncoderUnavailable: If it lacks a field or has one of another version.
        """
        try:
            fields: dict[str, Any] = json.loads(data)
            return cls(**{**fields, "inputs": tuple(fields["inputs"])})
        except (ValueError, TypeError, KeyError) as error:
            raise EncoderUnavailable(f"{CARD} is not readable ({error}). Build again: kb build --full") from error


class GraphEncoder:
    """An exported encoder; safe to share between threads."""

    def __init__(self, card: EncoderCard, tokenizer: bytes, graph: bytes) -> None:
        """Load a graph from bytes that were verified.

        :param card: What the encoder is.
        :param tokenizer: ``tokenizer.json``.
        :param graph: An ONNX graph from :mod:`kb.retrieval.export`.
        :raises EncoderUnavailable: If the tokenizer or the graph cannot be loaded.
        """
        import onnxruntime as ort  # noqa: PLC0415 — 50 ms that 'kb --help' need not wait for
        from tokenizers import Tokenizer  # noqa: PLC0415

        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            self._tokenizer = Tokenizer.from_str(tokenizer.decode())
            self._session: onnxruntime.InferenceSession = ort.InferenceSession(
                graph, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            # Both libraries raise bare Exception subclasses of their own; the cause is kept.
            raise EncoderUnavailable(f"The encoder {card.name!r} cannot be loaded. Build again: kb build") from error
        self._tokenizer.enable_truncation(card.max_tokens)
        self._tokenizer.no_padding()
        # A tokenizer may give more than the network reads, and the exporter leaves out what is never read.
        read = {node.name for node in self._session.get_inputs()}
        self._inputs = tuple(name for name in card.inputs if name in read)
        self.card = card

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.card.dim

    def knows(self, word: str) -> bool:
        """Return whether a word, in lower case, is in the encoder's vocabulary whole."""
        return len(self._tokenizer.encode(word, add_special_tokens=False).ids) == 1

    def encode_query(self, text: str) -> Vector:
        """Encode one query, alone: an int8 result may depend on what shares its batch.

        :param text: Not empty; cut at the encoder's greatest length.
        :return: float32, shape (dim,), unit L2 norm.
        """
        vector: Vector = self._run(self._tokenizer.encode(self.card.query_prefix + text))
        return vector

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Encode texts one by one on every core.

        Alone and with one thread each, a text's vector never depends on the others of the call, to the last bit; and
        for short texts this is quicker than padded batches.

        :param texts: Any number.
        :param progress: Called after each text.
        :return: float32, shape (len(texts), dim), rows of unit L2 norm, in the order of the texts.
        """
        return self._encode_all(self.card.document_prefix, texts, progress)

    def encode_queries(self, texts: Sequence[str]) -> EmbeddingMatrix:
        """Encode many queries, each alone as by :meth:`encode_query`, on every core.

        :param texts: None of them empty.
        :return: float32, shape (len(texts), dim), rows of unit L2 norm, in the order of the texts.
        """
        return self._encode_all(self.card.query_prefix, texts)

    def _encode_all(self, prefix: str, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        matrix = np.zeros((len(texts), self.dim), np.float32)
        encodings = self._tokenizer.encode_batch([prefix + text for text in texts])
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            for n, vector in enumerate(pool.map(self._run, encodings)):
                matrix[n] = vector
                if progress is not None:
                    progress(n + 1, len(texts))
        return matrix

    def feeds(self, text: str) -> dict[str, npt.NDArray[np.int64]]:
        """Return the graph's inputs for one text, by name; each of shape (1, length)."""
        return self._feeds(self._tokenizer.encode(text))

    def _feeds(self, encoding: Any) -> dict[str, npt.NDArray[np.int64]]:
        values = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        return {name: np.asarray([values[name]], np.int64) for name in self._inputs}

    def _run(self, encoding: Any) -> Vector:
        vector: Vector = self._session.run(["embedding"], self._feeds(encoding))[0][0]
        return vector


def query_encoder(files: Mapping[str, bytes]) -> GraphEncoder:
    """Return the encoder of questions from a version's own files."""
    return GraphEncoder(EncoderCard.from_bytes(files[CARD]), files[TOKENIZER], files[QUERY_GRAPH])
