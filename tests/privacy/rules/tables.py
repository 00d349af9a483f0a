"""What a rule finds, as lines that can be read."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from kb.privacy.text import Piece


def found(rule: Callable[[str], Iterator[Piece]], text: str) -> list[str]:
    """Return each piece that a rule finds, in its order, as ``kind: text``; what two patterns find comes twice."""
    return [f"{piece.kind.value}: {text[piece.start : piece.end]}" for piece in rule(text)]
