"""The operator's color: read, made lighter for dark pages, and refused where nobody could read it."""

from __future__ import annotations

from pathlib import Path

import pytest

from kb.errors import ConfigError
from kb.settings.settings import load_site
from kb.settings.theme import Theme, contrast


def themed(folder: Path, text: str) -> Theme:
    """Return the theme of a site.yaml."""
    path = folder / "site.yaml"
    path.write_text(f"name: X\n{text}\n", encoding="utf-8")
    return load_site(path)[0].theme


def test_a_color_is_taken_and_made_lighter_for_dark_pages(tmp_path: Path) -> None:
    """Without a theme, the colors are ours."""
    assert themed(tmp_path, "") == Theme()
    found = themed(tmp_path, 'theme: {accent: "#7A1F5C"}')
    assert found.accent == "#7a1f5c"
    assert contrast(found.accent_dark, "#12191c") >= 7
    assert themed(tmp_path, 'theme: {accent: "#7a1f5c", accent_dark: "#e7a6d0"}') == Theme("#7a1f5c", "#e7a6d0")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('theme: {accent: "#ffcc00"}', "site.yaml:2:17: text in '#ffcc00' cannot be read well on light pages"),
        (
            'theme: {accent: "#7a1f5c", accent_dark: "#333333"}',
            "on dark pages: its contrast is 1.4. Take a lighter one",
        ),
        ("theme: {accent: teal}", "'accent' cannot be 'teal'. Write a color as"),
        ('theme: {accent: "#7a1f5c; } body { display: none"}', "'accent' cannot be"),
        ('theme: {accent_dark: "#e7a6d0"}', "a theme without 'accent'"),
        ('theme: {accent: "#7a1f5c", font: Comic}', "unknown key 'font'"),
    ],
)
def test_what_cannot_be_read_is_refused(tmp_path: Path, text: str, said: str) -> None:
    """With its line, the contrast and what to do."""
    with pytest.raises(ConfigError) as refused:
        themed(tmp_path, text)
    assert said in str(refused.value)


def test_contrast_is_that_of_the_guidelines() -> None:
    """From none to black on white."""
    assert contrast("#123456", "#123456") == 1
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
