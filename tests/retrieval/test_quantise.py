"""Graphs in 8-bit integers, and how a hard one is made easy."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from kb.retrieval.quantise import quantise, smooth

WIDE, NARROW = 64, 16


@pytest.fixture
def hard(tmp_path) -> Path:
    """A graph whose inner channels differ a hundredfold: a table of words, then the narrowing half of a block."""
    random = np.random.default_rng(3)
    table = random.standard_normal((50, WIDE)).astype(np.float32)
    size = np.ones(WIDE, np.float32)
    size[:2] = 100
    weights = random.standard_normal((WIDE, NARROW)).astype(np.float32)
    weights[:2] /= 100
    nodes = [
        helper.make_node("Gather", ["table", "input_ids"], ["small"], axis=0),
        helper.make_node("Mul", ["small", "size"], ["each"]),
        helper.make_node("MatMul", ["each", "weights"], ["narrow"], name="narrowing"),
        helper.make_node("ReduceMean", ["narrow"], ["embedding"], axes=[1], keepdims=0),
    ]
    graph = helper.make_graph(
        nodes,
        "hard",
        [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])],
        [helper.make_tensor_value_info("embedding", TensorProto.FLOAT, ["batch", NARROW])],
        [numpy_helper.from_array(a, n) for n, a in (("table", table), ("size", size), ("weights", weights))],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path = tmp_path / "hard.onnx"
    onnx.save(model, str(path))
    return path


TEXTS = [{"input_ids": np.arange(n, n + 7)[None, :] % 50} for n in range(20)]


def vectors(graph: bytes) -> np.ndarray:
    """Return the graph's results for all texts, of unit length."""
    session = ort.InferenceSession(graph, providers=["CPUExecutionProvider"])
    found = np.stack([session.run(None, text)[0][0] for text in TEXTS])
    return found / np.linalg.norm(found, axis=1, keepdims=True)


def test_smoothing_changes_nothing_that_is_computed(hard, tmp_path):
    """To the precision of the numbers."""
    smoothed = smooth(hard, tmp_path / "smooth.onnx", TEXTS)
    np.testing.assert_allclose(vectors(smoothed.read_bytes()), vectors(hard.read_bytes()), atol=1e-5)


def test_a_smoothed_graph_is_quantised_with_less_loss(hard, tmp_path):
    """Channels of very different size are what the rounding of activations cannot do."""
    exact = vectors(hard.read_bytes())
    plain = vectors(quantise(hard, tmp_path / "plain.onnx"))
    easy = vectors(quantise(smooth(hard, tmp_path / "smooth.onnx", TEXTS), tmp_path / "easy.onnx"))
    assert (plain * exact).sum(axis=1).mean() < 0.97
    assert (easy * exact).sum(axis=1).mean() > 0.995


def test_only_fixed_weights_that_narrow_are_smoothed(hard, tmp_path):
    """One division is added, before the one such product."""
    before, after = onnx.load(str(hard)), onnx.load(str(smooth(hard, tmp_path / "smooth.onnx", TEXTS)))
    assert [n.op_type for n in before.graph.node] == ["Gather", "Mul", "MatMul", "ReduceMean"]
    assert [n.op_type for n in after.graph.node] == ["Gather", "Mul", "Mul", "MatMul", "ReduceMean"]
