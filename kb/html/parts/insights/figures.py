"""The figures of a period, each with the prior one and its definition; and its days, as a table."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from kb.html.format import day_words
from kb.html.parts.insights import pieces
from kb.html.words import words
from kb.reports.exports import days_table
from kb.reports.figures import DayPoint, Figure, FigureUnit, Insights

_SHARED: Final = ("answered", "undecided", "handed_over", "confirmed", "assumed", "not_solved", "unknown")
"""Figures that are parts of the questions."""
_PROMISED: Final = ("risk_promised", "parts_promised")
_CHECKED: Final = ("risk_checked", "parts_checked")


def html(found: Insights) -> Markup:
    """Return all figures, in groups."""
    total = found.figure("questions").value
    groups = (_group(title, names, found, total) for title, names in words().insights.figures_groups.items())
    first = Markup("<p>{}</p>").format(words().insights.nothing_known_before) if found.is_first else ""
    return Markup('<section class="kb-insights"><h2>{}</h2>{}<div class="kb-figures">{}</div></section>').format(
        words().insights.figures_title, first, Markup().join(groups)
    )


def _group(title: str, names: tuple[str, ...], found: Insights, total: float | None) -> Markup:
    items = Markup().join(_figure(found.figure(name), total, is_first=found.is_first) for name in names)
    return Markup("<section><h3>{}</h3><dl>{}</dl></section>").format(title, items)


def _figure(figure: Figure, total: float | None, *, is_first: bool) -> Markup:
    prior = _prior(figure, is_first=is_first)
    return Markup(
        '<div><dt>{label}</dt><dd><strong data-figure="{name}">{value}</strong>{share}</dd>'
        '{prior}<dd class="kb-means">{definition}</dd></div>'
    ).format(
        label=figure.label,
        name=figure.name,
        value=_value(figure),
        share=_share(figure, total),
        prior=Markup('<dd class="kb-prior">{}</dd>').format(prior) if prior else "",
        definition=figure.definition,
    )


def _value(figure: Figure) -> str:
    """Return a count, a promise, or of a measured share how many of how many, since few make no percentage."""
    ratio = figure.ratio
    if ratio is None:
        return pieces.number(figure.value, figure.unit)
    return words().insights.figures_ratio.format(count=ratio.count, of=ratio.of)


def _share(figure: Figure, total: float | None) -> Markup:
    """Return a figure's part of all questions, or why it is not known."""
    labels = words().insights
    if figure.value is None:
        why = labels.figures_not_known.get(figure.name, labels.figures_not_known[""])
        shown = f"{labels.not_known}: {why}"
    elif figure.ratio is not None:
        ends = figure.ratio.interval
        shares = (pieces.number(share, FigureUnit.SHARE) for share in (figure.value, ends.low, ends.high))
        shown = labels.figures_interval.format(**dict(zip(("share", "low", "high"), shares, strict=True)))
    elif figure.name in _SHARED and total:
        shown = labels.figures_of.format(share=f"{figure.value / total:.0%}")
    else:
        return Markup()
    return Markup(' <span class="kb-share">{}</span>').format(shown)


def _prior(figure: Figure, *, is_first: bool) -> str:
    """Return what a figure is compared with: the period before, or for a sample what was promised of it."""
    labels = words().insights
    if figure.name in _PROMISED:
        return labels.promise_no_prior
    if figure.name in _CHECKED:
        verdict = figure.ratio.verdict if figure.ratio is not None else None
        return labels.figures_verdicts[verdict] if verdict is not None else ""
    if figure.prior is None:
        return "" if is_first else labels.not_known_before
    shown = words().insights.figures_prior.format(value=pieces.number(figure.prior, figure.unit))
    change = figure.change
    if change is None:
        return shown
    points = " points" if figure.unit is FigureUnit.SHARE else "\u202f%"
    return f"{shown} ({pieces.signed(round(change * 100))}{points})"


def days_heading(found: Insights) -> Markup:
    """Return the heading above the chart of days, with what its colors mean."""
    legend = _legend() if found.days else ""
    return Markup("{}{}").format(pieces.heading(words().insights.chart_title), legend)


def _legend() -> Markup:
    """Return the legend of the colors as text, which wraps on a phone, unlike the chart's own."""
    item = Markup('<li class="kb-{}">{}</li>')
    items = (item.format(name, label) for name, label in words().insights.chart_outcomes.items())
    return Markup('<ul class="kb-legend">{}</ul>').format(Markup().join(items))


def days_html(found: Insights) -> Markup:
    """Return the numbers of the chart of days, or that there are none."""
    labels = words().insights
    if not found.days:
        return Markup("<p>{}</p>").format(labels.chart_none)
    rows = [_day(day) for day in found.days]
    shown = pieces.table(labels.chart_title, days_table(found).columns, rows, numeric=(1, 2, 3, 4))
    return Markup('<details class="kb-days"><summary>{}</summary>{}</details>').format(labels.chart_table, shown)


def _day(day: DayPoint) -> tuple[str, ...]:
    counts = (day.questions, day.answered, day.undecided, day.handed_over)
    return day_words(day.day), *(f"{count:,}" for count in counts)
