"""The contact page and the panel of ways to reach an agent."""

from __future__ import annotations

from typing import Final

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
SOURCE_UNDATED: Final = "From an undated page on {host}"
SOURCE_DATED: Final = "From a page on {host} dated {date}"
HOURS: Final = "Hours: {hours}"
