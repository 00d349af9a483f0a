"""The graphs against vectors of the models themselves, kept as data: see tests/data/reference/README.md."""

from __future__ import annotations

import json
from dataclasses import replace

import numpy as np
import pytest

from kb.common.files import sha256
from kb.retrieval.encoder.card import PartCard
from kb.retrieval.encoder.models import KNOWN
from kb.retrieval.encoder.packages import folder_of
from kb.retrieval.encoder.prepare import built, prepared_encoder
from kb.retrieval.encoder.serving import GraphEncoder
from kb.retrieval.encoder.weights import Weights
from kb.settings.settings import Settings
from tests.retrieval.encoder.fetched import needs
from tests.support import ROOT

FOLDER = ROOT / "tests/data/reference"
TEXTS: list[str] = json.loads((FOLDER / "texts.json").read_text("utf-8"))
WHOLE = [n for n, text in enumerate(TEXTS) if len(text) < 1000]
"""Texts that no model cuts."""
N_SPECIAL = 24
"""The last texts: other languages and scripts, signs, nothing at all."""


def reference(name: str) -> np.ndarray:
    """Return the vectors that are kept, rows of unit L2 norm."""
    rows = np.load(FOLDER / f"{name}.npy", allow_pickle=False).astype(np.float32)
    return rows / np.linalg.norm(rows, axis=1, keepdims=True)


def weights_of(name: str) -> Weights:
    """Return a packaged model, or skip where it is not here."""
    needs(name)
    return KNOWN[name].read(folder_of(name, Settings().cache))


def exact(name: str) -> GraphEncoder:
    """Return a model's exact graph, built now, since the cache keeps only graphs that are served."""
    known = KNOWN[name]
    card = PartCard(name, "", "", 0, 0, "fp32", "", known.prefix, known.prefix)
    return GraphEncoder(built(weights_of(name), card, is_centred=known.is_centred))


def small(name: str) -> GraphEncoder:
    """Return the graph that is served, from the user's cache or made now."""
    needs(name)
    (part,) = prepared_encoder(Settings(encoder=name)).load().parts
    return part


def cosines(encoder: GraphEncoder, name: str, rows: list[int]) -> np.ndarray:
    """Return how near the encoder's vectors are to the reference, text by text."""
    found = encoder.encode_queries([TEXTS[n] for n in rows])
    return (found * reference(name)[rows]).sum(axis=1)


@pytest.mark.slow
@pytest.mark.parametrize("name", KNOWN)
def test_the_exact_graph_gives_the_model_s_own_vectors(name):
    """Every text: cut ones, empty ones, other scripts, what looks like a token."""
    rows = list(range(len(TEXTS)))
    found = cosines(exact(name), name, rows if name != "mpnet" else [*rows[::4], *rows[-N_SPECIAL:]])
    assert found.mean() >= 0.9999
    assert found.min() >= 0.9999


@pytest.mark.parametrize("name", KNOWN)
def test_the_small_graph_is_near_them(name):
    """Mean cosine at least .995, none below .98, whatever the language."""
    found = cosines(small(name), name, WHOLE)
    assert found.mean() >= 0.995
    assert found.min() >= 0.98


@pytest.mark.parametrize("name", ["e5", "mpnet"])
def test_another_kind_of_processor_gives_the_same_vectors(name):
    """Recorded with AVX2 kernels, compared on whatever runs this; a value between two integers may go either way."""
    recorded = reference(f"{name}-small-avx2")
    found = small(name).encode_queries(TEXTS[: len(recorded)])
    same = (found * recorded).sum(axis=1)
    assert same.mean() >= 0.9999
    assert same.min() >= 0.998


def test_meaning_is_nearer_than_words():
    """The quick encoder knows that two sentences without a common word mean the same, in two languages."""
    a, b, c, d = small("e5").encode_documents(
        [
            "my invoice went up",
            "the monthly statement is higher than before",
            "how to bake bread at home",
            "mi factura subió",
        ]
    )
    assert min(a @ b, a @ d) > a @ c + 0.2


def test_the_best_encoder_is_both():
    """Joined, each at its share: half the cosine of either."""
    needs("e5", "mpnet")
    encoder = prepared_encoder(Settings(encoder="auto")).load()
    assert (encoder.card.name, encoder.dim) == ("e5+mpnet", 1152)
    assert [(p.name, p.dim, p.max_tokens, p.query_prefix) for p in encoder.card.parts] == [
        ("e5", 384, 512, "query: "),
        ("mpnet", 768, 384, ""),
    ]
    assert encoder.card.is_alike
    late, fee, bread = encoder.encode_documents(
        ["why is there a late fee on my bill", "they charged me for paying after the due date", "how do I bake bread"]
    )
    assert late @ fee > late @ bread + 0.3
    shares = [part.encode_query(TEXTS[0]) for part in encoder.parts]
    assert encoder.encode_query(TEXTS[0])[:384] @ shares[0] == pytest.approx(np.sqrt(0.5), abs=1e-5)


@pytest.mark.parametrize("name", KNOWN)
def test_the_small_graphs_are_small(name):
    """What a version carries."""
    needs(name)
    (part,) = prepared_encoder(Settings(encoder=name)).parts
    limit = {"e5": 68_000_000, "mpnet": 112_000_000, "minilm": 24_000_000, "bge": 35_000_000}[name]
    assert len(part.graph) < limit
    assert part.card.graph == sha256(part.tokenizer + part.graph)[:16]
    assert replace(part.card, graph="").precision == "int8"


def test_the_reference_is_of_these_texts():
    """A row for every text, of unit length; the texts are many, and each is there once."""
    assert len(TEXTS) == len(set(TEXTS)) > 200
    assert "" in TEXTS
    for name in KNOWN:
        assert len(reference(name)) == len(TEXTS)
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < 1_500_000
