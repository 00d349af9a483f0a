"""Articles split into passages, which are shown, and units, which are embedded."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from kb.types import ENGLISH, TOP, Article, Passage, UnitKind

MAX_PASSAGE_WORDS = 170
"""A longer section is cut between its blocks: MiniLM reads 256 tokens, some 190 English words, title included."""

PlainText: TypeAlias = Callable[[str], str]
"""Markdown → plain text."""

_BLOCK_GAP = re.compile(r"\n[ \t]*\n")
_DEFINITION = (
    r""" {0,3}\[[^\]^][^\]]*\]:[ \t]*(?:<[^>\n]*>|[^\s<]\S*)(?:[ \t]+(?:"[^"\n]*"|'[^'\n]*'|\([^)\n]*\)))?[ \t]*"""
)
_DEFINITIONS = re.compile(rf"{_DEFINITION}(?:\n{_DEFINITION})*")
"""A block of link definitions; they may stand anywhere and show nothing."""
_NUMBERED = re.compile(r"^(\d{1,9})([.)])(?=[ \t])", re.MULTILINE)
_FENCE = re.compile(r"^[ \t]*(```|~~~)", re.MULTILINE)
_PICTURE = re.compile(r"^!\[[^\]]*\]\([^)]*\)$", re.MULTILINE)
"""A picture that stands by itself."""


@dataclass(frozen=True, slots=True)
class Unit:
    """One embedded text: an article's title, a passage, or an example question."""

    kind: UnitKind
    article_id: str
    text: str
    passage: int
    """Position among the article's passages: its own, or that of the section an example is tied to; otherwise -1."""
    language: str = ENGLISH
    """The language of the file that it is from."""


def split_passages(article: Article, plain_text: PlainText) -> list[Passage]:
    """Split an article, in one language, into passages: at its headings and, in long sections, between blocks.

    :param article: Any article; one without text gives a single passage of its summary or title.
    :param plain_text: Turns Markdown into plain text; passed in, because retrieval does not know Markdown.
    :return: At least one passage, in reading order.
    """
    parts: list[tuple[str, str, str, str]] = []
    for section in article.sections:
        heading = section.heading or article.title
        for markdown in _cut(section.markdown):
            text = plain_text(markdown)
            if text.strip():
                parts.append((heading, section.anchor, text, markdown))
    if not parts:
        bare = article.summary or article.title
        parts.append((article.title, "", bare, bare))
    return [
        Passage(f"{article.name}#{n}", article.id, heading, anchor, text, markdown, article.language)
        for n, (heading, anchor, text, markdown) in enumerate(parts)
    ]


def passages_of(article: Article, plain_text: PlainText) -> list[Passage]:
    """Return an article's passages in English, and after them those of its translations."""
    return [passage for text in article.all_languages for passage in split_passages(text, plain_text)]


def _cut(markdown: str) -> Iterator[str]:
    """Yield a section as a whole, or in pieces of whole blocks if it is too long; code fences stay whole.

    A piece shows what the section shows there: it has the link definitions of all, and the numbers of a list go on.
    """
    if len(_PICTURE.sub("", markdown).split()) <= MAX_PASSAGE_WORDS or _FENCE.search(markdown):
        yield markdown
        return
    blocks = _BLOCK_GAP.split(markdown)
    definitions = [block for block in blocks if _DEFINITIONS.fullmatch(block.strip("\n"))]
    piece: list[str] = []
    size, number = 0, 0
    for block in blocks:
        if block in definitions:
            continue
        # A continued list item (indented block) stays with its item; alone it would be read as code. A picture stays
        # with what it shows, and its words are none of the text's.
        is_picture = _PICTURE.fullmatch(block.strip()) is not None
        is_continued = is_picture or block.startswith((" ", "\t"))
        length = 0 if is_picture else len(block.split())
        if piece and size + length > MAX_PASSAGE_WORDS and not is_continued:
            yield "\n\n".join([*definitions, *piece])
            piece, size = [], 0
        items = _NUMBERED.findall(block)
        if not piece and number and items:
            block = _NUMBERED.sub(f"{number + 1}\\2", block, count=1)  # noqa: PLW2901
        if not is_continued:
            number = (number or int(items[0][0]) - 1) + len(items) if items else 0
        piece.append(block)
        size += length
    yield "\n\n".join([*definitions, *piece])


def units(article: Article, passages: Sequence[Passage]) -> list[Unit]:
    """Return an article's units: its title, every passage under its headings, every example, in all its languages.

    :param article: An article with its translations.
    :param passages: From :func:`passages_of`.
    :return: Those in English first; a text that a translation repeats is none of its own.
    """
    found: list[Unit] = []
    seen: set[str] = set()
    for text in article.all_languages:
        own = [(n, passage) for n, passage in enumerate(passages) if passage.language == text.language]
        found += (unit for unit in _units(text, own) if unit.kind is UnitKind.PASSAGE or unit.text not in seen)
        seen.update(unit.text for unit in found)
    return found


def _units(article: Article, passages: Sequence[tuple[int, Passage]]) -> Iterator[Unit]:
    """Yield the units of an article in one language, with the positions of its passages."""
    language = article.language
    title = f"{article.title} {article.summary}".strip()
    yield Unit(UnitKind.TITLE, article.id, title, -1, language)
    for n, passage in passages:
        heading = "" if passage.heading == article.title else f"{passage.heading}\n"
        yield Unit(UnitKind.PASSAGE, article.id, f"{article.title}\n{heading}{passage.text}", n, language)
    first = {passage.anchor or TOP: n for n, passage in reversed(passages)}
    for text in article.examples:
        tied = article.example_sections.get(text, "")
        yield Unit(UnitKind.EXAMPLE, article.id, text, first.get(tied, -1), language)


def signpost_units(signpost: Article) -> list[Unit]:
    """Return a signpost's units: its titles and examples. Its text says who helps, which tells no subjects apart."""
    title = f"{signpost.title} {signpost.spanish.title if signpost.spanish else ''}".strip()
    return [
        Unit(UnitKind.TITLE, signpost.id, title, -1),
        *(Unit(UnitKind.EXAMPLE, signpost.id, text, -1) for text in signpost.every_example),
    ]
