"""The sample bill: read with places, checked against the articles, kept in the index."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path

import pytest

from kb.bill.reader import load_bill, parse_bill
from kb.content.articles.corpus import Corpus, load_articles
from kb.errors import ArticlesError
from kb.retrieval.index.serialise import library_from_json, library_to_json
from kb.settings.settings import load_site
from kb.types import BillLine, BillPart, BillWords, Library
from tests.support import ROOT, write_article, write_tiny

_BILL = """\
parts:
  - id: taxes
    monthly: true
    title: Taxes
    means: What is due to others.
    question: what are these taxes
    es: {title: Impuestos, means: Para otros., question: qué impuestos}
    lines:
      - {label: Sales tax, value: $6.25, es: Impuesto}
      - label: Fee
    names: [Tax, "911"]
    articles: [late-fee]
"""


def test_a_bill_is_read_with_the_places_of_its_articles() -> None:
    """A part keeps all of its fields, its names in lower case, and the position of each article."""
    bill, findings = parse_bill("b.yaml", _BILL)
    assert findings == []
    assert bill is not None
    assert bill.parts == (
        BillPart(
            "taxes",
            BillWords("Taxes", "What is due to others.", "what are these taxes"),
            ("late-fee",),
            (BillLine("Sales tax", "$6.25", "Impuesto"), BillLine("Fee")),
            ("tax", "911"),
            BillWords("Impuestos", "Para otros.", "qué impuestos"),
            monthly=True,
        ),
    )
    assert bill.places == (("taxes", "late-fee", (12, 16)),)
    assert bill.parts[0].in_language("es").title == "Impuestos"
    assert bill.parts[0].in_language("en").title == "Taxes"


def test_a_dead_article_is_an_error_at_its_place() -> None:
    """A mistake has file, line, column, the part and the article."""
    bill, _ = parse_bill("articles/bill.yaml", _BILL)
    assert bill is not None
    (found,) = bill.dead(Library({}, ()))
    assert str(found).startswith(
        "articles/bill.yaml:12:16: error bill-article: the part 'taxes' names the article 'late-fee', which customers"
    )


def test_a_line_may_name_the_article_that_explains_it() -> None:
    """It is kept, and held to the articles like those of the part."""
    bill, _ = parse_bill("b.yaml", _BILL.replace("es: Impuesto}", "article: sales-tax}"))
    assert bill is not None
    assert bill.parts[0].lines == (BillLine("Sales tax", "$6.25", article="sales-tax"), BillLine("Fee"))
    assert [str(found)[:36] for found in bill.dead(Library({}, ()))] == [
        "b.yaml:9:51: error bill-article: the",
        "b.yaml:12:16: error bill-article: th",
    ]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("parts: [", "1:8: error yaml"),
        ("- a", "1:1: error schema: expected keys with values"),
        ("pieces: []", "1:1: error unknown-key: unknown key 'pieces'"),
        ("parts: {}", "1:8: error schema: 'parts' must be a list"),
        (_BILL.replace("    title: Taxes\n", ""), "2:5: error schema: 'title' is missing"),
        (_BILL.replace("title: Taxes", "title: 5"), "4:12: error wrong-type: 'title' must be text"),
        (_BILL.replace("id: taxes", "id: Taxes!"), "2:9: error schema: 'Taxes!' cannot be a part's id"),
        (_BILL.replace("[late-fee]", "late-fee"), "12:15: error schema: 'articles' must be a list"),
        (_BILL.replace("[late-fee]", "[5]"), "12:16: error wrong-type: an item of 'articles' must be text"),
        (_BILL.replace("monthly: true", "monthly: often"), "3:14: error wrong-type: 'monthly' must be true or false"),
        (_BILL.replace("question: qué impuestos", "ask: x"), "7:9: error schema: 'question' is missing"),
        (_BILL + _BILL.removeprefix("parts:\n"), "13:5: error schema: two parts have the id 'taxes'"),
        (_BILL.replace("- label: Fee", "- value: x"), "10:9: error schema: 'label' is missing"),
        (_BILL.replace("es: Impuesto}", "article: [a]}"), "9:51: error wrong-type: 'article' must be text"),
    ],
)
def test_each_mistake_is_an_error_at_its_line(text: str, message: str) -> None:
    """Each mistake is reported at its line, and there is no bill then."""
    bill, findings = parse_bill("b.yaml", text)
    assert bill is None
    assert f"b.yaml:{message}" in "\n".join(map(str, findings))


def test_a_bill_that_is_no_text_is_said(tmp_path: Path) -> None:
    """Bytes that are not UTF-8; and no file, no bill."""
    assert load_bill(tmp_path) == (None, [])
    (tmp_path / "bill.yaml").write_bytes(b"\xff")
    bill, (found,) = load_bill(tmp_path)
    assert bill is None
    assert found.code == "encoding"


def test_a_dead_part_stops_the_build_and_a_living_one_does_not(tmp_path: Path) -> None:
    """The message names file and line; an earlier id of an article lives."""
    folder = write_tiny(tmp_path / "articles")
    living = min(load_articles(folder).library.articles)
    (folder / "bill.yaml").write_text(_BILL.replace("late-fee", living), encoding="utf-8")
    corpus = load_articles(folder)
    corpus.raise_on_errors()
    assert [part.id for part in corpus.library.bill] == ["taxes"]
    (folder / "bill.yaml").write_text(_BILL.replace("late-fee", "no-such-article"), encoding="utf-8")
    with pytest.raises(ArticlesError, match=r"bill\.yaml:12:16: error bill-article: .*'no-such-article'"):
        load_articles(folder).raise_on_errors()


def test_an_earlier_id_is_advice_and_stops_nothing(tmp_path: Path) -> None:
    """After a rename, the part still works through the redirect."""
    folder = write_tiny(tmp_path / "articles")
    write_article(folder, "fees-when-late", redirects=["old-fee"])
    (folder / "bill.yaml").write_text(_BILL.replace("[late-fee]", "[old-fee]"), encoding="utf-8")
    corpus = load_articles(folder)
    corpus.raise_on_errors()
    (found,) = [f for f in corpus.findings if f.path.endswith("bill.yaml")]
    assert str(found).endswith(
        "bill.yaml:12:16: advice old-id: the part 'taxes' names the article 'fees-when-late' by an earlier id, "
        "'old-fee' (Write fees-when-late)"
    )


def test_an_index_holds_the_bill_and_one_without_is_as_before() -> None:
    """A bill survives the round trip through JSON; without a bill, nothing is added."""
    bill, _ = parse_bill("b.yaml", _BILL)
    assert bill is not None
    library = Library({}, (), bill.parts)
    assert library_from_json(library_to_json(library)) == library
    assert library_to_json(Library({}, ())) == {"articles": [], "categories": []}


@pytest.fixture(scope="module")
def shipped() -> Corpus:
    """The shipped articles with their bill."""
    site, _ = load_site(ROOT / "site.yaml")
    return load_articles(ROOT / "articles", site.channel_texts())


def test_the_shipped_bill_is_what_was_promised(shipped: Corpus) -> None:
    """The seed's order from top to bottom, all in Spanish too, and amounts that add up."""
    assert [f for f in shipped.findings if f.path.endswith("bill.yaml")] == []
    parts = shipped.library.bill
    assert [p.id for p in parts] == ["account", "services", "one-time", "partial-month", "taxes", "payment"]
    assert all(p.spanish is not None and p.spanish != p.words and p.articles and p.names for p in parts)
    assert all(line.spanish and line.article for part in parts for line in part.lines)
    amounts = {
        part.id: sum(
            (Decimal(line.value.replace("−", "-").replace("$", "")) for line in part.lines if "$" in line.value),
            Decimal(0),
        )
        for part in parts
    }
    assert sum(amounts[name] for name in ("services", "one-time", "partial-month", "taxes")) == amounts["payment"]
    numbers = re.findall(r"\(\d{3}\) \d{3}-\d{4}", " ".join(line.value for line in parts[0].lines))
    assert numbers == ["(555) 555-0100"]


def test_the_article_of_each_line_leads_back_to_the_bill(shipped: Corpus) -> None:
    """In every language of its text."""
    library = shipped.library
    explaining = {line.article for part in library.bill for line in part.lines if line.article}
    texts = [text for name in sorted(explaining) for text in library.articles[name].all_languages]
    assert len(texts) >= 2 * 15
    assert [text.name for text in texts if not re.search(r"\]\(/bill[)?]", text.body)] == []
