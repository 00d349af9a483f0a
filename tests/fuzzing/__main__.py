"""Hostile input at length: ``make fuzz``, or ``python -m tests.fuzzing markdown --runs 1000000``.

Gives each subject as many inputs as fit into a number or a time, prints a table, and for each kind of failure the
shortest input found. A list of payloads from a file, one in a line, is tried as Markdown in every place that takes
text. With ``--growth``, measures instead how the time grows with the length of a text.
"""

from __future__ import annotations

import argparse
import logging
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.fuzzing import growth
from tests.fuzzing.subjects import Subject
from tests.fuzzing.web import ALL

PLACES = (
    *(
        "{}",
        "[x]({})",
        "[x](<{}>)",
        "![x]({})",
        '[x](https://a.example "{}")',
        "[{}](https://a.example)",
        "## {}",
        "<{}>",
    ),
    *(
        "> [!NOTE]\n> {}",
        "| a |\n|---|\n| {} |",
        "- {}",
        "1. {}",
        "```{}\nx\n```",
        "`{}`",
        "[x][r]\n\n[r]: {}",
        "{}\n===\n",
    ),
)
"""Where a payload of a list is put."""
_TRIES = 2000
"""Most attempts to shorten an input."""


@dataclass(slots=True)
class Outcome:
    """What came of one subject's inputs."""

    inputs: int = 0
    seconds: float = 0.0
    slowest: float = 0.0
    failures: dict[str, str] = field(default_factory=dict)
    """The first input of each kind of failure, by what it raised."""


def failure(check: Callable[[str], None], text: str) -> str:
    """Return what is wrong with the product's answer to an input; empty if nothing is."""
    try:
        check(text)
    except Exception as error:  # noqa: BLE001 — whatever it raises is what is looked for
        return f"{type(error).__name__}: {str(error).partition(':')[0]}"[:120]
    return ""


def shortened(check: Callable[[str], None], text: str, said: str) -> str:
    """Return a shorter input that fails in the same way: pieces are left out, long ones first."""
    size, tries = max(1, len(text) // 2), 0
    while tries < _TRIES:
        for at in range(0, len(text), size):
            tries += 1
            shorter = text[:at] + text[at + size :]
            if failure(check, shorter) == said:
                text = shorter
                break
        else:
            if size == 1:
                break
            size = max(1, size // 2)
    return text


def made(subject: Subject, seed: int, runs: int, seconds: float) -> Iterator[str]:
    """Yield a subject's inputs, the same for a seed, until there are enough or the time is over."""
    until = time.monotonic() + seconds
    for n in range(runs):
        if n % 256 == 0 and time.monotonic() > until:
            return
        yield subject.make(Random(seed * 1_000_003 + n))


def listed(paths: Iterable[Path]) -> Iterator[str]:
    """Yield every line of some lists in every place."""
    for path in paths:
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            for place in PLACES if line.strip() else ():
                yield place.replace("{}", line)


def run(check: Callable[[str], None], inputs: Iterable[str]) -> Outcome:
    """Try inputs, and keep the first of each kind of failure."""
    found, begin = Outcome(), time.process_time()
    for text in inputs:
        before = time.process_time()
        said = failure(check, text)
        found.slowest = max(found.slowest, time.process_time() - before)
        found.inputs += 1
        if said:
            found.failures.setdefault(said, text)
    found.seconds = time.process_time() - begin
    return found


def report_growth() -> int:
    """Print how the time grows, and return how many patterns take too long."""
    print("| reader | pattern | characters | seconds | exponent |\n| --- | --- | ---: | ---: | ---: |")
    bad = 0
    for name, pattern in growth.PATTERNS.items():
        for reader, _, length, taken, exponent in growth.growth(name, pattern):
            is_bad = taken > growth.QUICK and exponent > growth.LINEAR
            bad += is_bad
            if is_bad or exponent > growth.LINEAR or taken > growth.QUICK:
                print(
                    f"| {reader} | {name} | {length:,} | {taken:.2f} | {exponent:.2f} |{' too slow' if is_bad else ''}",
                    flush=True,
                )
    print(f"{len(growth.PATTERNS) * len(growth.READERS)} pairs of pattern and reader; all others are linear and quick.")
    return bad


def main(arguments: list[str] | None = None) -> int:
    """Try the named subjects, print the table, and return 1 if anything is wrong."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("subjects", nargs="*", choices=[*ALL, []], help="all by default")
    parser.add_argument("--runs", type=int, default=20_000, help="most inputs of each subject")
    parser.add_argument("--seconds", type=float, default=60.0, help="most seconds for each subject")
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same inputs")
    parser.add_argument("--payloads", type=Path, action="append", default=[], help="a list, one payload in a line")
    parser.add_argument("--growth", action="store_true", help="measure how the time grows with a text's length")
    given = parser.parse_args(arguments)
    logging.disable(logging.CRITICAL)  # what a server says about odd requests
    if given.growth:
        return int(report_growth() > 0)
    tried: dict[str, tuple[Subject, Outcome]] = {}
    for name in given.subjects or ALL:
        tried[name] = ALL[name], run(ALL[name].check, made(ALL[name], given.seed, given.runs, given.seconds))
    if given.payloads:
        tried["lists"] = ALL["markdown"], run(ALL["markdown"].check, listed(given.payloads))
    print("| subject | inputs | seconds | slowest, ms | kinds of failure |\n| --- | ---: | ---: | ---: | ---: |")
    for name, (_, found) in tried.items():
        print(
            f"| {name} | {found.inputs:,} | {found.seconds:.0f} | {found.slowest * 1000:.0f} | {len(found.failures)} |"
        )
    for name, (subject, found) in tried.items():
        for said, text in found.failures.items():
            print(f"\n{name}: {said}\n  {shortened(subject.check, text, said)!r}")
    return int(any(found.failures for _, found in tried.values()))


if __name__ == "__main__":
    sys.exit(main())
