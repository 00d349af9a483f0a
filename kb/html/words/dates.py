"""The words of dates, opening hours and waiting times, in each language."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True, kw_only=True)
class DatesWords:
    """Dates as they are read."""

    months: tuple[str, ...]
    day: str
    month: str


DATES_EN: Final = DatesWords(
    months=(
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
    ),
    day="{month} {day}, {year}",
    month="{month} {year}",
)

DATES_ES: Final = DatesWords(
    months=(
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
    ),
    day="{day} de {month} de {year}",
    month="{month} de {year}",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class HoursWords:
    """Opening hours and waiting times."""

    weekdays: tuple[str, ...]
    time_am: str
    time_pm: str
    day_at: str
    open_now: str
    closed_now: str
    open_always: str
    open_until: str
    opens_at: str
    center_time: str
    your_time: str
    week_hours: str
    week_closed: str
    wait: str


HOURS_EN: Final = HoursWords(
    weekdays=("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    time_am="{hour}:{minute} AM",
    time_pm="{hour}:{minute} PM",
    day_at="{weekday}, {time}",
    open_now="Open now",
    closed_now="Closed now",
    open_always="at any hour",
    open_until="until {time}",
    opens_at="opens {time}",
    center_time="at the center",
    your_time="your time",
    week_hours="Hours at the center",
    week_closed="closed",
    wait="Usual wait: about {count} minutes",
)

HOURS_ES: Final = HoursWords(
    weekdays=("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    time_am="{hour}:{minute} a. m.",
    time_pm="{hour}:{minute} p. m.",
    day_at="{weekday}, {time}",
    open_now="Abierto ahora",
    closed_now="Cerrado ahora",
    open_always="a cualquier hora",
    open_until="hasta las {time}",
    opens_at="abre: {time}",
    center_time="en el centro de atención",
    your_time="en su hora",
    week_hours="Horario del centro de atención",
    week_closed="cerrado",
    wait="Espera habitual: unos {count} minutos",
)
