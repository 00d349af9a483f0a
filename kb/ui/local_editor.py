"""Whether the page for writers is open: until there is a sign-in, only on the editor's own computer."""

from __future__ import annotations

import os
from urllib.parse import urlsplit

import streamlit as st

from kb.common.hosts import is_loopback

VARIABLE = "KB_LOCAL_EDITOR"
_host: list[str] = []


def listens_on(host: str) -> None:
    """Say where the server listens; called before it starts.

    :param host: An address; empty when it is not known, and then the page stays shut.
    """
    _host[:] = [host]


def is_open() -> bool:
    """Return whether there is a page for writers: asked for by KB_LOCAL_EDITOR=1, on a server that listens to itself.

    ``streamlit run app.py`` takes its address from Streamlit's own configuration.
    """
    if os.environ.get(VARIABLE) != "1":
        return False
    return is_loopback(_host[0] if _host else str(st.get_option("server.address") or ""))


def is_local_name(host: str) -> bool:
    """Return whether a request's Host names the computer itself; a proxy's public name, or another page's, does not.

    :param host: The header, with or without a port.
    :return: True for an address such as 127.0.0.1:8501, localhost or [::1].
    """
    try:
        name = urlsplit(f"//{host}").hostname or ""
    except ValueError:
        return False
    return is_loopback(name)


def is_open_to(host: str) -> bool:
    """Return whether there is a page for writers for whoever sent a request with this Host."""
    return is_open() and is_local_name(host)
