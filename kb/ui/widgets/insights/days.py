"""The days of a period: drawn, as a table, and as a file."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import streamlit as st

from kb.html.format import day_words
from kb.html.parts.insights import figures
from kb.html.parts.insights.view import View
from kb.html.words import words
from kb.reports.exports import days_table
from kb.reports.figures import DayPoint, Insights
from kb.ui.draw import draw
from kb.ui.widgets.insights.exports import download

_COLORS: Final = {"answered": "#2a8a94", "undecided": "#b8780f", "handed_over": "#8a6fb5"}
"""At least 3 to 1 against the light and the dark page."""
_HEIGHT: Final = 280


def show(found: Insights, view: View) -> None:
    """Draw the days: a chart, and its numbers."""
    draw(figures.days_heading(found))
    if found.days:
        st.altair_chart(_chart(found.days), alt=_alt(found.days))
    draw(figures.days_html(found))
    if found.days:
        download("days", days_table(found), view)


def _chart(days: tuple[DayPoint, ...]) -> alt.Chart:
    names = words().insights.chart_outcomes
    order = {name: n for n, name in enumerate(names)}
    data: list[dict[str, Any]] = [
        {"day": d.day.isoformat(), "count": getattr(d, name), "outcome": names[name], "order": order[name]}
        for d in days
        for name in names
    ]
    scale = alt.Scale(domain=list(names.values()), range=[_COLORS[name] for name in names])
    ticks = alt.Axis(format="%b %-d", labelAngle=0, labelOverlap=True)
    chart: alt.Chart = (
        alt.Chart(alt.Data(values=data))  # type: ignore[no-untyped-call]
        .mark_bar(stroke=None)
        .encode(
            x=alt.X("utcyearmonthdate(day):O", title=None, axis=ticks),
            y=alt.Y(
                "count:Q", title=words().insights.chart_count, stack=True, axis=alt.Axis(tickMinStep=1, format=",d")
            ),
            color=alt.Color("outcome:N", scale=scale, legend=None),
            order=alt.Order("order:Q"),
            tooltip=[
                alt.Tooltip("day:T", title=words().insights.chart_day, format="%b %-d, %Y"),
                alt.Tooltip("outcome:N", title=" "),
                alt.Tooltip("count:Q", title=words().insights.chart_count),
            ],
        )
        .properties(height=_HEIGHT)
    )
    return chart


def _alt(days: tuple[DayPoint, ...]) -> str:
    busiest = max(days, key=lambda d: d.questions)
    return words().insights.chart_alt.format(
        first=day_words(days[0].day),
        last=day_words(days[-1].day),
        answered=sum(d.answered for d in days),
        undecided=sum(d.undecided for d in days),
        handed_over=sum(d.handed_over for d in days),
        day=day_words(busiest.day),
        most=busiest.questions,
    )
