"""The page for writers."""

from __future__ import annotations

from typing import Final

NAV_WRITING: Final = "Writing"
WRITING_TITLE: Final = "Writing"
WRITING_LEAD: Final = "The articles as they lie in the working copy. Nothing on this page is saved or published."
WRITING_TABS: Final = ("Articles", "Check a draft", "Try a question")
WRITING_READING: Final = "Reading and checking the articles…"
WRITING_TABLE: Final = (
    "All articles with their review dates and findings, those overdue for review first. "
    "Select a row to read its findings."
)
WRITING_COLUMNS: Final = {
    "title": "Title",
    "category": "Category",
    "status": "Status",
    "owner": "Owner",
    "reviewed": "Last reviewed",
    "due": "Review due",
    "overdue": "Overdue",
    "shown": "Shown in 30 days",
    "findings": "Findings",
}
WRITING_NOT_COUNTED: Final = "not counted yet"
WRITING_STATUS_BROKEN: Final = "has errors"
WRITING_SUMMARY: Final = "{articles}, {overdue} overdue for review. {findings}."
WRITING_OVERDUE_DAYS: Final = ("{days} day overdue", "{days} days overdue")
WRITING_SELECT: Final = "Select a row by its box to read the findings."
WRITING_OTHER_FINDINGS: Final = "Findings of other files"
WRITING_NO_FINDINGS: Final = "No findings. Nothing to mend here."
DRAFT_LABEL: Final = "The whole file: front matter and text"
DRAFT_ID_LABEL: Final = "Name of the file, without .md"
DRAFT_ID_HELP: Final = "Leave it empty for an article that exists under the same title, or for a new one."
DRAFT_SUBMIT: Final = "Check the draft"
DRAFT_CHECKING: Final = "Checking the draft among all articles…"
DRAFT_FINDINGS: Final = "Findings of the draft"
DRAFT_PLACE: Final = "Checked as {path}. The places below are line:column of what was pasted."
DRAFT_ELSEWHERE: Final = "What it changes in other articles"
DRAFT_RENDERED: Final = "As the customer will see it"
DRAFT_NOT_RENDERED: Final = "With errors in it, the draft cannot be shown. Correct them and check again."
TRY_LABEL: Final = "A customer’s question"
TRY_SUBMIT: Final = "Show the ranking"
TRY_INDEX: Final = "Asked of"
TRY_PUBLISHED: Final = "the help center as it is now"
TRY_WITH_DRAFT: Final = "the help center with the checked draft"
TRY_DRAFT_FIRST: Final = "To try a question with a draft in it, check the draft first."
TRY_DRAFT_BROKEN: Final = "The checked draft has errors, so no question can be tried with it."
TRY_BUILD: Final = "Include the checked draft"
TRY_BUILD_NOTE: Final = (
    "This builds an index for trying, which takes up to a minute. What customers are answered from stays as it is."
)
TRY_BUILDING: Final = "Building an index with the draft…"
TRY_ENCODING: Final = "Reading texts: {done} of {total}"
TRY_BUSY: Final = "An index for trying is being built already. Wait until it is done, then try again."
TRY_FAILED: Final = "The index could not be built: {reason}"
TRY_EMPTY: Final = "There is nothing to look for: type a question with a word in it."
TRY_NOTHING_SERVES: Final = "No index serves yet: run kb build. With a checked draft, one for trying can be built here."
TRY_OUTCOMES: Final = {
    "answered": "Answered with the first article",
    "clarify": "The customer chooses between {count} articles",
    "no_answer": "Handed over to an agent",
}
TRY_REASONS: Final = {
    "below_threshold": "no article is likely enough to answer it",
    "out_of_scope": "nothing in the help center is near it",
    "empty_query": "there was no question",
}
TRY_CONFIDENCE: Final = "Confidence that the first article answers: {percent}"
TRY_SIGNALS_TITLE: Final = "What the confidence is made of"
TRY_SIGNALS: Final = {
    "score": "Score of the first article",
    "margin": "Its lead over the second",
    "spread": "Its lead over the average of the next five",
    "share": "Its share of the likelihood among all articles",
    "agreement": "Parts that put it first, of four",
}
TRY_RANKING: Final = "The ranking, with its reasons"
TRY_UNITS: Final = {
    "title": "Nearest to its title",
    "passage": "Nearest to its passage",
    "example": "Nearest to its example",
}
TRY_SCORE: Final = "Score"
TRY_DRAFT_BADGE: Final = "Your draft"
TRY_PARTS: Final = {
    "best": "Nearest wording (best)",
    "mean": "Article as a whole (mean)",
    "text": "Words in common (text)",
    "spelling": "Spelling (spelling)",
    "head": "Learned from all examples (head)",
}
TRY_PARTS_NOTE: Final = "Each part is shown before it is weighted into the score. Higher is nearer."
