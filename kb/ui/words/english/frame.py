"""What stands around every page, and the pages that only have something to say."""

from __future__ import annotations

from typing import Final

NAV_LABEL: Final = "Main"
NAV_ASK: Final = "Ask"
NAV_BROWSE: Final = "Browse"
NAV_CONTACT: Final = "Contact"
BREADCRUMB_LABEL: Final = "You are here"
NO_INDEX: Final = "No index has been built yet: run kb build, and this page answers without a restart."
NO_INDEX_YET_TITLE: Final = "Answers will be here in a moment"
NO_INDEX_YET: Final = (
    "The help center is reading its articles for the first time. This page answers as soon as it's done."
)
QUICK_FOR_NOW: Final = (
    "You're getting quick answers for now. Better ones are being prepared; you don't have to do anything."
)
BUILD_PROGRESS: Final = "{share}% of this step is done, with {left} left."
SECONDS_LEFT: Final = "about {n} seconds"
ONE_MINUTE_LEFT: Final = "about a minute"
MINUTES_LEFT: Final = "about {n} minutes"
UNAVAILABLE_TITLE: Final = "Answers are not available right now"
UNAVAILABLE: Final = "Please try again in a few minutes, or contact an agent."
SCRIPT_ERROR_TITLE: Final = "Something went wrong on this page"
SCRIPT_ERROR: Final = "Please reload it. If it happens again, tell us this error reference: {reference}"
NOT_FOUND_TITLE: Final = "This page does not exist"
NOT_FOUND_TEXT: Final = "The address may have been cut short. Ask your question, or browse the topics."
LANGUAGE_LABEL: Final = "Language"
SKIP_TO_MAIN: Final = "Skip to the main content"
