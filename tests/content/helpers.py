"""What the tests of articles share: the small corpus of ``tests/data/good`` and ways to write articles."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

from kb.content.articles.corpus import Corpus, read_corpus
from kb.content.articles.parse import ParsedArticle, parse_article
from kb.content.checks.corpus_check import check_corpus
from kb.types import Finding

DATA = Path(__file__).parent.parent / "data"
CHANNELS = {"phone": "(555) 010-0000", "chat": "the chat"}
TODAY = date(2026, 11, 22)
SHIPPED = date(2026, 11, 30)
"""A day on which no shipped article was reviewed later."""


def article_text(body: str = "Some text.\n", **fields: object) -> str:
    """Return an article's text; a field given as None is left out, lists are written as flow lists."""
    values: dict[str, object] = {"title": "A title", "kind": "faq", "category": "fees", **fields}
    lines = [f"{key}: {json.dumps(value)}" for key, value in values.items() if value is not None]
    return "\n".join(["---", *lines, "---", "", body])


def signpost_text(body: str = "It is not here. Ask who makes it.\n", **fields: object) -> str:
    """Return a signpost's text; fields are as those of :func:`article_text`."""
    return article_text(body, **{"kind": "signpost", "category": None, **fields})


def parsed(body: str = "Some text.\n", path: str = "articles/fees/a.md", **fields: object) -> ParsedArticle:
    """Return one parsed article that has no errors."""
    found, findings = parse_article(path, article_text(body, **fields).encode(), CHANNELS)
    assert found is not None, findings
    return found


def corpus(**bodies: str) -> Corpus:
    """Return a corpus of whole article texts by id (``_`` stands for ``-``), all in the folder ``fees``."""
    files = {f"articles/fees/{name.replace('_', '-')}.md": text.encode() for name, text in bodies.items()}
    return read_corpus(files, CHANNELS)


def findings(checked: Corpus, *codes: str, today: date = TODAY) -> list[tuple[str, int, int, str]]:
    """Return (id, line, column, code) of the findings with one of some codes; of all without."""
    found = check_corpus(checked, today=today)
    return [(Path(f.path).stem, f.line, f.column, f.code) for f in found if not codes or f.code in codes]


def messages(found: list[Finding], code: str) -> list[str]:
    """Return the messages of the findings with a code."""
    return [f.message for f in found if f.code == code]


def copy_good(target: Path) -> Path:
    """Copy the small corpus and return its folder."""
    shutil.copytree(DATA / "good", target)
    return target


def contents(folder: Path) -> dict[str, bytes]:
    """Return every file below a folder, hidden ones included, by its path."""
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}
