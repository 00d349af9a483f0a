"""Memory of one brand, two and three, each with the same index in its own folder: as copies, then with shared graphs.

Usage: python benchmarks/brands.py [--index DIR] [--most N]

Prints a table: resident memory (RSS, which counts shared pages for each process) and proportional memory (PSS, which
divides them) of all processes, after each brand has answered a question. Then what the largest graph takes of a
process, and how long a short text takes, with its matrices packed for the processor, as they are served, and without.
Linux only. With ``--most 0``, only that.
"""

from __future__ import annotations

import argparse
import http.client
import multiprocessing
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
    if options.most:
        _brands(options.index, options.most)
    current = options.index / "versions" / (options.index / "CURRENT").read_text().strip()
    graph = max(current.glob("*.onnx"), key=lambda path: path.stat().st_size).resolve()
    print("| matrices | of its own, MB | mapped, MB | ms, a short text |")
    print("|---|--:|--:|--:|")
    for packing in ("packed", "as in the file"):
        with multiprocessing.get_context("spawn").Pool(1) as pool:
            own, mapped, took = pool.apply(_graph, (graph, packing))
        print(f"| {packing} | {own:.0f} | {mapped:.0f} | {took:.1f} |")


def _brands(index: Path, most: int) -> None:
    """Print the memory of some brands, as copies and with graphs kept once."""
    with tempfile.TemporaryDirectory(prefix="kb-brands-") as name:
        folder = Path(name)
        for number in range(most):
            _make(folder / f"brand{number}", index)
        print("| graphs | brands | processes | RSS, MB | PSS, MB | PSS to one brand |")
        print("|---|--:|--:|--:|--:|--:|")
        _measure(folder, most, "a copy for each")
        saved = share_graphs(folder / f"brand{number}" / "index" for number in range(most))
        _measure(folder, most, "kept once")
        print(f"\nOn disk, {saved / 1e6:.0f} MB less when kept once.\n")


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


def _graph(path: Path, packing: str) -> tuple[float, float, float]:
    """Return the memory of a graph that is this process's own, what is mapped from the file (MB), and milliseconds."""
    import numpy as np
    import onnxruntime as ort

    from kb.retrieval.encoder.mapped import without_constants

    before = _pages()
    options = ort.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_ENABLE_BASIC
    options.add_session_config_entry("session.model_external_initializers_file_folder_path", str(path.parent))
    options.add_session_config_entry("session.disable_prepacking", "0" if packing == "packed" else "1")
    session = ort.InferenceSession(without_constants(path), options, providers=["CPUExecutionProvider"])
    values = {"input_ids": 2000, "attention_mask": 1, "token_type_ids": 0}
    feeds = {node.name: np.full((1, 14), values[node.name], np.int64) for node in session.get_inputs()}
    times = []
    for _ in range(20):
        began = time.thread_time()
        session.run(["embedding"], feeds)
        times.append(time.thread_time() - began)
    after = _pages()
    return after[0] - before[0], after[1] - before[1], min(times) * 1e3


def _pages() -> tuple[float, float]:
    """Return the memory that this process wrote, and the rest that it has, in MB."""
    lines = dict(line.split(":", 1) for line in Path("/proc/self/smaps_rollup").read_text().splitlines()[1:])
    own = int(lines["Private_Dirty"].split()[0]) / 1e3
    return own, int(lines["Rss"].split()[0]) / 1e3 - own


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
