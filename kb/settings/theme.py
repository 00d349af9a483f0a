"""The operator's color: ``theme`` in site.yaml, refused where text in it could not be read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from kb.common.yaml_file import Located
from kb.errors import ConfigError
from kb.settings.site_reader import fail, mapping, text

_COLOR: Final = re.compile(r"#[0-9a-fA-F]{6}")
_LEAST_CONTRAST: Final = 4.5
"""WCAG 2.2, level AA, for text of any size."""
_COMFORTABLE: Final = 7.0
_PAPER: Final = {"accent": "#fdfcfa", "accent_dark": "#12191c"}
"""The grounds of light and dark pages, as in base.css."""


@dataclass(frozen=True, slots=True)
class Theme:
    """The color of links, buttons and the sign, on light and on dark pages; both empty for ours."""

    accent: str = ""
    accent_dark: str = ""


def read_theme(path: Path, node: Located) -> Theme:
    """Read ``theme``.

    :param path: The operator's file.
    :param node: Its value.
    :return: The colors; where one for dark pages is not given, it is a lighter one of the other.
    :raises ConfigError: Naming line and remedy.
    """
    fields = mapping(path, node, tuple(_PAPER))
    if "accent" not in fields:
        raise fail(path, node, "a theme without 'accent'", 'Write a color, as accent: "#0b5d66".')
    accent = _color(path, fields, "accent")
    return Theme(accent, _color(path, fields, "accent_dark") if "accent_dark" in fields else _lighter(accent))


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colors, from 1 to 21, as WCAG defines it."""
    light, dark = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _color(path: Path, fields: dict[str, Located], key: str) -> str:
    color = text(path, fields, key).lower()
    if not _COLOR.fullmatch(color):
        raise fail(path, fields[key], f"{key!r} cannot be {color!r}", 'Write a color as "#0b5d66", in quotes.')
    found = contrast(color, _PAPER[key])
    if found < _LEAST_CONTRAST:
        ground, way = ("light", "darker") if key == "accent" else ("dark", "lighter")
        message = f"text in {color!r} cannot be read well on {ground} pages: its contrast is {found:.1f}"
        raise fail(path, fields[key], message, f"Take a {way} one; {_LEAST_CONTRAST} is the least.")
    return color


def _lighter(color: str) -> str:
    """Return a color that can be read comfortably on dark pages, mixed with as little white as possible."""
    for share in range(0, 101, 5):
        mixed = "#" + "".join(f"{value + (255 - value) * share // 100:02x}" for value in _values(color))
        if contrast(mixed, _PAPER["accent_dark"]) >= _COMFORTABLE:
            return mixed
    raise ConfigError(f"No lighter color than {color!r} was found. Write 'accent_dark' as well.")


def _luminance(color: str) -> float:
    red, green, blue = (_linear(value / 255) for value in _values(color))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _linear(value: float) -> float:
    return float(value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4)  # noqa: PLR2004 - sRGB


def _values(color: str) -> tuple[int, int, int]:
    return int(color[1:3], 16), int(color[3:5], 16), int(color[5:7], 16)
