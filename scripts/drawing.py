"""A sheet on which pictures of articles are drawn as SVG: words that break into lines, numbers, bars and lines.

Same input, same bytes: nothing here knows the date, the machine or its typefaces.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

WIDTH = 340
"""Units; one is a pixel where there is room, and 0.85 of a pixel on the narrowest phones."""
LEFT, RIGHT = 16, 324
SIZE, SMALL = 15, 14
"""Of words. Nothing is smaller, or it could not be read on the narrowest phones."""
LINE = 20
COLORS = {
    "paper": ("#ffffff", "#1a2327"),
    "ink": ("#1d2a30", "#e7edee"),
    "soft": ("#4d5d64", "#b3c0c4"),
    "edge": ("#7b8a8f", "#7d8f96"),
    "accent": ("#0b5d66", "#7fcfd2"),
    "on": ("#ffffff", "#0d2326"),
    "wash": ("#e3eff0", "#25383d"),
    "warn": ("#8a5000", "#f0bf6c"),
}
"""Light and dark: a picture does not see the colors of the page around it."""
WORDS_ON = (("ink", "paper"), ("ink", "wash"), ("soft", "paper"), ("warn", "paper"), ("on", "accent"))
"""Every color of words with what it stands on."""
_RULES = (
    f"text{{font:{SIZE}px system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;fill:var(--ink)}}"
    f".title{{font-weight:700;font-size:17px}}.bold{{font-weight:700}}.soft{{font-size:{SMALL}px;fill:var(--soft)}}"
    f".stamp{{font-size:{SMALL}px;font-weight:700;fill:var(--warn)}}.here{{font-weight:700;fill:var(--warn)}}"
    ".digit{font-weight:700;fill:var(--on)}.paper{fill:var(--paper);stroke:var(--edge)}.dot{fill:var(--accent)}"
    ".bar{fill:var(--wash);stroke:var(--accent);stroke-width:1.5}.solid{fill:var(--accent)}"
    ".gap{fill:none;stroke:var(--warn);stroke-width:1.5;stroke-dasharray:5 4}"
    ".ring{fill:none;stroke:var(--warn);stroke-width:2.5}.rule{stroke:var(--edge)}"
    ".tear{stroke:var(--edge);stroke-dasharray:4 4}.path{stroke:var(--accent);stroke-width:3}"
    ".faint{fill:var(--edge);opacity:.35}.ink{fill:var(--ink)}"
    "@media print{:root{%s}}"
)
_NARROW, _WIDE = frozenset("iljtfrI.,:;'!|()[] 1-"), frozenset("mwMWOQG%@—…")


def wide(words: str, size: float = SIZE) -> float:
    """Return about how wide words are; rather more than less, for any typeface of the list."""
    ems = sum(0.36 if c in _NARROW else 0.9 if c in _WIDE else 0.7 if c.isupper() else 0.61 for c in words)
    return ems * size


def broken(words: str, room: float, size: float = SIZE) -> list[str]:
    """Return words in lines that fit into some room; a word that is wider has a line of its own."""
    lines: list[str] = []
    for word in words.split():
        if lines and wide(f"{lines[-1]} {word}", size) <= room:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines


class Sheet:
    """A picture from top to bottom; ``y`` is where the next thing begins."""

    def __init__(self, title: str, language: str, stamp: str = "") -> None:
        """Begin with a title.

        :param title: Above the picture.
        :param language: Of all words, for readers aloud.
        :param stamp: Says at the right of the title that it is a sample; empty for none.
        """
        self.y = 12.0
        self._language = language
        self.elements: list[str] = []
        """What is on it; later ones lie on top of earlier ones."""
        room = RIGHT - LEFT - (wide(stamp, SMALL) + 24 if stamp else 0)
        if stamp:
            width = wide(stamp, SMALL) + 16
            self.put(f'<rect class="gap" x="{RIGHT - width:.0f}" y="12" width="{width:.0f}" height="24" rx="12"/>')
            self.put_words(RIGHT - width / 2, 29, stamp, "stamp", "middle")
        self.lines(title, LEFT, room, "title", 17)
        self.y += 8

    def put(self, element: str) -> None:
        """Add an element as it is."""
        self.elements.append(element)

    def put_words(self, x: float, y: float, words: str, kind: str = "", anchor: str = "start") -> None:
        """Add one line of words.

        :param x: Where it begins, has its middle or ends; see ``anchor``.
        :param y: The line that it stands on.
        :param words: Plain.
        :param kind: Of the style sheet.
        :param anchor: ``start``, ``middle`` or ``end``.
        """
        styled = f' class="{kind}"' if kind else ""
        placed = "" if anchor == "start" else f' text-anchor="{anchor}"'
        self.put(f'<text x="{x:.0f}" y="{y:.0f}"{styled}{placed}>{escape(words, quote=False)}</text>')

    def lines(self, words: str, x: float, room: float, kind: str = "", size: float = SIZE) -> None:
        """Add words in as many lines as they need, and go on below them."""
        for line in broken(words, room, size * 1.12 if kind in ("title", "bold", "here") else size):
            self.put_words(x, self.y + 15, line, kind)
            self.y += LINE

    def row(self, label: str, amount: str, x: float = LEFT, kind: str = "") -> None:
        """Add a label with an amount at the right of its first line."""
        if amount:
            self.put_words(RIGHT, self.y + 15, amount, kind, "end")
        room = RIGHT - x - (wide(amount) + 10 if amount else 0)
        self.lines(label, x, room, kind)

    def badge(self, number: int | str, x: float = LEFT + 11, y: float | None = None) -> None:
        """Add a number in a circle, next to the line that comes."""
        middle = self.y + 10 if y is None else y
        self.put(f'<circle class="dot" cx="{x:.0f}" cy="{middle:.0f}" r="11"/>')
        self.put_words(x, middle + 5, str(number), "digit", "middle")

    def noted(self, number: int | str, title: str, rows: Sequence[str] = ()) -> None:
        """Add a number with its title and what is said below it."""
        self.badge(number)
        self.lines(title, LEFT + 32, RIGHT - LEFT - 32, "bold")
        for words in rows:
            self.lines(words, LEFT + 32, RIGHT - LEFT - 32)
        self.y += 8

    def rect(self, kind: str, x: float, y: float, width: float, height: float, rx: float = 3) -> None:
        """Add a rectangle of a kind."""
        at = f'x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}"'
        self.put(f'<rect class="{kind}" {at} rx="{rx:g}"/>')

    def line(self, kind: str, x1: float, y1: float, x2: float, y2: float) -> None:
        """Add a line of a kind."""
        self.put(f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')

    def rule(self, kind: str = "rule") -> None:
        """Add a line from side to side."""
        self.line(kind, LEFT, self.y + 4, RIGHT, self.y + 4)
        self.y += 10

    def ring(self, x: float, y: float, width: float, height: float) -> None:
        """Add a ring around something."""
        self.rect("ring", x, y, width, height, min(height / 2, 14))

    def arrow_down(self, x: float, length: float, words: str = "") -> None:
        """Add an arrow that leads on to what comes below, with words next to it."""
        end = self.y + length
        self.line("path", x, self.y, x, end - 6)
        self.put(f'<path class="solid" d="M{x - 7:.0f} {end - 9:.0f}h14l-7 9z"/>')
        if words:
            self.put_words(x + 16, self.y + length / 2 + 5, words, "soft")
        self.y = end + 4

    def svg(self) -> str:
        """Return the whole file."""
        height = round(self.y + 12)
        light, dark = (";".join(f"--{name}:{pair[n]}" for name, pair in COLORS.items()) for n in (0, 1))
        style = f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}{_RULES % light}"
        frame = f'<rect class="paper" x=".5" y=".5" width="{WIDTH - 1}" height="{height - 1}" rx="8"/>'
        size = f'viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}"'
        opened = f'<svg xmlns="http://www.w3.org/2000/svg" {size} xml:lang="{self._language}">'
        return "\n".join([opened, f"<style>{style}</style>", frame, *self.elements, "</svg>", ""])
