"""Compare this project with other systems on the same texts and questions: one command, one table.

Usage: python benchmarks/quality.py [--data DIR] [--only NAMES] [--json FILE]

Without a folder of judged sets (``--data`` or ``KB_EVAL_DIR``; its layout is in benchmarks/data.py) only the project's
own articles are measured. docs/quality.md explains each column and how to install the peers.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TypeAlias

from benchmarks.figures import Figures
from benchmarks.peers import dense, hybrid, lexical, ours, static
from benchmarks.peers.base import System, Workshop
from benchmarks.tasks import TASKS, Bench
from kb.settings.settings import load_settings

Measured: TypeAlias = dict[str, dict[str, Figures]]
"""System, group, figure."""

SYSTEMS: tuple[System, ...] = (
    *ours.SYSTEMS, *dense.SYSTEMS[:2], *lexical.SYSTEMS, *dense.SYSTEMS[2:], *hybrid.SYSTEMS, *static.SYSTEMS
)  # fmt: skip

COLUMNS = (
    # heading, group, figure
    ("own: first", "own", "first"),
    ("three", "own", "three"),
    ("near miss AUROC", "own, near misses", "auroc_all"),
    ("of right ones", "own, near misses", "auroc"),
    ("wrongly answered at 80 %", "own, near misses", "wrong_at_80"),
    ("calibration error", "own, near misses", "calibration_error"),
    ("own rule: answered", "own, near misses", "answered"),
    ("near misses answered", "own, near misses", "wrongly_answered"),
    ("risk", "own, near misses", "risk"),
    ("telecom: first", "telecom", "first"),
    ("three", "telecom", "three"),
    ("banking, 10: first", "banking, 10", "first"),
    ("near miss AUROC", "banking, 10, near misses", "auroc_all"),
    ("wrongly answered at 80 %", "banking, 10, near misses", "wrong_at_80"),
    ("far AUROC", "banking, 10, far", "auroc_all"),
    ("bank FAQs: nDCG@10", "bank_faqs", "ndcg"),
    ("COVID FAQs", "covid_faq_deepset", "ndcg"),
    ("StackFAQ", "stackfaq_paraphrases", "ndcg"),
)
DETAILS = {
    "Right article first, by voice": (("own, voices",), "{figure}"),
    "Lost of the right article first, in points": (("own, losses",), "{figure}"),
    "BANKING77, right intent first": (("banking, 5", "banking, 10", "banking, all"), "{group}"),
    "Documents without examples, right one first": (
        ("bank_faqs", "covid_faq_deepset", "stackfaq_paraphrases"),
        "{group}",
    ),
}


def main() -> None:
    """Measure and print."""
    options = _options()
    chosen = [s for s in SYSTEMS if not options.only or s.name in options.only]
    started = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="kb-quality-") as scratch:
        folder = options.work or Path(scratch)
        bench = Bench(Workshop(load_settings(), folder), options.data)
        measured = measure(bench, chosen, options.json)
    print(table(chosen, measured))
    print(details(measured))
    print(f"\nMeasured in {(time.perf_counter() - started) / 60:.0f} minutes.")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    given = os.environ.get("KB_EVAL_DIR")
    parser.add_argument("--data", type=Path, default=Path(given) if given else None, help="folder of judged sets")
    parser.add_argument("--only", type=lambda text: text.split(","), help="systems, separated by commas")
    parser.add_argument("--json", type=Path, help="write every figure there")
    parser.add_argument("--work", type=Path, help="keep the indexes there, for another run")
    return parser.parse_args()


def measure(bench: Bench, systems: Iterable[System], path: Path | None = None) -> Measured:
    """Return every figure of every installed system.

    :param bench: The questions.
    :param systems: The systems to ask.
    :param path: The file to write the figures to, after each system.
    :return: The figures; none for a system that is not installed.
    """
    measured: Measured = {}
    versions: dict[str, str | None] = {}
    for system in systems:
        versions[system.name] = system.version()
        if versions[system.name] is None:
            continue
        started = time.perf_counter()
        measured[system.name] = {}
        for task in TASKS:
            measured[system.name] |= task(bench, system)
        bench.forget(system)
        if path is not None:
            path.write_text(json.dumps({"versions": versions, "figures": measured}, indent=1), encoding="utf-8")
        print(f"{system.name}: {time.perf_counter() - started:.0f} s", file=sys.stderr)
    return measured


def table(systems: Sequence[System], measured: Measured) -> str:
    """Return the table, one row per system; the row of a system that is not installed says that it is not."""
    rows = [["system", "version", *(heading for heading, _, _ in COLUMNS)]]
    for system in systems:
        found = measured.get(system.name)
        cells = ["–"] * len(COLUMNS) if found is None else [cell(found.get(g, {}).get(f)) for _, g, f in COLUMNS]
        rows.append([f"{system.name} ({system.about})", system.version() or "not installed", *cells])
    return markdown(rows)


def details(measured: Measured) -> str:
    """Return the detailed tables."""
    parts = []
    for title, (groups, heading) in DETAILS.items():
        names = _names(measured, groups, heading)
        rows = [[title, *names.values()]]
        rows += [[s, *(cell(found.get(g, {}).get(f)) for g, f in names)] for s, found in measured.items()]
        if names:
            parts.append(markdown(rows))
    promised = {name: found for name, found in measured.get("kb", {}).items() if name.startswith("promise")}
    if promised:
        heads = list(next(iter(promised.values())))
        parts.append(markdown([["promise", *heads], *([n, *map(cell, f.values())] for n, f in promised.items())]))
    return "\n\n".join(["", *parts])


def _names(measured: Measured, groups: Sequence[str], heading: str) -> dict[tuple[str, str], str]:
    """Return the columns of a detailed table, with their headings."""
    found: dict[tuple[str, str], str] = {}
    for figures in measured.values():
        for group in groups:
            keys = figures.get(group, {}) if "figure" in heading else [f for f in ("first",) if group in figures]
            found.update({(group, key): heading.format(group=group, figure=key) for key in keys})
    return found


def cell(value: float | None) -> str:
    """Return a figure as text."""
    if value is None:
        return "–"
    return f"{value:.0f}" if value > 1 else f"{value:.3f}"


def markdown(rows: Sequence[Sequence[str]]) -> str:
    """Return rows as a Markdown table; the first row is the heading."""
    head, *body = rows
    lines: list[Sequence[str]] = [head, ["---"] * len(head), *body]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


if __name__ == "__main__":
    main()
