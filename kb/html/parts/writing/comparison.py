"""Two texts compared in words: what was taken out and what was put in, with the unchanged lines between them folded."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Final, TypeAlias

from markupsafe import Markup

from kb.html.format import counted
from kb.html.words import words

_WORD: Final = re.compile(r"\s+|\w+|[^\w\s]")
_AROUND: Final = 2
"""Unchanged lines that are shown before and after a change."""

Piece: TypeAlias = tuple[str, str]
"""``same``, ``out`` or ``in``, and the words."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of both texts, or of one of them."""

    pieces: tuple[Piece, ...]

    @property
    def is_changed(self) -> bool:
        """Whether anything in it is not the same in both."""
        return any(kind != "same" for kind, _ in self.pieces)


def html(before: str, after: str, label: str) -> Markup:
    """Return what changes from one text to the other, word by word.

    :param before: The earlier text.
    :param after: The later one.
    :param label: What is compared, for those who cannot see it and as the caption.
    :return: HTML; a sentence where both are the same.
    """
    lines = compare(before, after)
    if not any(line.is_changed for line in lines):
        return Markup('<p class="kb-hint">{}</p>').format(words().editor.compare_same)
    shown = Markup("\n").join(_stretches(lines))
    return Markup(
        '<figure class="kb-compare" role="group" aria-label="{0}"><figcaption>{0}. {1}</figcaption>'
        "<div>{2}</div></figure>"
    ).format(label, _counts(lines), shown)


def compare(before: str, after: str) -> list[Line]:
    """Return both texts as one list of lines, with what is only in one of them told apart.

    :param before: The earlier text.
    :param after: The later one.
    :return: In order; a line that was changed a little is one line with both its words.
    """
    old, new = before.splitlines(), after.splitlines()
    lines: list[Line] = []
    for what, a, b, c, d in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if what == "equal":
            lines += [Line((("same", text),)) for text in old[a:b]]
        else:
            lines += _changed(old[a:b], new[c:d])
    return lines


def _changed(old: Sequence[str], new: Sequence[str]) -> Iterator[Line]:
    """Return a changed stretch: lines one by one where there are as many before as after, else all out and all in."""
    if len(old) == len(new):
        for before, after in zip(old, new, strict=True):
            yield Line(tuple(_words(before, after)))
        return
    yield from (Line((("out", text),)) for text in old)
    yield from (Line((("in", text),)) for text in new)


def _words(before: str, after: str) -> Iterator[Piece]:
    old, new = _WORD.findall(before), _WORD.findall(after)
    matcher = SequenceMatcher(None, old, new, autojunk=False)
    if matcher.ratio() < 0.3:  # noqa: PLR2004 — two other sentences are easier to read whole
        yield from ((kind, text) for kind, text in (("out", before), ("in", after)) if text)
        return
    for what, a, b, c, d in matcher.get_opcodes():
        if what == "equal":
            yield "same", "".join(old[a:b])
            continue
        if b > a:
            yield "out", "".join(old[a:b])
        if d > c:
            yield "in", "".join(new[c:d])


def _stretches(lines: Sequence[Line]) -> Iterator[Markup]:
    """Return the changed lines with a few around them; what is left out between them is counted."""
    changed = [n for n, line in enumerate(lines) if line.is_changed]
    near = {n + by for n in changed for by in range(-_AROUND, _AROUND + 1)}
    left = 0
    for n, line in enumerate(lines):
        if n not in near:
            left += 1
            continue
        if left:
            yield _left_out(left)
            left = 0
        yield _line(line)
    if left:
        yield _left_out(left)


def _left_out(count: int) -> Markup:
    return Markup('<p class="kb-left-out">{}</p>').format(counted(words().editor.compare_left_out, count))


_TAGS: Final = {"same": Markup("{}"), "out": Markup("<del>{}</del>"), "in": Markup("<ins>{}</ins>")}


def _line(line: Line) -> Markup:
    marked = Markup(' class="kb-changed"') if line.is_changed else Markup()
    return Markup("<p{}>{}</p>").format(marked, Markup().join(_TAGS[kind].format(text) for kind, text in line.pieces))


def _counts(lines: Iterable[Line]) -> str:
    """Return how many words were taken out and put in."""
    found = {"out": 0, "in": 0}
    for kind, text in (piece for line in lines for piece in line.pieces if piece[0] != "same"):
        found[kind] += len(text.split())
    labels = words().editor
    return labels.compare_counts.format(
        out=counted(labels.compare_words, found["out"]), into=counted(labels.compare_words, found["in"])
    )
