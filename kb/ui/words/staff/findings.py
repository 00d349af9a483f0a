"""What the check of the articles says."""

from __future__ import annotations

from typing import Final

SEVERITIES: Final = {
    "error": ("error", "errors"),
    "warning": ("warning", "warnings"),
    "advice": ("advice", "pieces of advice"),
}
FINDINGS_NONE: Final = "No findings"
FINDING_FIX: Final = "What to do:"
