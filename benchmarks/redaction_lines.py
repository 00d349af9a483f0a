"""The labelled lines that redaction is measured on: invented for this project, in two halves."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from kb.evaluation.judgments import Half

LINES = Path(__file__).resolve().parent.parent / "tests" / "data" / "redaction" / "lines.jsonl"


@dataclass(frozen=True, slots=True)
class Label:
    """A piece of a line that must not be written down."""

    start: int
    end: int
    kind: str


@dataclass(frozen=True, slots=True)
class Line:
    """Something a customer might type."""

    text: str
    form: str
    """The way in which the secret, or the harmless thing, is written."""
    labels: tuple[Label, ...]
    """Empty for a harmless line."""
    half: Half


def half_of(text: str) -> Half:
    """Return the half that a line belongs to, whatever else is in the file."""
    return Half.REPORT if hashlib.sha256(text.encode("utf-8")).digest()[0] & 1 else Half.GUIDE


def read_lines(path: Path = LINES) -> list[Line]:
    """Return all labelled lines, in the file's order."""
    rows = [json.loads(row) for row in path.read_text(encoding="utf-8").splitlines()]
    return [
        Line(row["text"], row["form"], tuple(Label(**span) for span in row["spans"]), Half(row["half"])) for row in rows
    ]
