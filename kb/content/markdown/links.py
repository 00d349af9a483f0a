"""The links, images and raw HTML of a body, each with its position."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kb.content.markdown.render import BODIES, parse_tokens

if TYPE_CHECKING:
    from markdown_it.token import Token

_DEFINITION = re.compile(r" {0,3}\[[^\]]+\]:")


@dataclass(frozen=True, slots=True)
class BodyLink:
    """A link or image in a body, with its position."""

    href: str
    line: int
    """1-based, within the body."""
    column: int
    is_image: bool = False
    alt: str = ""


@lru_cache(maxsize=BODIES)
def links(body: str) -> tuple[BodyLink, ...]:
    """Return every link and image of a body with its position."""
    return tuple(_links(body))


def _links(body: str) -> Iterator[BodyLink]:
    lines = body.split("\n")
    for token in parse_tokens(body):
        if token.type != "inline" or token.map is None:
            continue
        seen: Counter[str] = Counter()
        places: dict[str, list[tuple[int, int]]] = {}  # of each target, found once however often it is there
        for child in token.children or []:
            href = child.attrGet("href") if child.type == "link_open" else None
            source = child.attrGet("src") if child.type == "image" else None
            if href is None and source is None:
                continue
            target = str(href if href is not None else source)
            seen[target] += 1
            if target not in places:
                needles = (unquote(target), target)
                places[target] = _places(lines, _lines_of(lines, token, needles), needles)
            line, column = _nth(places[target], seen[target])
            yield BodyLink(target, line, column, is_image=source is not None, alt=child.content)


@dataclass(frozen=True, slots=True)
class LinkShape:
    """A body's text without its link targets, and the targets."""

    text: tuple[str, ...]
    """Everything but the targets; equal before and after links were redirected."""
    targets: tuple[str, ...]
    """The address of every link, in order."""


def link_shape(body: str) -> LinkShape:
    """Return a body's text and link targets separately, to verify that an edit changed only targets."""
    text: list[str] = []
    targets: list[str] = []
    for token in parse_tokens(body):
        text.append(f"{token.type} {token.tag} {token.info} {'' if token.children else token.content}")
        for child in token.children or []:
            text.append(f"{child.type} {child.content} {child.attrGet('src') or ''}")
            if child.type == "link_open":
                targets.append(str(child.attrGet("href")))
    return LinkShape(tuple(text), tuple(targets))


@lru_cache(maxsize=BODIES)
def raw_html(body: str) -> tuple[tuple[str, int, int], ...]:
    """Return (text, line, column) for each piece of raw HTML in a body; it is shown as text and never interpreted."""
    return tuple(_raw_html(body))


def _raw_html(body: str) -> Iterator[tuple[str, int, int]]:
    lines = body.split("\n")
    for token in parse_tokens(body, html=True):
        if token.type == "html_block" and token.map is not None:
            yield token.content.strip(), token.map[0] + 1, 1
        elif token.type == "inline" and token.map is not None:
            seen: Counter[str] = Counter()
            places: dict[str, list[tuple[int, int]]] = {}
            numbers = range(token.map[0], min(token.map[1], len(lines)))
            for child in token.children or []:
                if child.type == "html_inline":
                    text = child.content
                    seen[text] += 1
                    if text not in places:
                        places[text] = _places(lines, numbers, (text,))
                    yield text, *_nth(places[text], seen[text])


def _places(lines: Sequence[str], numbers: Sequence[int], needles: Sequence[str]) -> list[tuple[int, int]]:
    """Return the 1-based positions of the first needle that some lines contain; the beginning of the lines if none."""
    for needle in filter(None, needles):
        found = [(n + 1, m.start() + 1) for n in numbers for m in re.finditer(re.escape(needle), lines[n])]
        if found:
            return found
    return [((numbers[0] if numbers else 0) + 1, 1)]


def _nth(places: Sequence[tuple[int, int]], nth: int) -> tuple[int, int]:
    """Return the nth position, or the last."""
    return places[min(nth, len(places)) - 1]


def _lines_of(lines: Sequence[str], token: Token, needles: Sequence[str]) -> Sequence[int]:
    """Return the numbers of the lines where a link's target can be: those of its block or of link definitions."""
    start, end = token.map or (0, 0)
    block = range(start, min(end, len(lines)))
    if any(needle in lines[n] for n in block for needle in needles):
        return block
    defined = [n for n, line in enumerate(lines) if _DEFINITION.match(line) and any(i in line for i in needles)]
    return defined or block
