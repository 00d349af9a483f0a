"""Dates as they are read."""

from __future__ import annotations

from typing import Final

MONTHS: Final = (
    "enero",
    "febrero",
    "marzo",
    "abril",
    "mayo",
    "junio",
    "julio",
    "agosto",
    "septiembre",
    "octubre",
    "noviembre",
    "diciembre",
)
DATE_DAY: Final = "{day} de {month} de {year}"
DATE_MONTH: Final = "{month} de {year}"
