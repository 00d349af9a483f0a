"""Damage files of an index, and count who notices: ``python benchmarks/damage/run.py --peers /path/to/bin/python``.

Each case damages one file of a fresh copy, chosen by a seed: a bit flipped, the end cut off, two blocks swapped, a page
zeroed, the file missing. Then the system opens it and searches. It has *noticed* if it raised an error that a program
can catch; it is *silently wrong* if what it returned differs from what it returns undamaged; it *crashed* if its
process died, panicked, or did not answer, twice. Where nothing differs, the damage was without effect.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import selectors
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from benchmarks.damage.systems import SYSTEMS  # noqa: E402

TEXTS, DIMENSIONS = 200, 64
BLOCK, PAGE = 512, 4096
_PATIENCE_S = 60.0
_FIRST_PATIENCE_S = 600.0
"""To import a library on a busy machine."""
_FRESH_EVERY = 250
"""Cases for which one process is used, so that what a damaged file did to it does not stay."""
OUTCOMES = ("noticed", "silently wrong", "crashed", "no effect")
NOT_INSTALLED = "not installed"

Harm = Callable[[bytes, random.Random], bytes | None]
"""Bytes to other bytes; None to delete the file."""


def flip(data: bytes, chance: random.Random) -> bytes:
    """Flip one bit."""
    harmed = bytearray(data)
    harmed[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    return bytes(harmed)


def cut(data: bytes, chance: random.Random) -> bytes:
    """Cut off the end."""
    return data[: chance.randrange(len(data))]


def swap(data: bytes, chance: random.Random) -> bytes:
    """Swap two blocks; of a small file, two pieces."""
    size = min(BLOCK, max(1, len(data) // 4))
    places = range(0, len(data) - size + 1, size)
    if len(places) < 2:
        return data
    a, b = sorted(chance.sample(places, 2))
    return data[:a] + data[b : b + size] + data[a + size : b] + data[a : a + size] + data[b + size :]


def zero(data: bytes, chance: random.Random) -> bytes:
    """Zero one page, or as much of it as there is."""
    at = chance.randrange(0, len(data), PAGE)
    end = min(at + PAGE, len(data))
    return data[:at] + bytes(end - at) + data[end:]


def remove(_data: bytes, _chance: random.Random) -> None:
    """Delete the file."""


HARMS: dict[str, Harm] = {
    "a bit flipped": flip,
    "cut off": cut,
    "two blocks swapped": swap,
    "a page zeroed": zero,
    "missing": remove,
}


def harm_one(folder: Path, kind: str, chance: random.Random) -> str:
    """Damage one file of a folder; return its name.

    :param folder: A copy.
    :param kind: One of :data:`HARMS`.
    :param chance: Decides which file, and where.
    :return: The file, below the folder; empty if no file can be damaged in that way.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and path.stat().st_size)
    for path in chance.sample(files, len(files)):
        data = path.read_bytes()
        harmed = HARMS[kind](data, chance)
        if harmed == data:
            continue
        if harmed is None:
            path.unlink()
        else:
            path.write_bytes(harmed)
        return path.relative_to(folder).as_posix()
    return ""


class Worker:
    """A process that carries out orders, started again when it dies."""

    def __init__(self, python: str, system: str, data: Path) -> None:
        """Start nothing yet.

        :param python: The Python that has the system's packages.
        :param system: One of :data:`benchmarks.damage.systems.SYSTEMS`.
        :param data: Texts and vectors.
        """
        self._command = [python, str(ROOT / "benchmarks/damage/systems.py"), system, str(data)]
        self._process: subprocess.Popen[str] | None = None
        self._done = 0
        self.died = ""
        """How the last process ended that did not answer: a negative status is a signal, and -9 is our own."""

    def ask(self, order: dict[str, str]) -> dict[str, str] | None:
        """Return what the process found; None if it died or did not answer."""
        if self._done >= _FRESH_EVERY:
            self.close()
        is_new = self._process is None
        if self._process is None:
            environment = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1", "TOKIO_WORKER_THREADS": "2"}
            environment["ALLOW_RESOLVE_TRANSFORM"] = "True"  # txtai: the function that stands for a model is ours
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                text=True,
                env=environment,
            )
            self._done = 0
        self._done += 1
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        try:
            self._process.stdin.write(json.dumps(order) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            self._end()
            return None
        with selectors.DefaultSelector() as selector:
            selector.register(self._process.stdout, selectors.EVENT_READ)
            is_ready = selector.select(_FIRST_PATIENCE_S if is_new else _PATIENCE_S)
        line = self._process.stdout.readline() if is_ready else ""
        if not line:
            self._end()
            return None
        answer: dict[str, str] = json.loads(line)
        return answer

    def _end(self) -> None:
        """End the process, and remember how it had ended by itself."""
        assert self._process is not None
        if self._is_silent():
            self._process.kill()
        self.died = f"status {self._process.wait()}"
        self.close()

    def _is_silent(self) -> bool:
        """Return whether the process still runs, and just does not answer."""
        assert self._process is not None
        try:
            self._process.wait(5.0)
        except subprocess.TimeoutExpired:
            return True
        return False

    def close(self) -> None:
        """End the process."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()
            self._process = None


def outcome_of(answer: dict[str, str] | None, good: str) -> str:
    """Return one of :data:`OUTCOMES`."""
    if answer is None:
        return "crashed"
    if "error" in answer:
        return "noticed"
    return "no effect" if answer["digest"] == good else "silently wrong"


def drill(worker: Worker, work: Path, cases: int, seed: int) -> tuple[dict[str, Counter[str]], dict[str, list[str]]]:
    """Damage and read.

    :param worker: The system.
    :param work: An empty folder.
    :param cases: How many, evenly over all kinds of damage.
    :param seed: Of the choices.
    :return: Outcomes by kind of damage, and for each outcome some examples.
    """
    whole, harmed = work / "whole", work / "harmed"
    whole.mkdir()
    if worker.ask({"build": str(whole)}) is None:
        raise RuntimeError("it cannot build")
    readings = [worker.ask({"read": str(whole)}) for _ in range(3)]
    if any(reading is None or reading != readings[0] or "digest" not in reading for reading in readings):
        raise RuntimeError(f"undamaged, it does not return the same each time: {readings}")
    good = (readings[0] or {})["digest"]
    found = {kind: Counter[str]() for kind in HARMS}
    examples: dict[str, list[str]] = {}
    for n in range(cases):
        kind, chance = list(HARMS)[n % len(HARMS)], random.Random(f"{seed} {n}")
        shutil.copytree(whole, harmed)
        file = harm_one(harmed, kind, chance)
        answer = worker.ask({"read": str(harmed)}) or worker.ask({"read": str(harmed)})  # a crash happens again
        outcome = outcome_of(answer, good)
        found[kind][outcome] += 1
        kept = examples.setdefault(outcome, [])
        if len(kept) < 3 and not any(file in known for known in kept):
            kept.append(f"{kind}: {file} {(answer or {'error': worker.died}).get('error', '')}".strip())
        shutil.rmtree(harmed)
    return found, examples


def version_of(python: str, system: str) -> str:
    """Return the version of the package that is compared; :data:`NOT_INSTALLED` if one that it needs is missing."""
    packages = SYSTEMS[system].packages
    if not packages:
        return ""
    code = f"from importlib.metadata import version; print([version(name) for name in {packages!r}][0])"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    return done.stdout.strip() if done.returncode == 0 else NOT_INSTALLED


def write_data(path: Path, seed: int) -> None:
    """Write texts with random vectors of unit length."""
    import numpy as np

    vectors = np.random.default_rng(seed).standard_normal((TEXTS, DIMENSIONS)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    texts = [f"Question {n} about a bill: why is line {n % 17} higher than last month?" for n in range(TEXTS)]
    np.savez(path, texts=np.array(texts), vectors=vectors)


def main() -> int:
    """Print the tables; 1 if ours did not notice something that has an effect."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--peers", default=sys.executable, help="the Python that has the other systems")
    parser.add_argument("--cases", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--only", default=",".join(SYSTEMS), help="systems, separated by commas")
    given = parser.parse_args()
    failed = False
    rows: dict[str, Any] = {}
    print(f"| system | version | {' | '.join(OUTCOMES)} | silently wrong, by kind |\n|---|---|{'--:|' * 4}---|")
    with tempfile.TemporaryDirectory(prefix="kb-damage-") as folder:
        data = Path(folder, "data.npz")
        write_data(data, given.seed)
        for name in given.only.split(","):
            python = sys.executable if name == "ours" else given.peers
            version = version_of(python, name)
            if version == NOT_INSTALLED:
                print(f"| {name} | {version} | | | | | |", flush=True)
                continue
            worker, work = Worker(python, name, data), Path(folder, name)
            work.mkdir()
            found, examples = drill(worker, work, given.cases, given.seed)
            worker.close()
            total = sum(found.values(), Counter[str]())
            wrong = ", ".join(f"{kind} {c['silently wrong']}" for kind, c in found.items() if c["silently wrong"])
            counts = " | ".join(f"{total[outcome]:,}" for outcome in OUTCOMES)
            print(f"| {name} | {version} | {counts} | {wrong or 'none'} |", flush=True)
            rows[name] = examples
            failed |= name == "ours" and bool(total["silently wrong"] or total["crashed"])
    for name, examples in rows.items():
        for outcome, kept in examples.items():
            for line in kept:
                print(f"{name}, {outcome}: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
