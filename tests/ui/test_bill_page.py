"""The sample bill on its page: parts, one of them open, and a line of one's own."""

from __future__ import annotations

import base64
import re
from contextvars import copy_context
from typing import TYPE_CHECKING

import pytest

from kb.html.parts.bill import own_line, svg, whole
from kb.html.words import Language, use_language
from kb.types import BillLine, BillPart, BillWords, Library
from kb.ui.keys import Key
from tests.ui import fakes
from tests.ui.conftest import page_html

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

PARTS = (
    BillPart(
        "services",
        BillWords("Services", "What you have.", "why did my bill go up"),
        ("why-bill-went-up", "no-such-article"),
        (BillLine("Internet <b>", "$70.00", "Internet", "why-bill-went-up"), BillLine("TV", article="gone")),
        ("internet",),
        BillWords("Servicios", "Lo que tiene.", "por qué subió"),
        monthly=True,
    ),
    BillPart(
        "payment",
        BillWords("Payment", "When it is due.", "late"),
        ("late-fee",),
        (BillLine("Total", "$70.00"),),
        ("late fee",),
    ),
)


@pytest.fixture
def bill(app: AppTest, answerer: fakes.FakeAnswerer) -> AppTest:
    """Return the application with a bill among its articles."""
    answerer.library = Library(answerer.library.articles, answerer.library.categories, PARTS)
    return app


def visit(app: AppTest, **params: str) -> str:
    """Go to the page at an address, and return it."""
    app.run()
    for name, value in params.items():
        app.query_params[name] = value
    app.switch_page("kb/ui/pages/bill.py").run()
    assert not app.exception
    return page_html(app)


def test_every_part_is_a_link_in_the_list_and_in_the_drawing(bill: AppTest) -> None:
    """In order, with nothing open; the drawing is hidden from the Tab key and from screen readers."""
    html = visit(bill)
    assert re.findall(r'<h3><a href="(/bill\?part=\w+)"', html) == ["/bill?part=services", "/bill?part=payment"]
    drawing = html.split('<div aria-hidden="true">')[1].split("</div>")[0]
    assert re.findall(r'href="(/bill\?part=\w+)" data-part="\w+" tabindex="-1"', drawing) == [
        "/bill?part=services",
        "/bill?part=payment",
    ]
    assert "kb-bill-detail" not in html
    assert 'data-selected=""' in html


def test_an_open_part_says_what_it_means_and_leads_on(bill: AppTest) -> None:
    """Meaning, lines, living articles, a ready question; marked in the list and in the drawing."""
    html = visit(bill, part="services")
    detail = html.split("kb-bill-detail")[1].split("</li></ol>")[0]
    assert "What you have." in detail
    assert '<dt><a href="/article?id=why-bill-went-up"><span>Internet &lt;b&gt;</span></a></dt>' in detail
    assert "<dt><span>TV</span></dt>" in detail
    assert 'href="/article?id=why-bill-went-up"' in detail
    assert "no-such-article" not in detail
    assert 'href="/?q=why+did+my+bill+go+up"' in detail
    assert 'class="kb-bill-area is-selected" href="/bill?part=services"' in html
    assert html.count("is-selected") == 2
    assert 'href="/bill" data-part="services" aria-expanded="true"' in html


@pytest.mark.parametrize("part", ["nope", "<script>", ""])
def test_an_unknown_part_opens_none(bill: AppTest, part: str) -> None:
    """A mistyped address is still the page."""
    html = visit(bill, part=part)
    assert "is-selected" not in html
    assert "<script" not in html


def test_without_a_bill_the_page_says_so(app: AppTest) -> None:
    """Other articles bring none; a line can be looked up all the same."""
    html = visit(app)
    assert "There is no sample bill here yet" in html
    assert "What does a line on your bill mean?" in html


def test_the_drawing_says_what_the_data_says(bill: AppTest) -> None:
    """Numbers, titles, lines and amounts, all escaped; clearly a sample."""
    html = visit(bill)
    picture = base64.b64decode(re.findall(r"data:image/svg\+xml;base64,([\w+/=]+)", html)[0]).decode()
    assert picture == svg(PARTS)
    texts = re.findall(r"<text[^>]*>([^<]*)</text>", picture)
    assert [t for t in texts if t in ("1", "Services", "Internet &lt;b&gt;", "$70.00", "2", "Payment", "Total")] == [
        "1",
        "Services",
        "Internet &lt;b&gt;",
        "$70.00",
        "2",
        "Payment",
        "Total",
        "$70.00",
    ]
    assert "SAMPLE" in texts


def test_in_spanish_the_words_are_spanish_and_the_lines_say_both(bill: AppTest) -> None:
    """Bills print English: the line stays, with its meaning next to it."""
    del bill

    def page() -> str:
        use_language(Language.SPANISH)
        return whole(Library({}, (), PARTS), "services")

    html = copy_context().run(page)
    assert "Lo que tiene." in html
    assert '<dt><span lang="en">Internet &lt;b&gt;</span> <small>Internet</small></dt><dd>$70.00</dd>' in html


def test_a_line_is_explained_and_forgotten(bill: AppTest, answerer: fakes.FakeAnswerer) -> None:
    """By form; what was typed is in no address."""
    visit(bill)
    bill.text_input(key=Key.BILL_LINE).set_value("Late Fee")
    bill.text_input(key=Key.BILL_AMOUNT).set_value("-5")
    bill.button(key=Key.BILL_SUBMIT).click().run()
    assert not bill.exception
    html = page_html(bill)
    assert "<h3>Late Fee</h3>" in html
    assert "−$5.00 has a minus: it is a credit" in html
    assert 'usually belongs to “<a href="/bill?part=payment"' in html
    assert answerer.asked == ["Late Fee"]
    assert dict(bill.query_params) == {}


@pytest.mark.parametrize(
    ("line", "amount", "expected"),
    [
        ("", "", "Type the words of the line first."),
        ("why did my bill go up", "10", "What explains it"),
        ("why did my bill go up", "10", "$10.00 is $120.00 in a year"),
        ("late", "", "It may be one of these"),
        ("Internet", "ten", "“ten” is not an amount we can read."),
        ("Internet", "", "Why did my bill go up?"),
        ("<b>odd</b>", "", "We cannot say what “&lt;b&gt;odd&lt;/b&gt;” is."),
    ],
)
def test_each_kind_of_line_gets_its_words(line: str, amount: str, expected: str) -> None:
    """Answered, undecided, known by its name alone, unknown; amounts told only where they tell something."""
    answerer = fakes.FakeAnswerer()
    answerer.library = Library(answerer.library.articles, answerer.library.categories, PARTS)
    assert expected in own_line(answerer, line, amount)
