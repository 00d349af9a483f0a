"""The page for support leads."""

from __future__ import annotations

from typing import Final

INSIGHTS_TITLE: Final = "Insights"
