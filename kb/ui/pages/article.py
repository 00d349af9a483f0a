"""One article by its id; an earlier id also leads to it."""

from __future__ import annotations

import streamlit as st

from kb.app.container import current
from kb.html.addresses import Page, Param
from kb.html.parts import article_body, ask, message
from kb.html.words import words
from kb.ui import case_state, visit
from kb.ui.draw import draw
from kb.ui.widgets import feedback

site = current().settings.site
library = current().answerer.library.in_language(words().language)
wanted = st.query_params.get(Param.ARTICLE, "")
article = library.resolve(wanted)

if article is None:
    st.set_page_config(page_title=f"{words().article.unknown_title} · {site.name}")
    draw(message.message(words().article.unknown_title, words().article.unknown_text))
    draw(ask.search_form())
else:
    st.set_page_config(page_title=f"{article.title} · {site.name}")
    if article.id != wanted:
        st.query_params.from_dict({Param.ARTICLE.value: article.id})
    case_state.note_article(article.id)
    draw(article_body.whole(article, library, st.context.url or ""))
    feedback.show(article.id, current().visits.question_for(visit.visit_key(), article.id), Page.ARTICLE)
    draw(article_body.related(article, library))
    draw(ask.search_form())
    current().visits.record_opened(visit.visit_key(), article.id)
