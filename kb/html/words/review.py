"""The words of the review of questions by support leads and editors, which is in English only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWords:
    """Words of the views of /insights that are about single questions."""

    tabs_label: str = "Views"
    tabs: ClassVar[Mapping[str, str]] = {
        "overview": "Overview",
        "questions": "Questions",
        "gaps": "Gaps",
        "sample": "Sample",
    }
    titles: ClassVar[Mapping[str, str]] = {**tabs, "overview": "Insights"}

    # The list of questions
    lead: str = "Everything that customers asked from {first} to {last} (UTC), after personal data was taken out."
    waiting: tuple[str, str] = (
        "{count:,} new question is not in this list yet. It is being read; load the page again in a minute.",
        "{count:,} new questions are not in this list yet. They are being read; load the page again in a minute.",
    )
    filter_title: str = "Which questions"
    filter_text: str = "Words in the question"
    filter_outcome: str = "What they got"
    filter_followed: str = "What followed"
    filter_article: str = "Answered with"
    filter_language: str = "Language"
    filter_judged: str = "Judged"
    filter_order: str = "Order"
    filter_any: str = "any"
    filter_submit: str = "Show questions"
    filter_clear: str = "Show all questions"
    filter_part: str = "Only with the part “{part}”"
    filter_part_off: str = "Show every part"
    outcomes: ClassVar[Mapping[str, str]] = {
        "answered": "Answered",
        "clarify": "Undecided",
        "no_answer": "Handed over",
    }
    reasons: ClassVar[Mapping[str, str]] = {
        "below_threshold": "nothing likely enough",
        "out_of_scope": "nothing near it",
        "elsewhere": "who else helps was shown",
        "agent": "asked for a person",
        "empty_query": "no question",
    }
    outcome_reason: str = "{outcome}: {reason}"
    followed: ClassVar[Mapping[str, str]] = {
        "disliked": "rated not helpful",
        "asked_again": "asked again",
        "contacted": "contacted an agent",
        "helpful": "rated helpful",
        "opened": "opened an article",
        "abandoned": "nothing known",
    }
    languages: ClassVar[Mapping[str, str]] = {"en": "English", "es": "Spanish"}
    verdicts: ClassVar[Mapping[str, str]] = {
        "judged": "judged",
        "right": "judged right",
        "wrong": "judged wrong",
        "not_judged": "not judged",
    }
    orders: ClassVar[Mapping[str, str]] = {"newest": "newest first", "least_sure": "least sure first"}
    count: tuple[str, str] = ("{count:,} question", "{count:,} questions")
    count_capped: str = "More than {count:,} questions"
    none: str = "No question is like this. Choose another period, or show all questions."
    none_at_all: str = "No customer asked anything in this period."
    table: str = "Questions, {order}"
    columns: tuple[str, ...] = ("Question", "Got", "Article and part", "Sure", "What followed", "Asked (UTC)")
    direct_answer: str = "Direct answer"
    part_unknown: str = "the part was not recorded"
    offered: str = "Offered: {titles}"
    next_page: str = "The next {count}"
    first_page: str = "From the beginning"
    download: str = "These questions as CSV"

    # One question
    question_unknown: str = "This question is not there"
    trail: str = "Questions"
    back_to_sample: str = "Sample of {week}, answer {place}"
    facts: ClassVar[Mapping[str, str]] = {
        "outcome": "Got",
        "article": "Article",
        "part": "Part shown",
        "sure": "Sure",
        "followed": "What followed",
        "asked": "Asked (UTC)",
        "language": "Language",
        "source": "Asked on",
        "judged": "Judged",
    }
    sources: ClassVar[Mapping[str, str]] = {
        "page": "the pages",
        "plain": "the pages without JavaScript",
        "api": "the API",
        "mcp": "an assistant (MCP)",
        "command": "the command line",
    }
    part_others: str = "all questions with this part"
    judgment: str = "{verdict}, by {who} on {day}"
    judgments: ClassVar[Mapping[str, str]] = {
        "right": "right",
        "article": "the article is wrong",
        "part": "the article is right, the part is wrong",
        "handover": "it should have been answered",
    }
    visit_title: str = "The visit"
    visit_lead: str = "Everything that is known of the same visit, the earliest first."
    visit_columns: tuple[str, ...] = ("When (UTC)", "What", "About")
    visit_this: str = "this question"
    steps: ClassVar[Mapping[str, str]] = {
        "asked": "asked",
        "opened": "opened an article",
        "expanded": "unfolded a part of another article",
        "chose": "chose an article",
        "helpful": "pressed “helpful”",
        "not_helpful": "pressed “not helpful”",
        "none_of_these": "pressed “none of these”",
        "contact_shown": "saw the ways to an agent",
        "contact_opened": "went to the contact page",
        "contacted": "contacted an agent",
    }
    ranking_title: str = "The ranking of then"
    ranking_columns: tuple[str, ...] = ("Article", "Score")

    # What the customer saw
    seen_title: str = "What the customer saw"
    seen_exactly: str = "The index {version} gives this reply again, word for word."
    seen_from_record: str = (
        "Put together from the record and the articles of the index {version}: the question above is not quite what "
        "was typed, because personal data was taken out or an error was left uncorrected. Article, part and choices "
        "are those that were shown; what else was on the page may differ."
    )
    seen_gone: str = (
        "The index {version} is no longer kept, so the page cannot be shown again. This was recorded: {recorded}."
    )
    seen_recorded_answer: str = "“{title}”, the part “{part}”"
    seen_recorded_article: str = "“{title}”, the part not recorded"
    seen_recorded_choices: str = "a choice between {titles}"
    seen_now_title: str = "What they would see now"
    seen_now_same: str = "The index {version} serves now, and shows the same."
    seen_now_other: str = "The index {version} serves now, and its reply is another one."
    seen_serving: str = "The same index serves now."
    seen_nothing_serves: str = "No index serves now, so there is nothing to compare with."
    seen_card: str = "The reply, to be read only"
    seen_below: str = "What was below it on the page"
