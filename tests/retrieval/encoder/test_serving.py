"""Texts to vectors: unit length, independent of the company a text is in, one model or several."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder.card import EncoderCard, PartCard
from kb.retrieval.encoder.prepare import PreparedEncoder, built
from kb.retrieval.encoder.serving import GraphEncoder, JoinedEncoder, PartFiles, joined, load_encoder
from kb.retrieval.encoder.weights import read_folder
from tests.retrieval.encoder.tiny import tiny_model
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


@pytest.fixture(scope="module")
def parts(tmp_path_factory) -> dict[str, PartFiles]:
    """A small transformer with small integers by the family, and a toy that only looks words up."""
    folder = tmp_path_factory.mktemp("models")
    card = PartCard("", "", "", 0, 0, "int8", "")
    found = {"toy": toy_encoder(tiny_words()).parts[0]}
    for kind in ("bert", "mpnet"):
        weights = read_folder(tiny_model(folder / kind, kind).folder)
        found[kind] = built(weights, replace(card, name=kind))
    return found


def encoder_of(*parts: PartFiles) -> JoinedEncoder:
    """Return the encoder that joins some models."""
    card = EncoderCard("+".join(part.card.name for part in parts), tuple(part.card for part in parts))
    return PreparedEncoder(card, parts).load()


@pytest.fixture(scope="module")
def encoder(parts) -> JoinedEncoder:
    """The two transformers, joined."""
    return encoder_of(parts["bert"], parts["mpnet"])


# --------------------------------------------------------------------------------------------- vectors


def test_vectors_have_unit_length_and_the_card_s_dimension(encoder):
    """Vectors have unit length for every text, empty and too long ones included."""
    matrix = encoder.encode_documents(TEXTS)
    assert matrix.shape == (len(TEXTS), encoder.card.dim) == (len(TEXTS), 64)
    assert matrix.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(matrix, axis=1), 1.0, atol=1e-5)
    assert encoder.encode_query("x" * 5000).shape == (64,)
    assert encoder.encode_documents([]).shape == encoder.encode_queries([]).shape == (0, 64)


def test_a_vector_does_not_depend_on_its_batch(encoder):
    """Alone, in another order or among others: the same to the last bit."""
    together = encoder.encode_documents(TEXTS)
    turned = encoder.encode_documents(TEXTS[::-1])[::-1]
    alone = np.concatenate([encoder.encode_documents([text]) for text in TEXTS])
    assert np.array_equal(together, turned)
    assert np.array_equal(together, alone)
    assert np.array_equal(together, encoder.encode_queries(TEXTS))
    assert np.array_equal(together, np.stack([encoder.encode_query(text) for text in TEXTS]))


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=40), max_size=6))
def test_any_texts_any_batch(encoder, texts):
    """The same property for any texts."""
    together = encoder.encode_documents(texts)
    assert together.shape == (len(texts), encoder.dim)
    for row, text in zip(together, texts, strict=True):
        assert np.array_equal(row, encoder.encode_query(text))


def test_progress_counts_every_text_once(encoder, parts):
    """Over all models, up to the number of texts and never back."""
    seen: list[tuple[int, int]] = []
    encoder.encode_documents(TEXTS, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (7, 7)
    assert [done for done, _ in seen] == sorted(done for done, _ in seen)
    alone: list[tuple[int, int]] = []
    GraphEncoder(parts["toy"]).encode_queries(TEXTS, lambda done, total: alone.append((done, total)))
    assert alone == [(n, 7) for n in range(1, 8)]


def test_a_long_text_is_cut_not_refused(parts):
    """What lies beyond the greatest length changes nothing."""
    encoder = GraphEncoder(parts["bert"])
    assert np.array_equal(encoder.encode_query("bill " * 22), encoder.encode_query("bill " * 22 + "modem late"))
    assert not np.array_equal(encoder.encode_query("bill " * 21), encoder.encode_query("bill " * 21 + "modem"))


# --------------------------------------------------------------------------------------- prefixes, words


def test_prefixes_of_a_model_are_used():
    """Models that want 'query: ' or 'passage: ' before a text get it."""
    (part,) = toy_encoder(["query", "passage", "bill"]).parts
    encoder = GraphEncoder(replace(part, card=replace(part.card, query_prefix="query ", document_prefix="passage ")))
    plain = GraphEncoder(part)
    assert np.array_equal(encoder.encode_query("bill"), plain.encode_query("query bill"))
    assert np.array_equal(encoder.encode_queries(["bill"])[0], plain.encode_query("query bill"))
    assert np.array_equal(encoder.encode_documents(["bill"])[0], plain.encode_query("passage bill"))
    assert encoder.tokens("bill") == plain.tokens("bill")


def test_a_word_is_known_if_one_model_knows_it_whole(parts):
    """What two pieces make up is not known."""
    words = ("modem", "modems", "zebra")
    both = encoder_of(parts["bert"], parts["mpnet"])
    assert [both.knows(word) for word in words] == [True, False, False]
    with_toy = encoder_of(parts["bert"], toy_encoder(["modems"]).parts[0])
    assert with_toy.knows("modems")


def test_the_fake_encoder_can_rank():
    """The tests' own encoder: the same text, the same unit vector; shared words are near."""
    fake = FakeEncoder()
    a, b, c = fake.encode_documents(["late fee on my bill", "late fees on bills", "return the modem"])
    assert np.array_equal(a, fake.encode_query("late fee on my bill"))
    assert np.linalg.norm(a) == pytest.approx(1.0, abs=1e-6)
    assert a @ b > 0.5 > a @ c
    assert fake.encode_query("").shape == (64,)


# ---------------------------------------------------------------------------------------------- joining


def test_the_cosine_of_joined_vectors_is_the_mean_of_the_cosines(encoder):
    """So no model counts more than another."""
    a, b = "why did my bill go up", "pay bill"
    cosines = [part.encode_query(a) @ part.encode_query(b) for part in encoder.parts]
    assert encoder.encode_query(a) @ encoder.encode_query(b) == pytest.approx(np.mean(cosines), abs=1e-6)
    assert cosines[0] != pytest.approx(cosines[1], abs=1e-3)


def test_one_model_alone_is_itself():
    """A single model's vectors are neither copied nor scaled."""
    vector = np.array([0.6, 0.8], np.float32)
    assert joined([vector]) is vector


def test_an_encoder_comes_back_from_a_version_s_files(parts, encoder):
    """The files that a version carries are all it needs."""
    files = PreparedEncoder(encoder.card, (parts["bert"], parts["mpnet"])).version_files()
    assert sorted(files) == [
        "encoder-bert.onnx",
        "encoder-bert.tokenizer.json",
        "encoder-mpnet.onnx",
        "encoder-mpnet.tokenizer.json",
        "encoder.json",
    ]
    assert np.array_equal(load_encoder(files).encode_documents(TEXTS), encoder.encode_documents(TEXTS))
    del files["encoder-mpnet.onnx"]
    with pytest.raises(EncoderUnavailable, match=r"'bert\+mpnet' lacks 'encoder-mpnet\.onnx'\. Build again: kb build"):
        load_encoder(files)


def test_an_encoder_that_cannot_be_loaded_is_named(parts):
    """A graph or tokenizer no runtime reads."""
    good = parts["bert"]
    for tokenizer, graph in ((b"{}", good.graph), (good.tokenizer, b"no graph"), (b"\xff", b""), (b"", good.graph)):
        with pytest.raises(EncoderUnavailable, match=r"The encoder 'bert' cannot be loaded\. Build again: kb build"):
            GraphEncoder(PartFiles(good.card, tokenizer, graph))
