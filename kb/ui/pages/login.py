"""The sign-in page of the operator's identity provider; local accounts do not use it."""

from __future__ import annotations

import streamlit as st
from markupsafe import Markup

from kb.app.container import current
from kb.html.addresses import Page
from kb.html.parts import message
from kb.html.words import words
from kb.ui.current_user import current_user, note_sign_out
from kb.ui.draw import draw
from kb.ui.keys import Key

site = current().settings.site
st.set_page_config(page_title=f"{words().sign_in.title} · {site.name}")
user = current_user()
if user is not None:
    lead = words().sign_in.sign_out_lead.format(name=user.name, role=words().sign_in.roles[user.role])
    draw(
        Markup('<h1>{}</h1><p class="kb-intro">{}</p><p><a href="{}">{}</a></p>').format(
            words().sign_in.title, lead, Page.INSIGHTS, words().sign_in.nav_insights
        )
    )
elif st.user.is_logged_in:
    named = st.user.get("name") or st.user.get("sub")
    draw(message.message(words().sign_in.no_role_title, words().sign_in.no_role.format(name=named)))
else:
    draw(Markup('<h1>{}</h1><p class="kb-intro">{}</p>').format(words().sign_in.title, words().sign_in.provider_lead))
    if st.button(words().sign_in.provider, key=Key.SIGN_IN, type="primary"):
        st.login()
if st.user.is_logged_in and st.button(words().sign_in.sign_out_submit, key=Key.SIGN_OUT):
    note_sign_out()
    st.logout()
