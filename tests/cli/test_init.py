"""``kb init``: asked in the terminal, given as options, and what it leads to."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
from typer.testing import CliRunner

from kb.cli.main import app, main
from kb.settings.settings import load_site


@pytest.fixture(autouse=True)
def _in_an_empty_folder(tmp_path, monkeypatch):
    for name in ("KB_ARTICLES", "KB_SITE", "KB_INDEX", "KB_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)


def test_options_alone(capsys):
    """Nothing is asked, and the next commands are printed; the check has nothing to say."""
    given = ["--provider", "Northwind", "--name", "Ask Northwind", "--phone", "555-0100", "--languages", "en,es"]
    assert main(["init", "nw", *given, "--source", "https://www.example.org/contact"]) == 0
    assert capsys.readouterr().out == (
        "nw: site.yaml, 3 example articles and a signpost. The next commands:\n"
        "  cd nw\n  kb check\n  kb serve --build\n"
        "Then replace the examples by your own articles: kb new, or kb import for those you have.\n"
    )
    assert main(["check", "--strict", "--articles", "nw/articles", "--site", "nw/site.yaml"]) == 0
    assert capsys.readouterr().out == "4 articles: no findings\n"


def test_yes_asks_nothing():
    """The usual values come from the folder's name."""
    done = CliRunner().invoke(app, ["init", "north-wind", "--yes"], input="")
    assert done.exit_code == 0
    site, _ = load_site(Path("north-wind/site.yaml"))
    assert (site.provider, site.name, site.channels) == ("North wind", "North wind Help", ())


def test_the_terminal_is_asked():
    """Name, company, languages and channels; an empty answer leaves a channel out."""
    done = CliRunner().invoke(app, ["init", "nw"], input="Northwind\n\nen,es\n555-0100\n\n\nour shop\n")
    assert done.exit_code == 0, done.output
    site, _ = load_site(Path("nw/site.yaml"))
    assert (site.provider, site.name) == ("Northwind", "Northwind Help")
    assert [(c.name, c.text) for c in site.channels] == [("phone", "555-0100"), ("store", "our shop")]


def test_nobody_answers(capsys, monkeypatch, tmp_path):
    """Without a terminal one sentence says what to give; nothing was written."""
    monkeypatch.setattr("sys.stdin", io.StringIO(""))
    assert main(["init", "nw"]) == 1
    assert capsys.readouterr().err.endswith(
        "kb: Nothing was written. Give the values as options, or --yes for the usual ones.\n"
    )
    assert list(tmp_path.iterdir()) == []
