"""Time the journal on SQLite and, if it is installed, on PostgreSQL: ``python benchmarks/journal.py``.

One thread hands over questions; clicks that are committed before they are confirmed come from 20 threads at once.
"""

from __future__ import annotations

import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from kb.journal.writer import open_store
from kb.types import EventKind, QuerySource
from tests import postgres
from tests.journal.chaos import question

QUESTIONS = 20_000
THREADS = 20
CLICKS = 100
"""The number of clicks per thread."""


def measure(name: str, url: str) -> None:
    """Print one row of the table."""
    store = open_store(url, backlog=2 * QUESTIONS)
    answers = [question(str(n)) for n in range(QUESTIONS)]
    began = time.perf_counter()
    asked = [store.record_query(answer, source=QuerySource.PAGE, visit="v") for answer in answers]
    handed = time.perf_counter() - began
    store.flush()
    written = time.perf_counter() - began
    took: list[float] = []

    def click(which: int) -> None:
        for n in range(CLICKS):
            start = time.perf_counter()
            store.record_event(asked[which * CLICKS + n], EventKind.HELPFUL)
            took.append(time.perf_counter() - start)

    began = time.perf_counter()
    threads = [threading.Thread(target=click, args=(which,)) for which in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    clicked = time.perf_counter() - began
    store.close()
    took.sort()
    print(
        f"| {name} | {handed / QUESTIONS * 1e6:.0f} µs | {QUESTIONS / written:,.0f} | {len(took) / clicked:,.0f} "
        f"| {took[len(took) // 2] * 1e3:.1f} ms | {took[len(took) * 95 // 100] * 1e3:.1f} ms |"
    )


def main() -> None:
    """Print the table."""
    print("| database | hand a question over | questions/s written | committed clicks/s, 20 at once | p50 | p95 |")
    print("| --- | --- | --- | --- | --- | --- |")
    with tempfile.TemporaryDirectory() as folder:
        measure("SQLite, synchronous=FULL", f"sqlite:///{Path(folder, 'journal.db')}")
    programs = postgres.programs()
    if programs is not None:
        with postgres.server(programs, durable=True) as server:
            measure("PostgreSQL", server.new_database())


if __name__ == "__main__":
    main()
