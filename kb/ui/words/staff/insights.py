"""The page for support leads."""

from __future__ import annotations

from typing import Final

INSIGHTS_TITLE: Final = "Insights"
INSIGHTS_PERIOD: Final = (
    "{first} to {last}, beside the {days} days before ({before_first} to {before_last}). Days in UTC."
)
INSIGHTS_PERIOD_LABEL: Final = "Period"
INSIGHTS_DAYS: Final = "{days} days"
INSIGHTS_FROM: Final = "From"
INSIGHTS_TO: Final = "To"
INSIGHTS_OTHER_PERIOD: Final = "Show"
INSIGHTS_READING: Final = "Reading the journal…"
INSIGHTS_NO_JOURNAL: Final = "The journal cannot be read"
INSIGHTS_NO_INDEX: Final = "No index serves, so new questions are not grouped yet and titles are missing. Run kb build."
INSIGHTS_EMPTY: Final = "Nobody has asked anything yet. As soon as somebody does, it is counted here."
FIGURES_TITLE: Final = "Figures"
FIGURES_GROUPS: Final = {
    "What was asked": ("questions", "visits"),
    "What customers got": ("answered", "undecided", "handed_over"),
    "Self-service": ("confirmed", "assumed", "not_solved", "unknown"),
    "What customers said": ("helpful", "not_helpful", "contacted"),
    "Wrong answers": ("risk_measured", "risk_promised"),
}
FIGURES_PRIOR: Final = "before: {value}"
FIGURES_OF: Final = "{share} of the questions"
FIGURES_NOT_KNOWN: Final = {
    "": "the journal had not begun",
    "risk_measured": "no answer was rated",
    "risk_promised": "the index in use has no certificate",
}
NOT_KNOWN: Final = "not known"
NOT_KNOWN_BEFORE: Final = "not known for the period before"
PROMISE_NO_PRIOR: Final = "a promise for answers from now on"
CHART_TITLE: Final = "Over time"
CHART_ALT: Final = (
    "Stacked bars, one a day from {first} to {last}: questions answered ({answered}), undecided ({undecided}) and "
    "handed over ({handed_over}). The busiest day was {day} with {most}. The numbers are in the table below."
)
CHART_DAY: Final = "Day"
CHART_COUNT: Final = "Questions"
CHART_OUTCOMES: Final = {"answered": "Answered", "undecided": "Undecided", "handed_over": "Handed over"}
CHART_NONE: Final = "There is no day with a journal in this period, so there is nothing to draw."
CHART_TABLE: Final = "The numbers as a table"
GAPS_TITLE: Final = "Gaps"
GAPS_LEAD: Final = (
    "Questions without a good answer, grouped by meaning. Open one to see who asked what, and to see to it."
)
GAPS_STATES_LABEL: Final = "State"
GAPS_STATES: Final = {
    "open": "Open",
    "new": "New",
    "assigned": "Assigned",
    "drafting": "Drafting",
    "claimed": "Claimed closed",
    "verified": "Verified closed",
    "reopened": "Reopened",
    "dismissed": "Dismissed",
    "all": "All",
}
GAPS_FILTER: Final = "Only gaps with this text, article, owner or number"
GAPS_NONE: Final = "No gap is like this."
GAPS_WAITING: Final = (
    "{count:,} new question is not in this list yet. It is being grouped; load the page again in a minute.",
    "{count:,} new questions are not in this list yet. They are being grouped; load the page again in a minute.",
)
GAPS_COUNT: Final = ("{count} gap", "{count} gaps")
GAPS_TABLE: Final = "Gaps, the most asked first"
GAPS_COLUMNS: Final = ("Question", "State", "This period", "In all", "Last asked", "Nearest article")
GAPS_ASKED: Final = "{count} ({visits} visits)"
GAPS_TREND: Final = "before: {count} ({trend})"
GAPS_PROPOSED: Final = "Proposed for closing"
GAPS_NO_NEAREST: Final = "none"
SHOW_ALL: Final = "Show all {count}"
ARTICLES_TITLE: Final = "Articles"
ARTICLES_LEAD: Final = (
    "Shown: given as the answer or offered as a choice. Opened, helpful and not helpful: what customers did then. "
    "Overdue: its review was due on that day."
)
ARTICLES_NONE: Final = "No article was shown in this period, and none is overdue."
ARTICLES_TABLE: Final = "Articles, the most shown first"
ARTICLES_COLUMNS: Final = ("Article", "Shown", "Opened", "Helpful", "Not helpful", "Overdue since")
ARTICLES_GONE: Final = "no longer there"
ARTICLES_NO_REASON: Final = "no reason given"
DOWNLOAD: Final = "{what} as CSV"
DOWNLOAD_NAMES: Final = {"figures": "Figures", "days": "Days", "gaps": "Gaps", "articles": "Articles"}
GAP_BACK: Final = "All gaps"
GAP_TITLE: Final = "Gap {number}"
GAP_UNKNOWN_TITLE: Final = "This gap does not exist"
GAP_FACTS: Final = {
    "state": "State",
    "owner": "Owner",
    "asked": "Asked",
    "seen": "First and last asked",
    "trend": "This period, and before",
    "nearest": "Nearest article",
    "article": "Article for it",
    "dismissed": "Dismissed because",
}
GAP_NOBODY: Final = "nobody yet"
GAP_ASKED: Final = ("{count} time in {visits}", "{count} times in {visits}")
GAP_VISITS: Final = ("{count} visit", "{count} visits")
GAP_SEEN: Final = "{first} and {last}"
GAP_WHY_TITLE: Final = "Why these questions count as unanswered"
GAP_MEMBERS_TITLE: Final = "Questions"
GAP_MEMBERS_LEAD: Final = "The most central first, as they were written down: personal data was taken out before."
GAP_TIMES: Final = "{count} ×"
GAP_COMMENTS_TITLE: Final = "What customers wrote with “not helpful”"
GAP_REPLAY_TITLE: Final = "Before and after"
GAP_REPLAY_NONE: Final = "Not replayed yet. Every build asks these questions of the new index."
GAP_REPLAY_SAID: Final = "{served} of {counted} questions that count are answered by the index {version} ({day})."
GAP_REPLAY_COLUMNS: Final = ("Question", "When first asked", "In the newest index")
GAP_REPLAY_SIDE: Final = "{outcome}, confidence {confidence}"
GAP_REPLAY_PLACE: Final = "{article} at rank {rank}, score {score}"
GAP_REPLAY_LEADING: Final = "first: {article}"
GAP_REPLAY_MARKS: Final = {
    "served": "answered now",
    "open": "not answered",
    "known": "does not count: an editor’s own words",
}
GAP_REPLAY_GONE: Final = "(no longer kept)"
GAP_PROPOSED_TITLE: Final = "Proposed for closing"
GAP_PROPOSED_TEXT: Final = "{article} answers these questions now. Compare before and after; if you agree, confirm."
GAP_HISTORY_TITLE: Final = "History"
GAP_HISTORY_COLUMNS: Final = ("When (UTC)", "Who", "State", "Note")
GAP_STEPS_TITLE: Final = "What to do"
GAP_STEPS: Final = {
    "assign": "Assign it to somebody",
    "draft": "Start a draft",
    "claim": "Claim that an article closes it",
    "confirm": "Confirm that it is closed",
    "dismiss": "Dismiss it",
    "reopen": "Open it again",
}
GAP_STEP: Final = "Next step"
GAP_STEP_OWNER: Final = "Who sees to it"
GAP_STEP_ARTICLE: Final = "Id of the article: small letters, digits, hyphens"
GAP_STEP_REASON: Final = "Why nothing is to be done"
GAP_STEP_NOTE: Final = "Note for the history"
GAP_STEP_SUBMIT: Final = "Do it"
GAP_STEP_DONE: Final = "Done: gap {number} is now “{state}”."
GAP_STEPS_NONE: Final = "Nothing can be done from this state with your role."
GAP_STEPS_EDITOR: Final = "As an editor you may start a draft; leads move gaps on."
GAP_DRAFT_FILE: Final = "Download the draft {article}.md"
GAP_DRAFT_BY_HAND: Final = "kb new {article} --from-gap {number}"
GAP_DRAFT_COMMAND: Final = "Or in the folder of the articles: {command}"
