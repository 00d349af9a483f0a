"""The graph computes what the network is, whatever the family: against the same network in plain numpy."""

from __future__ import annotations

import numpy as np
import onnxruntime as ort
import pytest

from kb.retrieval.encoder.card import PartCard
from kb.retrieval.encoder.serving import GraphEncoder, PartFiles
from kb.retrieval.encoder.transformer import Finish, _bucket, transformer_graph
from kb.retrieval.encoder.weights import read_folder
from tests.retrieval.encoder.tiny import HIDDEN, NAMES, POSITIONS, TEXTS, tiny_model

CARD = PartCard("tiny", "", "", HIDDEN, POSITIONS, "fp32", "")


def run(graph: bytes, ids: list[int]) -> np.ndarray:
    """Return what a graph gives for some tokens."""
    session = ort.InferenceSession(graph, providers=["CPUExecutionProvider"])
    return session.run(["embedding"], {"input_ids": np.array([ids], np.int64)})[0][0]


@pytest.mark.parametrize("pooling", ["mean", "cls"])
@pytest.mark.parametrize("kind", NAMES)
def test_a_graph_gives_what_the_network_gives(tmp_path, kind, pooling):
    """Every family, both poolings, texts from none to one that is cut: to five digits."""
    model = tiny_model(tmp_path / "model", kind, pooling)
    weights = read_folder(model.folder)
    encoder = GraphEncoder(PartFiles(CARD, weights.tokenizer, transformer_graph(weights)))
    for text in TEXTS:
        found, wanted = encoder.encode_query(text), model.vector(encoder.tokens(text))
        assert found @ wanted > 0.99999
        np.testing.assert_allclose(found, wanted, atol=1e-5, err_msg=text)


def test_the_longest_text_uses_the_last_position(tmp_path):
    """A RoBERTa of 26 positions takes 24 tokens: the first is the one after the padding's."""
    model = tiny_model(tmp_path / "model", "roberta")
    weights = read_folder(model.folder)
    encoder = GraphEncoder(PartFiles(CARD, weights.tokenizer, transformer_graph(weights)))
    ids = encoder.tokens("bill " * 100)
    assert len(ids) == weights.shape.max_tokens == 24
    assert ids[0] == 0
    assert ids[-1] == 2
    with pytest.raises(Exception, match="ONNXRuntimeError"):  # one more would have no position
        run(transformer_graph(weights), [*ids, 2])


def test_a_centre_is_subtracted_and_a_length_given(tmp_path):
    """A vector is normalized, less the center, normalized again, and scaled to the final length."""
    model = tiny_model(tmp_path / "model")
    weights = read_folder(model.folder)
    ids = [2, 5, 6, 3]
    centre = np.linspace(-0.2, 0.3, HIDDEN, dtype=np.float32)
    moved = model.vector(ids) - centre
    found = run(transformer_graph(weights, finish=Finish(centre, 0.5)), ids)
    np.testing.assert_allclose(found, 0.5 * moved / np.linalg.norm(moved), atol=1e-5)


def test_watched_tensors_come_out_too(tmp_path):
    """What enters a product can be measured: its shape is that of the tokens."""
    model = tiny_model(tmp_path / "model")
    weights = read_folder(model.folder)
    graph = transformer_graph(weights, watched=["layer.0.attention", "layer.1.down"])
    first, last = GraphEncoder(PartFiles(CARD, weights.tokenizer, graph)).everything("bill")[1:]
    assert (first.shape, last.shape) == ((1, 3, 32), (1, 3, 64))
    hidden = sum(model.tensors[name][i] for name, i in (("words.weight", [2, 4, 3]), ("types.weight", [0] * 3)))
    hidden = hidden + model.tensors["positions.weight"][:3]
    centred = hidden - hidden.mean(axis=1, keepdims=True)
    normal = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-5)
    wanted = normal * model.tensors["embedding_norm.weight"] + model.tensors["embedding_norm.bias"]
    np.testing.assert_allclose(first[0], wanted, atol=1e-5)


def test_the_same_model_gives_the_same_bytes(tmp_path):
    """A graph is found again by its digest."""
    one, two = (read_folder(tiny_model(tmp_path / name, "mpnet").folder) for name in ("one", "two"))
    assert transformer_graph(one) == transformer_graph(two)


def test_buckets_of_distances():
    """Exact up to 7, then by the logarithm, the last from 90 on; the other direction begins at 16."""
    distances = np.array([0, -1, -7, -8, -11, -12, -90, -91, -500, 1, 7, 8, 91, 500])
    assert _bucket(distances, 32).tolist() == [0, 1, 7, 8, 8, 9, 14, 15, 15, 17, 23, 24, 31, 31]
