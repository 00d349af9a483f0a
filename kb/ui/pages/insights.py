"""The page for support leads: figures, gaps and articles of a period, or one gap."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from kb.app import container, insights
from kb.errors import GapRefused, JournalUnavailable
from kb.html.parts import frame, message
from kb.html.words import words
from kb.ui.components import insight_figures, insight_gap, insight_lists, insight_period
from kb.ui.current_user import current_user
from kb.ui.draw import draw
from kb.ui.insight_view import View

site = container.get_settings().site
st.set_page_config(page_title=f"{words().insights.title} · {site.name}")
draw(frame.styles("insights.css"))
user = current_user()
view = View.of_address(st.query_params.to_dict(), insights.today())
if user is None:  # the session ended between the router and here
    draw(message.message(words().sign_in.ended_title, words().sign_in.ended_text))
    st.stop()
try:
    with st.spinner(words().insights.reading):
        desk = insights.open_desk()
        detail = desk.book.show(view.gap, days=view.period.days) if view.gap is not None else None
        found = insights.figures(desk, view.period) if detail is None else None
        gaps = desk.book.list(days=view.period.days) if detail is None else []
except GapRefused as problem:
    draw(message.message(words().insights.gap_unknown_title, str(problem)))
except JournalUnavailable as problem:
    draw(message.message(words().insights.no_journal, str(problem)))
else:
    if detail is not None:
        insight_gap.show(desk, detail, view, user)
    elif found is not None:
        insight_period.show(view)
        if desk.library is None:
            draw(Markup('<p class="kb-overdue">{}</p>').format(words().insights.no_index))
        insight_figures.show(found, view)
        insight_figures.show_days(found, view)
        insight_lists.show_gaps(gaps, view, desk.library, desk.waiting)
        insight_lists.show_articles(found, view, desk.library)
