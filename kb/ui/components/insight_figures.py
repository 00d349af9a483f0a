"""The figures of a period, each with the prior one and its definition beside it; and the days, drawn and as a table."""

from __future__ import annotations

from typing import Any, Final

import altair as alt
import streamlit as st

from kb.html.format import day_words, escape
from kb.html.words import words
from kb.reports.exports import days_table, figures_table
from kb.reports.figures import DayPoint, Figure, FigureUnit, Insights
from kb.ui.components import insight_parts as parts
from kb.ui.insight_view import View

_SHARED: Final = ("answered", "undecided", "handed_over", "confirmed", "assumed", "not_solved", "unknown")
"""Figures that are parts of the questions."""
_COLORS: Final = {"answered": "#2a8a94", "undecided": "#b8780f", "handed_over": "#8a6fb5"}
"""At least 3 to 1 against the light and the dark page."""
_HEIGHT: Final = 280


def show(found: Insights, view: View) -> None:
    """Draw the figures."""
    total = found.figure("questions").value
    groups = "".join(_group(title, names, found, total) for title, names in words().insights.figures_groups.items())
    st.html(
        f'<section class="kb-insights"><h2>{escape(words().insights.figures_title)}</h2>'
        f'<div class="kb-figures">{groups}</div></section>'
    )
    parts.download("figures", figures_table(found), span(view))


def _group(title: str, names: tuple[str, ...], found: Insights, total: float | None) -> str:
    items = "".join(_figure(found.figure(name), total) for name in names)
    return f"<section><h3>{escape(title)}</h3><dl>{items}</dl></section>"


def _figure(figure: Figure, total: float | None) -> str:
    labels = words().insights
    share = ""
    if figure.name in _SHARED and total and figure.value is not None:
        of_all = labels.figures_of.format(share=f"{figure.value / total:.0%}")
        share = f' <span class="kb-share">{escape(of_all)}</span>'
    value = f'<strong data-figure="{figure.name}">{parts.number(figure.value, figure.unit)}</strong>'
    if figure.value is None:
        why = labels.figures_not_known.get(figure.name, labels.figures_not_known[""])
        value += f' <span class="kb-share">{escape(labels.not_known)}: {escape(why)}</span>'
    return (
        f'<div><dt>{escape(figure.label)}</dt><dd>{value}{share}</dd><dd class="kb-prior">{_prior(figure)}</dd>'
        f'<dd class="kb-means">{escape(figure.definition)}</dd></div>'
    )


def _prior(figure: Figure) -> str:
    if figure.name == "risk_promised":
        return escape(words().insights.promise_no_prior)
    if figure.prior is None:
        return escape(words().insights.not_known_before)
    said = escape(words().insights.figures_prior.format(value=parts.number(figure.prior, figure.unit)))
    change = figure.change
    if change is None:
        return said
    points = " points" if figure.unit is FigureUnit.SHARE else "\u202f%"
    return f"{said} ({parts.signed(round(change * 100))}{points})"


def show_days(found: Insights, view: View) -> None:
    """Draw the days: a chart, and its numbers."""
    labels = words().insights
    st.html(f'<h2 class="kb-insights-part">{escape(labels.chart_title)}</h2>{_legend() if found.days else ""}')
    if not found.days:
        st.html(f"<p>{escape(labels.chart_none)}</p>")
        return
    st.altair_chart(_chart(found.days), alt=_alt(found.days))
    rows = [
        (escape(day_words(d.day)), *(f"{n:,}" for n in (d.questions, d.answered, d.undecided, d.handed_over)))
        for d in found.days
    ]
    exported = days_table(found)
    shown = parts.table(labels.chart_title, exported.columns, rows, numeric=(1, 2, 3, 4))
    st.html(f'<details class="kb-days"><summary>{escape(labels.chart_table)}</summary>{shown}</details>')
    parts.download("days", exported, span(view))


def _legend() -> str:
    """Return what the colors mean: as text, which wraps on a phone, as the chart's own does not."""
    items = "".join(
        f'<li class="kb-{name}">{escape(label)}</li>' for name, label in words().insights.chart_outcomes.items()
    )
    return f'<ul class="kb-legend">{items}</ul>'


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


def span(view: View) -> str:
    """Return the period for a file's name."""
    return f"{view.period.first.isoformat()}-to-{view.period.last.isoformat()}"
