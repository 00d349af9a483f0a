"""Flame graph: where a serving process spends its time while visitors ask one question after another.

Usage: python benchmarks/flame.py [--index DIR] [--visits 4] [--seconds 30] [--out docs/flame.svg] [--gil]

The server is started as by ``make load``; the visitors (:mod:`benchmarks.visits`) don't think between two questions.
py-spy samples the server's threads 200 times a second: those that run, or with ``--gil`` only the one that holds
Python's lock. py-spy is in no lock file; ``make flame`` installs it.
"""

from __future__ import annotations

import argparse
import html
import json
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.load import ours, visits  # noqa: E402
from kb.content.articles.corpus import load_articles  # noqa: E402
from kb.evaluation.judgments import article_tests  # noqa: E402
from kb.settings.settings import load_settings  # noqa: E402
from kb.types import Half  # noqa: E402

RATE = 200
"""Samples a second."""
WIDTH, LETTER = 1180, 7.3
"""Pixels of the drawing, and of a letter in it."""
_LEAST_LETTERS = 3
_FRAME = re.compile(
    r'(?P<before><title>(?P<name>[^<]*?) \([\d,]+ samples[^<]*</title><rect[^>]*? width="(?P<width>[\d.]+)%"[^>]*/>'
    r"<text[^>]*>)[^<]*</text>"
)


def recorder() -> str:
    """Return the path of py-spy.

    :raises SystemExit: If it isn't installed.
    """
    found = shutil.which("py-spy", path=str(Path(sys.executable).parent)) or shutil.which("py-spy")
    if found is None:
        raise SystemExit("py-spy isn't installed, so nothing was recorded. Run: make flame")
    return found


def readable(svg: str, title: str) -> str:
    """Return a drawing without a script, under another title, whose frames name files from their package on.

    :param svg: py-spy's, whose title is its command line, and whose script writes the frames' names.
    :param title: Without characters that HTML escapes.
    :return: The drawing, with as much of each name as its frame has room for; the whole name shows under the pointer.
    """
    svg = re.sub(r"<script.*?</script>", "", svg, flags=re.DOTALL)
    svg = re.sub(r' on[a-z]+="[^"]*"', "", svg)
    svg = re.sub(r'<text id="(?:search|reset|unzoom|matched|details)".*?</text>', "", svg, flags=re.DOTALL)
    svg = re.sub(r'(<text id="title"[^>]*>)[^<]*', lambda found: found[1] + title, svg)
    svg = re.sub(r"[^\s\"<>(]*/(?:site-packages|lib/python3\.\d+)/", "", svg).replace(f"{ROOT}/", "")
    return _FRAME.sub(_named, svg)


def _named(found: re.Match[str]) -> str:
    room = int(float(found["width"]) / 100 * WIDTH / LETTER)
    name = html.unescape(found["name"])
    shown = name if len(name) <= room else f"{name[: room - 2]}.." if room > _LEAST_LETTERS else ""
    return f"{found['before']}{html.escape(shown, quote=False)}</text>"


def main() -> None:
    """Record, and write the drawing."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--index", type=Path, default=None)
    parser.add_argument("--visits", type=int, default=4)
    parser.add_argument("--seconds", type=int, default=30)
    parser.add_argument("--out", type=Path, default=ROOT / "docs" / "flame.svg")
    parser.add_argument("--gil", action="store_true", help="only the thread that holds Python's lock")
    chosen = parser.parse_args()
    program, settings = recorder(), load_settings(index=chosen.index)
    corpus = load_articles(settings.articles, settings.site.channel_texts())
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        asked = folder / "questions.json"
        texts = sorted({test.text for half in Half for test in article_tests(corpus, half)})
        asked.write_text(json.dumps(texts), encoding="utf-8")
        with ours(settings, folder, 1) as server:
            visits(server, asked, 2, 1)  # compiles what is run for the first time
            recording = [program, "record", "--pid", str(server.process.pid), "--rate", str(RATE)]
            recording += [
                "--duration",
                str(chosen.seconds),
                "--format",
                "flamegraph",
                "--output",
                str(folder / "f.svg"),
            ]
            crowd = [
                sys.executable,
                "-m",
                "benchmarks.visits",
                server.origin,
                "--questions",
                str(asked),
                "--think",
                "0",
            ]
            crowd += ["--visits", str(chosen.visits), "--seconds", str(chosen.seconds + 2), "--ramp", "1"]
            with subprocess.Popen(crowd, cwd=ROOT, stdout=subprocess.PIPE, text=True) as visitors:
                subprocess.run([*recording, *(["--gil"] if chosen.gil else [])], check=True)
                said, _ = visitors.communicate()
        print(f"{len(json.loads(said)['answer'])} questions were answered.")
        title = f"{chosen.visits} visits without a pause, {'time with the lock held' if chosen.gil else 'running time'}"
        drawn = readable((folder / "f.svg").read_text(encoding="utf-8"), title)
        chosen.out.write_text(drawn, encoding="utf-8")
    print(f"{chosen.out}: {chosen.out.stat().st_size // 1000} kB")


if __name__ == "__main__":
    main()
