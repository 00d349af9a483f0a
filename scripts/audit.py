"""Ask whether any pinned package has a known vulnerability: ``make audit``.

pip-audit compares the lock files with the advisories of the Python Package Index. It needs a network, and says so where
there is none; nothing is installed or changed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
LOCKS = ("requirements.lock", "requirements-dev.lock", "requirements-models.lock")
_UNREACHABLE = re.compile(
    r"ConnectionError|ConnectTimeout|ProxyError|MaxRetryError|NameResolutionError|Failed to establish|"
    r"Network is unreachable|Could not connect|timed out|ServiceError"
)
FOUND, NOT_ASKED = 1, 2
"""Exit status if a vulnerability is known, and if nobody could be asked."""


def command(lock: str) -> list[str]:
    """Return the call of pip-audit for a lock file; every package is pinned, so nothing is resolved."""
    pinned = ["--requirement", str(ROOT / lock), "--require-hashes", "--disable-pip", "--no-deps"]
    return [sys.executable, "-m", "pip_audit", *pinned, "--progress-spinner", "off", "--desc", "off"]


def told(lock: str, status: int, out: str, err: str) -> tuple[int, str]:
    """Return the exit status for a lock file, and the text to print.

    :param lock: Its name.
    :param status: pip-audit's own.
    :param out: What it printed.
    :param err: What it said about its work.
    :return: 0 if nothing is known, 1 if something is, 2 if nobody could be asked.
    """
    if status == 0:
        return 0, f"{lock}: no known vulnerabilities."
    if _UNREACHABLE.search(err):
        return NOT_ASKED, (
            f"{lock}: not asked, because the advisories cannot be reached. Run 'make audit' where there is a network; "
            "HTTPS_PROXY names a proxy."
        )
    if "Found" in err and out.strip():
        return FOUND, f"{lock}:\n{out.strip()}\nRun 'make lock' to take newer versions, then 'make test'."
    last = err.strip().rpartition("\n")[2] or "it said nothing"
    return NOT_ASKED, f"{lock}: pip-audit ended with status {status}: {last}"


def main() -> int:
    """Ask about each lock file, and return the worst answer; after the first that cannot be asked, none is tried."""
    worst = 0
    for lock in LOCKS:
        done = subprocess.run(command(lock), cwd=ROOT, capture_output=True, text=True, check=False)
        status, text = told(lock, done.returncode, done.stdout, done.stderr)
        print(text, file=sys.stderr if status else sys.stdout, flush=True)
        worst = max(worst, status)
        if status == NOT_ASKED:
            break
    return worst


if __name__ == "__main__":
    sys.exit(main())
