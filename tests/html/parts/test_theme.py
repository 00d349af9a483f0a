"""The operator's color in styles, sign and widgets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from kb.html.parts import frame, theme
from kb.settings.theme import Theme


@pytest.fixture
def purple() -> Iterator[None]:
    """Use a color of an operator's."""
    theme.use(Theme("#7a1f5c", "#e7a6d0"))
    yield
    theme.use(Theme())


def test_without_a_color_nothing_is_added() -> None:
    """Pages ask for no file more, and their styles keep their address."""
    assert theme.css() == frame.theme_sheet() == ""
    assert theme.widgets() == {}
    assert "#0b5d66" in theme.icon()


@pytest.mark.usefixtures("purple")
def test_a_color_comes_after_ours() -> None:
    """In styles whose address changes with it, in the sign, and in Streamlit's widgets."""
    ours, _ = frame.style_sheet()
    address, css = frame.style_sheet()
    assert css.index("--kb-accent: #0b5d66") < css.index("--kb-accent: #7a1f5c") < css.index("--kb-accent: #e7a6d0")
    assert "%237a1f5c" in css
    assert "theme.css?" in frame.theme_sheet()
    assert theme.icon().count("#7a1f5c") == 1
    assert theme.widgets()["theme.light.primaryColor"] == "#7a1f5c"
    theme.use(Theme())
    assert frame.style_sheet()[0] != address == ours
