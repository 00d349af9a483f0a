"""Mends of values that have one right form: ``kind: FAQ`` becomes ``kind: faq``, and so on.

The check reads each of them as what it means (:mod:`kb.content.articles.forms`), so a mend never changes an article.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from typing import TypeAlias

from kb.common.findings import ID_PATTERN
from kb.common.yaml_file import Located
from kb.content.articles.forms import meant_choice, meant_date, meant_day, meant_id
from kb.content.articles.frontmatter import READERS, list_as_text
from kb.content.articles.parse import read_article, section_anchor, split_front_matter
from kb.content.articles.telephone import channel_of
from kb.content.checks.marks import typed_numbers
from kb.content.editing.edit import front_matter, list_items, offset, scalar
from kb.content.markdown.render import sections
from kb.types import ArticleKind, ArticleStatus, Section

_ID_LISTS = ("related", "redirects")
_QUESTIONS = ("examples", "tests")

Mend: TypeAlias = tuple[Located, str]
"""A value of the front matter and the text that replaces it."""


def write_choices(text: str) -> str:
    """Return the text with kind and status in lowercase."""
    return _written(text, _choices(front_matter(text)[0].value))


def _choices(nodes: Mapping[str, Located]) -> Iterator[Mend]:
    for key, kinds in (("kind", ArticleKind), ("status", ArticleStatus)):
        node = nodes.get(key)
        meant = meant_choice(str(node.value), tuple(kinds)) if node is not None else None
        if node is not None and meant is not None and node.value != meant:
            yield node, str(meant)


def write_dates(text: str) -> str:
    """Return the text with dates as YYYY-MM-DD, where they can only mean one day or month."""
    return _written(text, _dates(front_matter(text)[0].value, text))


def _dates(nodes: Mapping[str, Located], text: str) -> Iterator[Mend]:
    reviewed = nodes.get("reviewed")
    if reviewed is not None and (not isinstance(reviewed.value, date) or isinstance(reviewed.value, datetime)):
        day = meant_day(reviewed.text)
        if day is not None:
            yield reviewed, day.isoformat()
    for item in list_items(text, "sources"):
        for key in ("dated", "read"):
            node = item.value.get(key) if isinstance(item.value, dict) else None
            meant = meant_date(node.text) if node is not None else None
            if node is not None and meant is not None and meant != node.text:
                yield node, meant


def write_lists(text: str) -> str:
    """Return the text with lists that are written as text as lists."""
    nodes = front_matter(text)[0].value
    found = [(nodes[key], items) for key in READERS if key in nodes and (items := _as_text(key, nodes[key]))]
    return _written(text, [(node, f"[{', '.join(map(scalar, items))}]") for node, items in found])


def _as_text(key: str, node: Located) -> tuple[str, ...] | None:
    return list_as_text(key, node) if key in (*_QUESTIONS, *_ID_LISTS, "keywords") else None


def write_ids(text: str, right: Mapping[str, str]) -> str:
    """Return the text with ids in place of files' names, and in the capitals that they have.

    :param text: An article's whole text.
    :param right: Every id, by the same in lowercase.
    :return: The new text.
    """
    nodes = [item for key in _ID_LISTS for item in list_items(text, key)]
    asked = (item.value.get("belongs") for item in list_items(text, "not_for") if isinstance(item.value, dict))
    nodes += [node for node in asked if node is not None]
    named = [(node, _id(node.value, right)) for node in nodes if isinstance(node.value, str)]
    return _written(text, [(node, scalar(new)) for node, new in named if new and new != node.value])


def _id(written: str, right: Mapping[str, str]) -> str | None:
    meant = written if ID_PATTERN.fullmatch(written) else meant_id(written)
    if meant is None or meant in right.values():
        return meant
    return right.get(meant.casefold(), meant)


def write_anchors(text: str) -> str:
    """Return the text with the sections that questions are tied to by their anchors, however they are named."""
    _, body, body_line = split_front_matter(text)
    found = sections(body, body_line)
    return _written(text, _anchors(text, found))


def _anchors(text: str, found: tuple[Section, ...]) -> Iterator[Mend]:
    for node in tied_sections(text):
        anchor = section_anchor(node.value, found)
        if anchor != node.value and any(section.anchor == anchor for section in found):
            yield node, scalar(anchor)


def follow_sections(text: str, renamed: Mapping[str, str]) -> str:
    """Return the text with questions tied to sections by the anchors that these have now.

    :param text: An article's whole text.
    :param renamed: The anchor that each lost one became.
    :return: The new text.
    """
    found = [(node, renamed.get(node.value.removeprefix("#"), "")) for node in tied_sections(text)]
    return _written(text, [(node, scalar(anchor)) for node, anchor in found if anchor])


def tied_sections(text: str) -> Iterator[Located]:
    """Yield the name of each section that a question is tied to."""
    for key in _QUESTIONS:
        for item in list_items(text, key):
            node = item.value.get("section") if isinstance(item.value, dict) else None
            if node is not None:
                named = node.value if isinstance(node.value, list) else [node]
                yield from (name for name in named if isinstance(name.value, str))


def write_channels(text: str, channels: Mapping[str, str]) -> str:
    """Return the text with a channel's name in place of each telephone number that the channel has.

    :param text: An article's whole text.
    :param channels: The text of each channel, by name.
    :return: The new text.
    """
    parsed, _ = read_article("", text.encode(), channels)
    lines = text.split("\n")
    for number, (line, column) in reversed(list(typed_numbers(parsed)) if parsed is not None else []):
        channel = channel_of(number, channels)
        at = lines[line - 1].find(number, column - 1)
        if channel and at >= 0:
            after = lines[line - 1][at + len(number) :]
            lines[line - 1] = f"{lines[line - 1][:at]}{{{{channel.{channel}}}}}{after}"
    return "\n".join(lines)


def _written(text: str, mends: Iterable[Mend]) -> str:
    """Return the text with some values replaced; what is written on several lines stays."""
    for node, new in sorted(mends, key=lambda mend: (mend[0].line, mend[0].column), reverse=True):
        start, end = offset(text, (node.line, node.column)), offset(text, node.end)
        if node.line == node.end[0] and text[start:end].strip("'\"") == node.text:  # no tag, no escape
            text = text[:start] + new + text[end:]
    return text
