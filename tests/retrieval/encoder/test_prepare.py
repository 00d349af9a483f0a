"""Graphs ready to build with: made once, kept, verified, refused where they do not agree."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder import foreign, prepare
from kb.retrieval.encoder.card import PartCard
from kb.retrieval.encoder.prepare import PreparedEncoder, built, prepared_encoder
from kb.retrieval.encoder.probes import sample_texts
from kb.retrieval.encoder.serving import GraphEncoder, PartFiles
from kb.retrieval.encoder.weights import read_folder
from kb.settings.settings import Precision, Settings
from tests.retrieval.encoder.tiny import TEXTS, change, tiny_model
from tests.support import toy_encoder

CARD = PartCard("tiny", "", "", 0, 0, "int8", "")


class Exports:
    """A factory that counts how often a graph is made and returns a toy each time."""

    def __init__(self) -> None:
        """Start at zero."""
        self.count = 0

    def __call__(self, folder: Path, card: PartCard, *_: object) -> PartFiles:
        """Make one more."""
        self.count += 1
        (part,) = toy_encoder(["bill"], card.name).parts
        return replace(part, card=replace(part.card, precision=card.precision))


@pytest.fixture
def exports(monkeypatch: pytest.MonkeyPatch) -> Exports:
    """Put a quick export in the place of the real one."""
    made = Exports()
    monkeypatch.setattr(foreign, "exported", made)
    return made


@pytest.fixture
def model(tmp_path: Path) -> Settings:
    """Settings with a model's folder, of no family that is built in, and a cache of their own."""
    folder = tmp_path / "model"
    folder.mkdir()
    (folder / "config.json").write_text("{}")
    (folder / "model.safetensors").write_bytes(b"weights")
    return Settings(encoder=str(folder), cache=tmp_path / "cache")


def cached_files(settings: Settings) -> list[Path]:
    """Return the files of the only cached graph."""
    (folder,) = (settings.cache / "encoders").iterdir()
    return sorted(folder.iterdir())


# ----------------------------------------------------------------------------------------------- the cache


def test_the_graph_of_an_unchanged_model_is_made_once(model, exports):
    """The second time, the cache gives the same bytes without any message."""
    said: list[str] = []
    first = prepared_encoder(model, said.append)
    assert said == [f"Building the graph of {model.encoder!r} (once; it is kept in {model.cache})"]
    assert prepared_encoder(model, said.append) == first
    assert (exports.count, len(said)) == (1, 1)


@pytest.mark.parametrize("harm", [lambda d: d[:-9], lambda d: b"", lambda d: bytes([d[0] ^ 1]) + d[1:]])
def test_a_damaged_cache_is_made_again(model, exports, harm: Callable[[bytes], bytes]):
    """A byte of any cached file changed: it is never used."""
    first = prepared_encoder(model)
    paths = cached_files(model)
    assert [path.name for path in paths] == ["digests.json", "encoder.json", "graph.onnx", "tokenizer.json"]
    for n, path in enumerate(paths, start=2):
        path.write_bytes(harm(path.read_bytes()))
        assert prepared_encoder(model) == first
        assert exports.count == n, path.name
    assert prepared_encoder(model) == first
    assert exports.count == 5


@pytest.mark.parametrize("digests", [b"[]", b"3", b"null", b'{"encoder.json": 3}'])
def test_cached_digests_of_another_shape_are_made_again(model, exports, digests):
    """JSON that is not a table of digests counts as damage."""
    prepared_encoder(model)
    next(p for p in cached_files(model) if p.name == "digests.json").write_bytes(digests)
    prepared_encoder(model)
    assert exports.count == 2


def test_a_missing_cached_file_is_made_again(model, exports):
    """Deleting the cache is always allowed."""
    first = prepared_encoder(model)
    cached_files(model)[0].unlink()
    assert prepared_encoder(model) == first
    assert exports.count == 2


def test_another_model_precision_library_or_sample_is_another_graph(model, exports, monkeypatch):
    """The cache's key is everything that decides the result."""
    prepared_encoder(model)
    prepared_encoder(replace(model, precision=Precision.FP32))
    (Path(model.encoder) / "model.safetensors").write_bytes(b"other weights")
    prepared_encoder(model)
    monkeypatch.setattr(prepare, "version", lambda _: "99")
    prepared_encoder(model)
    monkeypatch.setattr(prepare, "sample_texts", lambda: ("another",))
    prepared_encoder(model)
    assert exports.count == len(list((model.cache / "encoders").iterdir())) == 5


def test_two_builds_that_make_a_graph_at_once_both_succeed(model, exports, monkeypatch):
    """The slower one finds the folder taken and uses what is as good."""
    honest = Path.rename

    def taken(self: Path, target: Path) -> Path:
        target.mkdir()
        (target / "digests.json").write_text("{}")
        return honest(self, target)

    monkeypatch.setattr(Path, "rename", taken)
    assert prepared_encoder(model).card.dim == 64
    assert [p.name for p in (model.cache / "encoders").iterdir() if p.name.startswith(".")] == []


def test_a_cache_that_cannot_be_written_says_so(model, exports, tmp_path):
    """A file in the folder's place: one sentence with the setting."""
    model.cache.write_text("no folder")
    with pytest.raises(EncoderUnavailable, match=r"encoders cannot be written \(.*\)\. .*another folder in KB_CACHE"):
        prepared_encoder(model)


def test_a_full_disk_leaves_nothing_behind(model, exports, monkeypatch):
    """What was half written is taken away again."""

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(prepare, "_put", full)
    with pytest.raises(EncoderUnavailable, match=r"\(No space left on device\)\. Make room, or name another folder"):
        prepared_encoder(model)
    assert list((model.cache / "encoders").iterdir()) == []


# ------------------------------------------------------------------------------------------------ building


def test_a_folder_s_graph_is_built_without_torch(tmp_path):
    """A family that is built in, by its folder: its card says what it is, prompts become prefixes."""
    folder = tiny_model(tmp_path / "model", "mpnet").folder
    change(folder / "config_sentence_transformers.json", prompts={"query": "query: ", "document": "passage: "})
    prepared = prepared_encoder(Settings(encoder=str(folder), cache=tmp_path / "cache", precision=Precision.FP32))
    (card,) = prepared.card.parts
    assert (card.name, card.dim, card.max_tokens, card.precision) == (str(folder), 32, 24, "fp32")
    assert (card.query_prefix, card.document_prefix, card.inputs) == ("query: ", "passage: ", ("input_ids",))
    assert len(card.graph) == 16
    encoder = prepared.load()
    tokens = encoder.parts[0].tokens("query: late bill")
    wanted = tiny_model(tmp_path / "again", "mpnet").vector(tokens)
    np.testing.assert_allclose(encoder.encode_query("late bill"), wanted, atol=1e-5)


def test_several_models_are_one_encoder(tmp_path, monkeypatch):
    """Each is cached by itself, so that one more costs only itself."""
    folders = {"e5": "bert", "mpnet": "mpnet"}
    for name, kind in folders.items():
        tiny_model(tmp_path / name, kind)
        known = replace(prepare.models.KNOWN[name], read=read_folder)
        monkeypatch.setitem(prepare.models.KNOWN, name, known)
    monkeypatch.setattr(prepare, "fetched", lambda name, *_: tmp_path / name)
    said: list[str] = []
    settings = Settings(encoder="e5", cache=tmp_path / "cache")
    prepared_encoder(settings, said.append)
    both = prepared_encoder(replace(settings, encoder="auto"), said.append)
    assert [line.split("(")[0] for line in said] == ["Building the graph of 'e5' ", "Building the graph of 'mpnet' "]
    assert (both.card.name, both.card.dim) == ("e5+mpnet", 64)
    assert [part.card.query_prefix for part in both.parts] == ["query: ", ""]
    assert [part.card.revision for part in both.parts] == list(map(prepare.models.pinned_revision, ("e5", "mpnet")))


@pytest.mark.parametrize("is_centred", [False, True])
def test_the_small_graph_agrees_with_the_exact_one(tmp_path, is_centred):
    """The small graph agrees after the center is removed from both, and is a third of the size."""
    weights = read_folder(tiny_model(tmp_path / "model").folder)
    exact, small = (
        built(weights, replace(CARD, precision=precision), is_centred=is_centred) for precision in ("fp32", "int8")
    )
    a, b = (GraphEncoder(part).encode_documents(TEXTS) for part in (exact, small))
    assert (a * b).sum(axis=1).min() > 0.98
    assert not np.array_equal(a, b)
    assert small.tokenizer == exact.tokenizer


def test_the_middle_of_a_centred_model_is_none(tmp_path):
    """The mean of the sample's vectors, which is far from nothing, becomes nearly nothing."""
    weights = read_folder(tiny_model(tmp_path / "model").folder)
    plain, centred = (
        np.linalg.norm(GraphEncoder(built(weights, CARD, is_centred=c)).encode_queries(sample_texts()).mean(axis=0))
        for c in (False, True)
    )
    assert plain > 0.8
    assert centred < 0.25


def test_a_small_graph_that_does_not_agree_is_refused(tmp_path, monkeypatch):
    """Never in silence: the message gives the figure and the setting."""
    monkeypatch.setattr("kb.retrieval.encoder.products.LARGEST_WEIGHT", 1)
    weights = read_folder(tiny_model(tmp_path / "model").folder)
    with pytest.raises(
        EncoderUnavailable,
        match=r"'tiny' gives other vectors than the model itself \(mean cosine \d\.\d{3}.*Set 'precision: fp32'",
    ):
        built(weights, CARD)


def test_a_version_s_files_are_the_encoder_s(exports, model):
    """A card, and a tokenizer and a graph for each model."""
    prepared = prepared_encoder(model)
    (part,) = prepared.parts
    assert prepared.version_files() == {
        "encoder.json": prepared.card.to_bytes(),
        "encoder-model.onnx": part.graph,
        "encoder-model.tokenizer.json": part.tokenizer,
    }
    assert isinstance(prepared, PreparedEncoder)
