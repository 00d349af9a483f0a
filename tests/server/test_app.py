"""The application as it is made for a site."""

from __future__ import annotations

from dataclasses import replace

from streamlit import config

from kb.html.parts import theme
from kb.server.app import create_app
from kb.settings.theme import Theme
from tests.ui import fakes
from tests.ui.fakes import FakeContainer

_COLORS = ("theme.light.primaryColor", "theme.light.linkColor", "theme.dark.primaryColor", "theme.dark.linkColor")


def test_the_operators_color_is_that_of_widgets_too() -> None:
    """Next to everything else that the file next to the script says."""
    before = {name: config.get_option(name) for name in _COLORS}
    settings = fakes.settings()
    site = replace(settings.site, theme=Theme("#7a1f5c", "#e7a6d0"))
    try:
        create_app(FakeContainer(replace(settings, site=site)))
        assert [config.get_option(name) for name in _COLORS] == ["#7a1f5c", "#7a1f5c", "#e7a6d0", "#e7a6d0"]
        assert config.get_option("theme.light.backgroundColor") == "#fdfcfa"
        assert config.get_option("browser.gatherUsageStats") is False
    finally:
        theme.use(Theme())
        for name, color in before.items():
            config.set_option(name, color)
