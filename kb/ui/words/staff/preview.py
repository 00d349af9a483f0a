"""The preview of a writer."""

from __future__ import annotations

from typing import Final

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
