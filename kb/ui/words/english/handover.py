"""The form that hands a question over to a help desk."""

from __future__ import annotations

from typing import Final

HANDOVER_TITLE: Final = "Ask us to get back to you"
HANDOVER_LEAD: Final = "Leave your question, and someone from our help desk gets back to you."
HANDOVER_KIND: Final = "How shall we get back to you?"
HANDOVER_KINDS: Final = {"callback": "Call me", "ticket": "Write to me"}
HANDOVER_NAME: Final = "Your name"
HANDOVER_REACH: Final = "Phone number or email address"
HANDOVER_QUESTION: Final = "What it is about"
HANDOVER_SAFE: Final = "Leave out card numbers, passwords and PINs. Nobody needs them here."
HANDOVER_CONSENT: Final = (
    "I agree that my name, how to reach me and my question are passed on to the help desk of {name}. "
    "They are deleted here once they have arrived there."
)
HANDOVER_SUBMIT: Final = "Send my request"
HANDOVER_PROBLEMS: Final = {
    "name": "Enter your name.",
    "reach": "Enter a phone number we can call, or for an answer in writing an email address.",
    "question": "Write what it is about.",
    "consent": "Tick the box if we may pass this on. Without it nothing is sent.",
}
HANDOVER_MISSING: Final = "Something is missing"
HANDOVER_DONE_TITLE: Final = "Your request is on its way"
HANDOVER_DONE: Final = (
    "It is kept safely and passed on, also if our connection fails for a while. Your reference: {reference}"
)
HANDOVER_AGAIN: Final = "Send another request"
HANDOVER_FAILED: Final = "Your request could not be kept, so nothing was sent. Please use one of the ways above."
