"""The head of the page for leads: its period, and the choice of another one."""

from __future__ import annotations

from dataclasses import replace

from markupsafe import Markup

from kb.html.addresses import Page, Param
from kb.html.format import day_words
from kb.html.parts.insights import pieces
from kb.html.parts.insights.view import CHOICES, View
from kb.html.words import words


def html(view: View, lead: Markup | None = None) -> Markup:
    """Return heading, choices, and a form for any other period.

    :param view: What is looked at.
    :param lead: What the view says about its period; without, that it is beside the one before.
    :return: HTML.
    """
    begun = replace(view, asked=replace(view.asked, after=""))  # of another period, one sees the beginning first
    return Markup(
        '<section class="kb-insights"><h1>{title}</h1><div class="kb-period">{tabs}{form}</div>{lead}</section>'
    ).format(
        title=words().review.titles[view.tab.value],
        tabs=_choices(begun),
        form=_form(begun),
        lead=_beside(view) if lead is None else lead,
    )


def _choices(view: View) -> Markup:
    labels = words().insights
    chips = [
        pieces.link(view.address(days=days), labels.days.format(days=days), current=view.days == days)
        for days in CHOICES
    ]
    return pieces.tabs(labels.period_label, chips)


def _beside(view: View) -> Markup:
    """Return the days of the period and of the one before, which every figure is compared with."""
    labels = words().insights
    period, prior = view.period, view.period.prior
    shown = labels.period.format(
        first=day_words(period.first),
        last=day_words(period.last),
        days=period.days,
        before_first=day_words(prior.first),
        before_last=day_words(prior.last),
    )
    return Markup('<p class="kb-intro" data-period="{period.first}/{period.last}">{shown}</p>').format(
        period=period, shown=shown
    )


def no_index() -> Markup:
    """Return the warning that no index serves, without which titles are missing."""
    return Markup('<p class="kb-overdue">{}</p>').format(words().insights.no_index)


def _form(view: View) -> Markup:
    labels = words().insights
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    kept = Markup().join(hidden.format(*pair) for pair in view.params(with_period=False).items())
    return Markup(
        '<form class="kb-dates" action="{action}" method="get" data-same-visit>{kept}'
        '<label>{from_label} <input type="date" name="{first}" required value="{period.first}"></label>'
        '<label>{to_label} <input type="date" name="{last}" required value="{period.last}"></label>'
        "<button>{submit}</button></form>"
    ).format(
        action=Page.INSIGHTS,
        kept=kept,
        from_label=labels.period_from,
        to_label=labels.period_to,
        first=Param.FROM,
        last=Param.TO,
        period=view.period,
        submit=labels.other_period,
    )
