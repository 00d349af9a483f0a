"""Texts to vectors through the cache: each text once, whoever needs it. Build time only.

Units, questions on trial and the questions that ``kb impact`` asks of both sides all go through one
:class:`CachedEncoder`. The model itself is loaded when the first text comes that is not known.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from kb.retrieval.encoder import GraphEncoder
from kb.retrieval.export import ExportedEncoder
from kb.retrieval.files import sha256
from kb.retrieval.vector_cache import Key, VectorCache, key_of
from kb.types import EmbeddingMatrix, Progress, Vector

_PORTION = 512
"""Texts after which vectors are kept: a first build that is interrupted goes on from there."""
_WAITING = 64
"""Single questions that wait to be kept together."""


class CachedEncoder:
    """An encoder that remembers; safe to share between threads."""

    def __init__(self, exported: ExportedEncoder, cache: VectorCache, *, fresh: bool = False) -> None:
        """Wrap an exported encoder.

        :param exported: What encodes; its graphs are loaded when they are needed.
        :param cache: What was encoded before, and will be kept.
        :param fresh: Take no vector from the cache, only what this object has encoded itself.
        """
        self.exported = exported
        self.encoded = 0
        """Texts encoded so far."""
        self._cache = cache
        self._fresh = fresh
        self._known: dict[Key, Vector] = {}
        self._waiting: dict[Key, Vector] = {}
        self._lock = threading.Lock()

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.exported.card.dim

    @cached_property
    def identity(self) -> str:
        """A digest of everything that decides what the encoder gives."""
        graphs = [sha256(self.exported.query_graph)]
        graphs.append(graphs[0] if self._is_alike else sha256(self.exported.document_graph))
        return sha256(self.exported.card.to_bytes() + " ".join(graphs).encode())

    def knows(self, word: str) -> bool:
        """Return whether a word, in lower case, is in the encoder's vocabulary whole."""
        return self._queries.knows(word)

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Return the vectors of passages, titles and examples.

        :param texts: Any number; one that stands twice is encoded once.
        :param progress: Told how many of the unknown texts are encoded.
        :return: float32, shape (len(texts), dim), rows of unit L2 norm, in the order of the texts.
        """
        return self._encode("document", texts, progress)

    def encode_queries(self, texts: Sequence[str]) -> EmbeddingMatrix:
        """Return the vectors of questions, as :meth:`encode_query` gives them.

        :param texts: Any number, none of them empty; one that stands twice is encoded once.
        :return: float32, shape (len(texts), dim), rows of unit L2 norm, in the order of the texts.
        """
        return self._encode("query", texts, None)

    def encode_query(self, text: str) -> Vector:
        """Return one question's vector: float32, shape (dim,), unit L2 norm."""
        key = self._key("query", text)
        vector = self._known.get(key)
        if vector is None:
            self._remember([key])
            vector = self._known.get(key)
        if vector is None:
            vector = self._queries.encode_query(text)
            with self._lock:
                self.encoded += 1
                self._known[key] = self._waiting[key] = vector
            if len(self._waiting) >= _WAITING:
                self.flush()
        return vector

    def flush(self) -> None:
        """Keep the vectors of single questions that still wait."""
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        self._cache.store(waiting)

    def lend(self, vectors: Mapping[str, Vector]) -> None:
        """Take over vectors of documents that this very encoder has given earlier.

        :param vectors: By the text that was encoded.
        """
        if not self._fresh:
            self._known.update({self._key("document", text): vector for text, vector in vectors.items()})

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """Return the documents that would have to be encoded, longest first, each once."""
        keys = {self._key("document", text): text for text in texts}
        self._remember(list(keys))
        return _longest_first([text for key, text in keys.items() if key not in self._known])

    # ------------------------------------------------------------------------------------------ the insides

    @cached_property
    def _queries(self) -> GraphEncoder:
        return self._documents if self._is_alike else self.exported.queries()

    @cached_property
    def _documents(self) -> GraphEncoder:
        return self.exported.documents()

    @cached_property
    def _is_alike(self) -> bool:
        return self.exported.is_alike  # compares two graphs, byte by byte: once is enough

    def _key(self, role: str, text: str) -> Key:
        side = "" if self._is_alike else role
        return key_of(f"{self.identity} {side}".encode(), text)

    def _remember(self, keys: Sequence[Key]) -> None:
        """Take from the cache what it has."""
        if not self._fresh:
            self._known.update(self._cache.load([key for key in keys if key not in self._known]))

    def _encode(self, role: str, texts: Sequence[str], progress: Progress | None) -> EmbeddingMatrix:
        keys = [self._key(role, text) for text in texts]
        self._remember(keys)
        missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        # Longest first: the workers end together, and the time that is left is never underrated.
        new = _longest_first(list(missing.values()))
        for start in range(0, len(new), _PORTION):
            some = new[start : start + _PORTION]
            rows = self._rows(role, some, progress and _shifted(progress, start, len(new)))
            found = {self._key(role, text): row.copy() for text, row in zip(some, rows, strict=True)}
            with self._lock:
                self.encoded += len(some)
            self._known.update(found)
            self._cache.store(found)
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._known[key] for key in keys])

    def _rows(self, role: str, texts: Sequence[str], progress: Progress | None) -> EmbeddingMatrix:
        if role == "query":
            return self._queries.encode_queries(texts)
        return self._documents.encode_documents(texts, progress)


def _longest_first(texts: list[str]) -> list[str]:
    return sorted(texts, key=lambda text: (-len(text), text))


def _shifted(progress: Progress, done: int, total: int) -> Progress:
    return lambda n, _: progress(done + n, total)
