"""An index of two versions, and harm to its files."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.settings.settings import Settings
from tests.support import build, write_article


def flip(path: Path, at: int) -> None:
    """Change one bit of one byte."""
    data = bytearray(path.read_bytes())
    data[at] ^= 1
    path.write_bytes(data)


@pytest.fixture
def two(settings: Settings) -> tuple[Settings, str, str]:
    """Settings with an older and a newer good version, and their names."""
    old = build(settings).version
    write_article(settings.articles, "modem-rent", "The modem costs money every month.\n")
    return settings, old, build(settings).version


def zero(path: Path) -> None:
    """Keep a file's length and lose its bytes."""
    path.write_bytes(b"\x00" * path.stat().st_size)
