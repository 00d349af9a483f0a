"""The head of the page for leads: which period is looked at, and the way to another one."""

from __future__ import annotations

import streamlit as st

from kb.html.addresses import Page, Param
from kb.html.format import day_words, escape
from kb.html.words import words
from kb.ui.components import insight_parts as parts
from kb.ui.insight_view import CHOICES, OPEN, View


def show(view: View) -> None:
    """Draw heading, choices, and a form for any other period."""
    period, prior = view.period, view.period.prior
    said = words().insights.period.format(
        first=day_words(period.first),
        last=day_words(period.last),
        days=period.days,
        before_first=day_words(prior.first),
        before_last=day_words(prior.last),
    )
    chips = [
        parts.link(view.address(days=days), words().insights.days.format(days=days), current=view.days == days)
        for days in CHOICES
    ]
    st.html(
        f'<section class="kb-insights"><h1>{escape(words().insights.title)}</h1><div class="kb-period">'
        f"{parts.tabs(words().insights.period_label, chips)}{_form(view)}</div>"
        f'<p class="kb-intro" data-period="{period.first}/{period.last}">{escape(said)}</p></section>'
    )


def _form(view: View) -> str:
    state = f'<input type="hidden" name="{Param.STATE}" value="{escape(view.state)}">' if view.state != OPEN else ""
    return (
        f'<form class="kb-dates" action="{Page.INSIGHTS}" method="get" data-same-visit>{state}'
        f'<label>{escape(words().insights.period_from)} <input type="date" name="{Param.FROM}" required '
        f'value="{view.period.first}"></label><label>{escape(words().insights.period_to)} <input type="date" '
        f'name="{Param.TO}" required value="{view.period.last}"></label>'
        f"<button>{escape(words().insights.other_period)}</button></form>"
    )
