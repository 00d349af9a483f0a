"""The search of static help sites: Pagefind, asked in Node.js through a script next to this file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.peers.base import Ranker, Rule, Shelf, System, Workshop, listed
from kb.evaluation.judgments import Judged
from kb.evaluation.runner import DEPTH, JudgedResult

VARIABLE = "KB_PAGEFIND"
"""The environment variable with the folder where ``npm install pagefind`` was run."""
_SCRIPT = Path(__file__).with_suffix(".mjs")


def _folder() -> Path:
    return Path(os.environ.get(VARIABLE, ".")).resolve()


def _package() -> Path:
    return _folder() / "node_modules" / "pagefind" / "package.json"


def is_missing() -> bool:
    """Return whether Node.js or Pagefind is missing."""
    return shutil.which("node") is None or not _package().is_file()


def _version() -> str:
    return f"pagefind {json.loads(_package().read_bytes())['version']}"


def pagefind(shelf: Shelf, _shop: Workshop) -> Ranker:
    """Rank by Pagefind, with one page per article."""
    pages = [
        {"id": name, "title": shelf.library.articles[name].title, "content": text}
        for name, text in zip(shelf.article_ids, shelf.documents, strict=True)
    ]

    def rank(judged: Sequence[Judged]) -> list[JudgedResult]:
        if not judged:
            return []
        given = json.dumps({"pages": pages, "queries": [j.text for j in judged], "depth": DEPTH})
        done = subprocess.run(["node", _SCRIPT], input=given, cwd=_folder(), capture_output=True, text=True, check=True)
        found = json.loads(done.stdout)
        return [listed(j, *_columns(hits), Rule()) for j, hits in zip(judged, found, strict=True)]

    return rank


def _columns(hits: Sequence[tuple[str, float]]) -> tuple[list[str], list[float]]:
    return [name for name, _ in hits], [score for _, score in hits]


SYSTEMS = (System("Pagefind", "all the words of a question", "", pagefind, missing=is_missing, label=_version),)
