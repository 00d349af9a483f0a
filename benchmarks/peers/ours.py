"""This project's own search, as used by ``kb build`` and ``kb ask``, with each of its encoders."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.peers.base import Ranker, Shelf, System, Workshop
from kb import __version__
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import JudgedResult, run
from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.encoder.models import BEST, QUICK


def shipped(shelf: Shelf, shop: Workshop) -> Ranker:
    """Ask the index of the encoder in the settings."""
    return _asked(shop, shelf, "")


def quick(shelf: Shelf, shop: Workshop) -> Ranker:
    """Ask the index of the quick encoder, which serves until the best one is built."""
    return _asked(shop, shelf, QUICK)


def _asked(shop: Workshop, shelf: Shelf, encoder: str) -> Ranker:
    answerer = IndexAnswerer(shop.index(shelf, encoder))

    def rank(judged: Sequence[Judged]) -> list[JudgedResult]:
        return list(run(answerer, judged).results)

    return rank


def _own(name: str, about: str, ranker: Callable[[Shelf, Workshop], Ranker]) -> System:
    return System(name, about, "", ranker, is_probability=True, label=lambda: f"kb {__version__}")


SYSTEMS = (
    _own("kb", f"as shipped ({BEST}): thresholds certified by the build", shipped),
    _own("kb fast", f"the same with the quick encoder (encoder: {QUICK})", quick),
)
