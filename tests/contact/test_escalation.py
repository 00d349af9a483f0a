"""The ladder: its days, its words, and its articles."""

from __future__ import annotations

from datetime import date

from kb.contact.escalation import dated_steps, dead_steps
from kb.content.articles.corpus import load_articles
from kb.settings.ladder import LadderStep, LadderWords
from kb.settings.settings import load_site
from kb.types import Library
from tests.support import ROOT

STEPS = (
    LadderStep(LadderWords("Representative")),
    LadderStep(LadderWords("Supervisor"), article="nope", line=7, column=14),
    LadderStep(LadderWords("Writing"), after_days=7, answer_days=30, source="s", dated="unknown"),
    LadderStep(LadderWords("Regulator"), after_days=7, answer_days=30, source="s", dated="unknown"),
)


def test_days_count_from_the_day_of_contact() -> None:
    """Across the end of a year and a leap day."""
    days = [(s.starts, s.answer_by) for s in dated_steps(STEPS, date(2027, 12, 28))]
    assert days == [
        (date(2027, 12, 28), None),
        (date(2027, 12, 28), None),
        (date(2028, 1, 4), date(2028, 2, 3)),
        (date(2028, 1, 11), date(2028, 2, 10)),
    ]
    assert dated_steps(STEPS[2:3], date(2028, 2, 1))[0].answer_by == date(2028, 3, 9)


def test_nobody_goes_further_before_a_promised_day_has_passed() -> None:
    """The promise counts for every step but the first; an early one shortens nothing."""
    starts = [s.starts for s in dated_steps(STEPS, date(2026, 11, 25), date(2026, 12, 4))]
    assert starts == [date(2026, 11, 25), date(2026, 12, 5), date(2026, 12, 12), date(2026, 12, 19)]
    assert dated_steps(STEPS, date(2026, 11, 25), date(2026, 11, 20)) == dated_steps(STEPS, date(2026, 11, 25))


def test_a_step_with_a_dead_article_is_found_at_its_line() -> None:
    """File, line and column of the id."""
    (found,) = dead_steps("site.yaml", STEPS, Library({}, ()))
    assert str(found).startswith("site.yaml:7:14: warning dead-step: the step 'Supervisor' names the article 'nope'")


def test_the_shipped_ladder_is_the_one_that_was_promised() -> None:
    """Representative, supervisor, in writing, the FCC with its 30 days; each with a living article and Spanish."""
    site, _ = load_site(ROOT / "site.yaml")
    library = load_articles(ROOT / "articles", site.channel_texts()).library
    ladder = site.escalation
    assert dead_steps("site.yaml", ladder, library) == []
    assert [s.article for s in ladder] == [
        "prepare-for-call",
        "escalate-to-supervisor",
        "dispute-a-charge",
        "fcc-complaint",
    ]
    assert "politely but firmly" in ladder[1].words.title
    assert "supervisor" in ladder[1].words.say
    assert [s.answer_days for s in ladder] == [None, None, 30, 30]
    assert ladder[3].channel == "fcc-online"
    assert all(s.in_language("es") != s.in_language("en") and s.in_language("es").title for s in ladder)
    assert ladder[0].in_language("de") == ladder[0].words
