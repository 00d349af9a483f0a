"""Compare encoders on this project's task: what each finds, and what it costs. One command, one table.

Usage: python benchmarks/encoders.py [--encoders NAMES] [--half HALF] [--data DIR]

NAMES are values of the setting ``encoder``, with commas between them: a model, models joined with ``+``, or folders of
sentence-transformers models. Each builds its own indexes, calibration and all. The choice was made on the half of the
tests that may guide choices, the default here; without a folder of judged sets (``--data`` or ``KB_EVAL_DIR``; its
layout is in benchmarks/data.py) only the project's own articles are measured.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import replace
from pathlib import Path

from benchmarks import tasks
from benchmarks.figures import Figures
from benchmarks.peers import ours
from benchmarks.peers.base import Workshop
from kb.retrieval.encoder.prepare import prepared_encoder
from kb.settings.settings import Settings, load_settings
from kb.types import Half

COLUMNS = (
    # heading, group, figure
    ("own: first", "own", "first"),
    ("three", "own", "three"),
    ("story", "own, voices", "story"),
    ("Spanish", "own, voices", "spanish"),
    ("near miss AUROC", "own, near misses", "auroc_all"),
    ("wrongly answered at 80 %", "own, near misses", "wrong_at_80"),
    ("telecom: first", "telecom", "first"),
    ("three", "telecom", "three"),
    ("likely: first", "telecom, likely", "first"),
    ("banking, 10: first", "banking, 10", "first"),
    ("near miss AUROC", "banking, 10, near misses", "auroc_all"),
    ("wrongly answered at 80 %", "banking, 10, near misses", "wrong_at_80"),
    ("question, ms", "cost", "question_ms"),
    ("graph, MB", "cost", "megabytes"),
    ("build, s", "cost", "build_s"),
)
_TIMED = 300


def measured(settings: Settings, folder: Path, data: Path | None, half: Half) -> dict[str, Figures]:
    """Return every figure of one encoder.

    :param settings: The settings that name the encoder.
    :param folder: The folder for its indexes.
    :param data: The judged sets, or None.
    :param half: The half of the tests to ask.
    :return: Figures by group.
    """
    bench = tasks.Bench(Workshop(settings, folder), data, half)
    system = ours.SYSTEMS[0]
    prepared = prepared_encoder(settings)
    started = time.perf_counter()
    bench.shop.index(bench.own[0])
    cost: Figures = {
        "build_s": time.perf_counter() - started,
        "megabytes": sum(len(part.graph) for part in prepared.parts) / 1e6,
    }
    encoder = prepared.load()
    times = []
    for test in bench.own[1][:_TIMED]:
        started = time.thread_time()  # processor time depends less than wall time on what else the machine does
        encoder.encode_query(test.text)
        times.append((time.thread_time() - started) * 1000)
    cost["question_ms"] = statistics.median(times)
    groups = {"cost": cost}
    for task in (tasks.own_articles, tasks.telecom, tasks.banking):
        groups.update(task(bench, system))
    return groups


def main() -> None:
    """Print the table, one column per encoder."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoders", default="e5,minilm,mpnet,e5+bge,e5+mpnet")
    parser.add_argument("--half", type=Half, default=Half.GUIDE, choices=list(Half))
    parser.add_argument("--data", type=Path, default=os.environ.get("KB_EVAL_DIR"))
    options = parser.parse_args()
    data = Path(options.data) if options.data else None
    names = options.encoders.split(",")
    found = {}
    for name in names:
        with tempfile.TemporaryDirectory() as folder:
            found[name] = measured(replace(load_settings(), encoder=name), Path(folder), data, options.half)
    print(f"| | {' | '.join(names)} |\n| --- |{' --- |' * len(names)}")
    for heading, group, figure in COLUMNS:
        values = [found[name].get(group, {}).get(figure) for name in names]
        digits = 1 if group == "cost" else 3
        print(f"| {heading} | {' | '.join('–' if v is None else f'{v:.{digits}f}' for v in values)} |")


if __name__ == "__main__":
    main()
