"""``kb brands``, and the commands that take ``--brands``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from kb.cli import brands

if TYPE_CHECKING:
    from tests.cli.conftest import Kb

FILE = """\
brands:
  - {name: north, folder: north, hosts: [help.north.example]}
  - {name: south, folder: south, hosts: [help.south.example], processes: 2}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Write the list of two brands; only one has a folder."""
    (tmp_path / "north").mkdir()
    made = tmp_path / "brands.yaml"
    made.write_text(FILE, encoding="utf-8")
    return made


def test_brands_are_listed_with_what_is_theirs(kb: Kb, file: Path) -> None:
    """For people and for programs."""
    done = kb("brands", "list", file)
    journal = file.parent / "north" / "data" / "journal.db"
    assert done.out.splitlines()[0] == f"north: help.north.example; {file.parent / 'north'}; journal {journal}"
    found = [json.loads(line) for line in kb("brands", "list", file, "--json").out.splitlines()]
    assert [(brand["name"], brand["processes"]) for brand in found] == [("north", 1), ("south", 2)]


def test_a_command_runs_in_the_folder_of_a_brand(kb: Kb, file: Path) -> None:
    """With its own settings: the variables of the shell name no place to it, and no module is taken from the folder."""
    (file.parent / "north" / "typer.py").write_text("raise SystemExit('a file of the brand was run')\n")
    done = kb("brands", "run", "--only", "north", file, "users", "list", "--json")
    assert (done.status, done.err) == (0, "")
    assert (file.parent / "north" / "data" / "journal.db").exists()


def test_one_that_fails_does_not_hide(kb: Kb, file: Path) -> None:
    """The others are done, and the status tells."""
    done = kb("brands", "run", file, "--version")
    assert done.status == 1
    assert done.out.startswith("kb ")
    assert (
        f"kb: the brand south:\nkb: {file.parent / 'south'} is not a folder. Make the help center there: kb init"
        in done.err
    )
    assert kb("brands", "run", "--only", "west", file, "users", "list").err.endswith(
        "has no brand 'west'. Use one of: north, south.\n"
    )


@pytest.mark.parametrize(
    ("given", "command"),
    [
        (["build", "--quick", "--polite"], ["build", "--quick", "--polite"]),
        (["doctor", "--port", "8600", "--strict"], ["doctor", "--host", "127.0.0.1", "--port", "8600", "--strict"]),
    ],
)
def test_commands_for_all_brands(
    kb: Kb, file: Path, monkeypatch: pytest.MonkeyPatch, given: list[str], command: list[str]
) -> None:
    """Each brand gets the command with its options, one after the other."""
    ran: list[tuple[str, list[str]]] = []
    monkeypatch.setattr(brands, "_run", lambda brand, words: ran.append((brand.name, [*words])) or len(ran) - 1)
    assert kb(*given, "--brands", file).status == 1
    assert ran == [("north", command), ("south", command)]


@pytest.mark.parametrize("options", [["--processes", "2"], ["--index", "elsewhere"]])
def test_what_each_brand_says_itself_is_no_option(kb: Kb, file: Path, options: list[str]) -> None:
    """Processes and places are in the file and in the folders."""
    done = kb("serve", "--brands", file, *options)
    assert done.status == 2
    assert "Each brand has its own folder" in done.err


def test_a_file_that_cannot_be_used_starts_nothing(kb: Kb, file: Path) -> None:
    """One sentence with file, line and remedy."""
    file.write_text(FILE.replace("help.south", "help.north"))
    done = kb("serve", "--brands", file, "--port", "0")
    assert (done.status, done.out) == (1, "")
    assert done.err == (
        f"kb: {file}:3: the host 'help.north.example' of the brand 'south' is also one of the brand 'north' (line 2). "
        "Give it to one of them.\n"
    )
