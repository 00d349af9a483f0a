"""One article by its id; an earlier id leads to it, too."""

from __future__ import annotations

import streamlit as st

from kb.app import container
from kb.html.words import words
from kb.ui import case_state, visit
from kb.ui.components import article_body, feedback, message, search_form
from kb.ui.keys import Param, Path

site = container.get_settings().site
library = container.get_answerer().library
wanted = st.query_params.get(Param.ARTICLE, "")
article = library.resolve(wanted)

if article is None:
    st.set_page_config(page_title=f"{words().article.unknown_title} · {site.name}")
    message.show(words().article.unknown_title, words().article.unknown_text)
    search_form.show()
else:
    st.set_page_config(page_title=f"{article.title} · {site.name}")
    if article.id != wanted:
        st.query_params.from_dict({Param.ARTICLE.value: article.id})
    case_state.note_article(article.id)
    article_body.show(article, library)
    feedback.show(article.id, visit.asked_for(article.id), Path.ARTICLE)
    article_body.show_related(article, library)
    search_form.show()
    visit.opened(visit.visit_key(), article.id)
