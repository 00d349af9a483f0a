"""Names of widgets, of session state and of address parameters: each is written here once."""

from __future__ import annotations

from enum import StrEnum


class Key(StrEnum):
    """Keys of widgets and of ``st.session_state``."""

    LANGUAGE = "language"
    VISIT = "visit"
    FEEDBACK = "feedback"
    RECENT_QUERIES = "recent_queries"
    ASK_FORM = "ask_form"
    ASK_QUERY = "ask_query"
    ASK_SEEN = "ask_seen"
    ASK_SUBMIT = "ask_submit"
    HANDOVER_FORM = "handover_form"
    HANDOVER_ID = "handover_id"
    HANDOVER_KIND = "handover_kind"
    HANDOVER_NAME = "handover_name"
    HANDOVER_REACH = "handover_reach"
    HANDOVER_QUESTION = "handover_question"
    HANDOVER_CONSENT = "handover_consent"
    HANDOVER_SUBMIT = "handover_submit"
    HANDOVER_SENT = "handover_sent"
    HANDOVER_AGAIN = "handover_again"
    BILL_FORM = "bill_form"
    BILL_LINE = "bill_line"
    BILL_AMOUNT = "bill_amount"
    BILL_SUBMIT = "bill_submit"
    READ_ARTICLES = "read_articles"
    LAST_QUERY = "last_query"
    CASE = "case"
    CASE_FIELD = "case_field_"
    CASE_UID = "case_uid"
    CASE_READY = "case_ready_"
    CASE_TEXT = "case_text"
    CASE_REMINDER = "case_reminder"
    CASE_CLEAR = "case_clear"
    WRITING_TABLE = "writing_table"
    WRITING_DRAFT_FORM = "writing_draft_form"
    WRITING_DRAFT = "writing_draft"
    WRITING_DRAFT_ID = "writing_draft_id"
    WRITING_DRAFT_SUBMIT = "writing_draft_submit"
    WRITING_CHECKED = "writing_checked"
    WRITING_CHECKED_ID = "writing_checked_id"
    WRITING_TRIAL = "writing_trial"
    WRITING_QUERY_FORM = "writing_query_form"
    WRITING_QUERY = "writing_query"
    WRITING_QUERY_INDEX = "writing_query_index"
    WRITING_QUERY_SUBMIT = "writing_query_submit"
    WRITING_ASKED = "writing_asked"
    SIGN_IN = "sign_in"
    SIGN_OUT = "sign_out"
    WAS_SIGNED_IN = "was_signed_in"


class Param(StrEnum):
    """Parameters of an address."""

    QUERY = "q"
    NONE_OF_THESE = "none"
    ARTICLE = "id"
    CATEGORY = "category"
    PART = "part"
    LETTER = "letter"
    LANGUAGE = "lang"
    NEXT = "next"
    CSRF = "csrf"
    NAME = "name"
    PASSWORD = "password"  # noqa: S105 — the field's name


class Path(StrEnum):
    """Addresses of the pages."""

    ASK = "/"
    ARTICLE = "/article"
    BROWSE = "/browse"
    BILL = "/bill"
    CONTACT = "/contact"
    PRIVACY = "/privacy"
    WRITING = "/writing"
    INSIGHTS = "/insights"
    LOGIN = "/login"
    LOGOUT = "/logout"
    PLAIN = "/a"
    PLAIN_CATEGORY = "/c"
    PLAIN_ASK = "/ask"
    PLAIN_FEEDBACK = "/feedback"

    @property
    def url_path(self) -> str:
        """The address as Streamlit's ``url_path``: without its slash."""
        return self.value.removeprefix("/")
