"""Topics and lists of articles."""

from __future__ import annotations

from typing import Final

BROWSE_TITLE: Final = "Browse all topics"
BROWSE_ALL: Final = "All topics"
BROWSE_BY_TOPIC: Final = "Or browse by topic"
BROWSE_UNKNOWN: Final = "There is no topic of that name. Here are all of them."
ARTICLE_COUNT: Final = ("{count} article", "{count} articles")
BROWSE_AZ: Final = "Index from A to Z"
BROWSE_OTHERS: Final = "0–9"
BROWSE_MOST_READ: Final = "Most read"
BROWSE_LEAD: Final = "Every topic of the help center, with its articles."
