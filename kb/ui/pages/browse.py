"""All categories, or the articles of one."""

from __future__ import annotations

import streamlit as st

from kb.app.container import current
from kb.html.addresses import Param
from kb.html.az import index_of
from kb.html.parts import ask, shelf
from kb.html.words import words
from kb.ui import popular
from kb.ui.draw import draw

site = current().settings.site
library = current().answerer.library.in_language(words().language)
wanted = st.query_params.get(Param.CATEGORY, "")
category = next((c for c in library.categories if c.id == wanted), None)

letter = st.query_params.get(Param.LETTER, "")

if letter in index_of(library).letters:
    st.set_page_config(page_title=f"{words().browse.az} · {site.name}")
    draw(shelf.letter(letter, library))
elif category is None:
    st.set_page_config(page_title=f"{words().browse.title} · {site.name}")
    draw(shelf.topics(library, popular.most_read(), unknown=bool(wanted)))
else:
    st.set_page_config(page_title=f"{category.title} · {site.name}")
    draw(shelf.category_list(category, library))
draw(ask.search_form())
