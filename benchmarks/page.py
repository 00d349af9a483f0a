"""Time the pages in a real browser: first page drawn, Enter to answer, suggestions; and run Lighthouse on one page.

Usage: python benchmarks/page.py [--index DIR] [--rounds N] [--lighthouse COMMAND]

Needs the tests' dependencies and Chromium (KB_CHROMIUM names one). Lighthouse is an npm package and optional: where
``lighthouse`` is no command, give the one that is, as in ``--lighthouse "npx --no-install lighthouse"``.
Timings are of the machine they were taken on, and of whatever else ran there.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import shutil
import statistics
import subprocess
import tempfile
import time
import urllib.parse
import urllib.request
from collections.abc import Iterator
from http.client import HTTPConnection
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from kb.settings.settings import load_settings
from tests.browser.conftest import CHROMIUM_ARGUMENTS
from tests.server.process import start_server

QUESTIONS = (
    "why did my bill go up",
    "how do i set up auto pay",
    "what is the late fee",
    "how do i bake bread",
    "late",
    "can i get a refund for an outage",
    "how do i return a modem",
    "what is the broadcast tv surcharge",
    "i was charged twice",
    "how do i cancel my service",
    "does spectrum take checks",
    "my promotion ended",
)
DRAWN = """
  new MutationObserver((_, observer) => {
    if (!document.querySelector(".kb-footer") || !document.querySelector(".st-key-ask_query input")) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => { window.kbDrawn = performance.now(); }));
  }).observe(document, { childList: true, subtree: true });
"""
WATCH = """
  window.kbTimes = [];
  let begun = 0, before = null;
  const reply = () => document.querySelector("[data-announce]")?.closest(".stHtml");
  document.addEventListener("keydown", (event) => {
    if (event.key === "Enter") { begun = performance.now(); before = reply()?.innerHTML ?? ""; }
  }, true);
  new MutationObserver(() => {
    const now = reply();
    if (!begun || !now || now.innerHTML === before) return;
    const since = begun;
    begun = 0;
    requestAnimationFrame(() => setTimeout(() => window.kbTimes.push(performance.now() - since)));
  }).observe(document, { childList: true, subtree: true, characterData: true });
"""


def row(name: str, times: list[float], aim: str) -> str:
    """Return one row of the table; times are in milliseconds."""
    cuts = statistics.quantiles(times, n=100, method="inclusive")
    return f"| {name} | {cuts[49]:.0f} | {cuts[94]:.0f} | {max(times):.0f} | {len(times)} | {aim} |"


def first_pages(browser: Browser, origin: str, rounds: int) -> tuple[list[float], list[float]]:
    """Return the time from opening the start page to its footer and field, in a new browser and in the same one.

    The time is measured in the page: a process outside would learn of it late on a busy machine.
    """
    cold, warm = [], []
    for _ in range(rounds):
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        for times in (cold, warm, warm):
            page = context.new_page()
            page.add_init_script(DRAWN)
            page.goto(f"{origin}/", wait_until="commit")
            while not page.evaluate("window.kbDrawn || 0"):
                page.wait_for_timeout(50)
            times.append(page.evaluate("window.kbDrawn"))
            page.close()
        context.close()
    return cold, warm


def answers(browser: Browser, origin: str, rounds: int) -> list[float]:
    """Return the times from Enter to the frame that draws the answer, measured in the page."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.add_init_script(WATCH)
    page = context.new_page()
    page.goto(f"{origin}/")
    field = page.locator(".st-key-ask_query input")
    field.wait_for()
    asked = 0
    for _ in range(rounds):
        for question in QUESTIONS:
            field.fill(question)
            field.press("Enter")
            asked += 1
            while page.evaluate("window.kbTimes.length") < asked:
                page.wait_for_timeout(20)
    times: list[float] = page.evaluate("window.kbTimes")
    context.close()
    return times[1:]  # the first question warms up the server


def suggestions(origin: str, rounds: int) -> list[float]:
    """Return the times of GET /api/suggest for each prefix of each question, over one connection."""
    parts = urllib.parse.urlsplit(origin)
    connection = HTTPConnection(parts.hostname or "", parts.port or 80)
    times = []
    for _ in range(rounds):
        for typed in (q[:n] for q in QUESTIONS for n in range(2, len(q) + 1)):
            started = time.perf_counter()
            connection.request("GET", f"/api/suggest?text={urllib.parse.quote(typed)}")
            connection.getresponse().read()
            times.append((time.perf_counter() - started) * 1000)
    connection.close()
    return times


def chromium() -> str:
    """Return the browser's path."""
    return os.environ.get("KB_CHROMIUM") or "/usr/bin/chromium"


def lighthouse(command: str, address: str) -> Iterator[str]:
    """Yield one line per category of Lighthouse's report on an address, then its complaints."""
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder) / "report.json"
        subprocess.run(
            [
                *shlex.split(command),
                address,
                "--quiet",
                "--output=json",
                f"--output-path={report}",
                "--only-categories=accessibility,best-practices,seo,performance",
                "--chrome-flags=--headless --no-sandbox --disable-gpu",
            ],
            env={**os.environ, "CHROME_PATH": chromium()},
            check=True,
        )
        found = json.loads(report.read_text(encoding="utf-8"))
    for name, category in found["categories"].items():
        yield f"| Lighthouse: {name} | {round(100 * category['score'])} |"
        for part in category["auditRefs"]:
            audit = found["audits"][part["id"]]
            if part["weight"] and audit["score"] is not None and audit["score"] < 0.9:
                yield f"|   {audit['id']}: {audit['title']} | {round(100 * audit['score'])} |"


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--index", type=Path, default=None)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--lighthouse", default="lighthouse")
    chosen = parser.parse_args()
    settings = load_settings(index=chosen.index)
    with tempfile.TemporaryDirectory() as folder, start_server(settings, Path(folder)) as server:
        with sync_playwright() as driver:
            browser = driver.chromium.launch(executable_path=chromium(), args=list(CHROMIUM_ARGUMENTS))
            urllib.request.urlopen(f"{server.origin}/readyz").read()
            first_pages(browser, server.origin, 1)  # compiles each script on its first run
            cold, warm = first_pages(browser, server.origin, chosen.rounds)
            print("| what | p50 ms | p95 ms | most | n | aim |\n| --- | --- | --- | --- | --- | --- |")
            print(row("start page drawn, cold", cold, "≤ 1500"))
            print(row("start page drawn, warm", warm, "≤ 600"))
            print(row("Enter to answer drawn", answers(browser, server.origin, chosen.rounds), "p95 ≤ 150"))
            print(row("GET /api/suggest", suggestions(server.origin, chosen.rounds), "≤ 20"))
            browser.close()
        if shutil.which(shlex.split(chosen.lighthouse)[0]):
            print("\n".join(lighthouse(chosen.lighthouse, f"{server.origin}/a/why-bill-went-up")))
        else:
            print(f"Lighthouse left out: there is no command {chosen.lighthouse!r}")


if __name__ == "__main__":
    main()
