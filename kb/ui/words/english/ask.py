"""The ask page: the field, the answer, the choice, and no answer."""

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
ANSWER_SECTION: Final = "section {heading}"
SEARCHED_FOR: Final = "Showing results for {searched}"
RECENT_TITLE: Final = "Your questions in this visit"
ANSWER_WHOLE: Final = "Read the whole article"
ANSWER_FOUND: Final = "Answer found: {title}"
OTHER_ARTICLES: Final = "Other articles"
PEEK: Final = "Show the part that fits best"
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
NONE_TITLE: Final = "An agent can help with this"
NONE_TEXT: Final = "You said none of the articles was what you meant."
PERHAPS_RELATED: Final = "Perhaps related"
PERHAPS_TEXT: Final = "These are near your question in topic, but they may not answer it."
SUGGEST_LABEL: Final = "Suggestions"
SUGGEST_ARTICLE: Final = "Article"
SUGGEST_COUNT: Final = (
    "{count} suggestion. Use the arrow keys to choose it.",
    "{count} suggestions. Use the arrow keys to choose one.",
)
