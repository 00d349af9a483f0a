"""Articles that lead to one another."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.content.helpers import article_text, copy_good


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a folder in which several articles lead to 'late-fee'."""
    made = copy_good(tmp_path / "articles")
    body = "See [a](late-fee#how-to-avoid-it), [b](../fees/late-fee.md) and `[c](late-fee)`.\n"
    (made / "payments" / "guide.md").write_text(
        article_text(body, title="Guide", category="payments", related=["ways-to-pay", "late-fee"]), "utf-8"
    )
    windows = article_text("[x](late-fee)\n", title="Old", category="payments").replace("\n", "\r\n")
    (made / "payments" / "windows.md").write_bytes(("\ufeff" + windows).encode())
    return made


def text_of(folder: Path, name: str) -> str:
    """Return the text of an article, its line ends as they are."""
    return (folder / name).read_bytes().decode()
