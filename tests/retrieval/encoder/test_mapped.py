"""A graph whose large constants stay in its file: the same constants, the same vectors, far fewer bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.external_data_helper import load_external_data_for_model

from kb.retrieval.encoder.card import PartCard
from kb.retrieval.encoder.mapped import without_constants
from kb.retrieval.encoder.serving import GraphEncoder, PartFiles
from tests.support import tiny_words, toy_encoder

if TYPE_CHECKING:
    from pathlib import Path


def graph_with(tables: dict[str, np.ndarray], path: Path) -> onnx.ModelProto:
    """Write a graph that adds up rows of some tables."""
    nodes = [helper.make_node("Gather", [name, "input_ids"], [f"{name}_rows"], axis=0) for name in tables]
    output = helper.make_tensor_value_info("embedding", TensorProto.INT8, None)
    constants = [numpy_helper.from_array(table, name) for name, table in tables.items()]
    inputs = [helper.make_tensor_value_info("input_ids", TensorProto.INT64, ["batch", "length"])]
    model = helper.make_model(helper.make_graph(nodes, "tables", inputs, [output], constants))
    path.write_bytes(model.SerializeToString())
    return model


def test_large_constants_of_eight_bits_are_referred_to(tmp_path: Path) -> None:
    """They come back bit for bit from the file; the small ones and the wide ones stay where they are."""
    chance = np.random.default_rng(17)
    tables = {
        "large": chance.integers(-63, 63, (700, 100), np.int8),
        "small": chance.integers(-63, 63, (10, 100), np.int8),
        "bytes": chance.integers(0, 255, (300, 300), np.uint8),
        "wide": chance.standard_normal((300, 300)).astype(np.float32),
    }
    whole = graph_with(tables, tmp_path / "graph.onnx")
    small = onnx.load_from_string(without_constants(tmp_path / "graph.onnx"))
    elsewhere = [t.name for t in small.graph.initializer if t.data_location == TensorProto.EXTERNAL]
    assert elsewhere == ["large", "bytes"]
    assert small.ByteSize() < whole.ByteSize() - 700 * 100 - 300 * 300 + 500
    load_external_data_for_model(small, str(tmp_path))
    for constant in small.graph.initializer:
        assert np.array_equal(numpy_helper.to_array(constant), tables[constant.name])
        constant.ClearField("data_location")
        constant.ClearField("external_data")
    assert small == whole


def test_vectors_are_the_same_to_the_last_bit(tmp_path: Path) -> None:
    """The runtime finds the constants by the folder that it is told."""
    whole = toy_encoder(tiny_words()).parts[0]
    model = onnx.load_from_string(whole.graph)
    table = np.round(numpy_helper.to_array(model.graph.initializer[0]) * 40).astype(np.int8)
    table = np.resize(table, (max(len(table), 70_000 // table.shape[1] + 1), table.shape[1]))
    model.graph.initializer[0].CopyFrom(numpy_helper.from_array(table, "small_table"))
    cast = helper.make_node("Cast", ["rows"], ["each"], to=TensorProto.FLOAT)
    model.graph.node[0].input[0], model.graph.node[0].output[0] = "small_table", "rows"
    model.graph.node.insert(1, cast)
    path = tmp_path / "encoder-toy.onnx"
    path.write_bytes(model.SerializeToString())
    card = PartCard("toy", "", "", whole.card.dim, 128, "int8", "", is_tuned=False)
    mapped = PartFiles(card, whole.tokenizer, without_constants(path), tmp_path)
    assert len(mapped.graph) < path.stat().st_size - table.nbytes + 500
    texts = ["why did my bill go up", "late fee", ""]
    expected = GraphEncoder(PartFiles(card, whole.tokenizer, path.read_bytes())).encode_documents(texts)
    assert np.array_equal(GraphEncoder(mapped).encode_documents(texts), expected)


@pytest.mark.parametrize("data", [b"no graph at all, but long enough to be read as one", b"\x3a\xff\xff\x7f", b"\x08"])
def test_what_is_no_graph_is_refused(data: bytes, tmp_path: Path) -> None:
    """A file that ends too early, or is something else."""
    (tmp_path / "graph.onnx").write_bytes(data)
    with pytest.raises(ValueError, match="graph"):
        without_constants(tmp_path / "graph.onnx")
