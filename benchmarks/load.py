"""Load: visits by websocket and questions to the API, on ours and on the least page that Streamlit can be.

Usage: python benchmarks/load.py [--index DIR] [--visits 1,20,100,300,1000] [--seconds S] [--processes 1,2] [--write]

Each server runs by itself, in turn, with its clients on the same cores: what the clients take is in the table. A visit
asks a question every 5 seconds (:mod:`benchmarks.visits`), drawn from the articles' tests, so few are answered from
memory. The API is asked by wrk over connections that stay open; without wrk that part is left out.

``--write`` puts the tables into docs/speed.md and the plot into docs/load.png (needs matplotlib, group ``bench``).
"""

from __future__ import annotations

import argparse
import json
import os
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from kb.content.articles.corpus import load_articles  # noqa: E402
from kb.evaluation.judgments import article_tests  # noqa: E402
from kb.settings.settings import Settings, load_settings  # noqa: E402
from kb.types import Half  # noqa: E402

THINK = 5.0
_START_SECONDS = 120.0
RAMP = 30.0
"""Most seconds over which visitors arrive."""
PAGE = ROOT / "docs" / "speed.md"
PLOT = ROOT / "docs" / "load.png"
BEGIN, END = "<!-- make load -->", "<!-- end -->"
_LUA = """
local questions = {%s}
local n = 0
request = function()
  n = n + 1
  local body = '{"text": ' .. questions[(n * 7) %% #questions + 1] .. '}'
  return wrk.format("POST", "/api/ask", {["Content-Type"] = "application/json"}, body)
end
done = function(summary, latency, requests)
  io.write(string.format('\\nRESULT {"n": %%d, "seconds": %%f, "p50": %%f, "p95": %%f, "p99": %%f, "errors": %%d}\\n',
    summary.requests, summary.duration / 1e6, latency:percentile(50) / 1e3, latency:percentile(95) / 1e3,
    latency:percentile(99) / 1e3, summary.errors.status + summary.errors.connect + summary.errors.read
    + summary.errors.timeout))
end
"""


@dataclass
class Running:
    """A server that answers."""

    name: str
    origin: str
    process: subprocess.Popen[str]

    def pids(self) -> list[int]:
        """Return its process and the processes that it started."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text(encoding="ascii")
        return [self.process.pid, *map(int, children.split())]

    def seconds(self) -> float:
        """Return the processor time it has taken so far."""
        fields = [
            Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split() for pid in self.pids()
        ]
        return sum(int(f[11]) + int(f[12]) for f in fields) / os.sysconf("SC_CLK_TCK")

    def megabytes(self, kind: str) -> float:
        """Return its memory: ``Rss``, or ``Pss``, which counts a page that processes share once."""
        texts = [Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="ascii") for pid in self.pids()]
        return sum(int(match[1]) for text in texts if (match := re.search(rf"(?m)^{kind}:\s+(\d+)", text))) / 1024


@contextmanager
def started(name: str, command: Sequence[str], ready: str, folder: Path, **variables: str) -> Iterator[Running]:
    r"""Run a server until the block ends.

    :param name: For the tables.
    :param command: The program and its arguments.
    :param ready: What it prints with its address.
    :param folder: Where it runs.
    :param \**variables: Its environment, on top of ours.
    :yield: The server.
    :raises RuntimeError: If it does not start.
    """
    environment = {**os.environ, "PYTHONPATH": str(ROOT), **variables}
    with (
        (folder / "log").open("w") as log,
        subprocess.Popen(
            command, stdout=subprocess.PIPE, stderr=log, cwd=folder, env=environment, text=True
        ) as process,
    ):
        assert process.stdout is not None
        try:
            line = next((found for found in process.stdout if ready in found), "")
            if not line:
                raise RuntimeError(f"{name} did not start: {(folder / 'log').read_text()[-500:]}")
            yield Running(name, re.findall(r"http://[\d.]+:\d+", line)[0], process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(timeout=60)


@contextmanager
def ours(settings: Settings, folder: Path, processes: int) -> Iterator[Running]:
    """Run this help center, every process of it ready."""
    command = [sys.executable, "-m", "kb", "serve", "--port", "0", "--processes", str(processes)]
    command += ["--index", str(settings.index.resolve()), "--database", f"sqlite:///{folder / 'journal.db'}"]
    name = "help center" if processes == 1 else f"help center, {processes} processes"
    site = {"KB_SITE": str((ROOT / settings.site_path).resolve())}
    with started(name, command, "Open ", folder, KB_LOG_LEVEL="error", **site) as server:
        wait_for_all(server, processes)
        yield server


def wait_for_all(server: Running, processes: int) -> None:
    """Return once every process of a server can answer, as its figures say.

    :param server: Its first process answers already.
    :param processes: The number of processes.
    :raises RuntimeError: If some of them are not ready after two minutes.
    """
    until = time.monotonic() + _START_SECONDS
    while True:
        with urllib.request.urlopen(f"{server.origin}/metrics", timeout=20) as reply:
            ready = len(re.findall(r"(?m)^kb_ready(?:\{[^}]*\})? 1(?:\.0)?$", reply.read().decode()))
        if ready == processes:
            return
        if time.monotonic() > until:
            raise RuntimeError(f"{server.name}: {ready} of {processes} processes are ready.")
        time.sleep(0.1)


@contextmanager
def bare(folder: Path) -> Iterator[Running]:
    """Run the least page."""
    page = folder / "page.py"
    shutil.copy(ROOT / "benchmarks" / "peers" / "page.py", page)
    command = [sys.executable, "-m", "streamlit", "run", str(page), "--server.headless=true", "--server.port=8599"]
    command += ["--server.address=127.0.0.1", "--browser.gatherUsageStats=false", "--server.fileWatcherType=none"]
    with started("bare Streamlit page", command, "http://", folder) as server:
        yield server


def visits(server: Running, questions: Path, count: int, seconds: float) -> dict[str, Any]:
    """Send visitors, and return the row of what they met."""
    ramp = min(RAMP, max(1.0, count / 25))
    command = [sys.executable, "-m", "benchmarks.visits", server.origin, "--questions", str(questions)]
    command += ["--visits", str(count), "--seconds", str(seconds), "--think", str(THINK), "--ramp", str(ramp)]
    if server.name.startswith("bare"):
        command.append("--bare")
    before, begun = server.seconds(), time.perf_counter()
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    took = time.perf_counter() - begun
    found = json.loads(done.stdout)
    return {
        "server": server.name,
        "visits": count,
        "n": len(found["answer"]),
        **{f"p{share}": percentile(found["answer"], share) for share in (50, 95, 99)},
        "whole95": percentile(found["whole"], 95),
        "page95": percentile(found["page"], 95),
        "errors": sum(found["errors"].values()),
        "what": found["errors"],
        "open": found["opened"],
        "server_cores": (server.seconds() - before) / took,
        "client_cores": found["client_seconds"] / max(found["seconds"], 0.001),
        "rss": server.megabytes("Rss"),
        "pss": server.megabytes("Pss"),
    }


def percentile(times: Sequence[float], share: int) -> float:
    """Return the time within which a share, in percent, of all was answered."""
    if len(times) < 2:
        return times[0] if times else float("nan")
    return statistics.quantiles(times, n=100, method="inclusive")[share - 1]


def api(server: Running, questions: Sequence[str], connections: int, seconds: float) -> dict[str, Any] | None:
    """Ask the API with wrk; None without it."""
    if shutil.which("wrk") is None:
        return None
    with tempfile.NamedTemporaryFile("w", suffix=".lua", encoding="utf-8") as script:
        script.write(_LUA % ", ".join(f"[==[{json.dumps(text)}]==]" for text in questions))
        script.flush()
        done = subprocess.run(
            [
                "wrk",
                "-t1",
                f"-c{connections}",
                f"-d{int(seconds)}s",
                "--timeout",
                "20s",
                "-s",
                script.name,
                server.origin,
            ],
            capture_output=True,
            text=True,
            check=True,
        )
    found = json.loads(re.findall(r"(?m)^RESULT (.*)$", done.stdout)[0])
    return {"server": server.name, "connections": connections, "per_second": found["n"] / found["seconds"], **found}


def visit_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the visits as a table in Markdown."""
    head = (
        "| server | visits | questions | p50 ms | p95 ms | p99 ms | page complete, p95 ms | errors | cores: server | "
        "cores: clients | RSS MB | PSS MB |\n| --- |" + " ---: |" * 11
    )
    lines = [
        f"| {r['server']} | {r['visits']:,} | {r['n']:,} | {r['p50']:.0f} | {r['p95']:.0f} | {r['p99']:.0f} | "
        f"{r['whole95']:.0f} | {r['errors']} | {r['server_cores']:.2f} | {r['client_cores']:.2f} | {r['rss']:.0f} | "
        f"{r['pss']:.0f} |"
        for r in rows
    ]
    return "\n".join([head, *lines])


def api_table(rows: Sequence[dict[str, Any]]) -> str:
    """Return the API's answers as a table in Markdown."""
    head = "| server | connections | answers a second | p50 ms | p95 ms | p99 ms | errors |\n| --- |" + " ---: |" * 6
    lines = [
        f"| {r['server']} | {r['connections']} | {r['per_second']:.0f} | {r['p50']:.0f} | {r['p95']:.0f} | "
        f"{r['p99']:.0f} | {r['errors']} |"
        for r in rows
    ]
    return "\n".join([head, *lines])


def draw(rows: Sequence[dict[str, Any]], path: Path) -> None:
    """Draw the time within which 95 of 100 questions are answered, by the number of visits, if matplotlib is there."""
    try:
        import matplotlib as mpl
        from matplotlib.figure import Figure
    except ImportError:
        print("matplotlib is not installed, so nothing is drawn: python -m pip install --group bench")
        return
    with mpl.rc_context({"svg.hashsalt": "load"}):
        figure = Figure(figsize=(7, 4.2), layout="constrained")
        axes = figure.subplots()
        for name, style in zip(dict.fromkeys(r["server"] for r in rows), ("o-", "s--", "^:"), strict=False):
            points = [r for r in rows if r["server"] == name and r["n"]]
            axes.plot([r["visits"] for r in points], [r["p95"] for r in points], style, label=name)
        axes.axhline(400, color="0.5", linewidth=1)
        axes.text(1, 430, "400 ms", color="0.35", fontsize="small")
        axes.set(xlabel="visits, one question every 5 seconds each", ylabel="ms within which 95 % are answered")
        axes.set(xscale="log", yscale="log")
        axes.spines[["top", "right"]].set_visible(False)
        axes.legend(frameon=False, loc="upper left")
        figure.savefig(path, dpi=150, metadata={"Software": None})


def write(text: str) -> None:
    """Put the tables into the page."""
    page = PAGE.read_text(encoding="utf-8")
    before, rest = page.split(BEGIN, 1)
    after = rest.split(END, 1)[1]
    PAGE.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def measured(chosen: argparse.Namespace) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Run every server under every load, and return the rows of visits and of the API."""
    settings = load_settings(index=chosen.index)
    corpus = load_articles(settings.articles, settings.site.channel_texts())
    questions = sorted({test.text for half in Half for test in article_tests(corpus, half)})
    counts = [int(count) for count in chosen.visits.split(",")]
    of_visits: list[dict[str, Any]] = []
    of_api: list[dict[str, Any]] = []
    makers = [lambda f, n=int(n): ours(settings, f, n) for n in chosen.processes.split(",")]
    for make in [*makers, bare]:
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            asked = folder / "questions.json"
            asked.write_text(json.dumps(questions), encoding="utf-8")
            with make(folder) as server:
                visits(server, asked, 2, 1)  # compiles what is run for the first time
                for count in counts:
                    of_visits.append(visits(server, asked, count, chosen.seconds))
                    print(visit_table(of_visits[-1:]).splitlines()[-1], of_visits[-1]["what"] or "", flush=True)
                if not server.name.startswith("bare"):
                    found = [api(server, questions, c, chosen.seconds / 2) for c in (1, 8, 32)]
                    of_api += [row for row in found if row is not None]
    return of_visits, of_api


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--index", type=Path, default=None)
    parser.add_argument("--visits", default="1,20,100,300,1000")
    parser.add_argument("--seconds", type=float, default=30.0)
    parser.add_argument("--processes", default="1,2")
    parser.add_argument("--write", action="store_true")
    chosen = parser.parse_args()
    busy = os.getloadavg()[0]
    of_visits, of_api = measured(chosen)
    text = (
        f"Load of the machine by other programs before the run: {busy:.1f} of {os.cpu_count()} cores.\n\n"
        f"{visit_table(of_visits)}\n\n{api_table(of_api)}"
    )
    print(f"\n{text}")
    if chosen.write:
        write(text)
        draw(of_visits, PLOT)


if __name__ == "__main__":
    main()
