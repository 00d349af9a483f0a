"""Drawings in SVG: read with a list of what they may hold, and refused for anything else.

A drawing is shown by ``<img>`` and served in a sandbox, and neither runs a script. This list is the third lock, and the
one that tells an editor what is wrong.
"""

from __future__ import annotations

import re
from typing import Final
from xml.parsers import expat

from kb.errors import PictureRefused

MAX_SVG_BYTES: Final = 200_000
"""A drawing of more is a photo in disguise, or was traced."""
MAX_ELEMENTS: Final = 5_000
MAX_DEPTH: Final = 32
MAX_SIDE: Final = 4096
"""Units of width and of height."""
_SVG: Final = "http://www.w3.org/2000/svg"
_XML: Final = "http://www.w3.org/XML/1998/namespace"
_GAP: Final = " "
"""Between a namespace and a name, for the parser."""

ELEMENTS: Final = frozenset({
    "svg", "g", "defs", "title", "desc", "style", "rect", "circle", "ellipse", "line", "polyline", "polygon", "path",
    "text", "tspan", "linearGradient", "radialGradient", "stop", "clipPath", "marker",
})  # fmt: skip
ATTRIBUTES: Final = frozenset({
    "id", "class", "style", "lang", "role", "version", "viewBox", "preserveAspectRatio", "width", "height", "x", "y",
    "x1", "y1", "x2", "y2", "cx", "cy", "r", "rx", "ry", "dx", "dy", "d", "points", "transform", "rotate",
    "textLength", "lengthAdjust", "offset", "gradientUnits", "gradientTransform", "spreadMethod", "fx", "fy",
    "clipPathUnits", "markerUnits", "markerWidth", "markerHeight", "refX", "refY", "orient", "pathLength",
    "fill", "fill-opacity", "fill-rule", "stroke", "stroke-width", "stroke-opacity", "stroke-dasharray",
    "stroke-dashoffset", "stroke-linecap", "stroke-linejoin", "stroke-miterlimit", "opacity", "color", "display",
    "visibility", "clip-path", "clip-rule", "marker-start", "marker-mid", "marker-end", "stop-color", "stop-opacity",
    "font-family", "font-size", "font-style", "font-weight", "font-variant", "letter-spacing", "word-spacing",
    "text-anchor", "text-decoration", "dominant-baseline", "alignment-baseline", "baseline-shift", "vector-effect",
    "shape-rendering", "text-rendering", "paint-order", "aria-label", "aria-hidden", "aria-labelledby",
})  # fmt: skip
_FUNCTIONS: Final = frozenset({
    "url", "var", "calc", "min", "max", "clamp", "rgb", "rgba", "hsl", "hsla", "translate", "translatex", "translatey",
    "scale", "scalex", "scaley", "rotate", "skewx", "skewy", "matrix", "not", "is", "where", "nth-child", "nth-of-type",
})  # fmt: skip
"""Of style sheets and attributes; every other one is refused, since some load files."""
_FUNCTION: Final = re.compile(r"([\w-]+)\(")
_LOCAL: Final = re.compile(r"url\(\s*(['\"]?)#[\w.-]+\1\s*\)", re.IGNORECASE)
_AT_RULE: Final = re.compile(r"@([\w-]*)")
_NUMBER: Final = re.compile(r"\s*\+?(\d{1,6}(?:\.\d{1,6})?)\s*(?:px)?\s*")
_PLAIN: Final = "Save it as plain SVG, without scripts, links and data of the drawing program"


class SvgRefused(PictureRefused):
    """A drawing holds what customers may not get: what, on which line, and what to do."""

    def __init__(self, line: int, what: str, fix: str = _PLAIN) -> None:
        """Store it.

        :param line: 1-based, within the drawing.
        :param what: What is wrong.
        :param fix: What to do about it.
        """
        super().__init__(what)
        self.line = line
        self.what = what
        self.fix = fix


def read_svg(data: bytes) -> tuple[int, int]:
    """Look at every element, attribute and style of a drawing.

    :param data: The whole file.
    :return: Width and height, in whole units.
    :raises SvgRefused: If it is too large or damaged, or holds anything that is not on the list.
    """
    if len(data) > MAX_SVG_BYTES:
        what = f"it has {len(data) / 1000:,.0f} kB; the most for a drawing is {MAX_SVG_BYTES // 1000} kB"
        raise SvgRefused(1, what, "Make it simpler, or save it as PNG")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise SvgRefused(line, "it is not UTF-8 text", "Save it again as UTF-8") from error
    return _Reader().read(text)


class _Reader:
    """Follows the parser through one drawing."""

    def __init__(self) -> None:
        """Set up the parser; it resolves no entity, and loads nothing."""
        self._parser = expat.ParserCreate("utf-8", _GAP)
        self._open: list[str] = []
        self._count = 0
        self._style: list[str] = []
        self._style_line = 1
        self._size = (0, 0)
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._doctype
        self._parser.ProcessingInstructionHandler = self._instruction

    def read(self, text: str) -> tuple[int, int]:
        try:
            self._parser.Parse(text, True)
        except expat.ExpatError as error:
            what = f"it is not whole XML ({expat.errors.messages[error.code]})"
            raise SvgRefused(error.lineno, what, "Open it in a drawing program, and save it again") from error
        return self._size

    # ------------------------------------------------------------------------------------------- what it holds

    def _start(self, full_name: str, attributes: dict[str, str]) -> None:
        namespace, _, name = full_name.rpartition(_GAP)
        if namespace != _SVG or name not in ELEMENTS:
            raise self._refused(f"the element <{name}> is not allowed")
        if (name == "svg") is bool(self._open):
            raise self._refused("a drawing inside a drawing" if self._open else f"it begins with <{name}>, not <svg>")
        self._count += 1
        self._open.append(name)
        if self._count > MAX_ELEMENTS or len(self._open) > MAX_DEPTH:
            raise self._refused("it has too many parts", "Make it simpler, or save it as PNG")
        for key, value in attributes.items():
            self._attribute(key, value)
        if name == "svg":
            self._size = self._measured(attributes)
        if name == "style":
            self._style, self._style_line = [], self._parser.CurrentLineNumber

    def _end(self, _full_name: str) -> None:
        if self._open.pop() == "style":
            self._check_style("".join(self._style), self._style_line)

    def _text(self, text: str) -> None:
        if self._open[-1] == "style":
            self._style.append(text)

    def _doctype(self, *_of_it: object) -> None:
        raise self._refused("a document type, which may define entities", "Remove the line <!DOCTYPE …>")

    def _instruction(self, target: str, _data: str) -> None:
        raise self._refused(f"a processing instruction <?{target} …?>", "Remove it")

    # ------------------------------------------------------------------------------------- attributes and styles

    def _attribute(self, full_name: str, value: str) -> None:
        namespace, _, name = full_name.rpartition(_GAP)
        if namespace == _XML and name in ("lang", "space"):
            return
        if namespace or name not in ATTRIBUTES:
            raise self._refused(f"the attribute {name!r} is not allowed")
        if name != "aria-label":  # words, not code
            self._check_style(value, self._parser.CurrentLineNumber)

    def _check_style(self, style: str, line: int) -> None:
        """Refuse what could load a file or move; escapes and comments could hide it."""
        if "\\" in style or "/*" in style:
            raise SvgRefused(line, "a style has an escape or a comment", "Write it without '\\' and '/*'")
        for match in _AT_RULE.finditer(style):
            if match[1].lower() != "media":
                what = f"a style has @{match[1]}; only @media is allowed"
                raise SvgRefused(line + style.count("\n", 0, match.start()), what)
        for match in _FUNCTION.finditer(style):
            is_local = match[1].lower() != "url" or _LOCAL.match(style, match.start())
            if match[1].lower() not in _FUNCTIONS or not is_local:
                what = f"{_shown(style[match.start() :])} may load something from elsewhere"
                raise SvgRefused(line + style.count("\n", 0, match.start()), what)

    def _measured(self, attributes: dict[str, str]) -> tuple[int, int]:
        box = re.split(r"[\s,]+", attributes.get("viewBox", "").strip())
        if len(box) != 4:  # noqa: PLR2004 - left, top, width, height
            raise self._refused("it has no viewBox, so it cannot shrink on a phone", 'Add viewBox="0 0 WIDTH HEIGHT"')
        sides = []
        for key, fallback in zip(("width", "height"), box[2:], strict=True):
            match = _NUMBER.fullmatch(attributes.get(key, "")) or _NUMBER.fullmatch(fallback)
            side = round(float(match[1])) if match else 0
            if not 1 <= side <= MAX_SIDE:
                raise self._refused(f"its {key} is not between 1 and {MAX_SIDE:,} units", f'Write {key}="…" in <svg>')
            sides.append(side)
        return sides[0], sides[1]

    def _refused(self, what: str, fix: str = _PLAIN) -> SvgRefused:
        return SvgRefused(self._parser.CurrentLineNumber, what, fix)


def _shown(style: str) -> str:
    first = style.split("\n", maxsplit=1)[0].strip()
    return repr(first if len(first) <= 40 else f"{first[:39]}…")  # noqa: PLR2004 - of a message
