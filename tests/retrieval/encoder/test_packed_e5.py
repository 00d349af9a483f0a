"""multilingual-e5-small's own form: read back value by value, and a vocabulary cut that nobody notices."""

from __future__ import annotations

import struct
from pathlib import Path

import numpy as np
import pytest
from tokenizers import Tokenizer

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder import packed_e5
from kb.retrieval.encoder.packages import folder_of
from kb.retrieval.encoder.packed_e5 import FILE, read_packed
from kb.retrieval.encoder.probes import sample_texts
from kb.retrieval.encoder.serving import GraphEncoder, PartCard, PartFiles
from kb.retrieval.encoder.transformer import transformer_graph
from kb.retrieval.encoder.weights import Pooling
from kb.settings.settings import Settings
from tests.retrieval.encoder.fetched import needs
from tests.retrieval.encoder.tiny import HEADS, HIDDEN, LAYERS, WIDE, Tiny

POSITIONS = 24
PIECES = (
    *("<s>", "<pad>", "</s>", "<unk>", "▁", "▁query", ":", "▁bill", "s", "▁счёт", "é", "▁factura", "账单", "€", "😀"),
    *("▁pagar", "ª", "ٱ", "¿"),
)
LATIN = ("query: bills", "query: ¿pagar factura ª €", "query: ", "é")


def packed_blocks(integers: np.ndarray, scales: np.ndarray) -> bytes:
    """Return a matrix in blocks of 32: a scale, then 16 bytes of two values each."""
    blocks = (integers.reshape(-1, 32) + 8).astype(np.uint8)
    pairs = blocks[:, :16] | (blocks[:, 16:] << 4)
    rows = zip(scales.reshape(-1).astype("<f2"), pairs, strict=True)
    return b"".join(scale.tobytes() + pair.tobytes() for scale, pair in rows)


class Writer:
    """Collects the tensors of a file, and what they mean."""

    def __init__(self) -> None:
        """Start with none."""
        self.random = np.random.default_rng(8)
        self.stored: list[tuple[str, int, bytes]] = []
        self.meant: dict[str, np.ndarray] = {}

    def matrix(self, name: str, ours: str, rows: int, columns: int) -> None:
        """Add a matrix in blocks."""
        integers = self.random.integers(-8, 8, (rows, columns))
        scales = self.random.uniform(0.01, 0.12, (rows, columns // 32)).astype(np.float16)
        self.stored.append((name, 1, packed_blocks(integers, scales)))
        wide = np.repeat(scales.astype(np.float32), 32, axis=1)
        self.meant[ours] = (integers * wide).astype(np.float32)

    def vector(self, name: str, ours: str, *shape: int, middle: float = 0.0) -> None:
        """Add a tensor in float32."""
        values = (middle + 0.3 * self.random.standard_normal(shape)).astype(np.float32)
        self.stored.append((name, 0, values.astype("<f4").tobytes()))
        self.meant[ours] = values


def write_packed(path: Path) -> dict[str, np.ndarray]:
    """Write a file of this form and return the parameters it holds, its vocabulary uncut."""
    writer = Writer()
    writer.matrix("emb.word", "words.weight", len(PIECES), HIDDEN)
    writer.vector("emb.pos", "positions.weight", POSITIONS, HIDDEN)
    writer.vector("emb.type", "types.weight", 1, HIDDEN)
    writer.vector("emb.ln.w", "embedding_norm.weight", HIDDEN, middle=1.0)
    writer.vector("emb.ln.b", "embedding_norm.bias", HIDDEN)
    matrices = {
        "q": ("query", HIDDEN, HIDDEN),
        "k": ("key", HIDDEN, HIDDEN),
        "v": ("value", HIDDEN, HIDDEN),
        "ao": ("attention_out", HIDDEN, HIDDEN),
        "fi": ("up", WIDE, HIDDEN),
        "fo": ("down", HIDDEN, WIDE),
    }
    for n in range(LAYERS):
        for theirs, (ours, rows, columns) in matrices.items():
            writer.matrix(f"l{n}.{theirs}.w", f"layer.{n}.{ours}.weight", rows, columns)
            writer.vector(f"l{n}.{theirs}.b", f"layer.{n}.{ours}.bias", rows)
        for theirs, ours in (("aln", "attention_norm"), ("oln", "norm")):
            writer.vector(f"l{n}.{theirs}.w", f"layer.{n}.{ours}.weight", HIDDEN, middle=1.0)
            writer.vector(f"l{n}.{theirs}.b", f"layer.{n}.{ours}.bias", HIDDEN)
    path.write_bytes(_file(writer.stored))
    return writer.meant


def _file(stored: list[tuple[str, int, bytes]]) -> bytes:
    pieces = [piece.encode() for piece in PIECES]
    ends = np.cumsum([0, *map(len, pieces)]).astype("<u4")
    scores = -np.arange(len(pieces)).astype("<f4")
    front = b"E5S1" + struct.pack("<i", 1)
    front += struct.pack("<7ifi", HIDDEN, LAYERS, HEADS, WIDE, 0, POSITIONS, 0, 1e-5, 32)
    front += struct.pack("<5iQ", len(pieces), 0, 2, 1, 3, int(ends[-1]))
    front += ends.tobytes() + scores.tobytes() + b"".join(pieces) + struct.pack("<iI", 0, 5) + b"table"
    front += struct.pack("<i", len(stored))
    at = len(front) + sum(2 + len(name) + struct.calcsize("<BIQQ") for name, _, _ in stored)
    directory = b""
    for name, kind, data in stored:
        directory += struct.pack("<H", len(name)) + name.encode() + struct.pack("<BIQQ", kind, 0, at, len(data))
        at += len(data)
    return front + directory + b"".join(data for _, _, data in stored)


@pytest.fixture
def written(tmp_path) -> tuple[Path, dict[str, np.ndarray]]:
    """A tiny file of this form, and what it holds."""
    return tmp_path / FILE, write_packed(tmp_path / FILE)


def kept_pieces() -> list[int]:
    """Return the pieces that are not of another script."""
    return [n for n, piece in enumerate(PIECES) if piece not in ("▁счёт", "账单", "😀", "ٱ")]


def test_every_value_is_read_back(written):
    """Matrices in blocks, vectors as they are; the table of words without those of other scripts."""
    path, meant = written
    weights = read_packed(path)
    assert set(weights.tensors) == set(meant)
    for name, value in meant.items():
        wanted = value[kept_pieces()] if name == "words.weight" else value
        np.testing.assert_allclose(weights.tensors[name], wanted, rtol=1e-6, err_msg=name)
    shape = weights.shape
    assert (shape.hidden, shape.heads, shape.layers, shape.max_tokens) == (HIDDEN, HEADS, LAYERS, POSITIONS)
    assert (shape.pooling, shape.first_position, shape.relative_buckets) == (Pooling.MEAN, 0, 0)
    assert shape.epsilon == pytest.approx(1e-5)


def test_the_graph_is_the_network_that_was_packed(written):
    """Tokens to a vector as numpy gives it, with the tokenizer that comes along."""
    path, meant = written
    weights = read_packed(path)
    card = PartCard("e5", "", "", HIDDEN, POSITIONS, "fp32", "", "query: ", "query: ")
    encoder = GraphEncoder(PartFiles(card, weights.tokenizer, transformer_graph(weights)))
    tensors = {**meant, "words.weight": meant["words.weight"][kept_pieces()]}
    model = Tiny(path.parent, "bert", tensors, 0, 1e-5, "mean")
    for text in ("bills", "¿pagar factura", "счёт", ""):
        wanted = model.vector(encoder.tokens(f"query: {text}"))
        np.testing.assert_allclose(encoder.encode_query(text), wanted, atol=1e-5)


def tokens(tokenizer: bytes, text: str) -> list[str]:
    """Return a text's pieces."""
    pieces: list[str] = Tokenizer.from_str(tokenizer.decode()).encode(text).tokens
    return pieces


def test_a_cut_vocabulary_changes_no_latin_text(written, monkeypatch):
    """Other scripts become the unknown piece; everything else is told apart as before."""
    path, _ = written
    cut = read_packed(path).tokenizer
    monkeypatch.setattr(packed_e5, "_kept", lambda pieces, _: list(range(len(pieces))))
    whole = read_packed(path).tokenizer
    for text in LATIN:
        assert tokens(cut, text) == tokens(whole, text)
    assert tokens(whole, "query: счёт") == ["<s>", "▁query", ":", "▁счёт", "</s>"]
    assert tokens(cut, "query: счёт") == ["<s>", "▁query", ":", "▁", "счёт", "</s>"]
    unknown = Tokenizer.from_str(cut.decode()).encode("query: счёт").ids[4]
    assert unknown == kept_pieces().index(PIECES.index("<unk>"))


def test_white_space_is_one_space_and_none_at_the_ends(written):
    """As SentencePiece has it: what was typed around a question does not move its vector."""
    cut = read_packed(written[0]).tokenizer
    assert tokens(cut, "query:  bill\n factura \t") == tokens(cut, "query: bill factura")
    assert tokens(cut, "query: ") == ["<s>", "▁query", ":", "</s>"]


@pytest.mark.parametrize("harm", [lambda d: d[:20], lambda d: d[:200], lambda d: d[:600], lambda d: d[: len(d) // 2]])
def test_a_file_that_was_cut_off_is_one_sentence(written, harm):
    """Wherever it ends."""
    path, _ = written
    path.write_bytes(harm(path.read_bytes()))
    with pytest.raises(EncoderUnavailable, match=r"is damaged \(.*\)\. Fetch it again: kb models fetch e5"):
        read_packed(path)


@pytest.mark.parametrize("data", [b"", b"E5S2" + bytes(80), b"\x80\x04pickle"])
def test_another_file_is_refused(tmp_path, data):
    """Any other form is refused."""
    (tmp_path / FILE).write_bytes(data)
    with pytest.raises(EncoderUnavailable, match=r"is not multilingual-e5-small .* kb models fetch e5"):
        read_packed(tmp_path / FILE)


@pytest.mark.parametrize(
    ("at", "value", "said"), [(4 + 4 + 7 * 4 + 4, 64, "blocks of 64 values"), (8, HIDDEN * 2, "reshape")]
)
def test_sizes_that_do_not_fit_are_refused(written, at, value, said):
    """Another size of block, another length of vector."""
    path, _ = written
    data = bytearray(path.read_bytes())
    struct.pack_into("<i", data, at, value)
    path.write_bytes(data)
    with pytest.raises(EncoderUnavailable, match=rf"is damaged \(.*{said}.*kb models fetch e5"):
        read_packed(path)


def test_the_real_vocabulary_is_cut_where_nobody_notices(monkeypatch):
    """Less than half of the pieces is left, and every sample text has the pieces it had."""
    needs("e5")
    path = folder_of("e5", Settings().cache) / FILE
    cut = read_packed(path)
    monkeypatch.setattr(packed_e5, "_parameters", lambda *_: {})
    monkeypatch.setattr(packed_e5, "_kept", lambda pieces, _: list(range(len(pieces))))
    whole = Tokenizer.from_str(read_packed(path).tokenizer.decode())
    small = Tokenizer.from_str(cut.tokenizer.decode())
    assert (whole.get_vocab_size(), small.get_vocab_size()) == (250_002, len(cut.tensors["words.weight"]))
    assert small.get_vocab_size() < 120_000
    more = ("FAÇADE naïve Übergröße 12½ £9.99 — “quoted” © ª º œuvre łódź", "x" * 300, "<s> </s>", "a\u00a0b\u200bc")
    for text in (*sample_texts(), *more):
        assert small.encode(text).tokens == whole.encode(text).tokens
