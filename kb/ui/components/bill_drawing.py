"""The sample bill as a drawing: SVG made of its parts, numbered, with an area over each that is a link.

The picture stands in the page as a data address, so that the one safe path for HTML lets it through and nothing is
fetched. It says what the list beside it says in words. So its areas are hidden from screen readers and the Tab key:
whoever uses those has the list, with the same parts and the same lines.
"""

from __future__ import annotations

import base64
from collections.abc import Sequence
from typing import Final

from kb.html.words import words
from kb.types import BillPart
from kb.ui import links
from kb.ui.formatting import escape

WIDTH: Final = 360
_LEFT, _RIGHT, _MARGIN = 46, 340, 8
"""Where lines begin and amounts end, and the white beside a part, in units of the drawing."""
_TOP: Final = 84
_HEADING, _LINE, _GAP, _COUPON = 26, 19, 12, 26
_COLORS: Final = {
    "paper": ("#ffffff", "#1a2327"),
    "ink": ("#1d2a30", "#e7edee"),
    "soft": ("#4d5d64", "#b3c0c4"),
    "edge": ("#7b8a8f", "#6f8188"),
    "accent": ("#0b5d66", "#7fcfd2"),
    "on": ("#ffffff", "#0d2326"),
    "warn": ("#9a5b00", "#f0bf6c"),
}
"""Light and dark, as in base.css: a picture does not see the variables of the page around it."""


def html(parts: Sequence[BillPart], selected: str = "") -> str:
    """Return the drawing with its areas.

    :param parts: From top to bottom.
    :param selected: Id of the part that is marked; empty for none.
    :return: HTML.
    """
    places, height = _layout(parts)
    picture = base64.b64encode(svg(parts).encode()).decode()
    areas = "".join(
        f'<a class="kb-bill-area{" is-selected" if part.id == selected else ""}" href="{escape(links.bill(part.id))}" '
        f'data-part="{escape(part.id)}" tabindex="-1" '
        f'style="top:{100 * top / height:.3f}%;height:{100 * tall / height:.3f}%"></a>'
        for part, (top, tall) in zip(parts, places, strict=True)
    )
    return (
        f'<div class="kb-bill-drawing"><img src="data:image/svg+xml;base64,{picture}" width="{WIDTH}" '
        f'height="{height}" alt="{escape(words().bill.picture)}"><div aria-hidden="true">{areas}</div></div>'
    )


def svg(parts: Sequence[BillPart]) -> str:
    """Return the picture alone.

    :param parts: From top to bottom; the last one is the part that is torn off and sent with a payment.
    :return: An SVG document; texts are escaped.
    """
    places, height = _layout(parts)
    drawn = "".join(_part(p, n, top) for n, (p, (top, _)) in enumerate(zip(parts, places, strict=True), 1))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
        f"<style>{_style()}</style>"
        f'<rect class="paper" x="1" y="1" width="{WIDTH - 2}" height="{height - 2}" rx="8"/>'
        f"{_head()}{_coupon(places[-1][0] - _COUPON) if places else ''}{drawn}</svg>"
    )


def _layout(parts: Sequence[BillPart]) -> tuple[list[tuple[int, int]], int]:
    """Return top and height of each part, and the height of the whole."""
    places, y = [], _TOP
    for number, part in enumerate(parts, 1):
        y += _COUPON if number == len(parts) else 0
        height = _HEADING + _LINE * len(part.lines) + _GAP
        places.append((y, height))
        y += height + 4
    return places, y + 14


def _style() -> str:
    light, dark = (";".join(f"--{name}:{pair[n]}" for name, pair in _COLORS.items()) for n in (0, 1))
    return (
        f":root{{{light}}}@media (prefers-color-scheme:dark){{:root{{{dark}}}}}"
        "text{font:13px system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,sans-serif;fill:var(--ink)}"
        ".title{font-weight:700;font-size:13.5px}.company{font-weight:700;font-size:13.5px}"
        ".small{font-size:10.5px;fill:var(--soft)}.number{font-weight:700;fill:var(--on)}"
        ".stamp{font-weight:700;font-size:12px;letter-spacing:.06em;fill:var(--warn)}"
        ".frame{fill:none;stroke:var(--warn);stroke-width:1.6;stroke-dasharray:5 3}"
        ".paper{fill:var(--paper);stroke:var(--edge);stroke-opacity:.4}"
        ".logo{fill:var(--edge)}.dot{fill:var(--accent)}"
        ".rule,.tear{stroke:var(--edge);stroke-width:1.2}.tear{stroke-dasharray:4 4}"
    )


def _head() -> str:
    return (
        '<rect class="logo" x="18" y="20" width="24" height="24" rx="6"/>'
        f'<text class="company" x="52" y="37">{escape(words().bill.company)}</text>'
        f'<rect class="frame" x="{_RIGHT - 74}" y="18" width="78" height="26" rx="13"/>'
        f'<text class="stamp" x="{_RIGHT - 35}" y="36" text-anchor="middle">'
        f"{escape(words().bill.sample.upper())}</text>"
        f'<text x="18" y="66">{escape(words().bill.statement)}</text>'
        f'<line class="rule" x1="18" y1="76" x2="{_RIGHT + 4}" y2="76"/>'
    )


def _coupon(y: int) -> str:
    """Return the line along which a bill's lowest part is torn off."""
    return (
        f'<line class="tear" x1="{_MARGIN}" y1="{y + 6}" x2="{WIDTH - _MARGIN}" y2="{y + 6}"/>'
        f'<text class="small" x="{WIDTH // 2}" y="{y + 20}" text-anchor="middle">{escape(words().bill.coupon)}</text>'
    )


def _part(part: BillPart, number: int, y: int) -> str:
    rows = "".join(_line(line.label, line.value, y + _HEADING + _LINE * n + 14) for n, line in enumerate(part.lines))
    return (
        f'<circle class="dot" cx="26" cy="{y + 18}" r="11"/>'
        f'<text class="number" x="26" y="{y + 22.5}" text-anchor="middle">{number}</text>'
        f'<text class="title" x="{_LEFT}" y="{y + 22}">{escape(part.words.title)}</text>{rows}'
    )


def _line(label: str, value: str, y: int) -> str:
    amount = f'<text x="{_RIGHT}" y="{y}" text-anchor="end">{escape(value)}</text>' if value else ""
    return f'<text x="{_LEFT}" y="{y}">{escape(label)}</text>{amount}'
