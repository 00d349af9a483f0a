"""bge-small-en's graph: integers back to numbers, under the names of the matrices they were."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder.dequantised import read_dequantised
from kb.retrieval.encoder.weights import Pooling
from tests.retrieval.encoder.tiny import LAYERS, NAMES, Tiny, tiny_model


def quantised(value: np.ndarray) -> tuple[np.ndarray, np.float32]:
    """Return 8-bit integers and their scale."""
    scale = np.float32(np.abs(value).max() / 127)
    return np.rint(value / scale).astype(np.int8), scale


def write_graph(folder: Path, *, without: str = "") -> tuple[Tiny, dict[str, np.ndarray]]:
    """Write a small network as onnxruntime's dynamic quantization writes it; return it and what the integers mean."""
    model = tiny_model(folder / "plain")
    constants: dict[str, np.ndarray] = {}
    nodes, meant = [], dict(model.tensors)

    def store(name: str, value: np.ndarray, ours: str) -> np.ndarray:
        integers, scale = quantised(value)
        zero = np.int8(3)
        shifted = np.clip(integers.astype(np.int64) + zero, -128, 127).astype(np.int8)
        constants.update({f"{name}_quantized": shifted, f"{name}_scale": scale, f"{name}_zero_point": zero})
        meant[ours] = (shifted.astype(np.float32) - zero) * scale
        return shifted

    for ours in ("words", "positions", "types"):
        store(f"{NAMES['bert'][ours]}.weight", model.tensors[f"{ours}.weight"], f"{ours}.weight")
    norms = ["embedding_norm", *(f"layer.{n}.{name}" for n in range(LAYERS) for name in ("attention_norm", "norm"))]
    for name in norms:
        for part in ("weight", "bias"):
            constants[f"{theirs(name)}.{part}"] = model.tensors[f"{name}.{part}"]
    dense = [
        f"layer.{n}.{name}" for n in range(LAYERS) for name in ("query", "key", "value", "attention_out", "up", "down")
    ]
    for number, name in enumerate(n for n in dense if n != without):
        constants[f"{theirs(name)}.bias"] = model.tensors[f"{name}.bias"]
        store(f"onnx::MatMul_{number}", model.tensors[f"{name}.weight"].T, f"{name}.weight")
        meant[f"{name}.weight"] = meant[f"{name}.weight"].T
        nodes += [
            helper.make_node("MatMulInteger", [f"x{number}", f"onnx::MatMul_{number}_quantized"], [f"i{number}"]),
            helper.make_node("Cast", [f"i{number}"], [f"c{number}"], to=TensorProto.FLOAT),
            helper.make_node("Mul", [f"c{number}", f"onnx::MatMul_{number}_scale"], [f"m{number}"]),
            helper.make_node("Add", [f"{theirs(name)}.bias", f"m{number}"], [f"y{number}"]),
        ]
    initializers = [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()]
    graph = helper.make_graph(nodes, "quantized", [], [], initializers)
    onnx.save(helper.make_model(graph), str(folder / "model.onnx"))
    (folder / "tokenizer.json").write_bytes((model.folder / "tokenizer.json").read_bytes())
    return model, meant


def theirs(name: str) -> str:
    """Return BERT's own name of a place of ours."""
    *place, which = name.split(".")
    return NAMES["bert"][which].format(n=place[-1] if place else "")


def test_integers_become_numbers_under_their_names(tmp_path):
    """Tables by their own names, matrices by the bias that is added to each product, turned round again."""
    model, meant = write_graph(tmp_path)
    weights = read_dequantised(tmp_path)
    assert set(weights.tensors) == set(meant)
    for name, value in meant.items():
        np.testing.assert_allclose(weights.tensors[name], value, rtol=1e-6, err_msg=name)
        np.testing.assert_allclose(weights.tensors[name], model.tensors[name], atol=0.05, err_msg=name)
    assert weights.tokenizer == (tmp_path / "tokenizer.json").read_bytes()
    assert weights.shape.pooling is Pooling.FIRST


def test_a_graph_of_another_form_is_one_sentence(tmp_path):
    """Without the tables, without a tokenizer, or no graph at all."""
    write_graph(tmp_path)
    (tmp_path / "tokenizer.json").unlink()
    with pytest.raises(EncoderUnavailable, match=r"is not the expected graph .*Run: kb models fetch bge"):
        read_dequantised(tmp_path)
    (tmp_path / "model.onnx").write_bytes(b"")
    with pytest.raises(EncoderUnavailable, match=r"has no embeddings\.word_embeddings\.weight|not the expected graph"):
        read_dequantised(tmp_path)
