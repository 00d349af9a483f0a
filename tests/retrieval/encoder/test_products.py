"""Products with small integers: near the exact ones, and the same on every processor."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from kb.retrieval.encoder.card import PartCard
from kb.retrieval.encoder.prepare import built, prepared_encoder
from kb.retrieval.encoder.products import LARGEST_WEIGHT, SmallProduct, small_table, smoothing
from kb.retrieval.encoder.serving import GraphEncoder
from kb.retrieval.encoder.transformer import Draft
from kb.retrieval.encoder.weights import read_folder
from kb.settings.settings import Settings
from tests.retrieval.encoder.fetched import needs
from tests.retrieval.encoder.tiny import TEXTS, tiny_model

INPUTS, OUTPUTS = 64, 48
LARGEST_16, LEAST_16 = 2**15 - 1, -(2**15)


def written(write: Callable[[Draft], str], kind: int, shape: list[int | str]) -> bytes:
    """Return a graph of one input, ``x``, that ends where a function says."""
    draft = Draft()
    last = write(draft)
    draft.nodes.append(helper.make_node("Identity", [last], ["y"]))
    graph = helper.make_graph(
        draft.nodes,
        "product",
        [helper.make_tensor_value_info("x", kind, shape)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, None)],
        list(draft.constants.values()),
    )
    versions = [helper.make_opsetid("", 21), helper.make_opsetid("com.microsoft", 1)]
    return helper.make_model(graph, opset_imports=versions, ir_version=10).SerializeToString()


def run(graph: bytes, x: np.ndarray) -> np.ndarray:
    """Return what a graph gives."""
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    return ort.InferenceSession(graph, options, providers=["CPUExecutionProvider"]).run(None, {"x": x})[0]


@pytest.fixture(scope="module")
def hard() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Values whose channels differ a hundredfold, a matrix that makes up for it, and a bias."""
    random = np.random.default_rng(3)
    values, matrix = random.standard_normal((1, 9, INPUTS)), random.standard_normal((INPUTS, OUTPUTS))
    values[..., :2] *= 100
    matrix[:2] /= 100
    found = (values, matrix, random.standard_normal(OUTPUTS))
    return tuple(array.astype(np.float32) for array in found)


def small(values: np.ndarray, matrix: np.ndarray, bias: np.ndarray, largest: np.ndarray | None = None) -> np.ndarray:
    """Return the small product's result."""
    greatest = np.abs(values).max(axis=(0, 1)) if largest is None else largest
    graph = written(
        lambda draft: SmallProduct({"p": greatest})(draft, "p", "x", matrix, bias), TensorProto.FLOAT, [1, "n", INPUTS]
    )
    return run(graph, values)


# ---------------------------------------------------------------------------------------------- agreement


def test_a_small_product_is_near_the_exact_one(hard):
    """Cosine above .999 for every token, although no value fits all channels."""
    values, matrix, bias = hard
    exact, found = values @ matrix + bias, small(values, matrix, bias)
    cosines = (exact * found).sum(axis=-1) / np.linalg.norm(exact, axis=-1) / np.linalg.norm(found, axis=-1)
    assert cosines.min() > 0.999


def test_smoothing_is_what_makes_it_near(hard, monkeypatch):
    """Without it the hundredfold channels take nearly all of the 8 bits."""
    values, matrix, bias = hard
    exact = values @ matrix + bias
    with_it = np.abs(small(values, matrix, bias) - exact).max()
    monkeypatch.setattr("kb.retrieval.encoder.products.smoothing", lambda largest, _: np.ones_like(largest))
    assert np.abs(small(values, matrix, bias) - exact).max() > 4 * with_it


def test_smoothing_divides_by_nothing():
    """Channels that are never used, or weigh nothing, get a share above 0."""
    share = smoothing(np.array([0, 1, 0, 4], np.float32), np.array([[0.0], [0], [1], [1]], np.float32))
    assert share[3] == pytest.approx(2.0)
    assert (share > 0).all()
    assert np.isfinite(1 / share).all()


def test_a_token_of_zeros_is_the_bias(hard):
    """No step is divided by nothing."""
    _, matrix, bias = hard
    np.testing.assert_allclose(small(np.zeros((1, 2, INPUTS), np.float32), matrix, bias)[0, 1], bias, atol=1e-6)


def test_a_token_s_result_does_not_depend_on_the_others(hard):
    """Alone or among larger ones: to the last bit, since no two tokens share a scale."""
    values, matrix, bias = hard
    largest = np.abs(values).max(axis=(0, 1))
    together = small(values, matrix, bias, largest)
    larger = np.concatenate([values * 50, values], axis=1)
    assert np.array_equal(small(larger, matrix, bias, largest)[:, 9:], together)
    for n in range(9):
        assert np.array_equal(small(values[:, n : n + 1], matrix, bias, largest), together[:, n : n + 1])


def test_a_small_table_is_near_the_exact_one():
    """Each row has its own scale; a row of zeros stays zero."""
    table = np.random.default_rng(4).standard_normal((20, 32)).astype(np.float32) * np.arange(20)[:, None]
    graph = written(lambda d: small_table(d, "t", "x", table.astype(np.float32)), TensorProto.INT64, [1, "n"])
    found = run(graph, np.arange(20)[None, :])[0]
    assert np.array_equal(found[0], np.zeros(32))
    assert (np.abs(found - table) <= 1e-5 + np.abs(table).max(axis=1, keepdims=True) / 250).all()


def test_a_vector_is_the_same_alone_or_after_others(tmp_path):
    """Through a whole model, one session, long texts before short ones."""
    weights = read_folder(tiny_model(tmp_path / "model", "mpnet").folder)
    part = built(weights, PartCard("tiny", "", "", 0, 0, "int8", ""))
    seasoned = GraphEncoder(part)
    for text in (*TEXTS[::-1], *TEXTS):
        assert np.array_equal(seasoned.encode_query(text), GraphEncoder(part).encode_query(text))


# ----------------------------------------------------------------------------------------------- overflow


def saturating(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Multiply as AVX2 without VNNI does: pairs of products are added in 16 bits, and what does not fit is cut off.

    :param values: Unsigned 8-bit integers; shape (n, inputs).
    :param weights: Signed 8-bit integers; shape (inputs, outputs).
    """
    products = values.astype(np.int32)[:, :, None] * weights.astype(np.int32)
    pairs = products[:, 0::2] + products[:, 1::2]
    return np.clip(pairs, LEAST_16, LARGEST_16).sum(axis=1)


def worst(weights: np.ndarray) -> np.ndarray:
    """Return the sums of every pair where they are greatest and least: values 255 wherever a weight has one sign."""
    wide = weights.astype(np.int64) * 255
    up, down = np.maximum(wide, 0), np.minimum(wide, 0)
    return np.stack([up[0::2] + up[1::2], down[0::2] + down[1::2]])


def integers(graph: bytes) -> dict[str, np.ndarray]:
    """Return the integer matrices of a graph, by name."""
    constants = onnx.load_from_string(graph).graph.initializer
    found = {tensor.name: numpy_helper.to_array(tensor) for tensor in constants}
    return {n: a for n, a in found.items() if n.startswith("layer.") and a.ndim == 2 and a.dtype == np.int8}


def as_8_bits(weights: np.ndarray) -> np.ndarray:
    """Return the same matrix with one bit more, as graphs are usually quantized."""
    return np.rint(weights.astype(np.float64) * 127 / LARGEST_WEIGHT).astype(np.int8)


def check_cannot_overflow(graph: bytes, n_matrices: int) -> None:
    """Check every matrix of a graph at its worst and with random values; one bit more fails."""
    found = integers(graph)
    assert len(found) == n_matrices
    random = np.random.default_rng(6)
    for name, weights in found.items():
        assert np.abs(weights).max() == LARGEST_WEIGHT, name
        sums = worst(weights)
        assert sums.max() <= LARGEST_16, name
        assert sums.min() >= LEAST_16, name
        assert worst(as_8_bits(weights)).max() > LARGEST_16, name
        columns = weights[:, :32]
        for values in (random.integers(0, 256, (2, len(weights))), np.full((1, len(weights)), 255)):
            exact = values.astype(np.int64) @ columns.astype(np.int64)
            assert np.array_equal(saturating(values, columns), exact), name


def test_no_pair_of_products_overflows(tmp_path):
    """A whole small model: its 8 matrices equal exact integers where pairs are cut off at 16 bits."""
    weights = read_folder(tiny_model(tmp_path / "model").folder)
    check_cannot_overflow(built(weights, PartCard("tiny", "", "", 0, 0, "int8", "")).graph, 8)


def test_one_bit_more_overflows():
    """What the processor does to signed 8 bits: the emulation can tell."""
    weights = np.array([[127], [127], [-127], [-127]], np.int8)
    values = np.full((1, 4), 255, np.uint8)
    assert saturating(values, weights)[0, 0] == LARGEST_16 + LEAST_16 == -1
    assert saturating(values[:, :2], weights[:2])[0, 0] == LARGEST_16 < 2 * 255 * 127
    assert saturating(values[:, :2], np.array([[63], [63]], np.int8))[0, 0] == 2 * 255 * 63


@pytest.mark.parametrize("name", ["e5", "mpnet"])
def test_no_product_of_the_default_encoder_overflows(name):
    """The real weights of both of its models, each matrix at its worst."""
    needs(name)
    (part,) = prepared_encoder(Settings(encoder=name)).parts
    check_cannot_overflow(part.graph, 48)


def test_the_runtime_multiplies_integers_exactly(hard):
    """What this processor gives is what the emulation gives, to the rounding of the scales."""
    values, matrix, bias = hard
    graph = written(
        lambda d: SmallProduct({"p": np.abs(values).max(axis=(0, 1))})(d, "p", "x", matrix, bias),
        TensorProto.FLOAT,
        [1, "n", INPUTS],
    )
    constants = {t.name: numpy_helper.to_array(t) for t in onnx.load_from_string(graph).graph.initializer}
    smooth = values[0] * constants["p.smoothing"]
    step = np.abs(smooth).max(axis=1, keepdims=True) * constants["step"]
    integers_in = np.rint(smooth / step).astype(np.int64) + 128
    weights = constants["p.weight"]
    total = saturating(integers_in, weights) - 128 * weights.astype(np.int64).sum(axis=0)
    np.testing.assert_allclose(run(graph, values)[0], total * constants["p.scale"] * step + bias, rtol=1e-4, atol=1e-4)
