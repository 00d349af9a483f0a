"""Signing in and out over HTTP: cookies, forged forms, where one lands, and that customers see nothing of it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from starlette.testclient import TestClient
from streamlit.runtime.secrets import Secrets

from kb.accounts.local import Accounts
from kb.accounts.passwords import Cost
from kb.accounts.store import SqlAccounts
from kb.app.limits import Limits
from kb.common.limits import Limit
from kb.contact.request_limit import RequestLimit
from kb.database.engine import open_engine, upgrade
from kb.errors import JournalUnavailable
from kb.server.login import safe_next
from kb.types import Role
from tests.ui.fakes import FakeContainer

if TYPE_CHECKING:
    from httpx import Response

PASSWORD = "three quiet words"


@pytest.fixture
def accounts(tmp_path: Path, container: FakeContainer) -> Iterator[Accounts]:
    """One lead, in a database of the test's own."""
    engine = open_engine(f"sqlite:///{tmp_path / 'journal.db'}")
    upgrade(engine)
    made = Accounts(SqlAccounts(engine), cost=Cost(n=16, r=1, p=1))
    made.add("kim", Role.LEAD, PASSWORD, who="ops")
    container.put(accounts=made)
    yield made
    engine.dispose()


def form_of(client: TestClient, address: str = "/login") -> dict[str, str]:
    """Return the hidden fields of a form, as a browser would send them."""
    html = client.get(address).text
    return dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)">', html))


def sign_in(client: TestClient, address: str = "/login", **typed: str) -> Response:
    """Fill the form and send it."""
    fields = {**form_of(client, address), "name": "kim", "password": PASSWORD, **typed}
    return client.post("/login", data=fields, follow_redirects=False)


def test_who_signs_in_gets_a_cookie_and_the_page_asked_for(client: TestClient, accounts: Accounts) -> None:
    """For no script and no other site, and as long as a session lasts; a new one each time."""
    reply = sign_in(client, "/login?next=/writing?x=1")
    assert (reply.status_code, reply.headers["location"]) == (303, "/writing?x=1")
    cookie = next(c for c in reply.headers.get_list("set-cookie") if c.startswith("kb_session="))
    assert {"HttpOnly", "SameSite=lax", "Path=/", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "Secure" not in cookie
    first = client.cookies["kb_session"]
    assert client.get("/insights").status_code == 200
    assert "<title>Insights · Billing Help</title>" in client.get("/insights").text
    sign_in(client)
    assert client.cookies["kb_session"] != first


def test_over_https_the_cookie_is_for_https_alone(client: TestClient, accounts: Accounts) -> None:
    """Both of them."""
    safe = TestClient(client.app, base_url="https://testserver")
    reply = sign_in(safe)
    assert reply.status_code == 303
    assert "Secure" in next(c for c in reply.headers.get_list("set-cookie") if c.startswith("kb_session="))
    assert "Secure" in safe.get("/login").headers["set-cookie"]


def test_a_wrong_password_says_nothing_of_names(client: TestClient, accounts: Accounts) -> None:
    """The same page for any name, the typed one kept, the password not; no cookie."""
    wrong, unknown = sign_in(client, password="wrong"), sign_in(client, name="nobody")
    assert (wrong.status_code, unknown.status_code) == (403, 403)
    assert "do not belong together" in wrong.text
    assert 'role="alert"' in wrong.text
    assert 'value="kim"' in wrong.text

    def bare(text: str) -> str:
        return re.sub(r'value="[^"]*"', "", text)

    assert bare(wrong.text) == bare(unknown.text)
    assert PASSWORD not in unknown.text
    assert "kb_session" not in client.cookies


def test_what_was_typed_is_shown_as_text(client: TestClient, accounts: Accounts) -> None:
    """What was typed never becomes markup."""
    reply = sign_in(client, name='"><script>x</script>', password="wrong")
    assert "<script>x" not in reply.text
    assert "&#34;&gt;&lt;script&gt;" in reply.text


FORGED = {
    "another site's origin": {"Origin": "https://evil.example"},
    "no origin known": {"Origin": "null"},
    "another site": {"Sec-Fetch-Site": "cross-site"},
    "a neighbor": {"Sec-Fetch-Site": "same-site"},
}


@pytest.mark.parametrize("headers", FORGED.values(), ids=FORGED)
@pytest.mark.parametrize("address", ["/login", "/logout"])
def test_a_form_of_another_site_is_not_taken(
    client: TestClient, accounts: Accounts, address: str, headers: dict[str, str]
) -> None:
    """A form of another site is refused, even if it knows the value in the cookie."""
    sign_in(client)
    token = client.cookies["kb_session"]
    fields = {**form_of(client, "/logout"), "name": "kim", "password": PASSWORD}
    reply = client.post(address, data=fields, headers=headers, follow_redirects=False)
    assert reply.status_code == 403
    assert client.cookies["kb_session"] == token
    assert accounts.user_of(token) is not None


@pytest.mark.parametrize("csrf", ["", "x" * 43, None, "ü"])
@pytest.mark.parametrize("address", ["/login", "/logout"])
def test_a_form_must_hold_what_the_cookie_holds(
    client: TestClient, accounts: Accounts, address: str, csrf: str | None
) -> None:
    """A wrong value, none, or no cookie at all."""
    sign_in(client)
    token = client.cookies["kb_session"]
    fields = {**form_of(client, "/logout"), "name": "kim", "password": PASSWORD}
    assert len(fields["csrf"]) == 43
    right = fields.pop("csrf")
    given = fields if csrf is None else {**fields, "csrf": csrf}
    assert client.post(address, data=given, follow_redirects=False).status_code == 403
    del client.cookies["kb_csrf"]
    assert client.post(address, data={**fields, "csrf": right}, follow_redirects=False).status_code == 403
    assert accounts.user_of(token) is not None


def test_what_is_no_form_is_not_taken(client: TestClient, accounts: Accounts) -> None:
    """JSON, a file, a great many fields, too large a part."""
    csrf = form_of(client)["csrf"]
    fields = {"csrf": csrf, "name": "kim", "password": PASSWORD}
    replies = [
        client.post("/login", json=fields),
        client.post("/login", data=fields, files={"file": b"x"}),
        client.post("/login", data={**fields, **{f"x{n}": "" for n in range(20)}}),
        client.post("/login", files={"csrf": (None, csrf), "name": (None, "k" * 9999), "password": (None, PASSWORD)}),
    ]
    assert [reply.status_code for reply in replies] == [403] * 4
    assert "kb_session" not in client.cookies


@pytest.mark.parametrize(
    ("wanted", "led"),
    [
        ("/insights?days=7&gap=3", "/insights?days=7&gap=3"),
        ("/writing", "/writing"),
        ("", "/insights"),
        ("/", "/insights"),
        ("/article?id=x", "/insights"),
        ("https://evil.example/insights", "/insights"),
        ("//evil.example/insights", "/insights"),
        ("/\\evil.example/insights", "/insights"),
        ("\\/insights", "/insights"),
        ("/insights/../x", "/insights"),
        ("/insights?a=\r\nSet-Cookie: x=1", "/insights"),
        ("javascript:alert(1)//insights", "/insights"),
        ("http://[", "/insights"),
    ],
)
def test_after_signing_in_nobody_is_led_elsewhere(wanted: str, led: str) -> None:
    """Only to the two pages for staff, on this site."""
    assert safe_next(wanted) == led


def test_signing_out_ends_the_session_everywhere(client: TestClient, accounts: Accounts) -> None:
    """A copy of the cookie is worth nothing afterwards."""
    sign_in(client)
    token = client.cookies["kb_session"]
    page = client.get("/logout")
    assert "You are signed in as kim (lead)." in page.text
    reply = client.post("/logout", data=form_of(client, "/logout"))
    assert "You are signed out" in reply.text
    assert "kb_session" not in client.cookies
    assert accounts.user_of(token) is None
    assert client.get("/insights").status_code == 404
    assert [e.what for e in accounts.audited(2)] == ["signed out", "signed in"]


@pytest.mark.parametrize(
    "address", ["/insights", "/writing", "/logout", "/insights?days=7", "/insights/", "/writing/x"]
)
def test_for_customers_there_is_no_such_page(client: TestClient, accounts: Accounts, address: str) -> None:
    """The very page that any unknown address gets, whatever else they send."""
    reply, unknown = client.get(address), client.get("/no-such-page")
    assert (reply.status_code, unknown.status_code) == (404, 404)
    assert re.sub(re.escape(address.partition("?")[0]) + r"\?[^\"]*", "/X", reply.text) == unknown.text.replace(
        "/no-such-page?lang=es", "/X"
    )


@pytest.mark.parametrize(
    "address", ["/", "/browse", "/contact", "/a/why-bill-went-up", "/assets/kb.js", "/sitemap.xml"]
)
def test_nothing_a_customer_gets_names_the_pages_for_staff(
    client: TestClient, accounts: Accounts, address: str
) -> None:
    """No link, no script, no list."""
    text = client.get(address).text
    assert [name for name in ("/insights", "/writing", "/login", "/logout") if name in text] == []


def test_who_was_signed_in_before_is_asked_to_sign_in_again(client: TestClient, accounts: Accounts) -> None:
    """The person signs in again and returns to the same place."""
    sign_in(client)
    accounts.set_password("kim", "four new quiet words", who="ops")
    reply = client.get("/insights?days=7", follow_redirects=False)
    assert (reply.status_code, reply.headers["location"]) == (303, "/login?next=%2Finsights%3Fdays%3D7")
    assert form_of(client, reply.headers["location"])["next"] == "/insights?days=7"


def test_too_many_attempts_from_one_address_have_to_wait(
    client: TestClient, accounts: Accounts, container: FakeContainer
) -> None:
    """Whatever names they try; the right password waits, too."""
    container.put(limits=Limits(Limit(3, timedelta(minutes=1)), RequestLimit()))
    statuses = [sign_in(client, name=f"n{n}").status_code for n in range(3)]
    reply = sign_in(client)
    assert statuses == [403] * 3
    assert reply.status_code == 429
    assert int(reply.headers["retry-after"]) in range(1, 22)


def test_a_failing_database_signs_nobody_in_and_takes_no_page_down(
    client: TestClient, accounts: Accounts, container: FakeContainer
) -> None:
    """Customers' pages go on; signing out claims nothing."""
    sign_in(client)

    fields = form_of(client, "/logout")
    container.put(accounts=JournalUnavailable("The database is away."))
    assert client.get("/").status_code == 200
    assert client.get("/insights", follow_redirects=False).status_code == 303
    assert client.post("/logout", data=fields).status_code == 503
    reply = sign_in(client)
    assert reply.status_code == 503
    assert "does not answer" in reply.text


def test_the_form_runs_nothing_and_is_kept_by_nobody(client: TestClient, accounts: Accounts) -> None:
    """Strict policy, no cache, not for search engines, in English whatever the browser prefers."""
    reply = client.get("/login", headers={"Accept-Language": "es"})
    policy = reply.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert reply.headers["cache-control"] == "no-store"
    assert '<meta name="robots" content="noindex">' in reply.text
    assert "For those who work on this help center." in reply.text


def test_with_an_identity_provider_local_accounts_are_off(
    client: TestClient, accounts: Accounts, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The page is Streamlit's, a posted password is not looked at, and the way on is remembered."""
    sign_in(client)
    assert client.get("/insights").status_code == 200
    fields = {**form_of(client, "/logout"), "name": "kim", "password": PASSWORD}
    monkeypatch.setattr(Secrets, "load_if_toml_exists", lambda _self: True)
    monkeypatch.setattr(Secrets, "get", lambda _self, name: {"auth": {"client_id": "x"}}.get(name))
    assert client.post("/login", data=fields).status_code == 404
    page = client.get("/login?next=/writing")
    assert '<div id="root">' in page.text
    assert client.cookies["kb_next"].strip('"') == "/writing"
    assert client.get("/insights", follow_redirects=False).status_code == 303
    client.cookies.set("_streamlit_user", "signed")
    back = client.get("/", follow_redirects=False)
    assert (back.status_code, back.headers["location"]) == (303, "/writing")
    assert "kb_next" not in client.cookies
    assert client.get("/", follow_redirects=False).status_code == 200
    shell = client.get("/insights")
    assert shell.status_code == 200
    assert "Insights" not in shell.text


def test_a_browser_that_was_signed_in_before_is_known_again(client: TestClient, accounts: Accounts) -> None:
    """Its token is for no script and opens nothing; the attempts of a browser with it count by themselves."""
    reply = sign_in(client)
    cookie = next(c for c in reply.headers.get_list("set-cookie") if c.startswith("kb_browser="))
    assert {"HttpOnly", "SameSite=lax"} <= set(cookie.split("; "))
    known = client.cookies["kb_browser"]
    for n in range(25):
        for _ in range(5):
            accounts._store.begin_attempt("kim", accounts._clock(), f"network {n}")
    client.cookies.delete("kb_browser")
    assert sign_in(client).status_code == 403
    client.cookies.set("kb_browser", known)
    reply = sign_in(client)
    assert reply.status_code == 303
    assert any(c.startswith(f"kb_browser={known};") for c in reply.headers.get_list("set-cookie"))
