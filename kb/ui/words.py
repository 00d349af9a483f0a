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
ARTICLE_UNKNOWN_TITLE: Final = "We can’t find that article"
ARTICLE_UNKNOWN_TEXT: Final = (
    "It may have been renamed, or the address was cut short. Ask your question, or browse the topics."
)

BROWSE_TITLE: Final = "Browse all topics"
BROWSE_ALL: Final = "All topics"
BROWSE_BY_TOPIC: Final = "Or browse by topic"
BROWSE_UNKNOWN: Final = "There is no topic of that name. Here are all of them."

NAV_LABEL: Final = "Main"
NAV_ASK: Final = "Ask"
NAV_BROWSE: Final = "Browse"
NAV_CONTACT: Final = "Contact"
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
