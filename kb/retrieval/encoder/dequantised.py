"""Reads bge-small-en from an 8-bit ONNX graph, the only form in which a package carries it. Build time only.

The graph was written by onnxruntime's dynamic quantization with signed weights, which overflow on processors without
VNNI. So its integers are converted back to numbers, and a graph of our own is built from them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder.weights import ModelShape, Pooling, Weights, renamed

if TYPE_CHECKING:
    import onnx

GRAPH, TOKENIZER = "model.onnx", "tokenizer.json"

_SHAPE = ModelShape(hidden=384, heads=12, layers=12, epsilon=1e-12, pooling=Pooling.FIRST, max_tokens=512)
_QUANTISED = "_quantized"


def read_dequantised(folder: Path) -> Weights:
    """Read the model.

    :param folder: With ``model.onnx`` and ``tokenizer.json``, their digests verified.
    :return: Parameters in float32.
    :raises EncoderUnavailable: If the graph is not of this form.
    """
    import onnx  # noqa: PLC0415 — build only
    from onnx import numpy_helper  # noqa: PLC0415

    graph = onnx.load(str(folder / GRAPH)).graph
    constants = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    try:
        tensors = {**_plain(constants), **dict(_matrices(graph, constants))}
        return Weights(_SHAPE, dict(renamed(tensors, "bert", folder)), (folder / TOKENIZER).read_bytes())
    except (KeyError, IndexError, OSError) as error:
        raise EncoderUnavailable(
            f"{folder / GRAPH} is not the expected graph ({error}). Run: kb models fetch bge"
        ) from error


def _plain(constants: Mapping[str, npt.NDArray[Any]]) -> dict[str, npt.NDArray[np.float32]]:
    """Return the vectors, which keep their names, and the tables of the embeddings."""
    found = {name: value for name, value in constants.items() if name.endswith((".weight", ".bias"))}
    tables = [name.removesuffix(_QUANTISED) for name in constants if name.endswith(f".weight{_QUANTISED}")]
    return {**found, **{name: _numbers(constants, name) for name in tables}}


def _matrices(
    graph: onnx.GraphProto, constants: Mapping[str, npt.NDArray[Any]]
) -> Iterator[tuple[str, npt.NDArray[np.float32]]]:
    """Yield the matrices of the layers, named by the bias that is added to each product."""
    reader = {name: node for node in reversed(graph.node) for name in node.input}
    for node in graph.node:
        if node.op_type == "MatMulInteger":
            after = node
            while not (bias := next((name for name in after.input if name.endswith(".bias")), "")):
                after = reader[after.output[0]]
            yield bias.removesuffix("bias") + "weight", _numbers(constants, node.input[1].removesuffix(_QUANTISED)).T


def _numbers(constants: Mapping[str, npt.NDArray[Any]], name: str) -> npt.NDArray[np.float32]:
    integers = constants[name + _QUANTISED].astype(np.float32)
    zero = constants[f"{name}_zero_point"].astype(np.float32)
    return np.asarray((integers - zero) * constants[f"{name}_scale"], np.float32)
