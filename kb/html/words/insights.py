"""The words of the page for support leads, which is in English only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class InsightsWords:
    """Words of the page for support leads."""

    title: str = "Insights"
    period: str = "{first} to {last}, beside the {days} days before ({before_first} to {before_last}). Days in UTC."
    period_label: str = "Period"
    days: str = "{days} days"
    period_from: str = "From"
    period_to: str = "To"
    other_period: str = "Show"
    reading: str = "Reading the journal…"
    no_journal: str = "The journal cannot be read"
    no_index: str = "No index serves, so new questions are not grouped yet and titles are missing. Run kb build."
    figures_title: str = "Figures"
    figures_groups: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "What was asked": ("questions", "visits"),
        "What customers got": ("answered", "undecided", "handed_over"),
        "Self-service": ("confirmed", "assumed", "not_solved", "unknown"),
        "What customers said": ("helpful", "not_helpful", "none_of_these", "rated_wrong"),
        "Contacts": ("contacted", "contact_opened"),
        "Wrong answers": ("risk_checked", "risk_promised"),
        "Wrong parts of right articles": ("parts_checked", "parts_promised"),
    }
    figures_ratio: str = "{count:,} of {of:,}"
    figures_interval: str = "{share}; 95% interval {low} to {high}"
    figures_verdicts: ClassVar[Mapping[str, str]] = {
        "kept": "The promise is kept: even the upper end of the interval is within it.",
        "broken": "The promise is broken: even the lower end of the interval is above it.",
        "not_enough": "Too few are judged to tell: what is promised lies within the interval.",
        "not_certified": "Nothing is promised that it could be compared with.",
    }
    figures_prior: str = "before: {value}"
    figures_of: str = "{share} of the questions"
    figures_not_known: ClassVar[Mapping[str, str]] = {
        "": "the journal had not begun",
        "rated_wrong": "no answer was rated",
        "risk_checked": "no answer of these weeks was judged",
        "risk_promised": "the index in use has no certificate",
        "parts_checked": "no part of these weeks was judged",
        "parts_promised": "the index in use has no certificate for parts",
    }
    not_known: str = "not known"
    not_known_before: str = "not known for the period before"
    nothing_known_before: str = "Nothing is known of the period before: the journal had not begun."
    promise_no_prior: str = "a promise for answers from now on"
    chart_title: str = "Over time"
    chart_alt: str = (
        "Stacked bars, one a day from {first} to {last}: questions answered ({answered}), undecided ({undecided}) "
        "and handed over ({handed_over}). The busiest day was {day} with {most}. The numbers are in the table below."
    )
    chart_day: str = "Day"
    chart_count: str = "Questions"
    chart_outcomes: ClassVar[Mapping[str, str]] = {
        "answered": "Answered",
        "undecided": "Undecided",
        "handed_over": "Handed over",
    }
    chart_none: str = "There is no day with a journal in this period, so there is nothing to draw."
    chart_table: str = "The numbers as a table"
    gaps_title: str = "Gaps"
    gaps_lead: str = (
        "Questions without a good answer, grouped by meaning. Open one to see who asked what, and to see to it."
    )
    gaps_states_label: str = "State"
    gaps_states: ClassVar[Mapping[str, str]] = {
        "open": "Open",
        "mine": "Mine",
        "new": "New",
        "assigned": "Assigned",
        "drafting": "Drafting",
        "claimed": "Claimed closed",
        "verified": "Verified closed",
        "reopened": "Reopened",
        "dismissed": "Dismissed",
        "merged": "Merged",
        "all": "All",
    }
    gaps_filter: str = "Only gaps with this text, article, owner or number"
    gaps_none: str = "No gap is like this."
    gaps_waiting: tuple[str, str] = (
        "{count:,} new question is not in this list yet. It is being grouped; load the page again in a minute.",
        "{count:,} new questions are not in this list yet. They are being grouped; load the page again in a minute.",
    )
    gaps_count: tuple[str, str] = ("{count} gap", "{count} gaps")
    gaps_table: str = "Gaps, the most asked first"
    gaps_columns: tuple[str, ...] = ("Question", "State", "This period", "In all", "Last asked", "Nearest article")
    gaps_trend: str = "before: {count} ({trend})"
    gaps_proposed: str = "Proposed for closing"
    gaps_no_nearest: str = "none"
    show_all: str = "Show all {count}"
    slices_title: ClassVar[Mapping[str, str]] = {"topics": "By topic", "languages": "By language"}
    slices_lead: ClassVar[Mapping[str, str]] = {
        "topics": "The topic of a question is that of the article nearest to it.",
        "languages": "The language of the question, whatever the language of the page.",
    }
    slices_first: ClassVar[Mapping[str, str]] = {"topics": "Topic", "languages": "Language"}
    slices_columns: tuple[str, ...] = (
        "Questions",
        "Answered",
        "Undecided",
        "Handed over",
        "Rated not helpful",
        "Contacted",
    )
    slices_none: str = "Nothing was asked in this period."
    slices_no_topic: str = "No topic: about something else, or only asking for an agent"
    slices_uncounted: tuple[str, str] = (
        "{count:,} question of this period is in neither table: it was purged before there were these counts.",
        "{count:,} questions of this period are in neither table: they were purged before there were these counts.",
    )
    articles_title: str = "Articles"
    articles_lead: str = (
        "Shown: given as the answer or offered as a choice. Opened, helpful and not helpful: what customers did "
        "then. Overdue: its review was due on that day."
    )
    articles_none: str = "No article was shown in this period, and none is overdue."
    articles_table: str = "Articles, the most shown first"
    articles_columns: tuple[str, ...] = ("Article", "Shown", "Opened", "Helpful", "Not helpful", "Overdue since")
    articles_gone: str = "no longer there"
    articles_draft: str = "draft, not published yet"
    articles_no_reason: str = "no reason given"
    download: str = "{what} as CSV"
    download_names: ClassVar[Mapping[str, str]] = {
        "figures": "Figures",
        "days": "Days",
        "gaps": "Gaps",
        "articles": "Articles",
        "topics": "Topics",
        "languages": "Languages",
    }
    gap_back: str = "All gaps"
    gap_title: str = "Gap {number}"
    gap_unknown_title: str = "This gap does not exist"
    gap_facts: ClassVar[Mapping[str, str]] = {
        "state": "State",
        "owner": "Owner",
        "asked": "Asked",
        "seen": "First and last asked",
        "trend": "This period, and before",
        "nearest": "Nearest article",
        "article": "Article for it",
        "dismissed": "Dismissed because",
        "closed": "Closed by",
        "closing": "Can it be closed?",
        "merged": "Goes on as",
    }
    gap_closed_by: ClassVar[Mapping[str, str]] = {
        "replay": "a replay that proved it",
        "hand": "hand, without a proof",
    }
    gap_not_yet: str = "Not by a replay. {why}"
    gap_feedback_title: str = "Why customers pressed “not helpful”"
    gap_nobody: str = "nobody yet"
    gap_asked: tuple[str, str] = ("{count} time in {visits}", "{count} times in {visits}")
    gap_visits: tuple[str, str] = ("{count} visit", "{count} visits")
    gap_seen: str = "{first} and {last}"
    gap_why_title: str = "Why these questions count as unanswered"
    gap_members_title: str = "Questions"
    gap_members_lead: str = "The most central first, as they were written down: personal data was taken out before."
    gap_times: str = "{count} ×"
    gap_comments_title: str = "What customers wrote with “not helpful”"
    gap_replay_title: str = "Before and after"
    gap_replay_none: str = "Not replayed yet. Every build asks these questions of the new index."
    gap_replay_said: str = (
        "Of the {counted} times that these questions were asked, the index {version} ({day}) is proved to answer "
        "{served}."
    )
    gap_replay_lead: str = (
        "A question that a title or an example of an article repeats is asked once more without that title or example, "
        "because an index knows its own words by heart."
    )
    gap_replay_columns: tuple[str, ...] = ("Question", "When first asked", "In the newest index")
    gap_replay_apart: str = "without what repeats it: {side}"
    gap_replay_side: str = "{outcome}, confidence {confidence}"
    gap_replay_place: str = "{article} at rank {rank}, score {score}"
    gap_replay_leading: str = "first: {article}"
    gap_replay_marks: ClassVar[Mapping[str, str]] = {
        "served": "answered now",
        "open": "not answered",
        "heart": "only by heart: an article repeats it",
        "known": "was left out: an article repeats it",
    }
    gap_replay_gone: str = "(no longer in this gap)"
    gap_proposed_title: str = "Proposed for closing"
    gap_proposed_text: str = "{article} answers these questions now. Compare before and after; if you agree, confirm."
    gap_history_title: str = "History"
    gap_history_columns: tuple[str, ...] = ("When ({zone})", "Who", "State", "Note")
    gaps_bulk: str = "Several gaps at once"
    gaps_bulk_all: tuple[str, str] = ("The one in the list", "All {count} in the list")
    gaps_bulk_first: str = "Only the first {shown} of the list can be chosen one by one; narrow the list for others."
    gaps_bulk_gap: str = "{number} · {name}"
    gaps_bulk_none: str = "No gap is chosen. Choose some above, then press the button again."
    gaps_bulk_done: tuple[str, str] = ("Done: {count} gap is now “{state}”.", "Done: {count} gaps are now “{state}”.")
    gaps_bulk_refused: str = "Not done for gap {number}: {why}"
    gap_arrange: str = "Split, merge, rename"
    gap_arrange_what: str = "What to change"
    gap_arrangements: ClassVar[Mapping[str, str]] = {
        "split": "Split questions off into a new gap",
        "move": "Move questions to another gap",
        "merge": "Merge this gap into another one",
        "rename": "Rename this gap",
    }
    gap_arrange_lead: str = (
        "Grouping respects it: what you move is not moved back, and new questions follow those they are like."
    )
    gap_arrange_first: str = "The {shown} most central of {count} questions. Others: kb gaps split, kb gaps move."
    gap_arrange_question: str = "{times} {text}"
    gap_arrange_into: str = "The other gap"
    gap_arrange_name: str = "Name"
    gap_arrange_new_name: str = "Name of the new gap; its most central question if empty"
    gap_arrange_submit: str = "Change it"
    gap_arranged: ClassVar[Mapping[str, str]] = {
        "split": "Done: these questions are now gap {number}.",
        "move": "Done: these questions are now in gap {number}.",
        "merge": "Done: everything is now in gap {number}.",
        "rename": "Done: gap {number} has its new name.",
    }
    gap_steps_title: str = "What to do"
    gap_steps: ClassVar[Mapping[str, str]] = {
        "assign": "Assign it to somebody",
        "draft": "Start a draft",
        "claim": "Claim that an article closes it",
        "confirm": "Confirm that it is closed",
        "close": "Close it by hand",
        "dismiss": "Dismiss it",
        "reopen": "Open it again",
    }
    gap_step: str = "Next step"
    gap_step_owner: str = "Who sees to it"
    gap_step_article: str = "Id of the article: small letters, digits, hyphens"
    gap_step_reason: str = "Why nothing is to be done"
    gap_step_answered: str = "How its questions are answered"
    gap_step_note: str = "Note for the history"
    gap_step_submit: str = "Do it"
    gap_step_done: str = "Done: gap {number} is now “{state}”."
    gap_steps_none: str = "Nothing can be done from this state with your role."
    gap_steps_editor: str = "As an editor you may start a draft; leads move gaps on."
    gap_draft_file: str = "Download the draft {article}.md"
    gap_draft_by_hand: str = "kb new {article} --from-gap {number}"
    gap_draft_command: str = "Or in the folder of the articles: {command}"
