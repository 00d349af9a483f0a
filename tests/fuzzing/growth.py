"""How the time for a text grows with its length: long texts of one pattern, each twice as long as the one before.

An exponent of 1 is linear: twice the text, twice the time. Patterns are those that make parsers of Markdown go back and
forth, and those that have many of one thing.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Final

from kb.content.markdown.links import links, raw_html
from kb.content.markdown.render import plain_text, render, sections, steps
from kb.html import highlight, prose
from tests.fuzzing.subjects import SOUGHT

PATTERNS: Final[Mapping[str, str]] = {
    "brackets": "[",
    "links": "[a](b) ",
    "open links": "[a](<b",
    "images in images": "![",
    "references": "[a][b] ",
    "definitions": "[a{n}]: b\n\n",
    "one definition": "[a]: b\n\n",
    "emphasis": "*a **b ",
    "nested emphasis": "**a *b** c* ",
    "underscores": "_a __b ",
    "strikes": "~~a ",
    "ticks": "`a``b```",
    "quotes": "> ",
    "lists": "- ",
    "steps": "1. a\n",
    "deep lists": "* * ",
    "tags": "<a ",
    "elements": "<b>x</b>\n",
    "comments": "<!-- ",
    "autolinks": "<http://a.example> ",
    "entities": "&amp;&lt;&#",
    "escapes": "\\[\\",
    "tables": "| a | b |\n|---|---|\n| c | d |\n\n",
    "wide tables": "|a",
    "one heading": "## a\n\n",
    "headings": "## a{n}\n\n",
    "notes": "> [!NOTE]\n> a\n\n",
    "fences": "```\na\n```\n",
    "dashes": "-",
    "lines": "a\n",
    "spaces": " ",
    "pictures": "![a](a.png)\n\n",
    "words": "pay the fee now ",
}
"""What is repeated; ``{n}`` counts."""
READERS: Final[Mapping[str, Callable[[str], object]]] = {
    "render": lambda text: prose.with_boxes(
        render(text, lambda i, a: f"/{i}#{a}", {"a.png": "0123456789abcdef-1x2.png"})
    ),
    "plain_text": plain_text,
    "sections": sections,
    "steps": steps,
    "links": links,
    "raw_html": raw_html,
    "marked": lambda text: highlight.marked(f"<p>{text.replace('<', '&lt;')}</p>", SOUGHT),
}
LINEAR: Final = 1.5
"""Largest exponent that counts as linear; a square has 2, and measuring has its errors."""
QUICK: Final = 0.5
"""Seconds; what takes less for the longest text harms nobody, however it grows."""


def text_of(pattern: str, length: int) -> str:
    """Return a text of a length, the pattern again and again."""
    if "{n}" in pattern:
        return "".join(pattern.replace("{n}", str(n)) for n in range(length // len(pattern)))[:length]
    return (pattern * (length // len(pattern) + 1))[:length]


def seconds(read: Callable[[str], object], text: str) -> float:
    """Return the processor time of one reading, of the text as nobody has read it before."""
    best = math.inf
    for n in range(3):
        begin = time.process_time()
        read(text + "\n" * n)  # what was read is remembered
        best = min(best, time.process_time() - begin)
        if best > QUICK:
            break
    return best


def growth(
    name: str, pattern: str, most: int = 32_000, enough: float = 1.0
) -> Iterator[tuple[str, str, int, float, float]]:
    """Yield, for each reader, the longest text it was given, the seconds for it, and the exponent of the last doublings.

    :param name: The pattern's.
    :param pattern: What is repeated.
    :param most: Longest text, in characters.
    :param enough: No longer text is tried after one that took so many seconds.
    :yield: Reader, pattern, characters, seconds, exponent.
    """
    for reader, read in READERS.items():
        taken: list[tuple[int, float]] = []
        length = 1000
        while length <= most and (not taken or taken[-1][1] < enough):
            taken.append((length, seconds(read, text_of(pattern, length))))
            length *= 2
        longest, slowest = taken[-1]
        before = taken[max(0, len(taken) - 3)]
        steepness = math.log(max(slowest, 1e-6) / max(before[1], 1e-6)) / math.log(longest / before[0])
        yield reader, name, longest, slowest, steepness
