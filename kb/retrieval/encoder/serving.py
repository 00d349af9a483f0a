"""Encodes texts with onnxruntime when serving, without torch or sentence-transformers.

A graph holds a whole model: layers, pooling, unit norm. Several models may be joined: their vectors are concatenated,
so that the cosine of two joined vectors is the mean of the models' cosines. Questions and documents use the same
graphs.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder.card import CARD, EncoderCard, PartCard, graph_file, tokenizer_file
from kb.retrieval.encoder.mapped import without_constants
from kb.types import EmbeddingMatrix, Progress, Vector

if TYPE_CHECKING:
    import onnxruntime

_OUTPUT = "embedding"


@dataclass(frozen=True, slots=True)
class PartFiles:
    """One model of an encoder, as verified bytes."""

    card: PartCard
    tokenizer: bytes
    graph: bytes
    folder: Path | None = None
    """Holds what the graph refers to; None for a graph that is whole."""


class GraphEncoder:
    """One model; safe to share between threads."""

    def __init__(self, files: PartFiles) -> None:
        """Load a graph from verified bytes.

        :param files: The card, the tokenizer and the graph.
        :raises EncoderUnavailable: If the tokenizer or the graph cannot be loaded.
        """
        import onnxruntime as ort  # noqa: PLC0415 — 50 ms that 'kb --help' can do without
        from tokenizers import Tokenizer  # noqa: PLC0415

        card = files.card
        options = ort.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        if files.folder is not None:
            options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(files.folder))
        if card.is_tuned:
            options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
        try:
            self._tokenizer = Tokenizer.from_str(files.tokenizer.decode())
            self._session: onnxruntime.InferenceSession = ort.InferenceSession(
                files.graph, options, providers=["CPUExecutionProvider"]
            )
        except Exception as error:
            # Both libraries raise their own bare subclasses of Exception; the cause is kept.
            raise EncoderUnavailable(f"The encoder {card.name!r} cannot be loaded. Build again: kb build") from error
        self._tokenizer.enable_truncation(card.max_tokens)
        self._tokenizer.no_padding()
        # A tokenizer may give more inputs than the network reads, and exporters leave out those that are never read.
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

    def tokens(self, text: str) -> list[int]:
        """Return the ids of a text's tokens, special tokens included, no prefix added."""
        ids: list[int] = self._tokenizer.encode(text).ids
        return ids

    def everything(self, text: str) -> list[npt.NDArray[np.float32]]:
        """Return every output of the graph for one text, the vector first; graphs for measuring have several."""
        names = [_OUTPUT, *(node.name for node in self._session.get_outputs() if node.name != _OUTPUT)]
        found: list[npt.NDArray[np.float32]] = self._session.run(names, self._feeds(self._tokenizer.encode(text)))
        return found

    def encode_query(self, text: str) -> Vector:
        """Encode one query.

        :param text: Cut at the encoder's greatest length.
        :return: float32, shape (dim,), unit L2 norm.
        """
        return self._run(self._tokenizer.encode(self.card.query_prefix + text))

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Encode texts one by one on every core.

        Alone and with one thread each, a text's vector does not depend on the other texts of the call, to the last bit;
        for short texts this is as fast as padded batches.

        :param texts: Any number.
        :param progress: Called after each text.
        :return: float32, shape (len(texts), dim), rows of unit L2 norm, in the order of the texts.
        """
        return self._encode_all(self.card.document_prefix, texts, progress)

    def encode_queries(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Encode many queries, each alone as by :meth:`encode_query`, on every core.

        :param texts: Any number.
        :param progress: Called after each text.
        :return: float32, shape (len(texts), dim), rows of unit L2 norm, in the order of the texts.
        """
        return self._encode_all(self.card.query_prefix, texts, progress)

    def _encode_all(self, prefix: str, texts: Sequence[str], progress: Progress | None) -> EmbeddingMatrix:
        matrix = np.zeros((len(texts), self.dim), np.float32)
        encodings = self._tokenizer.encode_batch([prefix + text for text in texts])
        # Longest first, so that no core is left with a long text at the end.
        order = sorted(range(len(texts)), key=lambda n: -len(encodings[n].ids))
        with ThreadPoolExecutor(max_workers=os.cpu_count() or 1) as pool:
            for done, (n, vector) in enumerate(
                zip(order, pool.map(self._run, (encodings[n] for n in order)), strict=True)
            ):
                matrix[n] = vector
                if progress is not None:
                    progress(done + 1, len(texts))
        return matrix

    def _run(self, encoding: Any) -> Vector:
        vector: Vector = self._session.run([_OUTPUT], self._feeds(encoding))[0][0]
        return vector

    def _feeds(self, encoding: Any) -> dict[str, npt.NDArray[np.int64]]:
        values = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        return {name: np.asarray([values[name]], np.int64) for name in self._inputs}


class JoinedEncoder:
    """One or several models whose vectors are concatenated; safe to share between threads."""

    def __init__(self, card: EncoderCard, parts: Sequence[GraphEncoder]) -> None:
        """Join models that were loaded.

        :param card: The card of all of them.
        :param parts: In the order of the card.
        """
        self.card = card
        self.parts = tuple(parts)

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.card.dim

    def knows(self, word: str) -> bool:
        """Return whether a word, in lower case, is in the vocabulary of one of the models as a whole."""
        return any(part.knows(word) for part in self.parts)

    def encode_query(self, text: str) -> Vector:
        """Encode one query.

        :param text: Cut at each model's greatest length.
        :return: float32, shape (dim,), unit L2 norm.
        """
        return joined([part.encode_query(text) for part in self.parts])

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Encode texts on every core; see :meth:`GraphEncoder.encode_documents`."""
        return joined([part.encode_documents(texts, self._share(progress, n)) for n, part in enumerate(self.parts)])

    def encode_queries(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Encode many queries on every core; see :meth:`GraphEncoder.encode_queries`."""
        return joined([part.encode_queries(texts, self._share(progress, n)) for n, part in enumerate(self.parts)])

    def _share(self, progress: Progress | None, part: int) -> Progress | None:
        """Return a receiver that counts a part's texts as a share of all the work."""
        if progress is None:
            return None
        n_parts = len(self.parts)
        return lambda done, total: progress((part * total + done) // n_parts, total)


def joined(vectors: Sequence[npt.NDArray[np.float32]]) -> npt.NDArray[np.float32]:
    """Return the vectors of several models as one, of unit L2 norm if each has it.

    :param vectors: One array per model, each of shape (dim,) or (n, dim).
    :return: float32, concatenated along the last axis.
    """
    if len(vectors) == 1:
        return vectors[0]
    return np.concatenate(vectors, axis=-1) / np.float32(np.sqrt(len(vectors)))


def load_encoder(files: Mapping[str, bytes], on_disk: Mapping[str, Path] | None = None) -> JoinedEncoder:
    """Return the encoder of a version's own files.

    :param files: By name; verified.
    :param on_disk: Graphs that are not among them, since they need not be read into memory; verified as well.
    :return: Ready to encode.
    :raises EncoderUnavailable: If a file is missing or cannot be loaded.
    """
    card = EncoderCard.from_bytes(files[CARD])
    try:
        parts = [_part(part, files, on_disk or {}) for part in card.parts]
    except KeyError as error:
        raise EncoderUnavailable(f"The encoder {card.name!r} lacks {error}. Build again: kb build --full") from error
    with ThreadPoolExecutor(max_workers=len(parts)) as pool:  # half a second each, mostly without the GIL
        return JoinedEncoder(card, list(pool.map(GraphEncoder, parts)))


def _part(card: PartCard, files: Mapping[str, bytes], on_disk: Mapping[str, Path]) -> PartFiles:
    name = graph_file(card)
    tokenizer = files[tokenizer_file(card)]
    if name not in on_disk:
        return PartFiles(card, tokenizer, files[name])
    path = on_disk[name].resolve()
    return PartFiles(card, tokenizer, without_constants(path), path.parent)
