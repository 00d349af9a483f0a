"""The operator's color in place of ours: a process serves one site, and has one theme."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final
from urllib.parse import quote

from kb.settings.theme import Theme

_ICON: Final = Path(__file__).resolve().parent.parent / "static" / "icon.svg"
_OURS: Final = "#0b5d66"
_chosen = Theme()


def use(theme: Theme) -> None:
    """Take a site's colors for every page of this process.

    :param theme: An empty one for ours.
    """
    global _chosen  # noqa: PLW0603 - the one place where a process keeps it
    _chosen = theme


def css() -> str:
    """Return what comes after our own styles; empty without a color of the operator's."""
    if not _chosen.accent:
        return ""
    light, dark = _chosen.accent, _chosen.accent_dark
    sign = quote(re.sub(r"\s+", " ", icon()), safe="'()/:=,;")
    return (
        f":root {{ --kb-accent: {light}; --kb-accent-ink: #ffffff; "
        f"--kb-wash: color-mix(in srgb, {light} 8%, #ffffff); }}\n"
        f"@media (prefers-color-scheme: dark) {{ :root {{ --kb-accent: {dark}; --kb-accent-ink: #0d1518; "
        f"--kb-wash: color-mix(in srgb, {dark} 14%, #12191c); }} }}\n"
        f'.kb-brand::before {{ background-image: url("data:image/svg+xml,{sign}"); }}\n'
    )


def icon() -> str:
    """Return the sign of the help center in its color, as SVG."""
    drawn = _ICON.read_text(encoding="utf-8")
    return drawn.replace(_OURS, _chosen.accent) if _chosen.accent else drawn


def widgets() -> dict[str, str]:
    """Return the colors of Streamlit's own widgets by the names of its options; none for ours."""
    if not _chosen.accent:
        return {}
    colors = {"light": _chosen.accent, "dark": _chosen.accent_dark}
    return {f"theme.{mode}.{kind}": color for mode, color in colors.items() for kind in ("primaryColor", "linkColor")}
