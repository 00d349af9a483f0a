"""Signing in with an identity provider: a real OpenID provider on this machine, Streamlit's sign-in, our roles."""

from __future__ import annotations

import socket
import warnings
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kb.settings.settings import Settings
from tests.browser.conftest import PATIENCE_MS
from tests.browser.staff import accounts_of, journal
from tests.server.process import start_server

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the provider's own, of its library
    from oidc_provider_mock import User, run_server_in_thread

# The provider's library warns about its own next version, in the thread that answers.
pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

_PROGRAM = """from kb.settings.settings import load_settings; from kb.server.app import serve
serve(load_settings(), port={port})"""
SECRETS = """[auth]
redirect_uri = "{origin}/oauth2callback"
cookie_secret = "a secret of the tests alone, long enough"
client_id = "help-center"
client_secret = "another secret of the tests"
server_metadata_url = "http://localhost:{provider}/.well-known/openid-configuration"
client_kwargs = {{ scope = "openid email profile" }}
"""
ROLES = """name: Billing Help
settings:
  oidc_claim: groups
  oidc_roles:
    lead: [support-leads]
    editor: [ed@example.com]
"""
PEOPLE = (
    User(sub="kim", claims={"name": "Kim Lee", "groups": ["staff", "support-leads"], "email": "kim@example.com"}),
    User(sub="ed", claims={"email": "ed@example.com", "email_verified": True}),
    User(sub="eve", claims={"email": "ed@example.com", "email_verified": False, "groups": ["staff"]}),
)


@pytest.fixture
def origin(tiny_index: Settings, tmp_path: Path) -> Iterator[str]:
    """Run provider and server; the server knows the provider by its secrets file."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with run_server_in_thread(user_claims=PEOPLE) as provider:
        address = f"http://localhost:{port}"
        (tmp_path / ".streamlit").mkdir()
        secrets = SECRETS.format(origin=address, provider=provider.server_port)
        (tmp_path / ".streamlit" / "secrets.toml").write_text(secrets, "utf-8")
        (tmp_path / "site.yaml").write_text(ROLES, "utf-8")
        variables = {"KB_DATABASE_URL": journal(tmp_path), "KB_SITE": str(tmp_path / "site.yaml")}
        with start_server(tiny_index, tmp_path, _PROGRAM.format(port=port), **variables):
            yield address


@pytest.mark.parametrize(
    ("subject", "sees"),
    [
        ("ed", "ed@example.com"),
        pytest.param("kim", "Kim Lee", marks=pytest.mark.slow),
        pytest.param("eve", "", marks=pytest.mark.slow),
    ],
)
def test_roles_come_from_the_provider(browser: Browser, origin: str, tmp_path: Path, subject: str, sees: str) -> None:
    """A claim or a verified address gives a role, otherwise access is denied; signing out ends it; all is recorded."""
    context = browser.new_context()
    context.set_default_timeout(PATIENCE_MS)
    page = context.new_page()
    assert page.request.get(f"{origin}/insights").status == 404
    page.goto(f"{origin}/login?next=/insights?days=7")
    page.get_by_role("button", name="Sign in with your organization").click()
    page.get_by_role("textbox").first.fill(subject)
    page.get_by_role("button", name="Authorize").click()
    if sees:
        expect(page).to_have_url(f"{origin}/insights?days=7")
        expect(page.locator('[data-figure="questions"]')).to_have_text("7")
        expect(page.locator(".kb-footer")).to_contain_text(f"Sign out ({sees})")
    else:
        expect(page.locator(".kb-footer")).to_be_visible()
        expect(page.locator("[data-figure]")).to_have_count(0)
        expect(page.locator(".kb-footer")).not_to_contain_text("Insights")
    page.goto(f"{origin}/login")
    if not sees:
        expect(page.get_by_role("heading", name="No access")).to_be_visible()
    page.get_by_role("button", name="Sign out", exact=True).click()
    page.get_by_role("button", name="End session").click()
    expect(page).to_have_url(f"{origin}/")
    expect(page.locator(".kb-footer")).to_be_visible()
    expect(page.locator(".kb-footer")).not_to_contain_text("Sign out")
    assert page.request.get(f"{origin}/insights").status == 404
    context.close()
    told = [(e.who, e.what, e.target) for e in accounts_of(f"sqlite:///{tmp_path / 'journal.db'}").audited()]
    came = "signed in" if sees else "sign-in refused"
    who = sees or "ed@example.com"
    assert told[:2] == [(who, "signed out", subject), (who, came, subject)]
    assert [what for _, what, _ in told].count(came) == 1
