"""Encodes texts through the cache, so that each text is encoded once. Build time only.

Units, the questions of trial runs and the questions that ``kb impact`` asks of both sides all use one
:class:`CachedEncoder`. A model is loaded only when a text arrives that it has not encoded yet. Vectors are cached per
model, so that an encoder that joins models reuses what each has encoded.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from functools import cached_property

import numpy as np

from kb.retrieval.build.vector_cache import Key, VectorCache, key_of
from kb.retrieval.encoder.card import EncoderCard
from kb.retrieval.encoder.prepare import PreparedEncoder
from kb.retrieval.encoder.serving import GraphEncoder, PartFiles, joined
from kb.types import EmbeddingMatrix, Progress, Vector

_PORTION = 512
"""Number of texts after which vectors are saved; an interrupted first build continues from there."""
_WAITING = 64
"""Number of single questions that are saved together."""


class CachedEncoder:
    """An encoder with a cache; safe to share between threads."""

    def __init__(self, prepared: PreparedEncoder, cache: VectorCache, *, fresh: bool = False) -> None:
        """Wrap a prepared encoder.

        :param prepared: The encoder; its graphs are loaded when they are needed.
        :param cache: Earlier vectors, and the place for new ones.
        :param fresh: Use no cached vector but those that this object has encoded itself.
        """
        self.prepared = prepared
        self._parts = tuple(_CachedPart(part, cache, fresh=fresh) for part in prepared.parts)

    @property
    def card(self) -> EncoderCard:
        """The encoder's card."""
        return self.prepared.card

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.card.dim

    @property
    def encoded(self) -> int:
        """Number of texts encoded so far, by the model with the most work."""
        return max(part.encoded for part in self._parts)

    def knows(self, word: str) -> bool:
        """Return whether a word, in lower case, is in the vocabulary of one of the models as a whole."""
        return any(part.knows(word) for part in self._parts)

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Return the vectors of passages, titles and examples.

        :param texts: Any number; a repeated text is encoded once.
        :param progress: Called with the number of unknown texts encoded, over all models.
        :return: float32, shape (len(texts), dim), rows of unit L2 norm, in the order of the texts.
        """
        return self._encode("document", texts, progress)

    def encode_queries(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Return the vectors of questions, like :meth:`encode_query`.

        :param texts: Any number; a repeated text is encoded once.
        :param progress: Called with the number of unknown texts encoded, over all models.
        :return: float32, shape (len(texts), dim), rows of unit L2 norm, in the order of the texts.
        """
        return self._encode("query", texts, progress)

    def encode_query(self, text: str) -> Vector:
        """Return one question's vector: float32, shape (dim,), unit L2 norm."""
        return joined([part.encode_query(text) for part in self._parts])

    def encode_uncached(self, texts: Sequence[str]) -> EmbeddingMatrix:
        """Return questions' vectors as this machine computes them, without the cache."""
        return joined([part.encode_uncached(texts) for part in self._parts])

    def flush(self) -> None:
        """Save the vectors of single questions that are still waiting."""
        for part in self._parts:
            part.flush()

    def lend(self, vectors: Mapping[str, Vector]) -> None:
        """Add vectors of documents that this encoder computed earlier.

        :param vectors: By the text that was encoded.
        """
        start, scale = 0, np.float32(np.sqrt(len(self._parts)))
        for part in self._parts:
            end = start + part.dim
            part.lend({text: vector[start:end] * scale for text, vector in vectors.items()})
            start = end

    def unknown(self, texts: Sequence[str]) -> list[str]:
        """Return the documents that would have to be encoded, longest first, each once."""
        found = {text for part in self._parts for text in part.unknown("document", texts)}
        return _longest_first(list(found))

    def _encode(self, role: str, texts: Sequence[str], progress: Progress | None) -> EmbeddingMatrix:
        counted = progress and _Counted(progress, sum(len(part.unknown(role, texts)) for part in self._parts))
        return joined([part.encode(role, texts, counted) for part in self._parts])


class _Counted:
    """A sum of the progress of several models."""

    def __init__(self, progress: Progress, total: int) -> None:
        self._progress = progress
        self._total = total
        self._done = 0

    def __call__(self, _done: int, _total: int) -> None:
        self._done += 1
        self._progress(self._done, self._total)


class _CachedPart:
    """One model with a cache."""

    def __init__(self, files: PartFiles, cache: VectorCache, *, fresh: bool) -> None:
        self._files = files
        self.encoded = 0
        self._cache = cache
        self._fresh = fresh
        self._known: dict[Key, Vector] = {}
        self._waiting: dict[Key, Vector] = {}
        self._lock = threading.Lock()

    @property
    def dim(self) -> int:
        return self._files.card.dim

    @cached_property
    def _model(self) -> GraphEncoder:
        return GraphEncoder(self._files)

    def knows(self, word: str) -> bool:
        return self._model.knows(word)

    def encode_query(self, text: str) -> Vector:
        key = self._key("query", text)
        vector = self._known.get(key)
        if vector is None:
            self._remember([key])
            vector = self._known.get(key)
        if vector is None:
            vector = self._model.encode_query(text)
            with self._lock:
                self.encoded += 1
                self._known[key] = self._waiting[key] = vector
            if len(self._waiting) >= _WAITING:
                self.flush()
        return vector

    def encode_uncached(self, texts: Sequence[str]) -> EmbeddingMatrix:
        return self._model.encode_queries(texts)

    def flush(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, {}
        self._cache.store(waiting)

    def lend(self, vectors: Mapping[str, Vector]) -> None:
        if not self._fresh:
            self._known.update({self._key("document", text): vector for text, vector in vectors.items()})

    def unknown(self, role: str, texts: Sequence[str]) -> list[str]:
        keys = {self._key(role, text): text for text in texts}
        self._remember(list(keys))
        return [text for key, text in keys.items() if key not in self._known]

    def encode(self, role: str, texts: Sequence[str], progress: Progress | None) -> EmbeddingMatrix:
        # Longest first: the workers finish together, and the remaining time is never underestimated.
        new = _longest_first(self.unknown(role, texts))
        for start in range(0, len(new), _PORTION):
            some = new[start : start + _PORTION]
            found = {
                self._key(role, t): row.copy() for t, row in zip(some, self._rows(role, some, progress), strict=True)
            }
            with self._lock:
                self.encoded += len(some)
            self._known.update(found)
            self._cache.store(found)
        if not texts:
            return np.zeros((0, self.dim), np.float32)
        return np.stack([self._known[self._key(role, text)] for text in texts])

    def _rows(self, role: str, texts: Sequence[str], progress: Progress | None) -> EmbeddingMatrix:
        if role == "query":
            return self._model.encode_queries(texts, progress)
        return self._model.encode_documents(texts, progress)

    def _key(self, role: str, text: str) -> Key:
        side = "" if self._files.card.is_alike else role
        return key_of(f"{self._files.card.graph} {self._files.card.query_prefix} {side}".encode(), text)

    def _remember(self, keys: Sequence[Key]) -> None:
        """Load the vectors that the cache has."""
        if not self._fresh:
            self._known.update(self._cache.load([key for key in keys if key not in self._known]))


def _longest_first(texts: list[str]) -> list[str]:
    return sorted(texts, key=lambda text: (-len(text), text))
