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
ARTICLES_ARE_ENGLISH: Final = "You can ask in English or Spanish. The articles are in English."
ARTICLE_CONTENTS: Final = "In this article"
ARTICLE_COPY: Final = "Copy link"
ARTICLE_COPIED: Final = "Link copied"
ARTICLE_PRINT: Final = "Print"
STEP_DONE: Final = "Step {number} done"
AGE_UNDATED: Final = ("From an undated source", "From undated sources")
AGE_DATED: Final = ("From a source dated {date}", "From sources dated {date}")
AGE_RANGE: Final = "From sources dated {oldest} to {newest}"
AGE_SOME_UNDATED: Final = "{dated}, and undated ones"
