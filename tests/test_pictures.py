"""The pictures that we draw: as the sample bill has it, whole, and legible on every screen."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest
import yaml

from kb.bill.reader import load_bill
from kb.content.articles.corpus import load_articles
from kb.content.articles.parse import ParsedArticle
from kb.content.articles.svg import read_svg
from kb.content.markdown.links import BodyLink, links
from kb.settings.settings import load_site
from tests.support import ROOT

sys.path.insert(0, str(ROOT / "scripts"))
import drawing
import pictures

SVG = "{http://www.w3.org/2000/svg}"
DRAWN = {path.name: text for path, text in pictures.drawn()}


@pytest.fixture(scope="module")
def bill() -> pictures.Bill:
    parsed, _ = load_bill(pictures.ARTICLES)
    assert parsed is not None
    return pictures.Bill(parsed.parts, "en")


def test_every_picture_is_as_it_would_be_drawn():
    """Figures of the sample bill that change, and words that change, change the pictures: make pictures."""
    files = {path.name: path.read_text(encoding="utf-8") for path in pictures.FOLDER.glob("*.svg")}
    assert files == DRAWN


@pytest.mark.parametrize("name", DRAWN)
def test_a_picture_is_one_that_customers_may_get(name: str):
    """It passes the check of every drawing, and is as wide as all others."""
    assert read_svg(DRAWN[name].encode())[0] == drawing.WIDTH


def test_the_first_page_adds_up(bill: pictures.Bill):
    """The sums of page two, as page one lists them, make the total that is due."""
    sums = [bill.sum(part_id) for part_id in ("services", "one-time", "partial-month", "taxes")]
    total = bill.line("payment", "Total due").value
    assert pictures.money(sum(sums)) == total
    for shown in (*map(pictures.money, sums), total):
        assert f">{shown}<" in DRAWN["bill-page-1.svg"]


def test_pictures_follow_the_bill(bill: pictures.Bill):
    """A discount that grows is larger in the picture of a promotion, and a bill without it is an error with words."""
    services = bill.part("services")
    lines = tuple(replace(line, value=line.value.replace("−$15.00", "−$25.00")) for line in services.lines)
    other = replace(bill, parts=tuple(replace(p, lines=lines) if p is services else p for p in bill.parts))
    words = yaml.safe_load(pictures.WORDS.read_text(encoding="utf-8"))
    svg = pictures.promotion_ends(other, words["all"]["en"] | words["promotion-ends"]["en"]).svg()
    assert all(figure in svg for figure in ("$25.00", "$167.00", "$192.00"))
    bare = replace(other, parts=tuple(replace(part, lines=()) for part in bill.parts))
    with pytest.raises(SystemExit, match="'Promotional discount' in 'services'"):
        pictures.promotion_ends(bare, words["all"]["en"] | words["promotion-ends"]["en"])


@pytest.mark.parametrize("name", DRAWN)
def test_words_stay_on_the_sheet_and_are_not_small(name: str):
    """Every line of words has room, and no typeface is smaller than what a narrow phone shows legibly."""
    root = ET.fromstring(DRAWN[name])
    sizes = {int(size) for size in re.findall(r"font(?:-size)?:(\d+)px", DRAWN[name])}
    assert min(sizes) >= drawing.SMALL
    for text in root.iter(f"{SVG}text"):
        x, width = float(text.get("x", "0")), drawing.wide(text.text or "", drawing.SMALL)
        left = x - {"start": 0, "middle": width / 2, "end": width}[text.get("text-anchor", "start")]
        assert left >= 0, text.text
        assert left + width <= drawing.WIDTH, text.text


def test_articles_show_every_picture_in_both_languages():
    """A translation has the Spanish one of each that its article has, with other words for it; none is forgotten."""
    corpus = load_articles(pictures.ARTICLES, load_site(ROOT / "site.yaml")[0].channel_texts())
    originals = {parsed.article.id: shown_in(parsed) for parsed in corpus.parsed}
    for parsed in corpus.translations:
        shown, english = shown_in(parsed), originals[parsed.article.id]
        assert [link.href.replace(".es.svg", ".svg") for link in shown] == [link.href for link in english]
        assert all(link.href.endswith(".es.svg") and link.alt for link in shown), parsed.article.path
        assert not {link.alt for link in shown} & {link.alt for link in english}
    used = {link.href.rpartition("/")[2] for shown in originals.values() for link in shown}
    assert used == {name for name in DRAWN if not name.endswith(".es.svg")}
    assert sum(map(bool, originals.values())) >= 25


def shown_in(parsed: ParsedArticle) -> list[BodyLink]:
    """Return the drawings of the shared folder that a text shows."""
    return [link for link in links(parsed.raw_body) if link.is_image and link.href.startswith("../pictures/")]


@pytest.mark.parametrize("theme", [0, 1])
@pytest.mark.parametrize("pair", drawing.WORDS_ON)
def test_words_stand_out(pair: tuple[str, str], theme: int):
    """Every color of words has a contrast of 4.5 to 1 with what it stands on, in light and dark."""
    bright, dark = sorted((_luminance(drawing.COLORS[name][theme]) for name in pair), reverse=True)
    assert (bright + 0.05) / (dark + 0.05) >= 4.5


def _luminance(color: str) -> float:
    """Return the relative luminance of WCAG 2.2."""
    channels = (int(color[n : n + 2], 16) / 255 for n in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
