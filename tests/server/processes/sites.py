"""Two small brands with built indexes: other names, colors, languages and articles, in folders next to each other."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from kb.accounts.local import Accounts
from kb.accounts.passwords import Cost
from kb.accounts.store import SqlAccounts
from kb.app.container import Container
from kb.settings.settings import Settings, load_settings
from kb.types import Role
from tests.support import build, toy_settings, write_article

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PASSWORD = "three quiet words"
WORDS = [
    "north",
    "south",
    "aurora",
    "glacier",
    "desert",
    "cactus",
    "late",
    "fee",
    "bill",
    "due",
    "when",
    "is",
    "what",
    "the",
]
FILE = """\
brands:
  - {name: north, folder: north, hosts: [north.localhost, help.north.example]}
  - {name: south, folder: south, hosts: [south.localhost]}
"""
ARTICLES: Mapping[str, Sequence[tuple[str, str, str]]] = {
    "north": (
        ("aurora-fee", "What is the aurora fee?", "The aurora fee is a secret of the north.\n"),
        ("glacier-bill", "When is the glacier bill due?", "The glacier bill is due in spring.\n"),
        ("late-fee", "What is the late fee?", "In the north the late fee is small.\n"),
    ),
    "south": (
        ("cactus-fee", "What is the cactus fee?", "The cactus fee is a secret of the south.\n"),
        ("desert-bill", "When is the desert bill due?", "The desert bill is due in autumn.\n"),
        ("late-fee", "What is the late fee?", "In the south the late fee is large.\n"),
    ),
}
SITES = {
    "north": 'name: Northwind Help\nprovider: Northwind\ntheme: {accent: "#7a1f5c"}\n',
    "south": "name: Southsun Help\nprovider: Southsun\nnotice_es: Este es el centro de ayuda de Southsun.\n",
}


def write_sites(folder: Path, monkeypatch: Any) -> Path:
    """Write brands.yaml, and build the folder of each brand.

    :param folder: Where all of it goes.
    :param monkeypatch: Puts the toy encoder in the place of a real one while the indexes are built.
    :return: The file.
    """
    toy = toy_settings(folder, WORDS, monkeypatch)
    for name, articles in ARTICLES.items():
        site = folder / name
        for article_id, title, body in articles:
            write_article(site / "articles", article_id, body, title=title, examples=[title.lower().rstrip("?")])
        (site / "site.yaml").write_text(SITES[name], encoding="utf-8")
        settings = load_settings({}, site_path=site / "site.yaml")
        build(replace(settings, encoder=toy.encoder, cache=toy.cache, articles=site / "articles", index=site / "index"))
        _add_lead(settings, site)
    file = folder / "brands.yaml"
    file.write_text(FILE, encoding="utf-8")
    return file


def _add_lead(settings: Settings, site: Path) -> None:
    """Give a brand a lead of the same name and password as the other's."""
    (site / "data").mkdir()
    container = Container(replace(settings, database_url=f"sqlite:///{site / 'data' / 'journal.db'}"))
    _ = container.accounts  # migrates
    Accounts(SqlAccounts(container.engine), cost=Cost(n=16, r=1, p=1)).add("kim", Role.LEAD, PASSWORD, who="ops")
    container.close()
