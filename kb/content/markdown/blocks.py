"""The blocks of a body as the checks see them: paragraphs, headings and tables, each with its position."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import TYPE_CHECKING

from kb.content.markdown.render import BODIES, parse_tokens

if TYPE_CHECKING:
    from markdown_it.token import Token

_LINK_TARGET = re.compile(r"(?<=\])\([^()\s]*(?:\s+\"[^\"]*\")?\)")


class BlockKind(StrEnum):
    """The kind of a block."""

    HEADING = "heading"
    TEXT = "text"
    TABLE = "table"


@dataclass(frozen=True, slots=True)
class Block:
    """One paragraph, heading or whole table."""

    kind: BlockKind
    text: str
    """Markdown of the block without the marks of lists and quotes; of a table, its lines."""
    line: int
    """1-based, within the body."""
    level: int = 0
    """Of a heading, 1 to 6."""
    is_nested: bool = False
    """Whether it is in a list, a quote or an admonition."""

    @property
    def spoken(self) -> str:
        """The text without the addresses of its links."""
        return _LINK_TARGET.sub("", self.text)


@lru_cache(maxsize=BODIES)
def blocks(body: str) -> tuple[Block, ...]:
    """Return the blocks of a body that contain text, in order, without code."""
    return tuple(_blocks(body))


def _blocks(body: str) -> Iterator[Block]:
    tokens = parse_tokens(body)
    lines = body.split("\n")
    inside = False
    for n, token in enumerate(tokens):
        first, after = token.map or (0, 0)
        if token.type == "table_open":
            inside = True
            yield Block(BlockKind.TABLE, "\n".join(lines[first:after]), first + 1, is_nested=token.level > 0)
        elif token.type == "table_close":
            inside = False
        elif token.type == "inline" and token.map is not None and not inside:
            yield _text_block(tokens, n, first + 1)


def _text_block(tokens: Sequence[Token], n: int, line: int) -> Block:
    opening, text = tokens[n - 1], tokens[n].content
    if opening.type == "heading_open":
        return Block(BlockKind.HEADING, text, line, int(opening.tag[1]), opening.level > 0)
    return Block(BlockKind.TEXT, text, line, is_nested=opening.level > 0)


def place(lines: Sequence[str], block: Block, offset: int) -> tuple[int, int]:
    """Return the 1-based line and column, in a body, of a position in a block's text.

    :param lines: The body's lines.
    :param block: A block of that body.
    :param offset: Position in the block's text.
    :return: Line and column; the marks of lists and quotes before it count.
    """
    before = block.text[:offset]
    written = block.text.split("\n")[before.count("\n")]
    number = block.line - 1 + before.count("\n")
    # An admonition's first line is not in its text, so the text may begin one line further down.
    number = next((n for n in (number, number + 1) if n < len(lines) and written in lines[n]), block.line - 1)
    indent = max(lines[number].find(written), 0)
    return number + 1, indent + len(before) - (before.rfind("\n") + 1) + 1
