"""Walk from 'kb init' to a first right answer on imported articles, with a clock, and take pictures on the way.

Usage: python scripts/your_own.py --source FOLDER --pictures FOLDER --question TEXT --answer ARTICLE_ID [--save]

Runs the commands of docs/your-own.md in an empty folder, asks the question in a real browser as soon as a page answers,
and prints each step with its seconds. With --save, the pictures go to docs/screenshots. Needs the tests' dependencies
and Chromium (KB_CHROMIUM names one).
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, expect, sync_playwright

from scripts.screenshots import FOLDER, SCREENS, small
from tests.browser.conftest import CHROMIUM_ARGUMENTS

KB = str(Path(sys.executable).with_name("kb"))
PATIENCE_S = 600
INIT = ("--provider", "Example Billing", "--name", "Example Billing Help", "--web", "www.example.com/help", "--yes")


@dataclass
class Walk:
    """The steps so far, with what they took."""

    folder: Path
    started: float = field(default_factory=time.monotonic)

    def say(self, what: str, since: float) -> None:
        """Print a step with its seconds, and the seconds since the beginning."""
        now = time.monotonic()
        print(f"{now - since:7.1f} s  {now - self.started:7.1f} s  {what}", flush=True)

    def run(self, *arguments: str, where: Path) -> None:
        """Run a command as a reader would, and print its last line."""
        since = time.monotonic()
        done = subprocess.run([KB, *arguments], cwd=where, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"kb {' '.join(arguments)} ended with {done.returncode}: {done.stderr or done.stdout}")
        self.say(f"kb {' '.join(arguments)}", since)
        print(f"{'':21}{done.stdout.strip().splitlines()[-1]}")

    @contextmanager
    def serving(self, where: Path) -> Iterator[str]:
        """Serve while the index is built; give the address once it is printed."""
        since = time.monotonic()
        command = [KB, "serve", "--build", "--port", "0"]
        with subprocess.Popen(
            command, cwd=where, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        ) as server:
            try:
                if server.stdout is None:
                    raise SystemExit("The server has no output.")
                origin = next(line for line in server.stdout if "http://" in line).split("http://")[1].strip()
                self.say("kb serve --build, until the address is printed", since)
                yield f"http://{origin.rstrip('/')}"
            finally:
                server.terminate()


def wait_until(origin: str, is_done: Callable[[dict[str, Any]], bool]) -> str:
    """Wait until the server is ready, and done with something; return the version of its index."""
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until:
        try:
            with urllib.request.urlopen(f"{origin}/readyz", timeout=10) as reply:  # noqa: S310 — our own server
                state = json.load(reply)
                if is_done(state):
                    return str(state["index_version"])
        except OSError:  # 503 while the first index is built
            pass
        time.sleep(0.2)
    raise SystemExit("It took more than ten minutes.")


def ask(page: Page, origin: str, question: str) -> str:
    """Type the question and press Enter; return which article answers, or what is said in its place."""
    page.goto(f"{origin}/")
    expect(page.locator(".kb-footer")).to_be_visible()
    page.locator(".st-key-ask_query input").fill(question)
    page.keyboard.press("Enter")
    expect(page.locator(f'section[data-asked="{question}"]')).to_be_attached()  # drawn after the answer
    answer = page.locator("[data-answer]")
    if answer.count():
        return f"answered by {answer.first.get_attribute('data-answer')}"
    return f"not answered: {page.locator('#kb-status').inner_text()}"


def take(page: Page, name: str, *, is_saved: bool) -> None:
    """Take a picture of what is to be seen."""
    page.evaluate("document.fonts.ready")
    page.mouse.move(0, 0)
    if is_saved:
        (FOLDER / f"your-own-{name}.png").write_bytes(small(page.screenshot(animations="disabled", caret="hide")))


def look(page: Page, origin: str, answer: str, *, is_saved: bool) -> None:
    """Take the pictures: the answer, the topics, and the article that it is from."""
    expect(page.locator(".kb-answer")).to_be_visible()
    take(page, "answer", is_saved=is_saved)
    page.goto(f"{origin}/browse")
    expect(page.locator(".kb-footer")).to_be_visible()
    take(page, "topics", is_saved=is_saved)
    page.goto(f"{origin}/article?id={answer}")
    expect(page.locator(".kb-footer")).to_be_visible()
    take(page, "article", is_saved=is_saved)


def main() -> None:
    """Take the walk."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--source", type=Path, required=True, help="the folder of the old articles")
    parser.add_argument("--pictures", type=Path, default=None, help="where their pictures are")
    parser.add_argument("--question", required=True, help="a question that one of them answers")
    parser.add_argument("--answer", required=True, help="the id that this article gets")
    parser.add_argument("--save", action="store_true", help="write the pictures to docs/screenshots")
    given = parser.parse_args()
    pictures = ["--pictures", str(given.pictures.resolve())] if given.pictures else []
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as driver:
        path = os.environ.get("KB_CHROMIUM") or "/usr/bin/chromium"
        browser = driver.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGUMENTS))
        page = browser.new_page(**SCREENS["wide"])
        page.set_default_timeout(60_000)
        expect.set_options(timeout=60_000)
        walk = Walk(Path(folder))
        home = walk.folder / "example-help"
        walk.run("init", "example-help", *INIT, where=walk.folder)
        walk.run("import", str(given.source.resolve()), *pictures, "--dry-run", where=home)
        walk.run("import", str(given.source.resolve()), *pictures, where=home)
        walk.run("check", where=home)
        since = time.monotonic()
        with walk.serving(home) as origin:
            first = wait_until(origin, lambda _: True)
            walk.say("until the first index serves", since)
            since = time.monotonic()
            said = ask(page, origin, given.question)
            walk.say(f"{given.question!r}: {said}", since)
            if not said.startswith("answered"):  # a first index knows no thresholds of its own, and offers choices
                take(page, "choice", is_saved=given.save)
                wait_until(origin, lambda state: "building" not in state and state["index_version"] != first)
                walk.say("until the better index serves", since)
                said = ask(page, origin, given.question)
                walk.say(f"{given.question!r}: {said}", since)
            if said != f"answered by {given.answer}":
                raise SystemExit(f"That is not {given.answer}.")
            look(page, origin, given.answer, is_saved=given.save)


if __name__ == "__main__":
    main()
