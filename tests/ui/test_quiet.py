"""What Streamlit would find out, and no longer does."""

from __future__ import annotations

import builtins
import socket

import pytest
from streamlit import net_util
from streamlit.components.v2 import manifest_scanner
from streamlit.components.v2.component_manager import BidiComponentManager
from streamlit.runtime import metrics_util
from streamlit.web.server import server_util

from kb.ui.quiet import keep_quiet


def test_nobody_is_asked_about_a_foreign_page(monkeypatch: pytest.MonkeyPatch) -> None:
    """Streamlit's own comparison of origins opens no socket."""
    monkeypatch.setattr(net_util, "get_external_ip", net_util.get_external_ip)
    monkeypatch.setattr(net_util, "get_internal_ip", net_util.get_internal_ip)
    keep_quiet()
    monkeypatch.setattr(socket, "socket", lambda *_, **__: pytest.fail("a socket was opened"))
    assert not server_util.is_url_from_allowed_origins("https://evil.example")


def test_no_browser_is_told_which_machine_this_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """The number in a page's greeting is empty, and the file with the machine's id stays shut."""
    keep_quiet()
    monkeypatch.setattr(builtins, "open", lambda *_, **__: pytest.fail("a file was opened"))
    told = metrics_util.Installation.instance()
    assert (told.installation_id, told.installation_id_v3, told.installation_id_v4) == ("", "", "")


def test_no_package_is_searched_for_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """There are no components that are shown by name; a start would read the description of each package."""
    monkeypatch.setattr(manifest_scanner, "scan_component_manifests", lambda: pytest.fail("searched"))
    monkeypatch.setattr(BidiComponentManager, "register_from_manifest", lambda *_: pytest.fail("found"))
    keep_quiet()
    BidiComponentManager().discover_and_register_components()
