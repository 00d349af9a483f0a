"""The list of what can be written at, and the state of the page in its address."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from kb.html.parts.writing import editor, listing
from kb.html.parts.writing.view import Choice, WritingView
from kb.types import Finding, Severity
from kb.writing.records import Draft, DraftFinding, DraftState, WritingRow

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)


def draft_by(who: str, **fields: object) -> Draft:
    """Return a draft of somebody."""
    plain = Draft(1, "a-fee", "articles/a-fee.md", "x", "0", who, NOW, NOW, DraftState.EDITING, None, 2)
    return replace(plain, **fields)  # type: ignore[arg-type]


def row(article_id: str, **fields: object) -> WritingRow:
    """Return a row without anything that waits for somebody."""
    plain = WritingRow(
        article_id=article_id,
        title=article_id.replace("-", " ").capitalize(),
        path=f"articles/{article_id}.md",
        category="fees",
        is_signpost=False,
        state="published",
        owner="Pat",
        reviewed=None,
        review_due=None,
        overdue_days=0,
        findings={},
        tests_total=4,
        tests_found=4,
    )
    return replace(plain, **fields)  # type: ignore[arg-type]


ROWS = (
    row("a-fine"),
    row("b-overdue", review_due=date(2026, 1, 1), overdue_days=300),
    row("c-lost", tests_found=1),
    row("d-warned", findings={Severity.WARNING: 2, Severity.ADVICE: 1}),
    row("e-broken", state="broken", findings={Severity.ERROR: 1}),
    row("f-drafted", draft=draft_by("Pat", state=DraftState.SUBMITTED)),
    row("g-other", others=(draft_by("<Kim>", id=7, state=DraftState.SUBMITTED),)),
    row("h-signpost", is_signpost=True, tests_total=None, tests_found=None),
)


def listed(view: WritingView) -> list[str]:
    """Return the ids of the list, in its order."""
    return re.findall(
        r'<th scope="row"><a href="/writing\?article=([a-z-]+)"', listing.html(ROWS, view, {}, may_write=True)
    )


def test_what_waits_for_somebody_comes_first() -> None:
    """Drafts, errors, warnings, lost questions, overdue reviews, then the rest by title; signposts are a choice."""
    assert listed(WritingView()) == ["f-drafted", "g-other", "e-broken", "d-warned", "c-lost", "b-overdue", "a-fine"]


@pytest.mark.parametrize(
    ("view", "ids"),
    [
        (WritingView(choice=Choice.DRAFTS), ["f-drafted", "g-other"]),
        (WritingView(choice=Choice.FINDINGS), ["e-broken", "d-warned"]),
        (WritingView(choice=Choice.OVERDUE), ["b-overdue"]),
        (WritingView(choice=Choice.LOST), ["c-lost"]),
        (WritingView(choice=Choice.SIGNPOSTS), ["h-signpost"]),
        (WritingView(needle="SIGN post"), ["h-signpost"]),
        (WritingView(needle="pat fine"), ["a-fine"]),
        (WritingView(needle="nothing"), []),
    ],
)
def test_the_list_is_narrowed_by_choice_and_by_words(view: WritingView, ids: list[str]) -> None:
    """Words are looked for in titles, ids and owners, among signposts too; the address keeps all of it."""
    assert listed(view) == ids
    query = dict(pair.split("=") for pair in view.address().partition("?")[2].replace("+", " ").split("&") if pair)
    assert WritingView.of_address(query) == view


def test_a_row_says_what_waits_in_words() -> None:
    """Whose draft it is, how many questions are lost, what is found; names are escaped."""
    html = listing.html(ROWS, WritingView(), None, may_write=False)
    assert "Draft by &lt;Kim&gt;" in html
    assert "1 of 4 found" in html
    assert "2 warnings, 1 piece of advice" in html
    assert "overdue" in html
    assert "Shown in 30 days" not in html
    assert "New article" not in html


def test_reviews_that_wait_are_those_of_others() -> None:
    """Nobody reviews a draft of their own."""
    assert "draft=7" in listing.waiting(ROWS, "Pat")
    assert listing.waiting(ROWS, "<Kim>") == ""


def test_an_address_with_nonsense_is_the_list() -> None:
    """What can't be read is ignored."""
    assert WritingView.of_address({"state": "x", "draft": "1e9", "all": "yes"}) == WritingView()


def test_each_line_has_the_color_of_its_gravest_finding() -> None:
    """As the script of the field reads them."""
    found = [
        Finding("a.md", line, 1, severity, "code", "message", "fix")
        for line, severity in ((9, Severity.ADVICE), (3, Severity.WARNING), (3, Severity.ERROR))
    ]
    assert editor.marked_lines(found) == "3:error 9:advice"


def test_a_finding_shows_its_line_from_its_column_on() -> None:
    """The text is escaped, and a finding of an empty line shows none."""
    finding = Finding("a.md", 2, 5, Severity.WARNING, "dead-link", "there is no <b>", "Write another")
    html = editor.finding(DraftFinding(finding), "one\nsee <this>\n")
    assert "see <mark>&lt;this&gt;</mark>" in html
    assert 'data-line="2" data-column="5"' in html
    assert "there is no &lt;b&gt;" in html
    assert "<mark>" not in editor.finding(DraftFinding(replace(finding, line=3)), "one\nsee\n")
