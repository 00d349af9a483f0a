"""What an encoder is, as a version carries it."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder.card import EncoderCard, PartCard, graph_file, tokenizer_file

E5 = PartCard("e5", "1" * 16, "recipe", 384, 512, "int8", "a" * 16, "query: ", "query: ")
MPNET = PartCard("mpnet", "2" * 16, "recipe", 768, 384, "int8", "b" * 16)
BOTH = EncoderCard("e5+mpnet", (E5, MPNET))
PART = json.loads(EncoderCard("e5", (E5,)).to_bytes())["parts"][0]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"\xff",
        b'{"name": 1, "parts": 3}',
        b'{"name": "e5", "parts": [3]}',
        b'{"name": "e5", "parts": [{"inputs": []}]}',
        json.dumps({"name": "e5", "parts": [{**PART, "of_another_version": 1}]}).encode(),
        json.dumps({"parts": [PART]}).encode(),
    ],
)
def test_a_card_that_is_not_one_is_refused(data):
    """One sentence with the remedy."""
    with pytest.raises(EncoderUnavailable, match=r"encoder\.json is not readable .* kb build --full"):
        EncoderCard.from_bytes(data)


def test_a_card_comes_back_as_it_was():
    """A card survives the round trip through JSON."""
    assert EncoderCard.from_bytes(BOTH.to_bytes()) == BOTH


def test_a_card_says_what_follows_from_its_parts():
    """The manifest repeats it: name, revision and length, then each model."""
    told = BOTH.as_json()
    assert (told["name"], told["dim"], told["revision"]) == ("e5+mpnet", 1152, BOTH.revision)
    assert [part["name"] for part in told["parts"]] == ["e5", "mpnet"]


@pytest.mark.parametrize("field", ["revision", "recipe", "precision", "graph", "query_prefix", "document_prefix"])
def test_whatever_decides_a_vector_is_in_the_revision(field):
    """Another value of any of these is another encoder."""
    other = replace(BOTH, parts=(replace(E5, **{field: "other"}), MPNET))
    assert other.revision != BOTH.revision


def test_an_encoder_is_alike_if_every_model_is():
    """Only then has a text one vector, whichever side it is on."""
    assert BOTH.is_alike
    assert not replace(BOTH, parts=(replace(E5, document_prefix="passage: "), MPNET)).is_alike


@pytest.mark.parametrize(
    ("name", "graph"),
    [
        ("e5", "encoder-e5.onnx"),
        ("/srv/models/my model", "encoder-my-model.onnx"),
        ("C:\\models\\größe.v2\\", "encoder-größe-v2.onnx"),
        ("someone/all-small_1", "encoder-all-small_1.onnx"),
    ],
)
def test_files_are_named_after_the_model(name, graph):
    """No folder, no character that a file's name cannot have."""
    card = replace(E5, name=name)
    assert graph_file(card) == graph
    assert tokenizer_file(card) == graph.removesuffix(".onnx") + ".tokenizer.json"
