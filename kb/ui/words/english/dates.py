"""Dates as they are read."""

from __future__ import annotations

from typing import Final

MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
DATE_DAY: Final = "{month} {day}, {year}"
DATE_MONTH: Final = "{month} {year}"
