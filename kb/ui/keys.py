"""Names of widgets, of session state and of address parameters: each is written here once."""

from __future__ import annotations

from enum import StrEnum


class Key(StrEnum):
    """Keys of widgets and of ``st.session_state``."""

    ASK_FORM = "ask_form"
    ASK_QUERY = "ask_query"
    ASK_SEEN = "ask_seen"
    ASK_SUBMIT = "ask_submit"


class Param(StrEnum):
    """Parameters of an address."""

    QUERY = "q"
    NONE_OF_THESE = "none"
    ARTICLE = "id"
    CATEGORY = "category"


class Path(StrEnum):
    """Addresses of the pages."""

    ASK = "/"
    ARTICLE = "/article"
    BROWSE = "/browse"
    CONTACT = "/contact"
    PLAIN = "/a"

    @property
    def url_path(self) -> str:
        """The address as Streamlit's ``url_path``: without its slash."""
        return self.value.removeprefix("/")
