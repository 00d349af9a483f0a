"""The words that say why a question is answered as it is, and what a change of the articles does to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonWords:
    """Words of a question that was tried."""

    empty: str = "There is nothing to look for: type a question with a word in it."
    outcomes: ClassVar[Mapping[str, str]] = {
        "answered": "Answered with the first article",
        "clarify": "The customer chooses between {count} articles",
        "no_answer": "Handed over to an agent: {reason}",
        "elsewhere": "Not answered here: the customer reads who helps",
    }
    no_answers: ClassVar[Mapping[str, str]] = {
        "below_threshold": "no article is likely enough to answer it",
        "out_of_scope": "nothing in the help center is near it",
        "elsewhere": "it is about something that is not answered here",
        "agent": "the customer asks for a person and for nothing else",
        "empty_query": "there was no question",
    }
    seen: str = "What the customer sees"
    seen_below: str = "What stands below the answer"
    why: str = "Why"
    signpost: str = "Signpost: {title}"
    names: str = "Companies named: {names}"
    sure: str = "The help center is {percent} sure that “{title}” answers it."
    unsure: str = "The nearest article, “{title}”, answers it with a likelihood of {percent}, which is too little."
    agent_anyway: str = "Such a question is handed over, whatever the articles say."
    found: ClassVar[Mapping[str, str]] = {
        "example": "Found by its example “{text}”.",
        "title": "Found by its title.",
        "passage": "Found by the sentence “{text}” in its section “{heading}”.",
        "lead": "Found by the sentence “{text}” in its direct answer.",
    }
    word_for_word: str = "The question is, word for word, an example of “{title}”."
    reads_lead: str = "The customer reads its direct answer; no section of it is nearer."
    reads_lead_barely: str = "The customer reads its direct answer; a section of it is nearly as near."
    reads_section: ClassVar[Mapping[str, str]] = {
        "example": "Below its direct answer the customer reads the section “{heading}”, for the example “{text}”.",
        "title": "Below its direct answer the customer reads the section “{heading}”.",
        "passage": "Below its direct answer the customer reads the section “{heading}”, for the sentence “{text}”.",
    }
    reads_section_alone: str = "The customer reads the section “{heading}”; the article has no direct answer."
    nearness: tuple[str, str, str] = (
        "Another part is nearly as near.",
        "It is nearer than the other parts.",
        "It is much nearer than the other parts.",
    )
    second: str = "Second was “{title}”, {behind}."
    behind: tuple[str, str, str] = ("close behind", "some way behind", "far behind")
    first_of_choices: str = "“{title}” is first, but not far enough ahead to be the answer."
    stranger: str = "It names a company that “{title}” does not mention."
    elsewhere_nearer: str = (
        "It is nearer to questions that are not answered here than to any article; the nearest is “{title}”."
    )
    ranking: str = "The articles, the nearest first"
    draft_badge: str = "Your draft"
    part_lead: str = "Its direct answer would be shown."
    part_section: str = "Its direct answer and the section “{heading}” would be shown."
    details: str = "Details in numbers"
    details_note: str = "Each part is shown before it is weighted into the score. Higher is nearer."
    score: str = "Score"
    signals: ClassVar[Mapping[str, str]] = {
        "score": "Score of the first article",
        "margin": "Its lead over the second",
        "spread": "Its lead over the average of the next five",
        "share": "Its share of the likelihood among all articles",
        "agreement": "Parts that put it first, of four",
        "best": "Its nearest wording",
        "elsewhere": "Share of the likelihood of what is not answered here",
        "stranger": "Names a company that the first article does not mention",
    }
    yes: str = "yes"
    no: str = "no"
    parts: ClassVar[Mapping[str, str]] = {
        "best": "Nearest wording (best)",
        "mean": "Article as a whole (mean)",
        "text": "Words in common (text)",
        "spelling": "Spelling (spelling)",
        "head": "Learned from all examples (head)",
        "part": "Share of the part shown, among the parts of the article (part)",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWords:
    """Words of a question's result, before and after a change of the articles."""

    failed: str = "failed: {reason}"
    lead: str = "the direct answer"
    section: str = "the section “{heading}”"
    answered: str = "answered, {percent} sure; shown is {part}"
    answered_wrong_part: str = "answered, {percent} sure; shown is {part} instead of {wanted}"
    answered_other: str = "answered with {article}, {percent} sure; this article is {place}"
    answered_though: str = "answered with {article}, {percent} sure"
    offered: str = "offered as one of {count} choices, {percent} sure of the first"
    offered_others: str = "{count} other articles to choose from; this article is {place}"
    offered_though: str = "{count} articles to choose from"
    handed_over: str = "handed over to an agent, {percent} sure; this article is {place}"
    handed_over_rightly: str = "handed over to an agent"
    sent: str = "sent to the signpost {signpost}; this article is {place}"
    sent_rightly: str = "sent to the signpost {signpost}"
    places: tuple[str, ...] = (
        "first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth",
    )  # fmt: skip
    no_place: str = "not found"
    wanted_or: str = " or "
