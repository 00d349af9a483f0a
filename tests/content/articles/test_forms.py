"""Values that have one right form: what is meant by them, and what could mean two things."""

from __future__ import annotations

from datetime import date

import pytest

from kb.content.articles.forms import meant_choice, meant_date, meant_day, meant_id, meant_list


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2026/11/22", "2026-11-22"),
        ("2026.11.22", "2026-11-22"),
        ("2026-1-5", "2026-01-05"),
        ("2026-11-22 10:00:00", "2026-11-22"),
        ("2026-11-22T10:00:00+02:00", "2026-11-22"),
        ("22 November 2026", "2026-11-22"),
        ("  3rd  of May 2026 ", "2026-05-03"),
        ("Nov 22, 2026", "2026-11-22"),
        ("sept. 1st 2026", "2026-09-01"),
        ("22/11/2026", "2026-11-22"),
        ("11/22/2026", "2026-11-22"),
        ("5/5/2026", "2026-05-05"),
        ("January 2024", "2024-01"),
        ("2024/01", "2024-01"),
    ],
)
def test_a_date_in_another_form_means_one_day_or_month(written: str, meant: str) -> None:
    """Words, slashes and the order of countries are understood; a month is no day."""
    assert meant_date(written) == meant
    assert meant_day(written) == (date.fromisoformat(meant) if len(meant) == 10 else None)


@pytest.mark.parametrize(
    "written",
    ["5/6/2026", "31 June 2026", "2026-13", "2026-02-30", "Ma 3 2026", "22/11/26", "2026", "soon", "", "22/33/2026"],
)  # fmt: skip
def test_a_date_that_could_mean_two_days_or_none_is_not_guessed(written: str) -> None:
    """A day and a month that may change places, impossible days, and two figures for a year are left to a person."""
    assert meant_date(written) is None
    assert meant_day(written) is None


def test_a_choice_is_known_in_any_case() -> None:
    """Capitals and spaces do not matter; another word is no choice."""
    assert meant_choice(" FAQ ", ("faq", "tutorial")) == "faq"
    assert meant_choice("howto", ("faq", "tutorial")) is None


def test_a_list_as_text_is_parted_where_commas_can_only_part() -> None:
    """A comma may belong to a question, and then the text is not taken apart."""
    assert meant_list("late  fee, due date,, late fee", by_commas=True) == ("late fee", "due date")
    assert meant_list("how do I pay", by_commas=False) == ("how do I pay",)
    assert meant_list("hello, how do I pay", by_commas=False) is None
    assert meant_list(" , ", by_commas=True) is meant_list(" ", by_commas=False) is None


def test_an_id_is_known_by_its_file() -> None:
    """With or without folder and ending; words are no id."""
    assert [meant_id(text) for text in ("late-fee.md", "../fees/late-fee.md", " late-fee ")] == ["late-fee"] * 3
    assert meant_id("late fee") is meant_id(".md") is None
