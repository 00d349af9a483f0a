"""Time what an editor and an operator wait for: builds, corrections until they are live, and ``kb impact``.

Usage: python benchmarks/build_time.py [--encoder NAME] [--cache DIR]

Works on a copy of articles/ in a temporary folder, under version control there, with a vector cache of its own; what is
exported of the encoder is taken from the usual cache. Each command runs in a process of its own. Prints a table of
processor seconds (user and system, of all cores together) and wall seconds. "Live" is when the first version with the
change is published, "learned" when everything that follows from it is. Timings are of the machine they were taken on.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from kb.retrieval.build.vector_cache import VectorCache
from kb.settings.settings import load_settings

ROOT = Path(__file__).resolve().parent.parent
EXAMPLES = 25
_NOBODY = ("-c", "user.name=nobody", "-c", "user.email=nobody@example.com", "-c", "commit.gpgsign=false")


@dataclass(frozen=True)
class Place:
    """A copy of the help center to change."""

    folder: Path
    environment: Mapping[str, str]

    @property
    def articles(self) -> Path:
        """The folder of articles."""
        return self.folder / "articles"


def copied(folder: Path, encoder: str, cache: Path) -> Place:
    """Return a copy of the repository's articles, committed, with an empty vector cache.

    :param folder: An empty folder.
    :param encoder: As in the settings.
    :param cache: Where exported encoders are; linked, so that exporting is not timed.
    :return: The copy and the variables that name it.
    """
    shutil.copytree(ROOT / "articles", folder / "articles")
    shutil.copyfile(ROOT / "site.yaml", folder / "site.yaml")
    (folder / "cache").mkdir()
    for name in ("encoders", "models"):
        (cache / name).mkdir(parents=True, exist_ok=True)
        (folder / "cache" / name).symlink_to((cache / name).resolve())
    git(folder, "init", "-q")
    git(folder, "add", "articles")
    git(folder, "commit", "-q", "-m", "as it was")
    names = {"KB_ARTICLES": "articles", "KB_INDEX": "index", "KB_CACHE": "cache", "KB_ENCODER": encoder}
    settings = {name: str(folder / value) for name, value in names.items() if name != "KB_ENCODER"}
    python_path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH")]))
    return Place(folder, {**os.environ, **settings, "KB_ENCODER": encoder, "PYTHONPATH": python_path})


def git(folder: Path, *arguments: str) -> None:
    """Run git without the developer's own settings."""
    subprocess.run(["git", "-C", str(folder), *_NOBODY, *arguments], check=True, capture_output=True)


def change_sentence(place: Place, said: str = "Another sentence about the bill stands here now.") -> None:
    """Add a sentence to the text of the first article."""
    path = min(place.articles.rglob("*.md"))
    path.write_text(f"{path.read_text(encoding='utf-8').rstrip()}\n\n{said}\n", encoding="utf-8")


def add_article(place: Place) -> None:
    """Add an article with examples that nobody has asked."""
    examples = "\n".join(f"  - why is there a charge for the lighthouse number {n} on my bill" for n in range(EXAMPLES))
    text = f"---\ntitle: What is the lighthouse charge?\nkind: faq\ncategory: {{}}\nexamples:\n{examples}\n---\n\n"
    folder = min(place.articles.rglob("*.md")).parent
    body = "A charge for the lighthouse is on no bill. It is made up, to see how long an article takes.\n"
    (folder / "lighthouse-charge.md").write_text(text.format(folder.name) + body, encoding="utf-8")


def timed(place: Place, *arguments: str) -> tuple[float, float]:
    """Run ``kb`` and return the processor and the wall seconds it took.

    :param place: The copy to run it on.
    :param arguments: The command; a status of 1 is a result of ``kb impact``, not a failure.
    :return: User and system time of the process and its children; wall time.
    """
    before, started = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-m", "kb", *arguments],
        cwd=place.folder,
        env=dict(place.environment),
        check=False,
        capture_output=True,
    )
    wall = time.perf_counter() - started
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    if done.returncode not in ((0, 1) if arguments[0] == "impact" else (0,)):
        sys.exit(done.stderr.decode())
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def row(name: str, figures: tuple[float, float]) -> str:
    """Return a line of the table."""
    return f"| {name} | {figures[0]:.1f} | {figures[1]:.1f} |"


def until_live_and_learned(place: Place, name: str, change: Callable[[Place], None]) -> Sequence[str]:
    """Make a change, and time how long it takes until it is live, and then until it is learned.

    :param place: The copy to change.
    :param name: The name of the change in the table.
    :param change: Makes the change.
    :return: Two lines of the table; the second has both times together.
    """
    change(place)
    live = timed(place, "build", "--quick")
    rest = timed(place, "build")
    both = live[0] + rest[0], live[1] + rest[1]
    return [row(f"{name}, live", live), row(f"{name}, learned", both)]


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--encoder", default="minilm")
    parser.add_argument("--cache", type=Path)
    options = parser.parse_args()
    settings = load_settings(**({"cache": options.cache} if options.cache else {}))
    with TemporaryDirectory(prefix="kb-build-time-") as name:
        place = copied(Path(name), options.encoder, settings.cache)
        print(f"encoder {options.encoder}, {os.cpu_count()} cores\n")
        print("| what | processor s | wall s |\n| --- | ---: | ---: |")
        print(row("first build, every text encoded", timed(place, "build")), flush=True)
        print(row("nothing changed", timed(place, "build")), flush=True)
        shutil.rmtree(place.folder / "index")
        print(row("learned from nothing, no text encoded", timed(place, "build")), flush=True)
        change_sentence(place)
        print(row("impact of one sentence, tests encoded", timed(place, "impact")), flush=True)
        print(row("impact of one sentence, again", timed(place, "impact")), flush=True)
        lines = until_live_and_learned(place, "one sentence changed", lambda _: None)
        print("\n".join(lines), flush=True)
        lines = until_live_and_learned(place, f"an article with {EXAMPLES} examples added", add_article)
        print("\n".join(lines), flush=True)
        VectorCache(place.folder / "cache").remove()
        change_sentence(place, "And one more.")
        print(row("one sentence changed, cache emptied, live", timed(place, "build", "--quick")), flush=True)


if __name__ == "__main__":
    main()
