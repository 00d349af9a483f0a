"""YAML with positions: every value knows its line and column.

The safe constructor only, no aliases (they allow a small file to grow without bound) and no duplicate keys
(YAML silently keeps the last one, and an editor loses the first).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Final

import yaml


class YamlProblem(Exception):
    """Text that is not usable YAML; the caller turns it into its own finding or error."""

    def __init__(self, message: str, line: int, column: int) -> None:
        """Keep the 1-based position with the message."""
        super().__init__(message)
        self.message = message
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Located:
    """A YAML value with its position; lists hold Located items, mappings hold Located values by key."""

    value: Any
    """None, bool, int, float, str, date, list[Located] or dict[str, Located]."""
    line: int
    column: int
    text: str = ""
    """A scalar as it was written, without quotes; for messages."""
    keys: dict[str, tuple[int, int]] | None = None
    """The position of each key of a mapping."""
    end: tuple[int, int] = (0, 0)
    """Line and column just after a scalar, quotes included; for a list or mapping it may be further on."""

    def plain(self) -> Any:
        """Return the value without positions."""
        if isinstance(self.value, list):
            return [item.plain() for item in self.value]
        if isinstance(self.value, dict):
            return {key: item.plain() for key, item in self.value.items()}
        return self.value


_ODD_BREAKS = re.compile("[\x85\u2028\u2029]")


class _Loader(yaml.SafeLoader):
    """The safe loader, refusing aliases, with the line numbers of a text editor."""

    def __init__(self, text: str) -> None:
        self._text = text if _ODD_BREAKS.search(text) else ""
        super().__init__(text)

    def get_mark(self) -> yaml.Mark:
        """Return the position; only a newline ends a line, although YAML also ends one at U+0085, U+2028 and U+2029."""
        mark = super().get_mark()
        if self._text:
            mark.line = self._text.count("\n", 0, mark.index)
        return mark

    def compose_node(self, parent: yaml.Node | None, index: Any) -> yaml.Node | None:
        """Compose one node, refusing an alias."""
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call] # types-pyyaml leaves it out
            raise YamlProblem("aliases (*name) are not supported", mark.line + 1, mark.column + 1)
        return super().compose_node(parent, index)


_FastLoader: Any = getattr(yaml, "CSafeLoader", None)
"""The loader of libyaml, if PyYAML was built with it: it takes a fifth of the time."""
_NEEDS_CARE = re.compile(r"(?:^|[\s\[{,:-])[*&!%]|\\|[^\t\n\x20-\x7e\xa0-\u2027\u202a-\ud7ff]", re.MULTILINE)
"""Aliases, anchors, tags, directives, escapes and odd characters, which the two loaders may read differently."""
_MOST_LEVELS: Final = 200
"""Where libyaml may get deeper, PyYAML reads: some 100,000 levels down, libyaml overflows the process's stack."""
_MANY_LEVELS = re.compile(rf"^[ ?:-]{{{_MOST_LEVELS},}}", re.MULTILINE)
"""A line that may begin so many levels of block style: by its indentation, or by marks that follow each other."""


def load_yaml(text: str, first_line: int = 1) -> Located:
    """Parse one YAML document.

    :param text: The document.
    :param first_line: The line number of the text's first line in its file.
    :return: The root; a Located None for an empty document.
    :raises YamlProblem: With the position in the file and what is wrong.
    """
    return _quickly(text, first_line) or _carefully(text, first_line)


def _quickly(text: str, first_line: int) -> Located | None:
    """Parse with libyaml; None if anything is wrong, because its messages and positions are less precise."""
    if _FastLoader is None or _NEEDS_CARE.search(text) or _may_be_deep(text):
        return None
    loader = _FastLoader(text)
    try:
        node = loader.get_single_node()
        return None if node is None else _locate(loader, node, first_line - 1)
    except (yaml.YAMLError, YamlProblem, RecursionError, ValueError, OverflowError):
        return None
    finally:
        loader.dispose()


def _may_be_deep(text: str) -> bool:
    return text.count("[") + text.count("{") > _MOST_LEVELS or _MANY_LEVELS.search(text) is not None


def _carefully(text: str, first_line: int) -> Located:
    offset = first_line - 1
    loader: _Loader | None = None
    try:
        loader = _Loader(text)
        node = loader.get_single_node()
        if node is None:
            return Located(None, first_line, 1)
        return _locate(loader, node, offset)
    except yaml.reader.ReaderError as error:
        before = text[: error.position]
        line = before.count("\n") + first_line
        column = error.position - (before.rfind("\n") + 1) + 1
        character = text[error.position] if error.position < len(text) else ""
        raise YamlProblem(f"the character {character!r} is not allowed in YAML", line, column) from error
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
        raise YamlProblem(error.problem or "invalid YAML", line + offset, column) from error
    except YamlProblem as problem:
        raise YamlProblem(problem.message, problem.line + offset, problem.column) from problem
    except RecursionError as error:
        raise YamlProblem("nested too deeply", first_line, 1) from error
    except (ValueError, OverflowError) as error:  # PyYAML lets these out for "\UFFFFFFFF"
        line, column = (loader.line + 1, loader.column + 1) if loader else (1, 1)
        raise YamlProblem("an escape names no character", line + offset, column) from error
    finally:
        if loader is not None:
            loader.dispose()


def _locate(loader: Any, node: yaml.Node, offset: int) -> Located:
    line, column = node.start_mark.line + 1 + offset, node.start_mark.column + 1
    end = (node.end_mark.line + 1 + offset, node.end_mark.column + 1)
    if isinstance(node, yaml.ScalarNode):
        _refuse_odd_characters(node)
        return Located(_scalar(loader, node), line, column, text=node.value, end=end)
    if isinstance(node, yaml.SequenceNode):
        return Located([_locate(loader, item, offset) for item in node.value], line, column, end=end)
    values: dict[str, Located] = {}
    keys: dict[str, tuple[int, int]] = {}
    for key_node, value_node in node.value:
        mark = key_node.start_mark
        if not isinstance(key_node, yaml.ScalarNode):
            raise YamlProblem("a key must be a plain word", mark.line + 1, mark.column + 1)
        if key_node.value in values:
            raise YamlProblem(f"the key {key_node.value!r} appears twice", mark.line + 1, mark.column + 1)
        keys[key_node.value] = (mark.line + 1 + offset, mark.column + 1)
        values[key_node.value] = _locate(loader, value_node, offset)
    return Located(values, line, column, keys=keys, end=end)


def _refuse_odd_characters(node: yaml.ScalarNode) -> None:
    """Refuse characters that escapes can smuggle in and no file can hold: NUL, and halves of surrogate pairs."""
    odd = next((c for c in node.value if c == "\x00" or "\ud800" <= c <= "\udfff"), None)
    if odd is not None:
        mark = node.start_mark
        raise YamlProblem(f"the character U+{ord(odd):04X} is not allowed", mark.line + 1, mark.column + 1)


def _scalar(loader: Any, node: yaml.ScalarNode) -> Any:
    """Return a scalar's value, or its text if the value cannot be built (an impossible date)."""
    try:
        return loader.construct_object(node)
    except (ValueError, LookupError, AttributeError, OverflowError, yaml.constructor.ConstructorError):
        return node.value  # the odd ones come from explicit tags, such as "!!bool perhaps"
