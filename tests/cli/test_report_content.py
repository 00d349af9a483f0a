"""``kb report --content``: what the articles are like, for whoever looks after them."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner

from kb.cli.main import app
from tests.content.helpers import article_text

_SITE = "name: Help\nofficial_sites: [example.gov]\n"


def run(tmp_path: Path, link: str) -> tuple[int, str, str]:
    """Report on one article with a link; return status, output and warnings."""
    folder = tmp_path / "articles" / "fees"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "late-fee.md").write_text(article_text(f"See [the form]({link}).\n"), encoding="utf-8")
    site = tmp_path / "site.yaml"
    site.write_text(_SITE, encoding="utf-8")
    options = ["--articles", str(tmp_path / "articles"), "--site", str(site)]
    found = CliRunner().invoke(app, ["report", "--content", *options])
    return found.exit_code, found.stdout, found.stderr


def test_the_figures_are_printed(tmp_path: Path) -> None:
    """Every figure has a line, and every host."""
    status, text, warnings = run(tmp_path, "https://www.example.gov/form")
    assert (status, warnings) == (0, "")
    lines = {line[:30].strip(): line for line in text.splitlines()}
    assert lines["articles"].split()[-1] == "1"
    assert "1 to 1 hosts" in lines["external links"]
    assert "www.example.gov" in text


def test_a_link_to_any_other_host_is_named(tmp_path: Path) -> None:
    """With its file, on standard error, and with a status that a script can see."""
    status, _, warnings = run(tmp_path, "https://shop.example.com/")
    assert status == 1
    assert "late-fee.md links to https://shop.example.com/" in warnings
