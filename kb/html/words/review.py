"""The words of the review of questions by support leads and editors, which is in English only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class ReviewWords:
    """Words of the views of /insights, and of those about single questions."""

    tabs_label: str = "Views"
    tabs: ClassVar[Mapping[str, str]] = {
        "overview": "Overview",
        "gaps": "Gaps",
    }
    titles: ClassVar[Mapping[str, str]] = {**tabs, "overview": "Insights"}
