"""Time questions, loading and builds, with one thread per question.

Usage: python benchmarks/speed.py [--index DIR] [--questions N]

Prints a table: p50, p95 and p99 of each part of a question, of the whole of it, of loading an index, and of a cold
process that answers one question. Timings are of the machine they were taken on: compare rows of one run.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from kb.retrieval.answering.answerer import IndexAnswerer
from kb.retrieval.answering.live import load_newest
from kb.retrieval.query.normalise import words
from kb.settings.settings import load_settings
from kb.types import UnitKind


def timed(call: Callable[[], object]) -> float:
    """Return the duration of a call in milliseconds."""
    started = time.perf_counter()
    call()
    return (time.perf_counter() - started) * 1000


def row(name: str, times: list[float]) -> str:
    """Return one row of the table."""
    cuts = statistics.quantiles(times, n=100) if len(times) > 1 else times * 99
    return f"| {name} | {cuts[49]:.2f} | {cuts[94]:.2f} | {cuts[98]:.2f} | {len(times)} |"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--index", type=Path)
    parser.add_argument("--questions", type=int, default=500)
    options = parser.parse_args()
    settings = load_settings(index=options.index)
    loads = [timed(lambda: load_newest(settings, print)) for _ in range(5)]
    index = load_newest(settings, print)
    answerer = IndexAnswerer(index)
    asked = [u.text for u in index.searchable.units if u.kind is not UnitKind.PASSAGE]
    asked = asked[:: max(1, len(asked) // options.questions)][: options.questions]
    for text in asked[:20]:
        answerer.ask(text)
    cold = [
        timed(
            lambda: subprocess.run(
                [sys.executable, "-m", "kb", "ask", asked[0], "--json", "--index", settings.index],
                check=True,
                stdout=subprocess.DEVNULL,
            )
        )
        for _ in range(5)
    ]
    print(
        f"{len(index.searchable)} articles, {len(index.searchable.units)} vectors of {index.searchable.vectors.dim}\n"
    )
    print("| milliseconds | p50 | p95 | p99 | n |\n| --- | --- | --- | --- | --- |")
    vectors = [index.encoder.encode_query(text) for text in asked]
    print(row("encode a question", [timed(lambda t=t: index.encoder.encode_query(t)) for t in asked]))
    print(row("nearest 1,024 vectors", [timed(lambda v=v: index.searchable.vectors.search(v, 1024)) for v in vectors]))
    print(row("BM25", [timed(lambda t=t: index.searchable.lexical.scores(words(t))) for t in asked]))
    print(row("question to answer", [timed(lambda t=t: answerer.ask(t)) for t in asked]))
    print(row("load and verify an index", loads))
    print(row("cold process, one question", cold))


if __name__ == "__main__":
    main()
