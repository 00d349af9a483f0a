"""Draw docs/scale.png from the table of the vector engine in docs/scale.md, which ``make scale`` writes.

Usage: python benchmarks/scale_plot.py (needs matplotlib, group ``bench``)
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE, PICTURE = ROOT / "docs" / "scale.md", ROOT / "docs" / "scale.png"
_ROW = re.compile(
    r"\| ([\d,]+) \| [\d,]+ \| ((?:faiss|pgvector)(?: \(\w+\))?) "
    r"\| ([\d.]+) \| ([\d,]+) \| ([\d.]+) \| [\d.]+ \|"
)
"""Vectors, engine, seconds to publish, MB, p50 in ms; articles and p95 are passed over."""

_DRAWN = (
    ("pgvector", "pgvector, every row read", "C1s"),
    ("pgvector (hnsw)", "pgvector, HNSW", "C0o-"),
    ("faiss (graph)", "FAISS, graph", "C2^-"),
)


@dataclass(frozen=True, slots=True)
class Row:
    """One engine with so many vectors."""

    vectors: int
    engine: str
    """``faiss`` or ``pgvector``, which read every row, ``faiss (graph)`` or ``pgvector (hnsw)``."""
    published_s: float
    mb: int
    p50_ms: float


def rows_of(page: str) -> list[Row]:
    """Return the rows of the table of vectors alone.

    :param page: The text of docs/scale.md.
    :return: In the order of the page.
    """
    found = (match.groups() for match in _ROW.finditer(page))
    return [Row(_count(n), engine, float(made), _count(mb), float(p50)) for n, engine, made, mb, p50 in found]


def _count(text: str) -> int:
    return int(text.replace(",", ""))


def draw(rows: Sequence[Row], path: Path) -> None:
    """Draw search and size as multiples of exact FAISS in the same run, and the seconds to publish.

    :param rows: Of both engines, for each number of vectors.
    :param path: The picture to write; only if matplotlib is there.
    """
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        print("matplotlib is not installed, so nothing is drawn: python -m pip install --group bench")
        return
    exact = {row.vectors: row for row in rows if row.engine == "faiss"}
    panels: tuple[tuple[str, Callable[[Row], float]], ...] = (
        ("search, p50: multiple of exact FAISS", lambda row: row.p50_ms / exact[row.vectors].p50_ms),
        ("size: multiple of FAISS's vectors", lambda row: row.mb / exact[row.vectors].mb),
        ("seconds to publish", lambda row: row.published_s),
    )
    with mpl.rc_context({"svg.hashsalt": "scale"}):
        figure = Figure(figsize=(10, 3.6), layout="constrained")
        for axes, (title, value) in zip(figure.subplots(1, 3), panels, strict=True):
            for engine, label, style in _DRAWN:
                drawn = [row for row in rows if row.engine == engine]
                axes.plot([row.vectors for row in drawn], [value(row) for row in drawn], style, label=label)
            if "multiple" in title:
                axes.axhline(1, color="0.5", linewidth=1)
            axes.set(xlabel="vectors of 384 numbers", title=title, xscale="log", yscale="log")
            if title.startswith("size"):
                axes.set(yscale="linear", ylim=(0, None))
            axes.title.set_fontsize("medium")
            axes.spines[["top", "right"]].set_visible(False)
            axes.legend(frameon=False)
        figure.savefig(path, dpi=150, metadata={"Software": None})


def main() -> int:
    """Draw the picture from the page as it is."""
    rows = rows_of(PAGE.read_text(encoding="utf-8"))
    if len({row.vectors for row in rows}) < 2:
        print(f"{PAGE} has no table with two numbers of vectors. Run: make scale")
        return 1
    draw(rows, PICTURE)
    return 0


if __name__ == "__main__":
    sys.exit(main())
