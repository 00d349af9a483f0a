"""Matrix products of a graph: exact, or with small integers that give the same result on every processor.

8-bit products on x86 differ by processor: without VNNI instructions, the usual kernel adds pairs of products in 16 bits
and saturates, so that a graph that is right on one machine gives noise on another. Weights from -63 to 63 cannot
overflow: 2 · 255 · 63 is less than 2^15. The loss of one bit is compensated by a separate scale for each token, and by
moving large channels from the values into the weights (SmoothQuant, Xiao et al., 2023).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from kb.retrieval.encoder.transformer import Draft, Floats

LARGEST_WEIGHT = 63
"""7 bits including the sign."""
STRENGTH = 0.5
"""The share of a channel's size that moves into the weights, 0 to 1. On mpnet, mean cosine to the exact vectors: .9946
at 0, .9968 at .5, .9911 at .8."""
_LARGEST_VALUE = 127
_MIDDLE = 128
"""The unsigned 8-bit integer that represents 0."""
_LEAST = 1e-4
"""The least size of a channel, so that nothing is divided by zero."""
_SMALLEST = 1e-12


@dataclass(frozen=True, slots=True)
class SmallProduct:
    """A writer of products of 7-bit weights, with one scale per column, and 8-bit values, with one scale per token.

    A text's vector does not depend on what else is encoded with it, since no two tokens share a scale.
    """

    largest: Mapping[str, Floats]
    """The greatest size of each channel that enters a product, by the product's name; shape (inputs,)."""

    def __call__(self, draft: Draft, name: str, tensor: str, matrix: Floats, bias: Floats) -> str:
        """Write ``tensor @ matrix + bias``; see :class:`kb.retrieval.encoder.transformer.Product`."""
        share = smoothing(self.largest[name], matrix)
        smooth = draft.add("Mul", tensor, draft.constant(f"{name}.smoothing", 1 / share))
        matrix = matrix * share[:, np.newaxis]
        scale = np.maximum(np.abs(matrix).max(axis=0) / LARGEST_WEIGHT, _SMALLEST).astype(np.float32)
        weights = draft.constant(f"{name}.weight", np.rint(matrix / scale).astype(np.int8))
        greatest = draft.add(
            "ReduceMax", draft.add("Abs", smooth), draft.constant("last_axis", np.array([-1], np.int64)), keepdims=1
        )
        step = draft.add("Mul", greatest, draft.constant("step", np.float32(1 / _LARGEST_VALUE)))
        step = draft.add("Max", step, draft.constant("tiny", np.float32(_SMALLEST)))
        steps = draft.add("Reshape", step, draft.constant("flat", np.array([-1], np.int64)))
        middles = draft.add("Expand", draft.constant("middle", np.uint8(_MIDDLE)), draft.add("Shape", steps))
        values = draft.add("QuantizeLinear", smooth, steps, middles, axis=1)
        product = draft.fused(
            "MatMulIntegerToFloat",
            values,
            weights,
            draft.constant("unit", np.float32(1)),
            draft.constant(f"{name}.scale", scale),
            draft.constant("middle", np.uint8(_MIDDLE)),
        )
        scaled = draft.add("Mul", product, step)
        return draft.add("Add", scaled, draft.constant(f"{name}.bias", bias))


def smoothing(largest: Floats, matrix: Floats) -> Floats:
    """Return the factor by which each channel's values are divided and its weights multiplied.

    :param largest: The greatest size of each channel's values; shape (inputs,).
    :param matrix: Shape (inputs, outputs).
    :return: Shape (inputs,), each above 0.
    """
    weights = np.maximum(np.abs(matrix).max(axis=1), _LEAST)
    share = np.maximum(largest, _LEAST) ** STRENGTH / weights ** (1 - STRENGTH)
    return np.asarray(np.maximum(share, _LEAST), np.float32)


def small_table(draft: Draft, name: str, rows: str, table: Floats) -> str:
    """Write an 8-bit look-up, with one scale per row; see :class:`kb.retrieval.encoder.transformer.LookUp`."""
    from onnx import TensorProto  # noqa: PLC0415 — build only

    greatest = np.abs(table).max(axis=1, keepdims=True)
    scale = np.maximum(greatest / _LARGEST_VALUE, _SMALLEST).astype(np.float32)
    integers = draft.constant(f"{name}.weight", np.rint(table / scale).astype(np.int8))
    found = draft.add("Cast", draft.add("Gather", integers, rows), to=TensorProto.FLOAT)
    return draft.add("Mul", found, draft.add("Gather", draft.constant(f"{name}.scale", scale), rows))
