"""The page for support leads: figures, gaps and articles of a period, or one gap."""

from __future__ import annotations

import streamlit as st

from kb.app import insights
from kb.app.container import current
from kb.errors import GapRefused, JournalUnavailable
from kb.html.parts import frame, message
from kb.html.parts.insights import figures, gap, period
from kb.html.parts.insights.view import View
from kb.html.words import words
from kb.reports.exports import figures_table
from kb.ui.current_user import current_user
from kb.ui.draw import draw
from kb.ui.widgets.insights import days, lists, steps
from kb.ui.widgets.insights.exports import download

site = current().settings.site
st.set_page_config(page_title=f"{words().insights.title} · {site.name}")
draw(frame.styles("insights.css"))
user = current_user()
view = View.of_address(st.query_params.to_dict(), insights.today())
if user is None:  # the session ended between the router and here
    draw(message.message(words().sign_in.ended_title, words().sign_in.ended_text))
    st.stop()
try:
    with st.spinner(words().insights.reading):
        desk = insights.open_desk(current())
        detail = desk.book.show(view.gap, days=view.period.days) if view.gap is not None else None
        found = insights.figures(desk, view.period) if detail is None else None
        gaps = desk.book.list(days=view.period.days) if detail is None else []
except GapRefused as problem:
    draw(message.message(words().insights.gap_unknown_title, str(problem)))
except JournalUnavailable as problem:
    draw(message.message(words().insights.no_journal, str(problem)))
else:
    if detail is not None:
        draw(gap.head(detail, view, desk.library))
        steps.show(desk, detail, user)
        draw(gap.evidence(detail))
    elif found is not None:
        draw(period.html(view))
        if desk.library is None:
            draw(period.no_index())
        draw(figures.html(found))
        download("figures", figures_table(found), view)
        days.show(found, view)
        lists.show_gaps(gaps, view, desk.library, desk.waiting)
        lists.show_articles(found, view, desk.library)
