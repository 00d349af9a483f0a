"""A sample bill, part by part, and what a line of one's own bill means."""

from __future__ import annotations

import streamlit as st

from kb.app import container
from kb.html.words import words
from kb.ui.components import bill_line, bill_parts, search_form
from kb.ui.formatting import escape
from kb.ui.keys import Param

site = container.get_settings().site
answerer = container.get_answerer()
library = answerer.library
st.set_page_config(page_title=f"{words().bill.title} · {site.name}")
lead = words().bill.lead if library.bill else words().bill.none
st.html(f'<div class="kb-bill-top"><h1>{escape(words().bill.title)}</h1><p class="kb-intro">{escape(lead)}</p></div>')
if library.bill:
    bill_parts.show(library, st.query_params.get(Param.PART, ""))
bill_line.show(answerer)
search_form.show()
