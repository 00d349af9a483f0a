"""What is kept of a visit, and for how long: the note beside every question field, and the page it leads to."""

from __future__ import annotations

from typing import Final

PRIVACY_NOTE: Final = "Please leave out names, account numbers and card numbers. {link}"
PRIVACY_NOTE_LINK: Final = "What we keep"
PRIVACY_TITLE: Final = "What we keep"
PRIVACY_LEAD: Final = (
    "You can ask here without saying who you are. This page says what is written down when you do, for how long, "
    "and how to have it erased."
)
PRIVACY_KEPT_TITLE: Final = "What is written down"
PRIVACY_KEPT: Final = (
    "Your question, and what you write to us about an answer, after the details below were taken out.",
    (
        "What came of it: the articles you were shown, which of them you opened, whether you said they helped, "
        "and whether you went on to contact an agent."
    ),
    (
        "The time, and a random number for this visit. It says nothing about who you are, and it ends when you close "
        "your browser."
    ),
)
PRIVACY_REMOVED_TITLE: Final = "What is taken out first"
PRIVACY_REMOVED_LEAD: Final = (
    "Before anything is written, these are looked for. A mark such as “[card number]” is kept in their place:"
)
PRIVACY_REMOVED: Final = (
    "card numbers, their security codes, and PINs",
    "account numbers, also those of a bank, and routing numbers",
    "Social Security numbers",
    "phone numbers and email addresses",
    "street addresses",
    "passwords",
)
PRIVACY_MISSED: Final = (
    "Names are not recognized, and no search of this kind finds everything. Please leave out what an answer does not "
    "need."
)
PRIVACY_NEVER_TITLE: Final = "What is not written down"
PRIVACY_NEVER: Final = (
    "Who you are. You do not sign in here, and this site cannot see your account.",
    "The address of your device.",
    "What you type before you send it.",
)
PRIVACY_AGENT_TITLE: Final = "Messages to an agent"
PRIVACY_AGENT: Final = (
    "A message that you send to an agent from this site goes to the agents as you wrote it, because they need it to "
    "help you. It is erased here once they have it."
)
PRIVACY_WHY_TITLE: Final = "What it is for"
PRIVACY_WHY: Final = "To see which questions have no good answer yet, and to write the articles that are missing."
PRIVACY_DAYS_TITLE: Final = "How long it is kept"
PRIVACY_DAYS: Final = ("{count} day. After that it is erased.", "{count} days. After that it is erased.")
PRIVACY_COOKIES_TITLE: Final = "Cookies"
PRIVACY_COOKIES: Final = (
    "One holds the random number of your visit and goes when you close your browser. If you choose a language, "
    "another one remembers it for a year. Nothing here follows you to other sites."
)
PRIVACY_ERASE_TITLE: Final = "Have it erased sooner"
PRIVACY_ERASE: Final = (
    "Give the number of your visit to whoever runs this site. Everything that was written down under it is then erased."
)
PRIVACY_VISIT: Final = "The number of this visit is {visit}."
PRIVACY_NO_VISIT: Final = "This browser has no number, so nothing can be told apart as yours."
