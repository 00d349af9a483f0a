"""Writes a model's parameters as one ONNX graph, from token ids to unit vectors.

The graphs are post-norm transformer encoders as in BERT (Devlin et al., 2019), with MPNet's relative positions if a
model has them. Attention is onnxruntime's fused operator; if a fusion makes a graph slower, the plain operators are
written, and the runtime must not fuse them. A graph takes one text at a time, without padding, so it needs no mask. The
caller decides how matrix products are computed: exactly, or with small integers (:mod:`kb.retrieval.encoder.products`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import numpy.typing as npt

from kb.retrieval.encoder.weights import Pooling, Weights

if TYPE_CHECKING:
    import onnx

Floats = npt.NDArray[np.float32]

INPUT, OUTPUT = "input_ids", "embedding"
_FUSED = "com.microsoft"
_FARTHEST = 128
"""MPNet: beyond this many tokens all distances share a bucket."""


class Draft:
    """A graph being written: nodes and constants, named in order."""

    def __init__(self) -> None:
        """Start with an empty graph."""
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: npt.ArrayLike) -> str:
        """Add a constant and return its name; a constant with a known name is assumed to be the same."""
        from onnx import numpy_helper  # noqa: PLC0415 — build only

        if name not in self.constants:
            self.constants[name] = numpy_helper.from_array(np.asarray(value, order="C"), name)
        return name

    def add(self, operator: str, *inputs: str, domain: str = "", outputs: int = 1, **attributes: Any) -> str:
        """Add a node with one output and return the output's name."""
        return self.add_many(operator, *inputs, domain=domain, outputs=outputs, **attributes)[0]

    def add_many(self, operator: str, *inputs: str, domain: str = "", outputs: int = 1, **attributes: Any) -> list[str]:
        """Add a node and return its outputs' names."""
        from onnx import helper  # noqa: PLC0415 — build only

        name = f"{operator}_{len(self.nodes)}"
        names = [name if n == 0 else f"{name}_{n}" for n in range(outputs)]
        self.nodes.append(helper.make_node(operator, list(inputs), names, name=name, domain=domain, **attributes))
        return names

    def fused(self, operator: str, *inputs: str, **attributes: Any) -> str:
        """Add one of onnxruntime's own operators and return its output's name."""
        return self.add(operator, *inputs, domain=_FUSED, **attributes)


class Product(Protocol):
    """A writer of products with a constant matrix."""

    def __call__(self, draft: Draft, name: str, tensor: str, matrix: Floats, bias: Floats) -> str:
        """Write ``tensor @ matrix + bias``.

        :param draft: The graph.
        :param name: The position in the model, for the names of constants.
        :param tensor: The name of a tensor of shape (batch, length, inputs).
        :param matrix: Shape (inputs, outputs).
        :param bias: Shape (outputs,).
        :return: The result's name.
        """


class LookUp(Protocol):
    """A writer of look-ups in a constant table."""

    def __call__(self, draft: Draft, name: str, rows: str, table: Floats) -> str:
        """Write ``table[rows]`` and return the result's name."""


def exact_product(draft: Draft, name: str, tensor: str, matrix: Floats, bias: Floats) -> str:
    """Write a product in float32; see :class:`Product`."""
    product = draft.add("MatMul", tensor, draft.constant(f"{name}.weight", matrix))
    return draft.add("Add", product, draft.constant(f"{name}.bias", bias))


def exact_table(draft: Draft, name: str, rows: str, table: Floats) -> str:
    """Write a look-up in float32; see :class:`LookUp`."""
    return draft.add("Gather", draft.constant(f"{name}.weight", table), rows)


@dataclass(frozen=True, slots=True)
class Finish:
    """The last steps on a text's vector, after pooling."""

    centre: Floats | None = None
    """Subtracted from the unit vector; shape (hidden,)."""
    scale: float = 1.0
    """Length of the final vector: the square root of its share of the cosine where encoders are joined."""


def transformer_graph(
    weights: Weights,
    product: Product = exact_product,
    table: LookUp = exact_table,
    finish: Finish | None = None,
    watched: Sequence[str] = (),
) -> bytes:
    """Return a model's ONNX graph, from token ids of shape (batch, length) to vectors of shape (batch, hidden).

    :param weights: The model.
    :param product: How products with the layers' matrices are computed.
    :param table: How words are looked up.
    :param finish: The last steps after pooling; without them, the vector gets unit length.
    :param watched: Names of products whose input becomes an output as well, to be measured.
    :return: The serialized graph; the same model gives the same bytes.
    """
    from onnx import TensorProto, helper  # noqa: PLC0415 — build only

    draft = Draft()
    writer = _Writer(weights, draft, product, table)
    hidden = writer.embedded()
    bias = writer.relative_bias() if weights.shape.relative_buckets else ""
    for n in range(weights.shape.layers):
        hidden = writer.layer(n, hidden, bias)
    last = writer.finished(writer.pooled(hidden), finish or Finish())
    draft.nodes.append(helper.make_node("Identity", [last], [OUTPUT], name=OUTPUT))
    outputs = [helper.make_tensor_value_info(OUTPUT, TensorProto.FLOAT, ["batch", weights.shape.hidden])]
    outputs += [helper.make_tensor_value_info(writer.entering[name], TensorProto.FLOAT, None) for name in watched]
    graph = helper.make_graph(
        draft.nodes,
        "encoder",
        [helper.make_tensor_value_info(INPUT, TensorProto.INT64, ["batch", "length"])],
        outputs,
        list(draft.constants.values()),
    )
    versions = [helper.make_opsetid("", 21), helper.make_opsetid(_FUSED, 1)]
    model = helper.make_model(graph, opset_imports=versions, ir_version=10, producer_name="billing-help")
    data: bytes = model.SerializeToString(deterministic=True)
    return data


class _Writer:
    """A writer of the parts of one model."""

    def __init__(self, weights: Weights, draft: Draft, product: Product, table: LookUp) -> None:
        self._weights = weights
        self._shape = weights.shape
        self._draft = draft
        self._write_product = product
        self._table = table
        self.entering: dict[str, str] = {}
        """The tensor that enters each product, by the product's name."""

    def _tensor(self, name: str) -> Floats:
        return self._weights.tensors[name]

    def _product(self, name: str, tensor: str, matrix: Floats, bias: Floats) -> str:
        self.entering[name] = tensor
        return self._write_product(self._draft, name, tensor, matrix, bias)

    def _positions(self) -> str:
        """Write 0, 1, … length - 1."""
        d = self._draft
        length = d.add("Squeeze", d.add("Shape", INPUT, start=1, end=2))
        return d.add("Range", d.constant("zero", np.int64(0)), length, d.constant("one", np.int64(1)))

    def embedded(self) -> str:
        """Write the normalized sum of word, position and type; shape (batch, length, hidden)."""
        d = self._draft
        # The positions in use, and the one type of a single text, form one table.
        positions = self._tensor("positions.weight")[self._shape.first_position :]
        if "types.weight" in self._weights.tensors:
            positions = positions + self._tensor("types.weight")[0]
        placed = d.add("Gather", d.constant("positions.weight", positions), self._positions())
        words = self._table(d, "words", INPUT, self._tensor("words.weight"))
        return self._normalised(d.add("Add", words, placed), "embedding_norm")

    def _normalised(self, tensor: str, name: str, skip: str = "") -> str:
        """Write layer normalization, of a sum if there is a skip connection."""
        d = self._draft
        parts = [d.constant(f"{name}.{part}", self._tensor(f"{name}.{part}")) for part in ("weight", "bias")]
        # onnxruntime's fused SkipLayerNormalization takes seven times as long as these two (1.32, 384 channels).
        total = d.add("Add", tensor, skip) if skip else tensor
        return d.add("LayerNormalization", total, *parts, axis=-1, epsilon=self._shape.epsilon)

    def relative_bias(self) -> str:
        """Write MPNet's attention bias by the distance of two tokens; shape (1, heads, length, length)."""
        d = self._draft
        longest = self._shape.max_tokens
        distances = np.arange(-longest, longest + 1)
        by_distance = self._tensor("relative.weight")[_bucket(distances, self._shape.relative_buckets)]
        here = self._positions()
        axis = d.constant("first_axis", np.array([0], np.int64)), d.constant("second_axis", np.array([1], np.int64))
        distance = d.add("Sub", d.add("Unsqueeze", here, axis[0]), d.add("Unsqueeze", here, axis[1]))
        shifted = d.add("Add", distance, d.constant("longest", np.int64(longest)))
        table = d.constant("relative.weight", np.ascontiguousarray(by_distance.T))
        return d.add("Unsqueeze", d.add("Gather", table, shifted, axis=1), axis[0])

    def layer(self, n: int, hidden: str, bias: str) -> str:
        """Write one layer: attention, then two dense layers, each with a skip connection and a normalization."""
        d, name = self._draft, f"layer.{n}"
        parts = [f"{name}.{part}" for part in ("query", "key", "value")]
        matrix = np.concatenate([self._tensor(f"{part}.weight").T for part in parts], axis=1)
        vector = np.concatenate([self._tensor(f"{part}.bias") for part in parts])
        joined = self._product(f"{name}.attention", hidden, matrix, vector)
        sizes = d.constant("thirds", np.array([self._shape.hidden] * 3, np.int64))
        split = d.add_many("Split", joined, sizes, axis=-1, outputs=3)
        optional = ["", "", bias] if bias else []
        attended = d.fused("MultiHeadAttention", *split, *optional, num_heads=self._shape.heads)
        hidden = self._normalised(self._dense(f"{name}.attention_out", attended), f"{name}.attention_norm", hidden)
        up = d.add("Gelu", self._dense(f"{name}.up", hidden))
        return self._normalised(self._dense(f"{name}.down", up), f"{name}.norm", hidden)

    def _dense(self, name: str, tensor: str) -> str:
        matrix = np.ascontiguousarray(self._tensor(f"{name}.weight").T)
        return self._product(name, tensor, matrix, self._tensor(f"{name}.bias"))

    def pooled(self, hidden: str) -> str:
        """Write the mean of the tokens' vectors, or the first of them; shape (batch, hidden)."""
        d = self._draft
        if self._shape.pooling is Pooling.FIRST:
            return d.add("Gather", hidden, d.constant("zero", np.int64(0)), axis=1)
        return d.add("ReduceMean", hidden, d.constant("second_axis", np.array([1], np.int64)), keepdims=0)

    def finished(self, vector: str, finish: Finish) -> str:
        """Write the normalization to unit length, the subtraction of the center, and the final length."""
        d = self._draft
        vector = self._unit(vector)
        if finish.centre is not None:
            vector = self._unit(d.add("Sub", vector, d.constant("centre", finish.centre.astype(np.float32))))
        if finish.scale == 1.0:
            return vector
        return d.add("Mul", vector, d.constant("scale", np.float32(finish.scale)))

    def _unit(self, vector: str) -> str:
        d = self._draft
        norm = d.add("ReduceL2", vector, d.constant("last_axis", np.array([-1], np.int64)), keepdims=1)
        return d.add("Div", vector, d.add("Max", norm, d.constant("tiny", np.float32(1e-12))))


def _bucket(distances: npt.NDArray[np.int64], buckets: int) -> npt.NDArray[np.int64]:
    """Return the bucket of each distance, key position less query position (Raffel et al., 2020, as MPNet has it).

    Half the buckets are for either direction; of these, half are exact and half grow with the logarithm.
    """
    half = buckets // 2
    size, exact = np.abs(distances), half // 2
    ratio = np.log(np.maximum(size, 1).astype(np.float32) / np.float32(exact)) / np.float32(math.log(_FARTHEST / exact))
    far = np.minimum(exact + (ratio * np.float32(half - exact)).astype(np.int64), half - 1)
    return np.where(distances > 0, half, 0) + np.where(size < exact, size, far)
