"""An article and what stands around it."""

from __future__ import annotations

from typing import Final

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
ARTICLE_SOURCE_UNDATED: Final = "Undated source, read {read}"
ARTICLE_SOURCE_DATED: Final = "Source dated {date}, read {read}"
KINDS: Final = {
    "faq": "Question",
    "troubleshooting": "Fix a problem",
    "tutorial": "Steps",
    "reference": "Reference",
}
