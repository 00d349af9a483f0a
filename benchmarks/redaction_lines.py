"""The labeled lines for measuring redaction: invented for this project, in two halves."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from kb.types import Half

FOLDER = Path(__file__).resolve().parent.parent / "tests" / "data" / "redaction"
LINES = FOLDER / "lines.jsonl"
SPOKEN = FOLDER / "spoken.jsonl"
"""Numbers that are dictated, and names, days and devices; one hand wrote the guide half, another the report half."""


@dataclass(frozen=True, slots=True)
class Label:
    """A piece of a line that must not be recorded."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """A text that a customer might type."""

    text: str
    form: str
    """The form in which the secret, or the harmless text, is written."""
    labels: tuple[Label, ...]
    """The pieces to hide; empty for a harmless line."""
    half: Half


def half_of(text: str) -> Half:
    """Return the half that a line belongs to, independent of the rest of the file."""
    return Half.REPORT if hashlib.sha256(text.encode("utf-8")).digest()[0] & 1 else Half.GUIDE


def read_lines(path: Path = LINES) -> list[Line]:
    """Return all labeled lines, in the order of the file."""
    rows = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]
    return [
        Line(row["text"], row["form"], tuple(Label(**span) for span in row["spans"]), Half(row["half"])) for row in rows
    ]
