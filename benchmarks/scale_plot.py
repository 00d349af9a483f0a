"""Draw docs/scale.png from the table of the vector engine in docs/scale.md, which ``make scale`` writes.

Usage: python benchmarks/scale_plot.py (needs matplotlib, group ``bench``)
"""

from __future__ import annotations

import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PAGE, PICTURE = ROOT / "docs" / "scale.md", ROOT / "docs" / "scale.png"
_ROW = re.compile(
    r"\| ([\d,]+) \| [\d,]+ \| (faiss|pgvector)(?: \(\w+\))? \| ([\d.]+) \| ([\d,]+) \| ([\d.]+) \| [\d.]+ \|"
)
"""Vectors, engine, seconds to publish, MB, p50 in ms; articles and p95 are passed over."""


@dataclass(frozen=True, slots=True)
class Row:
    """One engine with so many vectors."""

    vectors: int
    engine: str
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
    """Draw times, publishing and size by the number of vectors, each against FAISS, if matplotlib is there.

    :param rows: At least two numbers of vectors.
    :param path: The picture to write.
    """
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        print("matplotlib is not installed, so nothing is drawn: python -m pip install --group bench")
        return
    panels = (
        ("p50_ms", "ms for a search, p50"),
        ("published_s", "seconds to publish"),
        ("mb", "MB of vectors and indexes"),
    )
    with mpl.rc_context({"svg.hashsalt": "scale"}):
        figure = Figure(figsize=(10, 3.6), layout="constrained")
        for axes, (name, title) in zip(figure.subplots(1, 3), panels, strict=True):
            for engine, style in (("faiss", "C0o-"), ("pgvector", "C1s--")):
                drawn = [row for row in rows if row.engine == engine and getattr(row, name) > 0]
                sizes, values = [row.vectors for row in drawn], [getattr(row, name) for row in drawn]
                if drawn:
                    axes.plot(sizes, values, style, label=engine)
            axes.set(xlabel="vectors of 384 numbers", title=title, xscale="log", yscale="log")
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
