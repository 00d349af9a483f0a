"""Small edits of the front matter's lists and of links that leave every other character as it is.

Each edit is made at the position the parser reports, never by a search through the whole text, and checked by
parsing again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import TypeAlias

from kb.common.yaml_file import Located, YamlProblem, load_yaml
from kb.content.articles.frontmatter import READERS
from kb.content.articles.parse import split_front_matter
from kb.content.markdown.links import link_shape
from kb.content.markdown.render import internal_target

_BOM = "\ufeff"
_DESTINATION = re.compile(
    r"(?<=\]\()\s*<?(?P<inline>[^\s<>()]+)|^ {0,3}\[[^\]\n]+\]:[ \t]*<?(?P<reference>[^\s<>]+)", re.MULTILINE
)

Target: TypeAlias = tuple[str, str]
"""(article id, anchor) of a link; the anchor may be empty."""


class CannotEdit(Exception):
    """The text is written in a form that cannot be edited safely; the caller adds the file."""


@dataclass(frozen=True, slots=True)
class FileText:
    """A file's text with plain line feeds, and the file's own line ends and byte order mark."""

    text: str
    newline: str
    has_bom: bool

    @classmethod
    def of(cls, data: bytes) -> FileText:
        """Read the bytes of a UTF-8 file."""
        text = data.decode("utf-8")
        newline = "\r\n" if "\r\n" in text else "\r" if "\r" in text else "\n"
        plain = text.removeprefix(_BOM).replace("\r\n", "\n").replace("\r", "\n")
        return cls(plain, newline, text.startswith(_BOM))

    def with_text(self, text: str) -> str:
        """Return another text as this file would write it."""
        return (_BOM if self.has_bom else "") + text.replace("\n", self.newline)


# --------------------------------------------------------------------------------------- front matter


@lru_cache(maxsize=8)  # several edits of one text follow each other
def front_matter(text: str) -> tuple[Located, int]:
    """Return the front matter with positions, and the line of the fence that ends it.

    :param text: An article's whole text, with plain line feeds.
    :return: The root and the 1-based line.
    :raises CannotEdit: If there is none or it is not keys and values.
    """
    front, _, body_line = split_front_matter(text)
    if front is None:
        raise CannotEdit("there is no front matter")
    try:
        root = load_yaml(front, first_line=2)
    except YamlProblem as problem:
        raise CannotEdit(problem.message) from problem
    if not isinstance(root.value, dict) or "{" in front.split("\n")[root.line - 2][: root.column]:
        raise CannotEdit("the front matter is not written as one 'key: value' a line")
    return root, body_line - 1


def offset(text: str, at: tuple[int, int]) -> int:
    """Return the position in a text of a line and column."""
    line_start = 0
    for _ in range(at[0] - 1):
        line_start = text.index("\n", line_start) + 1
    return line_start + at[1] - 1


def scalar(value: str) -> str:
    """Return text as YAML: bare if that reads back as the same text, otherwise in double quotes."""
    try:
        bare = load_yaml(f"- {value}").plain() == [value] and load_yaml(f"[{value}]").plain() == [value]
    except YamlProblem:
        bare = False
    return value if bare and re.fullmatch(r"[\w-]+", value) else json.dumps(value, ensure_ascii=False)


def list_items(text: str, key: str) -> list[Located]:
    """Return the items of a list in the front matter; none when the key is absent or empty."""
    node = front_matter(text)[0].value.get(key)
    return node.value if node is not None and isinstance(node.value, list) else []


def replace_item(text: str, key: str, old: str, new: str) -> str:
    """Return the text with every item of a list that is ``old`` written as ``new``."""
    for item in reversed([item for item in list_items(text, key) if item.value == old]):
        start, end = offset(text, (item.line, item.column)), offset(text, item.end)
        text = text[:start] + scalar(new) + text[end:]
    return text


def replace_belongs(text: str, old: str, new: str) -> str:
    """Return the text with every question of ``not_for`` that belongs to ``old`` belonging to ``new``."""
    items = [item.value.get("belongs") for item in list_items(text, "not_for") if isinstance(item.value, dict)]
    for node in reversed([node for node in items if node is not None and node.value == old]):
        start, end = offset(text, (node.line, node.column)), offset(text, node.end)
        text = text[:start] + scalar(new) + text[end:]
    return text


def replace_text(text: str, key: str, value: str) -> str:
    """Return the text with another value of a key that holds one text; the key is added when it is absent.

    :param text: An article's whole text.
    :param key: A key of the front matter.
    :param value: The value, written in double quotes.
    :return: The new text.
    :raises CannotEdit: If the front matter is written in a way that cannot be edited, or the value is no single text.
    """
    root, fence = front_matter(text)
    node = root.value.get(key)
    written = json.dumps(value, ensure_ascii=False)
    if node is None:
        return _insert_line(text, _line_for(root, key, fence), f"{key}: {written}")
    if isinstance(node.value, list | dict):
        raise CannotEdit(f"{key!r} is not a text")
    start, end = offset(text, (node.line, node.column)), offset(text, node.end)
    return text[:start] + (" " if text[start - 1] == ":" else "") + written + text[end:]


def _line_for(root: Located, key: str, fence: int) -> int:
    """Return the line before which a new key belongs."""
    order = list(READERS)
    later = [k for k in root.value if k in order and order.index(k) > order.index(key)]
    return min((root.keys or {})[k][0] for k in later) if later else fence


def append_item(text: str, key: str, value: str) -> str:
    """Return the text with an item added to a list, in the list's own style; the key is added when it is absent.

    :param text: An article's whole text.
    :param key: A key of the front matter.
    :param value: The item.
    :return: The new text.
    :raises CannotEdit: If the front matter or the list is written in a way that cannot be added to.
    """
    return append_written(text, key, scalar(value))


def append_written(text: str, key: str, written: str) -> str:
    """Return the text with an item added to a list, as :func:`append_item` does, but written as given.

    :param text: An article's whole text.
    :param key: A key of the front matter.
    :param written: The item as YAML, on one line, so that it is read in a list of either style.
    :return: The new text.
    :raises CannotEdit: If the front matter or the list is written in a way that cannot be added to.
    """
    root, fence = front_matter(text)
    node = root.value.get(key)
    if node is None:
        return _insert_line(text, _line_for(root, key, fence), f"{key}: [{written}]")
    if node.value is None:
        start, end = offset(text, (node.line, node.column)), offset(text, node.end)
        return text[:start] + (" " if text[start - 1] == ":" else "") + f"[{written}]" + text[end:]
    if not isinstance(node.value, list):
        raise CannotEdit(f"{key!r} is not a list")
    start = offset(text, (node.line, node.column))
    if text[start] == "[":
        at = offset(text, node.value[-1].end) if node.value else start + 1
        return text[:at] + (f", {written}" if node.value else written) + text[at:]
    return _insert_line(text, _last_line(text, node.value[-1]) + 1, " " * (node.column - 1) + f"- {written}")


def _insert_line(text: str, number: int, line: str) -> str:
    lines = text.split("\n")
    return "\n".join([*lines[: number - 1], line, *lines[number - 1 :]])


def drop_item(text: str, key: str, index: int) -> str:
    """Return the text without one item of a list; if a list of lines becomes empty, its key is removed, too.

    :param text: An article's whole text.
    :param key: A key of the front matter.
    :param index: Which item, from 0.
    :return: The new text.
    """
    root, _ = front_matter(text)
    node, items = root.value[key], list_items(text, key)
    item = items[index]
    if text[offset(text, (node.line, node.column))] == "[":
        first = offset(text, (item.line, item.column)) if index == 0 else offset(text, items[index - 1].end)
        if index == 0 and len(items) > 1:
            last = offset(text, (items[1].line, items[1].column))
        else:
            last = offset(text, item.end)
        return text[:first] + text[last:]
    lines = text.split("\n")
    first_line = item.line if len(items) > 1 else (root.keys or {})[key][0]
    return "\n".join(lines[: first_line - 1] + lines[_last_line(text, item) :])


def _last_line(text: str, item: Located) -> int:
    """Return the last line of an item; a mapping that is written on several lines ends with its last value."""
    is_block = isinstance(item.value, dict) and text[offset(text, (item.line, item.column))] != "{"
    return max(value.end[0] for value in item.value.values()) if is_block else item.end[0]


# ---------------------------------------------------------------------------------------------- links


def redirect_links(body: str, change: Callable[[Target], Target | None]) -> str:
    """Return a body with some links redirected, each in the form in which it was written.

    :param body: Markdown as written.
    :param change: Gives a link's new target, or None to leave it.
    :return: The new body; text that only looks like a link, for example in code, stays.
    :raises CannotEdit: If a link that must change is written in a form that cannot be edited safely.
    """
    body = rewrite_links(body, lambda href: _redirected(href, change))
    left = [href for href in link_shape(body).targets if _redirected(href, change) is not None]
    if left:
        raise CannotEdit(f"the link {left[0]!r} cannot be rewritten; change it by hand first")
    return body


def rewrite_links(body: str, new_address: Callable[[str], str | None]) -> str:
    """Return a body with other addresses in its links.

    :param body: Markdown as written.
    :param new_address: Gives what is written in place of an address, or None to leave it.
    :return: The new body; text that only looks like a link, for example in code, stays, and so does a link in a form
        that cannot be edited safely.
    """
    at = 0
    while match := _DESTINATION.search(body, at):
        group = "inline" if match["inline"] else "reference"
        new = new_address(match[group])
        at = match.end()
        if new is not None:
            tried = body[: match.start(group)] + new + body[match.end(group) :]
            # A look-alike in code would change the text that is shown, so it was not a link.
            if link_shape(tried).text == link_shape(body).text:
                body, at = tried, match.start(group) + len(new)
    return body


def _redirected(href: str, change: Callable[[Target], Target | None]) -> str | None:
    target = internal_target(href)
    aim = change(target) if target is not None and target[0] else None
    if target is None or aim is None or aim == target:
        return None
    address, hash_sign, _ = href.partition("#")
    place = address.rfind(target[0])
    if place < 0:  # written with percent signs, and so on: write it again
        return aim[0] + (f"#{aim[1]}" if aim[1] else "")
    address = address[:place] + aim[0] + address[place + len(target[0]) :]
    return address + (f"{hash_sign}{aim[1]}" if aim[1] else "")
