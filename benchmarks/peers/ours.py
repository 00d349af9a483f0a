"""This project's own search, as ``kb build`` and ``kb ask`` give it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from benchmarks.peers.base import Ranker, Shelf, System, Workshop
from kb import __version__
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import Result, run
from kb.retrieval.answerer import IndexAnswerer
from kb.types import EmbeddingMatrix, Progress, Vector


@dataclass(frozen=True)
class Remembered:
    """The exact encoder, for questions that other systems may have encoded already."""

    shop: Workshop

    @property
    def dim(self) -> int:
        """Length of a vector."""
        return self.shop.exact.dim

    def encode_query(self, text: str) -> Vector:
        """Return a question's vector."""
        return self.shop.question(text)

    def encode_queries(self, texts: Sequence[str]) -> EmbeddingMatrix:
        """Return questions' vectors."""
        return np.stack([self.shop.question(text) for text in texts])

    def encode_documents(self, texts: Sequence[str], progress: Progress | None = None) -> EmbeddingMatrix:
        """Return texts' vectors."""
        return self.shop.exact.encode_documents(texts, progress)


def shipped(shelf: Shelf, shop: Workshop) -> Ranker:
    """Ask the index with its own encoder."""
    return _asked(IndexAnswerer(shop.index(shelf)))


def exact(shelf: Shelf, shop: Workshop) -> Ranker:
    """Ask the same index, questions encoded without quantisation."""
    return _asked(IndexAnswerer(replace(shop.index(shelf), encoder=Remembered(shop))))


def _asked(answerer: IndexAnswerer) -> Ranker:
    def rank(judged: Sequence[Judged]) -> list[Result]:
        return list(run(answerer, judged).results)

    return rank


def _own(name: str, about: str, ranker: Callable[[Shelf, Workshop], Ranker]) -> System:
    return System(name, about, "", ranker, is_probability=True, label=lambda: f"kb {__version__}")


SYSTEMS = (
    _own("kb", "as shipped: int8 questions, thresholds certified by the build", shipped),
    _own("kb fp32", "the same index, questions encoded exactly", exact),
)
