"""Memory of one brand, two and three, each with the same index in its own folder: as copies, then with shared graphs.

Usage: python benchmarks/brands.py [--index DIR] [--most N]

Prints a table: resident memory (RSS, which counts shared pages for each process) and proportional memory (PSS, which
divides them) of all processes, after each brand has answered a question. Linux only.
"""

from __future__ import annotations

import argparse
import http.client
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kb.retrieval.index.sharing import share_graphs

_PATIENCE = 300.0


def main() -> None:
    """Measure, and print the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--index", type=Path, default=Path("index"), help="An index that was built.")
    parser.add_argument("--most", type=int, default=3, help="Brands at once.")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="kb-brands-") as name:
        folder = Path(name)
        for number in range(options.most):
            _make(folder / f"brand{number}", options.index)
        print("| graphs | brands | processes | RSS, MB | PSS, MB | PSS to one brand |")
        print("|---|--:|--:|--:|--:|--:|")
        _measure(folder, options.most, "a copy for each")
        saved = share_graphs(folder / f"brand{number}" / "index" for number in range(options.most))
        _measure(folder, options.most, "kept once")
        print(f"\nShared on disk: {saved / 1e6:.0f} MB less.")


def _make(folder: Path, index: Path) -> None:
    current = (index / "CURRENT").read_text().strip()
    shutil.copytree(index / "versions" / current, folder / "index" / "versions" / current)
    shutil.copy(index / "CURRENT", folder / "index" / "CURRENT")
    (folder / "site.yaml").write_text(f"name: {folder.name}\n")


def _measure(folder: Path, most: int, graphs: str) -> None:
    """Serve one brand, then another next to it, and so on; print a row for each."""
    _list(folder, 1)
    program = [sys.executable, "-m", "kb", "serve", "--brands", str(folder / "brands.yaml"), "--port", "0"]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            port = int(process.stdout.readline().rpartition(":")[2])
            one = 0.0
            for count in range(1, most + 1):
                _list(folder, count)
                process.send_signal(signal.SIGHUP)
                for number in range(count):
                    _ask(port, f"brand{number}.localhost")
                found = [_memory(pid) for pid in _family(process.pid)]
                rss, pss = (sum(each[kind] for each in found) / 1e3 for kind in (0, 1))
                one = one or pss
                print(f"| {graphs} | {count} | {len(found)} | {rss:,.0f} | {pss:,.0f} | {pss / one:.2f} |", flush=True)
        finally:
            process.terminate()


def _list(folder: Path, count: int) -> None:
    lines = [f"  - {{name: brand{n}, folder: brand{n}, hosts: [brand{n}.localhost]}}\n" for n in range(count)]
    (folder / "brands.yaml").write_text("brands:\n" + "".join(lines))


def _ask(port: int, host: str) -> None:
    """Ask a brand until it answers."""
    deadline = time.monotonic() + _PATIENCE
    while time.monotonic() < deadline:
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        connection.request("GET", "/api/ask?text=why+did+my+bill+go+up", headers={"Host": host})
        if connection.getresponse().status == http.HTTPStatus.OK:
            return
        time.sleep(0.5)
    raise SystemExit(f"{host} did not answer within {_PATIENCE:.0f} s.")


def _family(pid: int) -> list[int]:
    """Return a process and its children."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return [pid, *map(int, children)]


def _memory(pid: int) -> tuple[int, int]:
    """Return RSS and PSS of a process, in kB."""
    lines = dict(line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:])
    return int(lines["Rss"].split()[0]), int(lines["Pss"].split()[0])


if __name__ == "__main__":
    os.environ.setdefault("KB_LOG_LEVEL", "error")
    main()
