"""brands.yaml: who has which folder and host, what is refused, and what of the environment each brand gets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from kb.errors import ConfigError
from kb.settings.brands import BRAND, Brand, read_brands

TWO = """\
brands:
  - name: north
    folder: north
    hosts: [Help.North.example, north.localhost]
  - name: south-west
    folder: south
    hosts: [help.south.example]
    processes: 2
"""


def written(folder: Path, text: str = TWO) -> Path:
    """Write brands.yaml, with the two folders."""
    for name in ("north", "south"):
        (folder / name / ".streamlit").mkdir(parents=True)
    file = folder / "brands.yaml"
    file.write_text(text, encoding="utf-8")
    return file


def test_each_brand_has_its_folder_and_hosts(tmp_path: Path) -> None:
    """Folders are relative to the file; hosts are compared in lower case."""
    assert read_brands(written(tmp_path), {}) == (
        Brand("north", tmp_path / "north", ("help.north.example", "north.localhost"), 1, 2),
        Brand("south-west", tmp_path / "south", ("help.south.example",), 2, 5),
    )


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "help.south.example",
            "north.localhost",
            "brands.yaml:5: the host 'north.localhost' of the brand 'south-west'",
        ),
        ("south-west", "north", "brands.yaml:5: the name 'north' is also that of line 2"),
        ("folder: south", "folder: ./north/../north", "The folder of the brand 'south-west'"),
        ("folder: south", "folder: north/below", "lie within one another"),
        ("folder: south", "folder: .", "lie within one another"),
        ("south-west", "South West", "brands.yaml:5:11: 'South West' cannot be the name of a brand. Use up to 30"),
        ("help.south.example", "https://help.south.example", "is not a host name. Write it without scheme and port"),
        ("help.south.example", "help.south.example:8501", "is not a host name"),
        ("hosts: [help.south.example]", "hosts: []", "has no host"),
        ("processes: 2", "path: /south", "brands are told apart by host name, not by path. Use 'hosts'."),
        ("processes: 2", "processes: 0", "'processes' must be a whole number from 1 to 64"),
        ("processes: 2", "theme: red", "unknown key 'theme'"),
        ("    folder: south\n", "", "a brand without 'folder'"),
        (TWO, "brands: []", "no brand is listed"),
        (TWO, "brands: [", "Correct the YAML"),
    ],
)
def test_what_cannot_be_is_refused_with_its_line(tmp_path: Path, old: str, new: str, said: str) -> None:
    """Before anything serves; a brand that shares nothing is not in doubt."""
    file = written(tmp_path, TWO.replace(old, new))
    with pytest.raises(ConfigError) as refused:
        read_brands(file, {})
    assert said in str(refused.value)
    assert str(file) in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    """With what to do."""
    with pytest.raises(ConfigError, match=r"nowhere.yaml does not exist\. Give the file"):
        read_brands(tmp_path / "nowhere.yaml", {})


def share_a_link(folder: Path, environ: dict[str, str]) -> None:
    """Make one brand's index a link to the other's."""
    del environ
    (folder / "north" / "index").mkdir()
    (folder / "south" / "index").symlink_to(folder / "north" / "index")


def share_a_file(folder: Path, environ: dict[str, str]) -> None:
    """Name the journal's file of one brand to the other."""
    environ["KB_BRAND_SOUTH_WEST__DATABASE_URL"] = f"sqlite:///{folder}/north/data/journal.db"


def share_a_database(folder: Path, environ: dict[str, str]) -> None:
    """Name one database to both, with other users."""
    del folder
    environ["KB_BRAND_NORTH__DATABASE_URL"] = "postgresql://north:one@db.example.com/help"
    environ["KB_BRAND_SOUTH_WEST__DATABASE_URL"] = "postgresql://south:two@db.example.com:5432/help"


def share_an_engine(folder: Path, environ: dict[str, str]) -> None:
    """Name one server of vectors to both, and no schema to either."""
    del folder
    for name in ("NORTH", "SOUTH_WEST"):
        environ[f"KB_BRAND_{name}__INDEX_ENGINE_URL"] = "postgresql://kb@db.example.com/vectors"


def share_releases(folder: Path, environ: dict[str, str]) -> None:
    """Have both brands follow one place, with other passwords."""
    environ["KB_BRAND_NORTH__INDEX_SOURCE"] = "https://north:one@files.example.com/releases"
    (folder / "south" / "site.yaml").write_text(
        "name: South\nsettings: {index_source: 'https://south:two@files.example.com/releases/'}\n"
    )


def share_a_secret(folder: Path, environ: dict[str, str]) -> None:
    """Sign both brands' cookies with one secret."""
    del environ
    for name in ("north", "south"):
        (folder / name / ".streamlit" / "secrets.toml").write_text('[auth]\ncookie_secret = "one and the same"\n')


@pytest.mark.parametrize(
    ("share", "said"),
    [
        (share_a_link, "The index of the brand 'south-west'"),
        (share_a_file, "The journal of the brand 'south-west'"),
        (
            share_a_database,
            "The journal of the brand 'south-west' (db.example.com:5432/help) is also that of the brand",
        ),
        (
            share_an_engine,
            "The schema of the vector engine of the brand 'south-west' (db.example.com:5432/vectors, kb_index)",
        ),
        (share_releases, "The place of releases of the brand 'south-west' (https://files.example.com/releases)"),
        (share_a_secret, "The 'cookie_secret' of the brand 'south-west' is also that of the brand 'north' (line 2)"),
    ],
)
def test_two_brands_share_nothing(tmp_path: Path, share: object, said: str) -> None:
    """Not through links, variables or secrets; and no password is in the message."""
    file, environ = written(tmp_path), dict[str, str]()
    assert callable(share)
    share(tmp_path, environ)
    with pytest.raises(ConfigError) as refused:
        read_brands(file, environ)
    assert said in str(refused.value)
    assert not any(secret in str(refused.value) for secret in ("one and the same", ":one@", ":two@"))


def test_no_brand_gets_what_is_for_another(tmp_path: Path) -> None:
    """Places and secrets come to their own brand alone, as its usual variables; a few are for all."""
    environ = {
        "PATH": "/bin",
        "PYTHONPATH": "here",
        "KB_CACHE": "/cache",
        "KB_INDEX": "/somewhere",
        "KB_HANDOVER_SECRET": "of nobody",
        "KB_BRAND_NORTH__HANDOVER_SECRET": "of the north",
        "KB_BRAND_NORTH_WEST__HANDOVER_SECRET": "of another",
    }
    found = Brand("north", tmp_path, ("a.example", "b.example")).environment(environ)
    ways = found.pop("PYTHONPATH").split(os.pathsep)
    assert all(Path(way).is_absolute() for way in ways)
    assert found == {
        "PATH": "/bin",
        "KB_CACHE": "/cache",
        "KB_HANDOVER_SECRET": "of the north",
        "KB_HOSTS": "a.example,b.example",
        BRAND: "north",
    }
