"""The words of the weekly sample, by which the promise is checked against customers; in English only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleWords:
    """Words of the weekly sample."""

    lead: str = (
        "Twenty answers of each week, drawn by a digest of their ids, so that nobody chooses them. Judging them checks "
        "the promise of the index against customers."
    )
    week: str = "Week {week}, {first} to {last} (UTC)"
    of: tuple[str, str] = ("drawn from {count:,} answer", "drawn from {count:,} answers")
    not_drawn: str = "The sample of this week is not drawn yet. It is drawn when a lead opens this page."
    refused: str = "There is no sample of this week"
    progress: str = "{judged} of {count} judged"
    result: str = "What the judged answers say"
    result_all: tuple[str, str] = ("All of {count} week", "All of {count} weeks together")
    result_week: str = "This week"
    result_lead: str = (
        "The same quantity as the certificate of the index that serves now, so the two numbers may stand side by side. "
        "The interval holds the true share in 95 of 100 such samples."
    )
    quantities: ClassVar[Mapping[str, tuple[str, str]]] = {
        "articles": ("Wrong articles", "Of the judged answers, those whose article does not answer."),
        "parts": ("Wrong parts", "Of the answers with the right article, those whose part does not answer."),
    }
    verdicts: ClassVar[Mapping[str, str]] = {
        "kept": "Promise kept",
        "broken": "Promise broken",
        "not_enough": "Not enough judged yet",
        "not_certified": "No promise to compare with",
    }
    share: str = "{share} ({wrong} of {judged})"
    interval: str = "between {low} and {high}"
    certified: str = "promised: at most {bound}"
    none_judged: str = "none judged"
    judge: str = "Is it right?"
    week_before: str = "The week before"
    week_after: str = "The week after"
    answers: str = "The answers of the week"
    answer: str = "Answer {place} of {count}"
    marks: ClassVar[Mapping[str, str]] = {
        "right": "right",
        "wrong": "wrong",
        "open": "not judged",
        "gone": "no longer kept",
    }
    gone: str = "This question was erased, as everything that is too old is. What was judged of it still counts."
    judged_by: str = "Judged {verdict} by {who} on {day}. You may judge it again."
    article_right: str = "Does the article answer the question?"
    part_right: str = "Does the part that was shown answer it?"
    part_help: str = "Counts only if the article is right."
    choices: ClassVar[Mapping[str, str]] = {"yes": "Yes", "no": "No", "unsure": "Not sure"}
    submit: str = "Save and go on"
    choose: str = "Say first whether the article is right, and whether the part is."
    unsure: str = "Answer {place} stays open. Here is the next one."
    saved: str = "Saved: {verdict}."
    saved_wrong: str = "Saved: wrong. {correct}, or go on to {next}."
    correct: str = "Say what is right"
    next: str = "the next answer"
    all_done: str = "Every answer of this week is judged."
    previous: str = "Previous"
    following: str = "Next"
    see_question: str = "Everything about this question, and what is right"
    for_leads: str = "Leads judge the answers. As an editor you see what they found."
    weeks: str = "Weeks"
    weeks_columns: tuple[str, ...] = ("Week", "Judged", "Wrong articles", "Wrong parts", "Promise for articles")
    weeks_none: str = "No sample was drawn before."
