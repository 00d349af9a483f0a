"""Every command that an operator runs, one after the other in one process; the last one serves the preview."""

from __future__ import annotations

import sys

from kb.cli.main import main
from tests.outside.walk import ENGLISH, SPANISH

COMMANDS = (
    "check",
    "check --json",
    "build",
    "build --quick",
    f"ask|{ENGLISH}",
    f"ask|{SPANISH}",
    "gaps",
    "report",
    "report --format html",
    "questions",
    "users list",
    "models",
    "stale",
    "purge --dry-run",
    "mcp",
)
"""What comes after ``kb``."""


def run() -> int:
    """Run them all; return 0 if none of them was used wrongly."""
    wrong = [command for command in COMMANDS if main(command.split("|") if "|" in command else command.split()) == 2]
    if wrong:
        sys.stderr.write(f"Not a command: {wrong}\n")
        return 1
    return main(["preview", "--port", "0"])


if __name__ == "__main__":
    sys.exit(run())
