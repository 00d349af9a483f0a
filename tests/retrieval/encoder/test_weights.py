"""What is read from a model's folder: every family's names, lengths, poolings, and what is refused."""

from __future__ import annotations

import json

import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

from kb.errors import EncoderUnavailable
from kb.retrieval.encoder.weights import Pooling, check_readable, read_folder
from tests.retrieval.encoder.tiny import HIDDEN, NAMES, POSITIONS, change, tiny_model

BEFORE_5 = {"max_seq_length": 16, "do_lower_case": False}
SINCE_5 = {"transformer_task": "feature-extraction", "module_output_name": "token_embeddings"}


@pytest.mark.parametrize("prefixed", [False, True])
@pytest.mark.parametrize("kind", NAMES)
def test_every_family_is_read_under_the_same_names(tmp_path, kind, prefixed):
    """With and without the prefix that a model with a head writes."""
    prefix = {"xlm-roberta": "roberta"}.get(kind, kind) + "." if prefixed else ""
    model = tiny_model(tmp_path / "model", kind, prefix=prefix)
    weights = read_folder(model.folder)
    assert set(weights.tensors) == set(model.tensors)
    for name, value in model.tensors.items():
        assert np.array_equal(weights.tensors[name], value), name
    shape = weights.shape
    assert (shape.hidden, shape.heads, shape.layers, shape.max_tokens) == (HIDDEN, 4, 2, POSITIONS)
    assert shape.first_position == model.first_position
    assert shape.epsilon == model.epsilon
    assert shape.relative_buckets == (32 if kind == "mpnet" else 0)
    assert weights.tokenizer == (model.folder / "tokenizer.json").read_bytes()


@pytest.mark.parametrize(
    ("sentence_bert", "tokenizer", "wanted"),
    [
        (BEFORE_5, {}, 16),
        (BEFORE_5, {"model_max_length": 20}, 16),
        (SINCE_5, {"model_max_length": 20}, 20),
        (SINCE_5, {"model_max_length": int(1e30)}, 24),
        ({"max_seq_length": None}, {}, 24),
        ({"max_seq_length": 512}, {}, 24),
    ],
)
def test_a_text_is_cut_where_the_files_say(tmp_path, sentence_bert, tokenizer, wanted):
    """Old sentence-transformers say it in a file of their own, new ones in the tokenizer's; never beyond the table."""
    folder = tiny_model(tmp_path / "model", "roberta").folder
    (folder / "sentence_bert_config.json").write_text(json.dumps(sentence_bert))
    (folder / "tokenizer_config.json").write_text(json.dumps(tokenizer))
    assert read_folder(folder).shape.max_tokens == wanted


@pytest.mark.parametrize(
    ("config", "wanted"),
    [
        ({"pooling_mode_cls_token": True, "pooling_mode_mean_tokens": False}, Pooling.FIRST),
        ({"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True, "include_prompt": True}, Pooling.MEAN),
        ({"pooling_mode": "mean", "embedding_dimension": 32, "include_prompt": True}, Pooling.MEAN),
        ({"pooling_mode": "cls"}, Pooling.FIRST),
    ],
)
def test_both_forms_of_pooling_are_understood(tmp_path, config, wanted):
    """Switches, as before version 5 of sentence-transformers, and a name."""
    folder = tiny_model(tmp_path / "model").folder
    (folder / "1_Pooling/config.json").write_text(json.dumps(config))
    assert read_folder(folder).shape.pooling is wanted


@pytest.mark.parametrize(
    ("config", "said"),
    [
        ({"pooling_mode_max_tokens": True}, "pooling_mode_max_tokens"),
        (
            {"pooling_mode_mean_tokens": True, "pooling_mode_cls_token": True},
            "pooling_mode_mean_tokens, pooling_mode_cls_token",
        ),
        ({"pooling_mode": "lasttoken"}, "lasttoken"),
        ({"pooling_mode": "mean", "include_prompt": False}, "mean, without the prompt"),
        ({}, ""),
    ],
)
def test_another_pooling_names_the_extra(tmp_path, config, said):
    """Before the weights are read: an installation with the extra gets the export."""
    folder = tiny_model(tmp_path / "model").folder
    (folder / "1_Pooling/config.json").write_text(json.dumps(config))
    with pytest.raises(EncoderUnavailable, match=rf"asks for the pooling {said}, which is not built in.*\.\[models\]"):
        check_readable(folder)


@pytest.mark.parametrize(
    ("change_of", "said"),
    [
        ({"model_type": "deberta"}, "of the family 'deberta'; built in are bert, roberta, xlm-roberta, mpnet, distil"),
        ({"model_type": None}, "of the family None"),
        ({"hidden_act": "gelu_new"}, "with the activation 'gelu_new', which is not built in"),
        ({"position_embedding_type": "relative_key"}, "with relative position embeddings, which is not built in"),
    ],
)
def test_a_form_that_is_not_built_in_names_the_extra(tmp_path, change_of, said):
    """What the graph builder would compute differently, it refuses."""
    folder = tiny_model(tmp_path / "model").folder
    change(folder / "config.json", **change_of)
    with pytest.raises(EncoderUnavailable, match=rf"{said}.* Install the extra 'models'.*pip install '\.\[models\]'"):
        read_folder(folder)


@pytest.mark.parametrize("module", ["sentence_transformers.models.Dense", "sentence_transformers.models.CNN"])
def test_a_module_that_is_not_built_in_is_named(tmp_path, module):
    """A model is refused for what it has after pooling, too."""
    folder = tiny_model(tmp_path / "model").folder
    kinds = ["sentence_transformers.models.Transformer", "sentence_transformers.models.Pooling", module]
    (folder / "modules.json").write_text(json.dumps([{"type": kind} for kind in kinds]))
    with pytest.raises(EncoderUnavailable, match=f"a module '{module.rsplit('.', 1)[-1]}', which is not built in"):
        read_folder(folder)


def test_a_model_without_a_tokenizer_of_this_kind_is_for_the_extra(tmp_path):
    """A vocabulary alone is not enough: only its own library knows what it did with it."""
    folder = tiny_model(tmp_path / "model").folder
    (folder / "tokenizer.json").unlink()
    with pytest.raises(EncoderUnavailable, match=r"no tokenizer\.json, which is not built in"):
        check_readable(folder)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff\xfe", b"3"])
def test_a_damaged_config_is_one_sentence(tmp_path, data):
    """JSON that is none, or no table."""
    folder = tiny_model(tmp_path / "model").folder
    (folder / "config.json").write_bytes(data)
    with pytest.raises(EncoderUnavailable, match=r"config\.json cannot be read .* Fetch the model again\."):
        read_folder(folder)


def test_a_missing_number_is_one_sentence(tmp_path):
    """A config without the number of heads."""
    folder = tiny_model(tmp_path / "model").folder
    change(folder / "config.json", num_attention_heads=None)
    with pytest.raises(EncoderUnavailable, match=r"config\.json lacks a number \('num_attention_heads'\)"):
        read_folder(folder)


@pytest.mark.parametrize("data", [b"", b"not weights", b"\xff" * 100])
def test_damaged_weights_are_one_sentence(tmp_path, data):
    """Any damaged weights give a one-sentence error."""
    folder = tiny_model(tmp_path / "model").folder
    (folder / "model.safetensors").write_bytes(data)
    with pytest.raises(EncoderUnavailable, match=r"model\.safetensors cannot be read") as caught:
        read_folder(folder)
    assert "\n" not in str(caught.value)


def test_weights_that_can_run_code_are_refused(tmp_path):
    """A pickle in the place of the safetensors is not read."""
    folder = tiny_model(tmp_path / "model").folder
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    with pytest.raises(EncoderUnavailable, match=r"is missing\. Other formats can run code and are not loaded"):
        read_folder(folder)


@pytest.mark.parametrize(
    ("left_out", "said"),
    [
        ("embeddings.word_embeddings.weight", r"has no embeddings\.word_embeddings\.weight"),
        ("encoder.layer.1.output.dense.bias", r"lacks 1 parameters, as layer\.1\.down\.bias\. Fetch"),
        ("encoder.layer.1.attention.self.query.weight", r"lacks 16 parameters, as layer\.1\.query\.weight"),
    ],
)
def test_missing_parameters_are_named(tmp_path, left_out, said):
    """A file that was cut short when it was written."""
    folder = tiny_model(tmp_path / "model").folder
    found = load_file(folder / "model.safetensors")
    del found[left_out]
    save_file(found, folder / "model.safetensors")
    with pytest.raises(EncoderUnavailable, match=said):
        read_folder(folder)


def test_weights_in_several_files_are_one_model(tmp_path):
    """As large models are saved; a name that leads out of the folder leads nowhere."""
    whole = tiny_model(tmp_path / "whole")
    folder = tiny_model(tmp_path / "parts").folder
    found = load_file(folder / "model.safetensors")
    (folder / "model.safetensors").unlink()
    names = {key: f"model-0000{1 + n % 2}-of-00002.safetensors" for n, key in enumerate(sorted(found))}
    for file in sorted(set(names.values())):
        save_file({key: value for key, value in found.items() if names[key] == file}, folder / file)
    index = folder / "model.safetensors.index.json"
    index.write_text(json.dumps({"weight_map": names}))
    tensors = read_folder(folder).tensors
    assert all(np.array_equal(tensors[name], value) for name, value in whole.tensors.items())
    index.write_text(json.dumps({"weight_map": dict.fromkeys(names, "../whole/model.safetensors")}))
    with pytest.raises(EncoderUnavailable, match=r"parts/model\.safetensors is missing"):
        read_folder(folder)


def test_the_oldest_names_of_a_normalization_are_read(tmp_path):
    """Gamma and beta, as BERT's first files have them."""
    model = tiny_model(tmp_path / "model")
    found = load_file(model.folder / "model.safetensors")
    old = {
        k.replace("LayerNorm.weight", "LayerNorm.gamma").replace("LayerNorm.bias", "LayerNorm.beta"): v
        for k, v in found.items()
    }
    save_file(old, model.folder / "model.safetensors")
    tensors = read_folder(model.folder).tensors
    assert all(np.array_equal(tensors[name], value) for name, value in model.tensors.items())


def test_half_precision_is_widened(tmp_path):
    """Weights in float16 become float32, so that products do not lose more."""
    model = tiny_model(tmp_path / "model")
    found = {k: v.astype(np.float16) for k, v in load_file(model.folder / "model.safetensors").items()}
    save_file(found, model.folder / "model.safetensors")
    words = read_folder(model.folder).tensors["words.weight"]
    assert words.dtype == np.float32
    assert np.array_equal(words, model.tensors["words.weight"].astype(np.float16).astype(np.float32))
