"""The exported encoder, and how it comes from a model: pinned, cached, verified, exact."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.config import Precision, Settings
from kb.errors import EncoderUnavailable
from kb.retrieval import export
from kb.retrieval.encoder import EncoderCard, GraphEncoder
from kb.retrieval.export import ExportedEncoder, exported_encoder
from kb.retrieval.models import model_folder
from tests.support import FakeEncoder, tiny_words, toy_encoder

TEXTS = (
    "why did my bill go up",
    "pay bill",
    "",
    "A much longer text about a bill that was higher than the one before, with a date, an amount and a name. " * 8,
    "¿Cómo pago mi factura?",
    "😀 🎉",
    "لماذا زادت فاتورتي",
)


@pytest.fixture(scope="session")
def minilm() -> ExportedEncoder:
    """The small encoder, from the user's cache or freshly exported."""
    return exported_encoder(Settings(encoder="minilm"))


@pytest.fixture(scope="session")
def graph_encoder() -> GraphEncoder:
    """A small real graph, for properties."""
    return toy_encoder(tiny_words()).documents()


# --------------------------------------------------------------------------------------------- vectors


def test_vectors_have_unit_length_and_the_card_s_dimension(minilm):
    """Whatever the text, empty and over-long ones included."""
    matrix = minilm.documents().encode_documents(TEXTS)
    assert matrix.shape == (len(TEXTS), minilm.card.dim) == (len(TEXTS), 384)
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1.0, atol=1e-5)
    assert minilm.queries().encode_query("x" * 5000).shape == (384,)


def test_a_vector_does_not_depend_on_its_batch(minilm):
    """Alone, in another order or among others: the same to the last bit."""
    encoder = minilm.documents()
    together = encoder.encode_documents(TEXTS)
    turned = encoder.encode_documents(TEXTS[::-1])[::-1]
    alone = np.concatenate([encoder.encode_documents([text]) for text in TEXTS])
    assert np.array_equal(together, turned)
    assert np.array_equal(together, alone)
    assert np.array_equal(together[0], encoder.encode_query(TEXTS[0]))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=6))
def test_any_texts_any_batch(graph_encoder, texts):
    """The same property for any texts, on a small graph."""
    together = graph_encoder.encode_documents(texts)
    assert together.shape == (len(texts), graph_encoder.dim)
    for row, text in zip(together, texts, strict=True):
        assert np.array_equal(row, graph_encoder.encode_query(text))


def test_int8_questions_agree_with_the_exact_graph(minilm):
    """The quick graph's vectors are near the exact ones: mean cosine above 0.97, none below 0.95."""
    texts = [text for text in TEXTS if text]
    exact = minilm.documents().encode_documents(texts)
    quick = np.stack([minilm.queries().encode_query(text) for text in texts])
    cosines = (exact * quick).sum(axis=1)
    assert minilm.card.query_precision == "int8"
    assert cosines.mean() > 0.97
    assert cosines.min() > 0.95
    assert len(minilm.query_graph) * 3 < len(minilm.document_graph)


def test_meaning_is_nearer_than_words(minilm):
    """The default model knows that two sentences without a common word mean the same."""
    a, b, c = minilm.documents().encode_documents(
        ["my invoice went up", "the monthly statement is higher than before", "how to bake bread at home"]
    )
    assert a @ b > a @ c


def test_prefixes_of_a_model_are_used(graph_encoder):
    """Models that want 'query: ' or 'passage: ' before a text get it."""
    exported = toy_encoder(["query", "passage", "bill"])
    card = replace(exported.card, query_prefix="query ", document_prefix="passage ")
    encoder = GraphEncoder(card, exported.tokenizer, exported.document_graph)
    plain = exported.documents()
    assert np.array_equal(encoder.encode_query("bill"), plain.encode_query("query bill"))
    assert np.array_equal(encoder.encode_documents(["bill"])[0], plain.encode_query("passage bill"))


def test_the_fake_encoder_can_rank():
    """The tests' own encoder: the same text, the same unit vector; shared words are near."""
    fake = FakeEncoder()
    a, b, c = fake.encode_documents(["late fee on my bill", "late fees on bills", "return the modem"])
    assert np.array_equal(a, fake.encode_query("late fee on my bill"))
    assert np.linalg.norm(a) == pytest.approx(1.0, abs=1e-6)
    assert a @ b > 0.5 > a @ c
    assert fake.encode_query("").shape == (64,)


@pytest.mark.parametrize("data", [b"", b"{}", b"[]", b"null", b"\xff", b'{"name": 1, "inputs": []}'])
def test_a_card_that_is_not_one_is_refused(data):
    """One sentence with the remedy."""
    with pytest.raises(EncoderUnavailable, match=r"encoder\.json is not readable .* kb build --full"):
        EncoderCard.from_bytes(data)


def test_a_card_comes_back_as_it_was(minilm):
    """Through JSON and back."""
    assert EncoderCard.from_bytes(minilm.card.to_bytes()) == minilm.card


def test_an_encoder_that_cannot_be_loaded_is_named(minilm):
    """A graph or tokenizer no runtime reads."""
    for tokenizer, graph in ((b"{}", minilm.query_graph), (minilm.tokenizer, b"no graph"), (b"\xff", b"")):
        with pytest.raises(EncoderUnavailable, match=r"The encoder 'minilm' cannot be loaded\. Build again: kb build"):
            GraphEncoder(minilm.card, tokenizer, graph)


# ------------------------------------------------------------------------------------------------- cache


class Exports:
    """Counts exports and gives a toy each time."""

    def __init__(self) -> None:
        """Start at none."""
        self.count = 0

    def __call__(self, *_: object) -> ExportedEncoder:
        """Export once more."""
        self.count += 1
        return toy_encoder(["bill"])


@pytest.fixture
def exports(monkeypatch: pytest.MonkeyPatch) -> Exports:
    """Put a quick export in the place of the real one."""
    made = Exports()
    monkeypatch.setattr(export, "_export", made)
    return made


@pytest.fixture
def model(tmp_path: Path) -> Settings:
    """Settings with a model's folder and a cache of their own."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "modules.json").write_text("[]")
    (folder / "model.safetensors").write_bytes(b"weights")
    return Settings(encoder=str(folder), cache=tmp_path / "cache")


def cached_files(settings: Settings) -> list[Path]:
    """Return the files of the only cached export."""
    (folder,) = (settings.cache / "encoders").iterdir()
    return sorted(folder.iterdir())


def test_an_unchanged_model_is_exported_once(model, exports):
    """The second time the cache gives the same bytes, and nothing is said."""
    said: list[str] = []
    first = exported_encoder(model, said.append)
    assert said == [f"Exporting the encoder {model.encoder!r} (once; it is kept in {model.cache})"]
    assert exported_encoder(model, said.append) == first
    assert (exports.count, len(said)) == (1, 1)


@pytest.mark.parametrize("harm", [lambda d: d[:-9], lambda d: b"", lambda d: bytes([d[0] ^ 1]) + d[1:]])
def test_a_damaged_cache_is_exported_again(model, exports, harm: Callable[[bytes], bytes]):
    """A byte of any cached file changed: it is never used."""
    first = exported_encoder(model)
    for n, path in enumerate(cached_files(model), start=2):
        path.write_bytes(harm(path.read_bytes()))
        assert exported_encoder(model) == first
        assert exports.count == n, path.name
    assert exported_encoder(model) == first
    assert exports.count == 6


@pytest.mark.parametrize("digests", [b"[]", b"3", b"null", b'{"encoder.json": 3}'])
def test_cached_digests_of_another_shape_are_exported_again(model, exports, digests):
    """JSON that is no table of digests counts as damage."""
    exported_encoder(model)
    next(p for p in cached_files(model) if p.name == "digests.json").write_bytes(digests)
    exported_encoder(model)
    assert exports.count == 2


def test_a_missing_cached_file_is_exported_again(model, exports):
    """Deleting the cache is always allowed."""
    first = exported_encoder(model)
    cached_files(model)[0].unlink()
    assert exported_encoder(model) == first
    assert exports.count == 2


def test_another_model_precision_or_library_is_another_export(model, exports, monkeypatch):
    """The cache's key is everything that decides the result."""
    exported_encoder(model)
    exported_encoder(replace(model, precision=Precision.FP32))
    (Path(model.encoder) / "model.safetensors").write_bytes(b"other weights")
    exported_encoder(model)
    monkeypatch.setattr(export, "version", lambda _: "99")
    exported_encoder(model)
    assert exports.count == len(list((model.cache / "encoders").iterdir())) == 4


def test_two_builds_that_export_at_once_both_succeed(model, exports, monkeypatch):
    """The slower one finds the folder taken and uses what is as good."""
    honest = Path.rename

    def taken(self: Path, target: Path) -> Path:
        target.mkdir()
        (target / "digests.json").write_text("{}")
        return honest(self, target)

    monkeypatch.setattr(Path, "rename", taken)
    assert exported_encoder(model).card.dim == 64
    assert [p.name for p in (model.cache / "encoders").iterdir() if p.name.startswith(".")] == []


# ------------------------------------------------------------------------------------------ real exports


def test_a_folder_that_is_no_model_says_why(tmp_path):
    """What the library raises is told in one sentence."""
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(
        EncoderUnavailable, match=r"sentence-transformers cannot load .*Name another encoder\."
    ) as caught:
        exported_encoder(Settings(encoder=str(tmp_path), cache=tmp_path / "cache"))
    assert "\n" not in str(caught.value)


def test_a_model_s_folder_works_as_an_encoder(minilm, tmp_path):
    """A folder with the same model gives the same vectors as the packaged one, in fp32 for questions too."""
    folder = tmp_path / "model"
    folder.mkdir()
    for path in sorted(model_folder("minilm", tmp_path).rglob("*")):
        target = folder / path.relative_to(model_folder("minilm", tmp_path))
        target.mkdir() if path.is_dir() else target.symlink_to(path)
    settings = Settings(encoder=str(folder), precision=Precision.FP32, cache=tmp_path / "cache")
    exported = exported_encoder(settings)
    assert exported.card.name == str(folder)
    assert exported.card.query_precision == "fp32"
    assert exported.query_graph == exported.document_graph
    texts = [t for t in TEXTS if t]
    mine, packaged = (e.documents().encode_documents(texts) for e in (exported, minilm))
    np.testing.assert_allclose((mine * packaged).sum(axis=1), 1.0, atol=1e-5)


def small_model(folder: Path, kind: str, prompts: dict[str, str] | None = None) -> None:
    """Write a sentence-transformers model of a few thousand random weights."""
    import torch
    from sentence_transformers import SentenceTransformer, models
    from transformers import BertConfig, BertModel, BertTokenizerFast, DistilBertConfig, DistilBertModel

    torch.manual_seed(7)
    inner = folder / "inner"
    inner.mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *tiny_words()]
    (inner / "vocab.txt").write_text("\n".join(vocabulary))
    tokenizer = BertTokenizerFast(vocab_file=str(inner / "vocab.txt"))
    if kind == "bert":
        config = BertConfig(
            vocab_size=len(vocabulary), hidden_size=32, num_hidden_layers=1, num_attention_heads=2, intermediate_size=64
        )
        network = BertModel(config)
    else:
        network = DistilBertModel(
            DistilBertConfig(vocab_size=len(vocabulary), dim=32, n_layers=1, n_heads=2, hidden_dim=64)
        )
    network.save_pretrained(inner)
    tokenizer.save_pretrained(inner)
    transformer = models.Transformer(str(inner), max_seq_length=32)
    model = SentenceTransformer(modules=[transformer, models.Pooling(32, "mean")], prompts=prompts, device="cpu")
    model.save(str(folder / "model"))


@pytest.mark.filterwarnings("ignore")  # of the libraries that write the model, not of ours
@pytest.mark.parametrize("kind", ["bert", "distilbert"])
def test_any_sentence_transformers_model_is_exported(tmp_path, kind):
    """Other sizes, networks and prompts: the graph gives what the library gives, and questions get their own prefix.

    DistilBERT reads no token types, which its tokenizer gives here.
    """
    small_model(tmp_path, kind, {"query": "bill ", "document": ""})
    exported = exported_encoder(Settings(encoder=str(tmp_path / "model"), cache=tmp_path / "cache"))
    card = exported.card
    assert (card.dim, card.max_tokens, card.query_prefix, card.document_prefix) == (32, 32, "bill ", "")
    texts = ["late fee", "turn off automatic payments"]
    expected = library_vectors(tmp_path / "model", texts)
    np.testing.assert_allclose(exported.documents().encode_documents(texts), expected, atol=1e-5)
    asked = library_vectors(tmp_path / "model", ["bill late fee"])[0]
    assert exported.queries().encode_query("late fee") @ asked > 0.97


def library_vectors(folder: Path, texts: list[str]) -> np.ndarray:
    """Return what sentence-transformers itself gives."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu").encode(texts, normalize_embeddings=True, prompt="")


@pytest.mark.parametrize(
    ("agreements", "precision", "exact", "quick"),
    [
        ((0.9, 1.0, 0.5, 0.5), "fp32", b"plain", b"plain"),
        ((1.0, 1.0, 0.99), "int8", b"fused", b"int8 of fused"),
        ((1.0, 1.0, 0.9, 0.98), "int8", b"fused", b"int8 of smooth"),
    ],
)
def test_a_graph_serves_only_where_it_agrees(monkeypatch, tmp_path, agreements, precision, exact, quick):
    """A fused graph that differs is not used; a quantised one that differs is smoothed, else questions stay exact."""
    exported = export_with(monkeypatch, tmp_path, iter(agreements))
    assert exported.card.query_precision == precision
    assert exported.document_graph == exact
    assert exported.query_graph == quick
    assert exported.is_alike is (precision == "fp32")


def test_a_large_model_s_documents_are_encoded_as_questions_are(monkeypatch, tmp_path):
    """Its exact graph would take a build several times as long; and it is smoothed at once."""
    monkeypatch.setattr(export, "_LARGE", 4)
    exported = export_with(monkeypatch, tmp_path, iter((1.0, 1.0, 0.99)))
    assert exported.document_graph == exported.query_graph == b"int8 of smooth"
    assert exported.is_alike


def test_a_graph_that_never_agrees_is_refused(monkeypatch, tmp_path):
    """An export that is not the model is an error that names it."""
    with pytest.raises(
        EncoderUnavailable, match=r"graph of '.*' does not agree with the model \(mean cosine 0\.9000\)"
    ):
        export_with(monkeypatch, tmp_path, iter((0.9, 0.9)))


class FakeFeeds:
    """Stands for a graph that is none."""

    def feeds(self, text: str) -> dict[str, np.ndarray]:
        """Return no inputs."""
        return {}


def export_with(monkeypatch: pytest.MonkeyPatch, folder: Path, agreements: Iterator[float]) -> ExportedEncoder:
    """Export a model that is none, with the agreement of each graph given."""

    class Model:
        def encode(self, texts: list[str], **_: object) -> np.ndarray:
            return np.zeros((len(texts), 4), np.float32)

    def written(data: bytes) -> Callable[..., object]:
        def write(*args: object) -> object:
            path = next(a for a in reversed(args) if isinstance(a, Path))
            path.write_bytes(data)
            return True

        return write

    def quantised(graph: Path, _: Path) -> bytes:
        return b"int8 of " + graph.read_bytes()

    def smoothed(_: Path, target: Path, sample: list[object]) -> Path:
        assert len(sample) > 50
        target.write_bytes(b"smooth")
        return target

    toy = toy_encoder(["bill"])
    monkeypatch.setattr(export, "_load", lambda _: Model())
    monkeypatch.setattr(export, "_describe", lambda _, card: (replace(card, dim=4), toy.tokenizer))
    monkeypatch.setattr(export, "_to_onnx", written(b"plain"))
    monkeypatch.setattr(export, "_fuse", written(b"fused"))
    monkeypatch.setattr(export, "quantise", quantised)
    monkeypatch.setattr(export, "smooth", smoothed)
    monkeypatch.setattr(export, "GraphEncoder", lambda *_: FakeFeeds())
    monkeypatch.setattr(export, "_agreement", lambda *_: next(agreements))
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    return exported_encoder(Settings(encoder=str(folder), cache=folder / "cache"))
