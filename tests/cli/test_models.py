"""``kb models``: the list, fetching, and a refusal in one line."""

from __future__ import annotations

import json

import pytest

from kb.cli.main import main
from kb.errors import EncoderUnavailable
from kb.retrieval.encoder import packages
from kb.retrieval.encoder.packaged import MODELS
from kb.retrieval.encoder.packages import folder_of


@pytest.fixture
def cache(tmp_path, monkeypatch):
    """Return an empty cache."""
    monkeypatch.setenv("KB_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    return tmp_path / "cache"


def test_the_list_says_what_is_here(cache, capsys):
    """The list has each encoder with its license and sizes, and marks those in the cache."""
    for file in MODELS["e5"].files:
        path = folder_of("e5", cache) / file.path
        path.parent.mkdir(parents=True)
        with path.open("wb") as sparse:
            sparse.truncate(file.size)
    assert main(["models"]) == 0
    out = capsys.readouterr().out
    assert "e5       multilingual-e5-small, weights of 4 bits   MIT          yes     72               91" in out
    assert "mpnet    all-mpnet-base-v2                          Apache-2.0   no     439              405" in out
    assert main(["models", "--json"]) == 0
    listed = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(m["name"], m["here"]) for m in listed] == [
        ("e5", True),
        ("bge", False),
        ("minilm", False),
        ("mpnet", False),
    ]
    assert listed[0]["bytes"] == 71_622_400
    assert listed[0]["folder"] == str(folder_of("e5", cache))


@pytest.mark.parametrize(("named", "wanted"), [(["bge", "e5"], ["bge", "e5"]), ([], list(MODELS))])
def test_fetching_names_the_folders(cache, capsys, monkeypatch, named, wanted):
    """Those that are named, or all; steps and megabytes are on standard error."""

    def fetched(name, folder, say, progress):
        say(f"fetching {name}")
        progress(2_000_000, 5_000_000)
        return folder_of(name, folder)

    monkeypatch.setattr(packages, "fetched", fetched)
    assert main(["models", "fetch", *named]) == 0
    out, err = capsys.readouterr()
    assert out.splitlines() == [f"{name}: {folder_of(name, cache)}" for name in wanted]
    assert f"fetching {wanted[0]}" in err
    assert main(["models", "fetch", *named, "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[0]) == {
        "name": wanted[0],
        "folder": str(folder_of(wanted[0], cache)),
    }


def test_a_refusal_is_one_line(cache, capsys, monkeypatch):
    """An unknown name is wrong usage; what cannot be fetched is an error."""
    assert main(["models", "fetch", "e6"]) == 2
    assert "'e6' is not one of: e5, bge, minilm, mpnet." in capsys.readouterr().err

    def fails(*_):
        raise EncoderUnavailable("The encoder 'e5' was not fetched: no network.")

    monkeypatch.setattr(packages, "fetched", fails)
    assert main(["models", "fetch", "e5"]) == 1
    assert capsys.readouterr().err == "kb: The encoder 'e5' was not fetched: no network.\n"
