"""Code is code: it is taken out of a text before anything in it is replaced, and put back afterwards."""

from __future__ import annotations

import re
from collections.abc import Callable

_FENCE = re.compile(r"^(?P<before>[ \t>]*(?:(?:[-*+]|\d+[.)])[ \t]+)*)(?P<mark>`{3,}|~{3,})(?P<info>[^\n]*)$")
_SPAN = re.compile(r"(?<![`\\])(`+)(?!`)((?:(?!\n[ \t]*\n).)+?)(?<!`)\1(?!`)", re.DOTALL)
_TOKEN = re.compile("\ue000(\\d+)\ue001")


class Mask:
    """The code of one text, by its number."""

    def __init__(self) -> None:
        self._kept: list[str] = []

    def keep(self, text: str) -> str:
        """Return the token that stands for a piece of text."""
        self._kept.append(text)
        return f"\ue000{len(self._kept) - 1}\ue001"

    def hide(self, text: str) -> str:
        """Return a text with its code blocks and code spans replaced by tokens."""
        return _SPAN.sub(lambda m: self.keep(m[0]), self._hide_blocks(text))

    def _hide_blocks(self, text: str) -> str:
        lines, done, n = text.split("\n"), [], 0
        while n < len(lines):
            match = _FENCE.match(lines[n])
            if match is None or (match["mark"][0] == "`" and "`" in match["info"]):
                done.append(lines[n])
                n += 1
                continue
            indent = len(match["before"].expandtabs(4))
            closing = re.compile(rf"[ \t>]*{re.escape(match['mark'][0])}{{{len(match['mark'])},}}[ \t]*$")
            end = next((k for k in range(n + 1, len(lines)) if closing.match(lines[k])), len(lines))
            inside = [_without(line, indent) for line in lines[n + 1 : end]]
            info = _language(match["info"])
            block = "\n".join([match["mark"] + info, *inside, match["mark"]])
            done.append(match["before"] + self.keep(block))
            n = end + 1
        return "\n".join(done)

    def show(self, text: str) -> str:
        """Return a text with its code put back; the lines of a block get what stands before its first."""
        while _TOKEN.search(text):
            text = "\n".join(self._show_line(line) for line in text.split("\n"))
        return text

    def _show_line(self, line: str) -> str:
        match = _TOKEN.search(line)
        if match is None:
            return line
        kept = self._kept[int(match[1])]
        before = line[: match.start()]
        if "\n" in kept and kept.lstrip().startswith(("```", "~~~")):
            quote = re.match(r"[ \t>]*", before)
            lead = quote[0] if quote else ""
            lead += " " * (len(before) - len(lead)) if before.strip("> \t") else ""
            kept = kept.replace("\n", "\n" + lead)
        return before + kept + self._show_line(line[match.end() :])

    def apply(self, text: str, change: Callable[[str], str]) -> str:
        """Return a text with something done to all of it but its code."""
        return self.show(change(self.hide(text)))


def _without(line: str, indent: int) -> str:
    """Return a line of a block without the indentation and the marks of quotes that the block has."""
    n = 0
    while n < min(indent, len(line)) and line[n] in " \t>":
        n += 1
    return line[n:]


def _language(info: str) -> str:
    """Return the language of a code block, without the further options that other systems have."""
    words = re.sub(r"[{}]", " ", info).replace(".", " ").split()
    return words[0] if words and re.fullmatch(r"[\w+#-]+", words[0]) else ""
