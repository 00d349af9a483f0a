"""One finding mended by itself, for an editor who decides on each: with the same proof as ``kb check --fix``.

A fix of :mod:`kb.content.editing.fix` belongs to a finding if the finding is gone after it. Of what it would change,
only the finding's line is taken where that is enough.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeAlias

from kb.content.articles.naming import is_translation
from kb.content.editing.edit import CannotEdit
from kb.content.editing.fix import Beside, fixes_of, is_same_article
from kb.types import Finding

Check: TypeAlias = Callable[[str], Sequence[Finding]]
"""Returns the findings of a file with another text."""
_Shape: TypeAlias = tuple[str, str]


def mends(path: str, text: str, found: Sequence[Finding], check: Check, beside: Beside) -> dict[Finding, str]:
    """Return which findings can be mended alone.

    :param path: The file's path.
    :param text: Its text, with plain line feeds.
    :param found: Its findings.
    :param check: Checks the file with another text.
    :param beside: What the file alone does not say.
    :return: What the mend does, in a few words, by finding.
    """
    before, able = _shapes(found), dict[Finding, str]()
    for words, tried in _tried(path, text, beside):
        gone = before - _shapes(check(tried))
        for finding in found:
            if _shape(finding) in gone:
                able.setdefault(finding, words)
    return able


def mend_one(path: str, text: str, finding: Finding, check: Check, beside: Beside) -> str:
    """Return a file's text with one finding mended.

    :param path: The file's path.
    :param text: Its text, with plain line feeds.
    :param finding: One of its findings.
    :param check: Checks the file with another text.
    :param beside: What the file alone does not say.
    :return: The new text; the same if only a person can mend it.
    """
    shape = _shape(finding)
    before = _shapes(check(text))[shape]
    for _, tried in _tried(path, text, beside):
        if _shapes(check(tried))[shape] >= before:
            continue
        alone = _only_line(text, tried, finding.line)
        is_enough = alone != text and is_same_article(path, text, alone, beside.channels)
        return alone if is_enough and _shapes(check(alone))[shape] < before else tried
    return text


def _tried(path: str, text: str, beside: Beside) -> Iterator[tuple[str, str]]:
    """Yield each fix that changes the text and not the article, in a few words, with the new text."""
    for words, fix in fixes_of(beside, of_translation=is_translation(path)):
        try:
            tried = fix(text)
        except CannotEdit:
            continue
        if tried != text and is_same_article(path, text, tried, beside.channels):
            yield words, tried


def _only_line(old: str, new: str, line: int) -> str:
    """Return the old text with only those changed lines new that lie at one line."""
    before, after = old.split("\n"), new.split("\n")
    made: list[str] = []
    for tag, i1, i2, j1, j2 in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if tag == "replace" and i2 - i1 == j2 - j1:  # line for line: neighbors need not change with it
            made += [after[j1 + n] if i1 + n == line - 1 else before[i1 + n] for n in range(i2 - i1)]
        elif tag != "equal" and i1 <= line - 1 <= max(i1, i2 - 1):
            made += after[j1:j2]
        else:
            made += before[i1:i2]
    return "\n".join(made)


def _shapes(found: Iterable[Finding]) -> Counter[_Shape]:
    return Counter(map(_shape, found))


def _shape(finding: Finding) -> _Shape:
    """Return what stays the same of a finding when lines are moved."""
    return finding.code, re.sub(r"\d+", "", finding.message)
