"""Checks of a file's layout, which ``kb check --fix`` fixes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import pairwise

from kb.common.findings import BY_FIX
from kb.content.articles.frontmatter import READERS
from kb.content.articles.parse import ParsedArticle
from kb.content.checks.codes import finding
from kb.content.checks.lookup import Lookup
from kb.content.editing.edit import FileText
from kb.content.editing.fix import end_with_one_newline, strip_line_ends
from kb.types import Finding

_SPACE_AT_END = re.compile(r"[ \t]$", re.MULTILINE)


def check_layout(lookup: Lookup) -> Iterator[Finding]:
    """Yield one finding for each untidy file, at the first place of it."""
    for parsed in lookup.checked(lookup.files):
        found = sorted(_untidy(parsed))
        if found:
            words = ", ".join(dict.fromkeys(what for _, what in found))
            yield finding(parsed.article.path, found[0][0], "layout", words, BY_FIX)


def _untidy(parsed: ParsedArticle) -> Iterator[tuple[tuple[int, int], str]]:
    """Yield (place, what) for each kind of untidiness, at its first place."""
    file = FileText.of(parsed.data)
    text = file.text
    if file.newline != "\n":
        yield (1, 1), "line ends of another system"
    if file.has_bom:
        yield (1, 1), "a byte order mark"
    if _SPACE_AT_END.search(text):
        pairs = zip(text.split("\n"), strip_line_ends(text).split("\n"), strict=True)
        first = next(((n, new) for n, (old, new) in enumerate(pairs, start=1) if old != new), None)
        if first:
            yield (first[0], len(first[1]) + 1), "spaces at line ends"
    if text != end_with_one_newline(text):
        lines = text.rstrip("\n").split("\n")
        yield (len(lines), len(lines[-1]) + 1), "no line end, or several, at the end of the file"
    order = list(READERS)
    keys = [key for key in parsed.fields.keys or {} if key in READERS]
    wrong = [key for last, key in pairwise(keys) if order.index(key) < order.index(last)]
    if wrong:
        yield (parsed.fields.keys or {})[wrong[0]], f"{wrong[0]!r} is too far down; the usual order is title, kind, …"
