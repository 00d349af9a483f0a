"""``kb check`` over several articles: what one file's text alone does not show."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from kb.bill.reader import ParsedBill
from kb.content.articles.corpus import read_corpus
from kb.content.checks.codes import CODES, finding
from kb.content.checks.corpus_check import check_corpus, count_by_severity, exit_status, finding_as_json
from kb.content.checks.fields import overdue
from kb.content.checks.links import MAX_RELATED
from kb.content.checks.markup import BILL_PAGE
from kb.html.addresses import Page
from kb.types import BillPart, BillWords, Finding, Severity
from tests.content.helpers import CHANNELS, TODAY, article_text, corpus, findings, messages, parsed
from tests.support import ROOT


def test_clean_corpus_ends_with_status_0() -> None:
    """Without findings the status is 0; advice never changes that."""
    assert exit_status([]) == exit_status([], strict=True) == 0
    advice = [finding("a.md", (1, 1), "orphan", "m", "f")]
    assert exit_status(advice) == exit_status(advice, strict=True) == 0


def test_status_follows_the_worst_finding() -> None:
    """An error gives 1; a warning only when strict."""
    warning, error = finding("a.md", (1, 1), "raw-html", "m", "f"), finding("a.md", (1, 1), "yaml", "m", "f")
    assert (exit_status([warning]), exit_status([warning], strict=True), exit_status([error])) == (0, 1, 1)
    assert count_by_severity([warning, warning, error]) == {
        Severity.ERROR: 1, Severity.WARNING: 2, Severity.ADVICE: 0,
    }  # fmt: skip


def test_finding_is_printed_and_listed_whole() -> None:
    """A finding as a line and as JSON holds the same things."""
    one = finding("a/b.md", (3, 7), "dead-link", "there is no article 'x'", "Use an id")
    assert str(one) == "a/b.md:3:7: warning dead-link: there is no article 'x' (Use an id)"
    assert finding_as_json(one) == {
        "path": "a/b.md", "line": 3, "column": 7, "severity": "warning", "code": "dead-link",
        "message": "there is no article 'x'", "fix": "Use an id",
    }  # fmt: skip


def test_findings_come_in_order_with_those_of_the_parser() -> None:
    """Findings of single files and of the whole corpus are one list, by path and place."""
    checked = corpus(b=article_text("[x](gone)\n"), a="no front matter")
    found = check_corpus(checked, today=TODAY)
    assert found == sorted(found)
    assert found[0].code == "no-front-matter"
    assert {f.severity for f in found} == {Severity.ERROR, Severity.WARNING, Severity.ADVICE}


def test_every_finding_has_the_severity_of_its_code() -> None:
    """The registry lists every code that is found, each with a sentence."""
    bad = ROOT / "tests" / "data" / "bad"
    found = check_corpus(read_corpus({str(p): p.read_bytes() for p in sorted(bad.glob("*.md"))}), today=TODAY)
    assert {(f.code, f.severity) for f in found} <= {(code, severity) for code, (severity, _) in CODES.items()}
    assert all(text.endswith(".") and text[0].isupper() for _, text in CODES.values())


# --------------------------------------------------------------------------------------------- links


def test_orphans_are_those_nobody_leads_to() -> None:
    """A body's link, 'related' and an earlier id reach an article; a draft's link and its own do not."""
    checked = corpus(
        by_link=article_text("Text.\n"),
        by_old_id=article_text(redirects=["old"]),
        by_related=article_text(),
        hub=article_text("[a](by-link) [b](old) ![c](alone)\n", related=["by-related"]),
        alone=article_text("[me](alone) [me](#x)\n"),
        draft=article_text("[a](alone)\n", status="draft", related=["alone"]),
    )
    assert findings(checked, "orphan") == [("alone", 2, 8, "orphan"), ("hub", 2, 8, "orphan")]


def test_related_articles_relate_back_unless_they_have_enough() -> None:
    """One-way relations are advice until the other article relates to as many as help."""
    full = [f"n{n}" for n in range(MAX_RELATED)]
    checked = corpus(
        a=article_text(related=["b", "full", "d"]),
        b=article_text(),
        full=article_text(related=full),
        d=article_text(status="draft", related=["a"]),
    )
    assert messages(check_corpus(checked, today=TODAY), "related-one-way") == ["'b' does not relate back to 'a'"]


def test_fix_of_a_dead_link_names_the_nearest_id() -> None:
    """A typing error in a link is answered with what was probably meant; otherwise with what a link is."""
    checked = corpus(late_fee=article_text("[a](late-fe) [b](zzzz) [c](#hedding)\n\n## Heading\n\nT.\n"))
    found = {f.message: f.fix for f in check_corpus(checked, today=TODAY) if f.code.startswith("dead")}
    assert found == {
        "there is no article 'late-fe'": "Did you mean 'late-fee'?",
        "there is no article 'zzzz'": "Use the id of an article, or a whole address with https://",
        "'late-fee' has no heading with the anchor '#hedding'": "Did you mean '#heading'?",
    }


def test_drafts_may_link_to_drafts() -> None:
    """Only what customers can open must not lead to what they cannot."""
    checked = corpus(a=article_text("[b](b)\n", status="draft", related=["b"]), b=article_text("T.\n", status="draft"))
    assert findings(checked, "link-to-draft", "related-draft") == []


# --------------------------------------------------------------------------------------------- fields


def test_flat_folder_needs_no_category_folders() -> None:
    """Articles in one folder that is not a category are accepted; next to categories they are not."""
    texts = {f"all/{n}.md": article_text(category=c).encode() for n, c in (("a", "x"), ("b", "y"))}
    assert findings(read_corpus(texts), "category-folder") == []
    texts["all/x/c.md"] = article_text(category="x").encode()
    assert findings(read_corpus(texts), "category-folder") == [
        ("a", 4, 11, "category-folder"), ("b", 4, 11, "category-folder"),
    ]  # fmt: skip
    one = {"all/x/a.md": article_text(category="x").encode(), "all/x/b.md": article_text(category="y").encode()}
    assert findings(read_corpus(one), "category-folder") == [("b", 4, 11, "category-folder")]


@pytest.mark.parametrize(
    ("category", "fix"),
    [
        ("payments", "Move the file to the folder 'payments', or write 'category: fees'"),
        ("paymens", "There is no folder 'paymens'. Did you mean 'payments'? If not, write 'category: fees'"),
        ("fee", "There is no folder 'fee'. Write 'category: fees'"),
        ("zzz", "There is no folder 'zzz'. Write 'category: fees'"),
    ],
)
def test_category_that_is_no_folder_is_taken_for_a_typing_error(category: str, fix: str) -> None:
    """A misspelled category suggests the existing one instead of a new folder."""
    texts = {
        "all/fees/a.md": article_text(category=category).encode(),
        "all/payments/b.md": article_text(category="payments").encode(),
    }
    found = [f.fix for f in check_corpus(read_corpus(texts), today=TODAY) if f.code == "category-folder"]
    assert found == [fix]


def test_unknown_marks_are_quoted_and_the_right_ones_named() -> None:
    """A telephone number, a placeholder and a note that are none say what to write."""
    body = "Call 833-267-6094 or {{phone}}.\n\n> [!CAUTION]\n> T.\n\n> [!TIP] T.\n"
    found = {f.message: f.fix for f in check_corpus(corpus(a=article_text(body)), today=TODAY)}
    assert {message: fix for message, fix in found.items() if "{{" in message + fix or "[!" in message} == {
        "'833-267-6094' looks like a telephone number":
            "Write a channel of site.yaml, such as {{channel.phone}}; add the number there if it is missing",
        "'{{phone}}' is not filled in but shown as it is":
            "Write {{channel.NAME}}, in small letters, with the name of a channel of site.yaml",
        "'[!CAUTION]' is shown as it is": "Use one of: [!NOTE], [!TIP], [!WARNING]",
        "the text after '[!TIP]' keeps it from being a note": "Write the text on the next line, after '> '",
    }  # fmt: skip


@pytest.mark.parametrize(
    "number",
    ["(833) 267-6094", "833-267-6094", "833.267.6094", "+1 833 267 6094", "1-888-225-5322", "8332676094",
     "+44 20 7946 0958", "1-800-SPECTRUM", "call 267-6094"],
)  # fmt: skip
def test_telephone_numbers_are_known_in_every_form(number: str) -> None:
    """However it is written, a number belongs in site.yaml."""
    assert [f[3] for f in findings(corpus(a=article_text(f"Or {number}.\n")), "phone-number")] == ["phone-number"]


def test_a_number_of_a_channel_is_named_as_such() -> None:
    """In the text and in a link; the fix for a link is a person's, who rewords it."""
    text = article_text("Call 1-555-210-0000, [us](tel:5552100000) or 555-310-0000.\n")
    found = check_corpus(read_corpus({"a/fees/a.md": text.encode()}, {"line": "(555) 210-0000"}), today=TODAY)
    assert [(f.message, f.fix) for f in found if f.code == "phone-number"] == [
        ("'1-555-210-0000' is channel.line", "Write {{channel.line}}, or run 'kb check --fix'"),
        ("'tel:5552100000' is channel.line", "Write {{channel.line}} in place of the link"),
        ("'555-310-0000' looks like a telephone number",
         "Write a channel of site.yaml, such as {{channel.phone}}; add the number there if it is missing"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    "text",
    ["2024-01-31", "01/02/2024", "$1,234.5678", "8260 1234 5678 9012", "12 345 678 9012", "12345-6789", "200-3000",
     "100-200-3000", "from 2024-2025", "`833-267-6094`", "https://x.org/833-267-6094", "[x](https://x.org/833-267-6094)",
     "{{channel.phone}}"],
)  # fmt: skip
def test_other_numbers_are_no_telephone_numbers(text: str) -> None:
    """Dates, amounts, account numbers, code and addresses are left alone."""
    assert findings(corpus(a=article_text(f"Or {text}.\n")), "phone-number") == []


def test_overdue_from_the_day_after() -> None:
    """An article is due on a day and overdue the next; a draft never is."""
    text = article_text(reviewed="X", review_in_days=10).replace('"X"', "2026-11-01")
    checked = corpus(a=text, b=text.replace('"faq"', '"faq"\nstatus: draft'))
    day = date(2026, 11, 11)
    assert findings(checked, "overdue", today=day) == []
    assert findings(checked, "overdue", today=day + timedelta(1)) == [("a", 5, 11, "overdue")]
    found = check_corpus(checked, today=day + timedelta(2))
    assert messages(found, "overdue") == ["the review was due on 2026-11-11, 2 days ago"]
    assert messages(check_corpus(checked, today=day + timedelta(1)), "overdue")[0].endswith("1 day ago")
    assert [a.id for a in overdue(checked.articles, day + timedelta(1))] == ["a"]
    assert overdue(checked.articles, day) == []


def test_the_review_date_needs_both_its_parts() -> None:
    """Without a review, without a number of days, or beyond the calendar, an article is never due."""
    assert parsed().article.review_due is None
    assert parsed(review_in_days=5).article.review_due is None
    for days in (3_000_000, 999_999_999):
        text = article_text(reviewed="X", review_in_days=days).replace('"X"', "2026-11-01")
        assert corpus(a=text).articles[0].review_due is None
        assert findings(corpus(a=text), "overdue", today=date(2099, 1, 1)) == []


def test_titles_alike_but_for_case_and_question_mark() -> None:
    """Two titles that read the same are found at the second."""
    checked = corpus(a=article_text(title="How do I pay?"), b=article_text(title="how do I  pay"))
    assert findings(checked, "duplicate-title") == [("b", 2, 8, "duplicate-title")]


# --------------------------------------------------------------------------------------------- questions


def test_example_in_two_articles_names_the_other_place() -> None:
    """A duplicate example names the position of the first; accents distinguish two voices."""
    checked = corpus(
        a=article_text(examples=["Pay now!", "cómo pago"]), b=article_text(examples=["como pago", "pay now", "?"])
    )
    assert messages(check_corpus(checked, today=TODAY), "duplicate-example") == [
        "'pay now' already appears in articles/fees/a.md:5"
    ]


@pytest.mark.parametrize(
    ("test", "example", "is_found"),
    [
        ("how do i pay my bill online", "How do I pay my bill online?", True),
        ("how do i pay my bill onlin", "How do I pay my bill online?", True),
        ("cómo pago", "como pago", True),
        ("how do i pay", "how do i pay my bill online", False),
        ("which ways of paying are there", "what can i pay with", False),
        ("abcdefghij", "jihgfedcba", False),
        ("pay bill online", "bill pay online", False),
    ],
)
def test_test_that_repeats_an_example(test: str, example: str, *, is_found: bool) -> None:
    """Equal or nearly equal questions are found; the same need in other words is not."""
    checked = corpus(a=article_text(tests=[test], examples=[example]))
    found = findings(checked, "test-repeats-example")
    assert found == ([("a", 5, 9, "test-repeats-example")] if is_found else [])


def test_test_that_repeats_another_articles_example() -> None:
    """An example elsewhere that equals a test would teach the index the wrong article."""
    checked = corpus(a=article_text(tests=["pay now"]), b=article_text(examples=["Pay now"]))
    assert messages(check_corpus(checked, today=TODAY), "test-repeats-example") == [
        "the test 'pay now' repeats the example in articles/fees/b.md:5"
    ]


# --------------------------------------------------------------------------------------------- text


@pytest.mark.parametrize(
    "body",
    [
        "The fee was $9 in January 2024.\n",
        "As of last spring it is $9.\n",
        "An undated page says $9.\n",
        "For example, you owe $40.\n",
        "Say you owe $40.\n",
        "Prices of 2024:\n\n| a | b |\n|---|---|\n| x | $3 |\n",
        "Prices of 2024:\n\n- one: $3\n- two: $4\n",
        "## An example\n\nYou owe $40.\n",
        "```\n$40\n```\n",
        "It is 5 GB for 3 devices, 40 % of all.\n",
        "See [the fee of 2019](https://example.org/$5).\n",
    ],
)
def test_figures_with_a_date_or_made_up_are_fine(body: str) -> None:
    """A dated amount, an example, and text that is not an amount of money give no advice."""
    assert findings(corpus(a=article_text(body)), "figure-without-date") == []


@pytest.mark.parametrize("amount", ["$9", "$1,200.50", "US$ 9", "9 dollars", "50 cents"])
def test_figures_without_a_date_are_found(amount: str) -> None:
    """Every way to write an amount of money is seen; the date of another section does not count."""
    body = f"In 2024 it was new.\n\n## Now\n\nIt is *now* {amount} a month.\n"
    checked = corpus(a=article_text(body))
    assert findings(checked, "figure-without-date") == [("a", 11, 13, "figure-without-date")]


def test_heading_order_may_go_down_by_any_number() -> None:
    """Only a jump to a deeper level is wrong; headings in quotes do not count."""
    body = "## A\n\n### B\n\n#### C\n\n## D\n\n> #### quoted\n\n#### E\n"
    assert findings(corpus(a=article_text(body)), "heading-order") == [("a", 17, 1, "heading-order")]


def test_sentences_are_counted_without_addresses() -> None:
    """A link's address is not a word; an abbreviation's period and a quotation mark do not end a sentence."""
    words = " ".join(["word"] * 28)
    fine = f'{words} [two words](late-fee "and a title that is long").\n'
    assert findings(corpus(a=article_text(fine)), "long-sentence") == []
    quoted = f'He said "{words}." {words}\nand {words}.\n'
    checked = corpus(a=article_text(quoted))
    assert messages(check_corpus(checked, today=TODAY), "long-sentence") == ["a sentence of 57 words"]


def test_draft_may_keep_its_placeholders() -> None:
    """'TODO:' is found only where customers would read it."""
    checked = corpus(a=article_text("TODO: x\n"), b=article_text("TODO: x\n", status="draft"))
    assert findings(checked, "placeholder") == [("a", 7, 1, "placeholder")]


def test_layout_says_everything_that_is_untidy() -> None:
    """One finding names each kind of untidiness, at the first place of any."""
    text = "---\nkind: faq\ntitle: A \ncategory: fees\n---\n\nText.\n\n\n"
    found = [f for f in check_corpus(corpus(a=text), today=TODAY) if f.code == "layout"]
    untidy = (
        "'title' is too far down; the usual order is title, kind, …, spaces at line ends, "
        "no line end, or several, at the end of the file"
    )
    assert [(f.line, f.column, f.message) for f in found] == [(3, 1, untidy)]


def test_findings_are_compared_without_their_severity() -> None:
    """Sorting findings needs no order among severities."""
    one = Finding("a", 1, 1, Severity.ERROR, "x", "m", "f")
    assert min(Finding("a", 1, 1, Severity.ADVICE, "y", "m", "f"), one) is one


def test_spaces_that_mean_something_are_no_finding() -> None:
    """A line break of Markdown and code with spaces at their ends are tidy."""
    assert findings(corpus(a=article_text("One  \ntwo.\n\n```\ncode \n```\n")), "layout") == []


def test_the_sample_bill_and_its_parts_may_be_linked_to() -> None:
    """Its address is the page's own; another part, another page, or a folder without a bill is a dead link."""
    bill = ParsedBill("a/bill.yaml", (BillPart("taxes", BillWords("Taxes", "What", "why"), ("a",)),), ())
    text = article_text("[x](/bill) [y](/bill?part=taxes) [z](/bill?part=fees) [p](/profit)\n").encode()
    assert BILL_PAGE == Page.BILL
    assert [
        (f.message, f.fix)
        for f in check_corpus(read_corpus({"a/fees/a.md": text}, CHANNELS, bill=bill), today=TODAY)
        if f.code == "dead-link"
    ] == [
        ("the sample bill has no 'part=fees'", "Write /bill, or /bill?part= with one of: taxes"),
        (
            "'/profit' is an address of another site, without its name",
            "Write the id of an article, or a whole address with https://",
        ),
    ]
    assert len(messages(check_corpus(read_corpus({"a/fees/a.md": text}, CHANNELS), today=TODAY), "dead-link")) == 4
