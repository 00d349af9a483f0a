"""The page for support leads: its views, of which the address names one."""

from __future__ import annotations

import streamlit as st

from kb.app import insights
from kb.app.container import current
from kb.errors import GapRefused, JournalUnavailable, QueryUnknown
from kb.html.parts import frame, message
from kb.html.parts.insights import tabs
from kb.html.parts.insights.view import Tab, View
from kb.html.words import words
from kb.ui.current_user import current_user
from kb.ui.draw import draw
from kb.ui.widgets.insights import gaps, overview, questions, sample

view = View.of_address(st.query_params.to_dict(), insights.today())
st.set_page_config(page_title=f"{words().review.titles[view.tab.value]} · {current().settings.site.name}")
draw(frame.styles("insights.css", "review.css"))
user = current_user()
if user is None:  # the session ended between the router and here
    draw(message.message(words().sign_in.ended_title, words().sign_in.ended_text))
    st.stop()
draw(tabs.html(view))
try:
    if view.tab is Tab.GAPS:
        gaps.show(view, user)
    elif view.tab is Tab.QUESTIONS:
        questions.show(view, user)
    elif view.tab is Tab.SAMPLE:
        sample.show(view, user)
    else:
        overview.show(view)
except GapRefused as problem:
    draw(message.message(words().insights.gap_unknown_title, str(problem)))
except QueryUnknown as problem:
    draw(message.message(words().review.question_unknown, str(problem)))
except JournalUnavailable as problem:
    draw(message.message(words().insights.no_journal, str(problem)))
