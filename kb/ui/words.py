"""Every fixed word a customer reads, in one catalogue, so that another language is another catalogue."""

from __future__ import annotations

from typing import Final

ASK_TITLE: Final = "Ask about your bill"
ASK_LEAD: Final = (
    "Type your question in your own words. You get the part of an article that answers it, "
    "or the way to an agent when we have no answer."
)
ASK_LABEL: Final = "Your question"
ASK_PLACEHOLDER: Final = "For example: late fee"
ASK_SUBMIT: Final = "Ask"
ASK_EMPTY: Final = "Type a few words about your bill first, for example “late fee” or “why did my bill go up”."
YOU_ASKED: Final = "You asked"

ANSWER_FROM: Final = "From:"
ANSWER_WHOLE: Final = "Read the whole article"
ANSWER_FOUND: Final = "Answer found: {title}"
OTHER_ARTICLES: Final = "Other articles"
NOT_IT_TITLE: Final = "Not what you needed?"
NOT_IT_TEXT: Final = "Try other words, {browse}, or {contact}."
NOT_IT_BROWSE: Final = "browse the topics"
NOT_IT_CONTACT: Final = "contact an agent"

CLARIFY_TITLE: Final = "Which of these do you mean?"
CLARIFY_NONE: Final = "None of these"
CLARIFY_NONE_TEXT: Final = "See how to reach an agent"

NO_ANSWER_TITLE: Final = "We don’t have an article that answers this"
NO_ANSWER_TEXT: Final = "An agent can look at your account and help you with it."
OUT_OF_SCOPE_TEXT: Final = "This help center is about billing by {provider}. For anything else, ask an agent."
OUR_PROVIDER: Final = "our provider"
ARTICLES_IN_ENGLISH_ES: Final = "Puede preguntar en español. Los artículos están en inglés."
NONE_TITLE: Final = "An agent can help with this"
NONE_TEXT: Final = "You said none of the articles was what you meant."
PERHAPS_RELATED: Final = "Perhaps related"
PERHAPS_TEXT: Final = "These are near your question in topic, but they may not answer it."

CONTACT_TITLE: Final = "Contact an agent"
CONTACT_LEAD: Final = "We cannot see your account. These are the ways to reach someone who can."
CONTACT_WAYS: Final = "Ways to reach an agent"
CONTACT_READY: Final = "What to have ready"
CONTACT_BUSINESS: Final = "Business accounts"
CONTACT_REGULATOR: Final = "If the provider does not solve it"
CONTACT_ARTICLES: Final = "Before and after you call"
CONTACT_NO_CHANNELS: Final = (
    "No way to reach an agent with a source we can name. Use the contact details on your statement."
)

ARTICLE_RELATED: Final = "Related articles"
ARTICLE_SOURCES: Final = "Where this comes from"
ARTICLE_REVIEWED: Final = "Last reviewed {date}"
ARTICLE_OVERDUE: Final = (
    "This article was last reviewed on {date} and is due for review. Some of it may have changed since; "
    "your bill shows what applies to you."
)
ARTICLE_UNKNOWN_TITLE: Final = "We can’t find that article"
ARTICLE_UNKNOWN_TEXT: Final = (
    "It may have been renamed, or the address was cut short. Ask your question, or browse the topics."
)

BROWSE_TITLE: Final = "Browse all topics"
BROWSE_ALL: Final = "All topics"
BROWSE_BY_TOPIC: Final = "Or browse by topic"
BROWSE_UNKNOWN: Final = "There is no topic of that name. Here are all of them."

SEVERITIES: Final = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "advice": ("advice", "pieces of advice"),
}
FINDINGS_NONE: Final = "No findings"
FINDING_FIX: Final = "What to do:"

PREVIEW_TITLE: Final = "Preview of all articles"
PREVIEW_LEAD: Final = (
    "Articles as customers will see them, drafts included. Save a file, and its page shows the change."
)
PREVIEW_ALL: Final = "All articles of the preview"
PREVIEW_FINDINGS: Final = "Findings"
PREVIEW_CHECKING: Final = "Checking…"
PREVIEW_DRAFT: Final = "This is a draft: customers do not see it."
PREVIEW_BADGE_DRAFT: Final = "Draft"
PREVIEW_BADGE_BROKEN: Final = "Has errors"
PREVIEW_BROKEN: Final = "The file has errors. Below is its last version without them."
PREVIEW_BROKEN_NEW: Final = "The file has errors, and there is no version without them to show yet."
PREVIEW_GONE: Final = "The file was deleted. Below is its last version."
PREVIEW_GONE_TITLE: Final = "Deleted since the preview started"
PREVIEW_OTHER_FINDINGS: Final = "Findings of other files"
PREVIEW_UNKNOWN: Final = "There is no file of that name. As soon as one is saved, it is shown here."
PREVIEW_UPDATED: Final = "Shown anew at {time}."
PREVIEW_LOST: Final = "The preview has stopped. Start it again with kb preview, and this page goes on."

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
    "shown": "How often shown",
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

NAV_LABEL: Final = "Main"
NAV_ASK: Final = "Ask"
NAV_BROWSE: Final = "Browse"
NAV_CONTACT: Final = "Contact"
NAV_WRITING: Final = "Writing"
BREADCRUMB_LABEL: Final = "You are here"

KINDS: Final = {
    "faq": "Question",
    "troubleshooting": "Fix a problem",
    "tutorial": "Steps",
    "reference": "Reference",
}

NO_INDEX: Final = "No index has been built yet: run kb build, and this page answers without a restart."
NO_INDEX_COMMAND: Final = "kb build"
UNAVAILABLE_TITLE: Final = "Answers are not available right now"
UNAVAILABLE: Final = "Please try again in a few minutes, or contact an agent."
SCRIPT_ERROR_TITLE: Final = "Something went wrong on this page"
SCRIPT_ERROR: Final = "Please reload it. If it happens again, tell us this error reference: {reference}"

NOT_FOUND_TITLE: Final = "This page does not exist"
NOT_FOUND_TEXT: Final = "The address may have been cut short. Ask your question, or browse the topics."

SOURCE_UNDATED: Final = "From an undated page on {host}"
SOURCE_DATED: Final = "From a page on {host} dated {date}"
ARTICLE_SOURCE_UNDATED: Final = "Undated source, read {read}"
ARTICLE_SOURCE_DATED: Final = "Source dated {date}, read {read}"
HOURS: Final = "Hours: {hours}"
