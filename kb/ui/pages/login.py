"""Signing in with the operator's identity provider; there is no such page for local accounts."""

from __future__ import annotations

import streamlit as st

from kb.app import container
from kb.ui import words
from kb.ui.components import message
from kb.ui.current_user import current_user, note_sign_out
from kb.ui.formatting import escape
from kb.ui.keys import Key, Path

site = container.get_settings().site
st.set_page_config(page_title=f"{words.SIGN_IN_TITLE} · {site.name}")
user = current_user()
if user is not None:
    st.html(
        f'<h1>{escape(words.SIGN_IN_TITLE)}</h1><p class="kb-intro">'
        f"{escape(words.SIGN_OUT_LEAD.format(name=user.name, role=words.ROLES[user.role]))}</p>"
        f'<p><a href="{Path.INSIGHTS}">{escape(words.NAV_INSIGHTS)}</a></p>'
    )
elif st.user.is_logged_in:
    message.show(
        words.SIGN_IN_NO_ROLE_TITLE, words.SIGN_IN_NO_ROLE.format(name=st.user.get("name") or st.user.get("sub"))
    )
else:
    st.html(f'<h1>{escape(words.SIGN_IN_TITLE)}</h1><p class="kb-intro">{escape(words.SIGN_IN_PROVIDER_LEAD)}</p>')
    if st.button(words.SIGN_IN_PROVIDER, key=Key.SIGN_IN, type="primary"):
        st.login()
if st.user.is_logged_in and st.button(words.SIGN_OUT_SUBMIT, key=Key.SIGN_OUT):
    note_sign_out()
    st.logout()
