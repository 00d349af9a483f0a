"""Whether an answer or an article was helpful, and why not."""

from __future__ import annotations

from typing import Final

FEEDBACK_QUESTION: Final = "Was this helpful?"
FEEDBACK_YES: Final = "Yes"
FEEDBACK_NO: Final = "No"
FEEDBACK_SORRY: Final = "Thank you for saying so. What was wrong?"
FEEDBACK_WHY: Final = "Reason, if you like"
FEEDBACK_REASONS: Final = {
    "other_topic": "It is about something else",
    "incomplete": "Something is missing",
    "unclear": "It is hard to understand",
    "differs": "My bill shows something different",
}
FEEDBACK_TEXT: Final = "What would have helped, in your own words"
FEEDBACK_PRIVATE: Final = "Please leave out names, account numbers and card numbers. Nobody answers here."
FEEDBACK_SEND: Final = "Send"
FEEDBACK_THANKS: Final = "Thank you. Your answer helps to improve this page."
FEEDBACK_FAILED: Final = "This could not be saved. Please try again in a moment."
FEEDBACK_BACK: Final = "Back to the article"
