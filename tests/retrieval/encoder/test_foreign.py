"""Any other sentence-transformers model: exported by the library itself and compared with it, or refused."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder import foreign
from kb.retrieval.encoder.card import PartCard
from kb.retrieval.encoder.foreign import exported, is_built_in, prefixes
from kb.retrieval.encoder.prepare import prepared_encoder
from kb.retrieval.encoder.serving import GraphEncoder
from kb.retrieval.encoder.weights import read_folder
from kb.settings.settings import Precision, Settings
from tests.retrieval.encoder.tiny import NAMES, Tiny, change, tiny_model
from tests.support import tiny_words

CARD = PartCard("tiny", "", "", 0, 0, "fp32", "")
TEXTS = ("late fee", "turn off automatic payments", "why is my bill higher this month", "modem")
models = pytest.mark.models
quiet = pytest.mark.filterwarnings("ignore")
"""Of the libraries that write and export the models, not of ours."""


def write_model(folder: Path, kind: str, *, dense: bool = False, prompts: dict[str, str] | None = None) -> Path:
    """Write a model of a few thousand random weights, as sentence-transformers saves it."""
    torch = pytest.importorskip("torch")
    sentence_transformers = pytest.importorskip("sentence_transformers")
    import transformers
    from sentence_transformers import models as modules

    torch.manual_seed(7)
    inner = folder / "inner"
    inner.mkdir(parents=True)
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *tiny_words()]
    (inner / "vocab.txt").write_text("\n".join(vocabulary))
    sizes = {
        "vocab_size": len(vocabulary),
        "hidden_size": 32,
        "embedding_size": 16,
        "num_hidden_layers": 1,
        "num_attention_heads": 2,
        "intermediate_size": 64,
    }
    if kind == "distilbert":
        sizes = {"vocab_size": len(vocabulary), "dim": 32, "n_layers": 1, "n_heads": 2, "hidden_dim": 64}
    config = transformers.AutoConfig.for_model(kind, **sizes)
    transformers.AutoModel.from_config(config).save_pretrained(inner)
    transformers.BertTokenizerFast(vocab_file=str(inner / "vocab.txt")).save_pretrained(inner)
    steps = [modules.Transformer(str(inner), max_seq_length=32), modules.Pooling(32, "mean")]
    if dense:
        steps.append(modules.Dense(32, 24))
    sentence_transformers.SentenceTransformer(modules=steps, prompts=prompts, device="cpu").save(str(folder / "model"))
    return folder / "model"


def of_library(folder: Path, texts: tuple[str, ...]) -> np.ndarray:
    """Return what sentence-transformers itself gives."""
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(str(folder), device="cpu").encode(list(texts), normalize_embeddings=True, prompt="")


# ------------------------------------------------------------------------------------------ without the extra


def test_the_missing_extra_is_named(tmp_path, monkeypatch):
    """A family that is not built in, and no sentence-transformers: what to run."""
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    folder = tiny_model(tmp_path / "model").folder
    change(folder / "config.json", model_type="electra")
    with pytest.raises(
        EncoderUnavailable,
        match=r"not built in, and sentence-transformers, which exports it, cannot be imported .*Run: pip install",
    ) as caught:
        prepared_encoder(Settings(encoder=str(folder), cache=tmp_path / "cache"))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("kind", NAMES)
def test_known_families_need_no_extra(tmp_path, monkeypatch, kind):
    """Neither torch nor the library is imported for them."""
    for name in ("torch", "transformers", "sentence_transformers"):
        monkeypatch.setitem(sys.modules, name, None)
    folder = tiny_model(tmp_path / "model", kind).folder
    assert is_built_in(folder)
    assert prepared_encoder(Settings(encoder=str(folder), cache=tmp_path / "cache")).card.dim == 32


@pytest.mark.parametrize(
    ("file", "values"),
    [
        ("config.json", {"model_type": "electra"}),
        ("config.json", {"hidden_act": "relu"}),
        ("1_Pooling/config.json", {"pooling_mode_mean_tokens": False, "pooling_mode_max_tokens": True}),
    ],
)
def test_whatever_is_not_built_in_is_exported(tmp_path, file, values):
    """The graph builder's own refusals decide, so that the extra is used where it helps."""
    folder = tiny_model(tmp_path / "model").folder
    change(folder / file, **values)
    assert not is_built_in(folder)


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ({"prompts": {"query": "query: ", "passage": "passage: "}}, ("query: ", "passage: ")),
        ({"prompts": {"query": "search: ", "document": ""}}, ("search: ", "")),
        ({"prompts": {"clustering": "cluster: "}}, ("", "")),
        ({"prompts": None}, ("", "")),
        ({}, ("", "")),
    ],
)
def test_prompts_become_prefixes(tmp_path, config, wanted):
    """What a model wants before a question and before a document."""
    change(tmp_path / "config_sentence_transformers.json", **config)
    assert prefixes(tmp_path) == wanted


@pytest.mark.parametrize("data", [b"", b"[]", b"\xff", b"null"])
def test_prompts_that_cannot_be_read_are_none(tmp_path, data):
    """The file is optional, and never a reason to fail."""
    (tmp_path / "config_sentence_transformers.json").write_bytes(data)
    assert prefixes(tmp_path) == ("", "")


# --------------------------------------------------------------------------------------------- with the extra


@models
@quiet
@pytest.mark.parametrize(("kind", "dense"), [("bert", True), ("electra", False)])
@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_what_is_not_built_in_is_exported_and_agrees(tmp_path, kind, dense, precision):
    """A module after pooling, or a family that the builder does not know: the graph gives what the library gives."""
    folder = write_model(tmp_path, kind, dense=dense, prompts={"query": "bill ", "document": ""})
    assert not is_built_in(folder)
    settings = Settings(encoder=str(folder), cache=tmp_path / "cache", precision=Precision(precision))
    prepared = prepared_encoder(settings)
    (card,) = prepared.card.parts
    assert (card.dim, card.max_tokens, card.is_tuned) == (24 if dense else 32, 32, False)
    assert (card.query_prefix, card.document_prefix) == ("bill ", "")
    encoder = prepared.load()
    found, wanted = encoder.encode_documents(TEXTS), of_library(folder, TEXTS)
    assert (found * wanted).sum(axis=1).min() > (0.99999 if precision == "fp32" else 0.97)
    asked = of_library(folder, ("bill late fee",))[0]
    assert encoder.encode_query("late fee") @ asked > (0.99999 if precision == "fp32" else 0.97)


@models
@quiet
@pytest.mark.parametrize("kind", ["bert", "distilbert"])
def test_what_the_library_saves_today_is_built_in(tmp_path, kind):
    """The newest form of a folder is read: length, pooling, prompts; the graph gives the library's vectors."""
    folder = write_model(tmp_path, kind, prompts={"query": "bill ", "document": ""})
    assert is_built_in(folder)
    settings = Settings(encoder=str(folder), cache=tmp_path / "cache", precision=Precision.FP32)
    prepared = prepared_encoder(settings)
    (card,) = prepared.card.parts
    assert (card.dim, card.max_tokens, card.query_prefix, card.document_prefix) == (32, 32, "bill ", "")
    texts = (*TEXTS, "bill " * 50)
    np.testing.assert_allclose(prepared.load().encode_documents(texts), of_library(folder, texts), atol=1e-5)


@models
@quiet
@pytest.mark.parametrize("kind", NAMES)
def test_transformers_itself_gives_the_same(tmp_path, kind):
    """Every family, read by the other implementation from the same file."""
    torch = pytest.importorskip("torch")
    transformers = pytest.importorskip("transformers")
    model = tiny_model(tmp_path / "model", kind)
    network = transformers.AutoModel.from_pretrained(model.folder, attn_implementation="eager").eval()
    for ids in first_ids(model):
        with torch.no_grad():
            hidden = network(input_ids=torch.tensor([ids]), attention_mask=torch.ones(1, len(ids))).last_hidden_state
        vector = hidden[0].mean(dim=0)
        np.testing.assert_allclose(torch.nn.functional.normalize(vector, dim=0), model.vector(ids), atol=1e-5)


def first_ids(model: Tiny) -> list[list[int]]:
    """Return the tokens of a short, a middling and the longest text; none is the padding's."""
    random = np.random.default_rng(1)
    least = 4 if model.first_position else 2
    most = len(model.tensors["words.weight"])
    return [random.integers(least, most, n).tolist() for n in (2, 9, read_folder(model.folder).shape.max_tokens)]


@models
@quiet
@pytest.mark.parametrize(
    ("precision", "remedy"),
    [("int8", r"Set 'precision: fp32' in site\.yaml"), ("fp32", r"Name another encoder")],
)
def test_a_graph_that_does_not_agree_is_refused(tmp_path, monkeypatch, precision, remedy):
    """An export that is not the model is an error that names it, with figures and what to do."""
    monkeypatch.setitem(foreign.LEAST_AGREEMENT, precision, 1.01)
    folder = write_model(tmp_path, "electra")
    with pytest.raises(
        EncoderUnavailable, match=rf"graph of 'tiny' does not agree with the model \(mean cosine \d\.\d{{4}}.*{remedy}"
    ):
        exported(folder, replace(CARD, precision=precision), TEXTS)


@models
@quiet
def test_a_folder_that_is_no_model_says_why(tmp_path):
    """What the library raises is told in one sentence."""
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "model.safetensors").write_bytes(b"not weights")
    with pytest.raises(
        EncoderUnavailable, match=r"sentence-transformers cannot load .*Name another encoder\."
    ) as caught:
        exported(tmp_path, CARD, TEXTS)
    assert "\n" not in str(caught.value)


@models
@quiet
def test_a_model_that_asks_for_code_of_its_own_is_refused(tmp_path):
    """Code in a model's folder is never run."""
    folder = write_model(tmp_path, "electra")
    change(folder / "config.json", auto_map={"AutoModel": "evil.Model"}, model_type="evil")
    (folder / "evil.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w')\n")
    with pytest.raises(EncoderUnavailable, match="sentence-transformers cannot load"):
        exported(folder, CARD, TEXTS)
    assert not (tmp_path / "ran").exists()


@models
@quiet
def test_two_exports_give_the_same_vectors(tmp_path):
    """Loaded twice, to the last bit."""
    folder = write_model(tmp_path, "electra")
    one, two = (GraphEncoder(exported(folder, CARD, TEXTS)).encode_documents(TEXTS) for _ in range(2))
    assert np.array_equal(one, two)
