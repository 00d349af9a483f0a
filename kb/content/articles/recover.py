"""A front matter that is not YAML as a whole, read key by key, so that one mistake hides no other."""

from __future__ import annotations

import re

from kb.common.yaml_file import Located, YamlProblem, load_yaml

_KEY = re.compile(r"([A-Za-z_][\w-]*)[ \t]*:(?:[ \t]|$)")
_CONTINUED = re.compile(r"[ \t#\-\]}]|$")
"""The beginnings of lines that belong to the key above them."""


def recover_keys(front: str, first_line: int) -> tuple[Located, frozenset[str]]:
    """Read each key of a front matter alone.

    :param front: The front matter, which is not YAML as a whole.
    :param first_line: The line number of its first line in the file.
    :return: The keys that can be read, with positions, and the names of those that cannot.
    """
    nodes: dict[str, Located] = {}
    keys: dict[str, tuple[int, int]] = {}
    lost = set()
    for name, start, lines in _blocks(front.split("\n")):
        if name in nodes:  # written twice, which is an error already
            continue
        try:
            value = load_yaml("\n".join(lines), first_line + start).value
        except YamlProblem:
            lost.add(name)
            continue
        if any(not _CONTINUED.match(line) for line in lines[1:]) or not isinstance(value, dict) or [*value] != [name]:
            lost.add(name)
            continue
        nodes[name] = value[name]
        keys[name] = (first_line + start, 1)
    return Located(nodes, first_line, 1, keys=keys), frozenset(lost - set(nodes))


def _blocks(lines: list[str]) -> list[tuple[str, int, list[str]]]:
    """Return each key with its first line, from 0, and the lines from there to the next key."""
    starts = [(match[1], n) for n, line in enumerate(lines) if (match := _KEY.match(line))]
    ends = [*(n for _, n in starts[1:]), len(lines)]
    return [(name, start, lines[start:end]) for (name, start), end in zip(starts, ends, strict=False)]
