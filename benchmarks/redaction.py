"""Measure how much of what is personal is removed from a text, and how much of what is not.

``python benchmarks/redaction.py`` counts over the labeled lines; with ``--data DIR`` (or ``KB_EVAL_DIR``) also over
real messages, and prints every piece found in them for review. It copies none of them.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.data import lines
from benchmarks.redaction_lines import SPOKEN, Line, read_lines
from kb.privacy.redact import find, redact
from kb.privacy.text import Piece
from kb.types import Half

MESSAGES = Path("tune", "telecom", "unjudged.jsonl")


@dataclass(frozen=True, slots=True)
class Counts:
    """The counts over some labeled lines."""

    labelled: Counter[str]
    """Pieces by kind."""
    hidden: Counter[str]
    """Of these, those of which no letter or digit would be written, under any label."""
    called: Counter[str]
    """Of these, those that also got the right label."""
    missed: tuple[Line, ...]
    alarms: tuple[tuple[Line, str], ...]
    """Lines, each with the first piece found in it that overlaps no label."""
    n_lines: int
    n_harmless: int

    def recall(self, kind: str) -> float:
        """Return the share of a kind's pieces that would not be written, from 0 to 1."""
        return self.hidden[kind] / self.labelled[kind]

    @property
    def false_alarms(self) -> float:
        """Share of all lines from which something harmless was removed, from 0 to 1."""
        return len(self.alarms) / self.n_lines

    @property
    def harmless_alarms(self) -> float:
        """The same share for the lines without anything to hide, from 0 to 1."""
        return sum(not line.labels for line, _ in self.alarms) / self.n_harmless


def measure(labelled: Sequence[Line]) -> Counts:
    """Count over some labeled lines."""
    total: Counter[str] = Counter()
    hidden: Counter[str] = Counter()
    called: Counter[str] = Counter()
    missed, alarms = [], []
    for line in labelled:
        pieces = find(line.text)
        for label in line.labels:
            total[label.kind] += 1
            if all(_covered(pieces, n) for n in range(label.start, label.end) if line.text[n].isalnum()):
                hidden[label.kind] += 1
                called[label.kind] += any(p.kind == label.kind for p in pieces if _touch(p, label.start, label.end))
            else:
                missed.append(line)
        for piece in pieces:
            if not any(_touch(piece, label.start, label.end) for label in line.labels):
                alarms.append((line, line.text[piece.start : piece.end]))
                break
    n_harmless = sum(not line.labels for line in labelled)
    return Counts(total, hidden, called, tuple(missed), tuple(alarms), len(labelled), n_harmless)


def _covered(pieces: Sequence[Piece], place: int) -> bool:
    return any(p.start <= place < p.end for p in pieces)


def _touch(piece: Piece, start: int, end: int) -> bool:
    return piece.start < end and start < piece.end


def report(half: Half, labelled: Sequence[Line], *, show: bool) -> None:
    """Print the table of one half, and its mistakes if that half may be inspected."""
    counts = measure([line for line in labelled if line.half is half])
    if not counts.n_lines:
        return
    print(f"\n{half.value} half: {counts.n_lines} lines, {counts.n_harmless} of them harmless")
    print(f"{'kind':<24}{'pieces':>7}{'hidden':>8}{'recall':>8}{'called so':>11}")
    for kind in sorted(counts.labelled, key=str.lower):
        n = counts.labelled[kind]
        print(f"{kind:<24}{n:>7}{counts.hidden[kind]:>8}{counts.recall(kind):>8.3f}{counts.called[kind] / n:>11.3f}")
    print(f"false alarms: {len(counts.alarms)} lines, {counts.false_alarms:.4f} of all;", end=" ")
    print(f"{counts.harmless_alarms:.4f} of the harmless ones")
    if show:
        for line in counts.missed:
            print(f"  missed: {redact(line.text).text!r} ({line.form})")
        for line, piece in counts.alarms:
            print(f"  alarm: {piece!r} in {line.text!r}")


def read_messages(path: Path) -> None:
    """Print every piece found in real messages, with its context."""
    texts = [row["text"] for row in lines(path)]
    started = time.perf_counter()
    found = [(text, find(text)) for text in texts]
    took = time.perf_counter() - started
    touched = [(text, pieces) for text, pieces in found if pieces]
    print(f"\n{path.name}: {len(texts)} messages, something found in {len(touched)}", end=", ")
    print(f"{took / len(texts) * 1e3:.3f} ms a message of {sum(map(len, texts)) / len(texts):.0f} characters")
    for text, pieces in touched:
        for piece in pieces:
            before, after = text[max(0, piece.start - 40) : piece.start], text[piece.end : piece.end + 25]
            print(f"  {piece.kind.value}: …{before}⟦{text[piece.start : piece.end]}⟧{after}…")


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--data", type=Path, default=os.environ.get("KB_EVAL_DIR"), help="folder of real messages")
    parser.add_argument("--half", choices=[half.value for half in Half], help="one half of the labelled lines alone")
    parser.add_argument("--show", action="store_true", help="print what went wrong (not for the report half)")
    given = parser.parse_args(arguments)
    for half in Half if given.half is None else [Half(given.half)]:
        report(half, read_lines(), show=given.show)
    print("\nDictated and introduced")
    for half in Half if given.half is None else [Half(given.half)]:
        report(half, read_lines(SPOKEN), show=given.show)
    if given.data is not None:
        read_messages(Path(given.data) / MESSAGES)
    return 0


if __name__ == "__main__":
    sys.exit(main())
