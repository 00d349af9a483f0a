"""The page for writers: everything that can be written at, or one article, of which the address names one."""

from __future__ import annotations

import streamlit as st

from kb.app.container import current
from kb.html.parts import frame, message
from kb.html.parts.writing.view import WritingView
from kb.html.words import words
from kb.ui.current_user import current_writer
from kb.ui.draw import draw
from kb.ui.widgets.writing import beginning, editor, overview, review

st.set_page_config(page_title=f"{words().writing.title} · {current().settings.site.name}")
draw(frame.styles("insights.css", "review.css", "writing.css"))
view = WritingView.of_address(st.query_params.to_dict())
user = current_writer()
if user is None:  # the session ended between the router and here
    draw(message.message(words().sign_in.ended_title, words().editor.ended))
elif view.is_new and user.role.edits_articles:
    beginning.show(user)
elif view.article and view.draft is not None:
    review.show(view.draft, user)
elif view.article:
    editor.show(view.article, user)
else:
    overview.show(view, user)
