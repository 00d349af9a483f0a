"""Change the code at hundreds of places, one at a time, and count what the unit tests detect: ``make mutants``.

mutmut makes the mutants and runs the tests; pyproject.toml names the modules and their tests. This script
prints its verdicts as a Markdown table, one row per group of modules, and lists the survivors.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / "mutants"
"""Where mutmut works: a copy of the package and its tests."""
LEAST = 0.9
"""Share of a group's mutants that must be killed."""
SURVIVED, UNTESTED = 0, 33
"""mutmut's exit codes: the tests passed; no test runs the line. Any other means that a test noticed, or never ended."""


def verdicts(folder: Path) -> Iterator[tuple[str, str, int]]:
    """Yield the module, the mutant and mutmut's exit code, by module; mutants without a verdict are left out."""
    for path in sorted(folder.rglob("*.meta")):
        module = path.relative_to(folder).as_posix().removesuffix(".meta")
        for name, code in json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].items():
            if code is not None:
                yield module, name, code


def group_of(module: str) -> str:
    """Return the group to score: all rules of redaction together, every other module alone."""
    return f"{Path(module).parent.as_posix()}/*.py" if "/rules/" in module else module


def table(found: Iterable[tuple[str, str, int]]) -> tuple[list[str], Mapping[str, float]]:
    """Return the lines of the table, and each group's score."""
    total: Counter[str] = Counter()
    lived: Counter[str] = Counter()
    for module, _, code in found:
        total[group_of(module)] += 1
        lived[group_of(module)] += code in (SURVIVED, UNTESTED)
    scores = {group: 1 - lived[group] / n for group, n in total.items()}
    rows = [f"| `{g}` | {n} | {n - lived[g]} | {scores[g]:.3f} |" for g, n in total.items()]
    return ["| module | mutants | killed | score |", "| --- | ---: | ---: | ---: |", *rows], scores


def main(arguments: list[str] | None = None) -> int:
    """Run mutmut, and print the results."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", help="only mutants of these names; * matches anything")
    parser.add_argument("--table", action="store_true", help="print the verdicts of the last run, and run nothing")
    given = parser.parse_args(arguments)
    if not given.table:
        command = [sys.executable, "-m", "mutmut", "run", "--max-children", "1", *given.names]
        if subprocess.run(command, cwd=ROOT, check=False).returncode:
            return 1
    found = list(verdicts(FOLDER))
    lines, scores = table(found)
    print("\n".join(lines))
    for _, name, code in found:
        if code in (SURVIVED, UNTESTED):
            print(f"survived: {name}")
    return int(not scores or min(scores.values()) < LEAST)


if __name__ == "__main__":
    sys.exit(main())
