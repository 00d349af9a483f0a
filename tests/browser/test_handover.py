"""A request from the form in a real browser to a real mail server, through a failure of it."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from kb.settings.settings import Settings
from tests.browser.screens import violations
from tests.contact.desks import mail_desk
from tests.server.process import start_server
from tests.support import ROOT, wait_until

pytestmark = pytest.mark.browser


def test_a_request_reaches_the_help_desk_by_mail(browser: Browser, built_index: Settings, tmp_path: Path) -> None:
    """Refused once, taken at the second attempt; afterwards nothing of it is left here."""
    site = tmp_path / "site.yaml"
    with mail_desk() as desk:
        handover = (
            "handover: {deliver: smtp, to: desk@example.com, sender: help@example.com, host: 127.0.0.1, "
            f"port: {desk.port}, security: none}}\n"
        )
        site.write_text(f"{(ROOT / 'site.yaml').read_text(encoding='utf-8')}\n{handover}", encoding="utf-8")
        with start_server(Settings(index=built_index.index, site_path=site), tmp_path) as server:
            page = browser.new_context().new_page()
            page.goto(f"{server.origin}/contact")
            page.get_by_role("radio", name="Write to me").check(force=True)
            page.get_by_role("textbox", name="Your name").fill("Robin Quince")
            page.get_by_role("textbox", name="Phone number or email address").fill("robin@example.com")
            page.get_by_role("textbox", name="What it is about").fill("Zanzibar question")
            page.get_by_role("button", name="Send my request").click()
            expect(page.locator(".kb-handover-problems")).to_contain_text("Without it nothing is sent.")
            assert violations(page) == []
            page.get_by_role("checkbox", name="I agree that my name").check(force=True)
            page.get_by_role("button", name="Send my request").click()
            expect(page.get_by_role("heading", name="Your request is on its way")).to_be_visible()
            wait_until(lambda: len(desk.mails) == 1)
            assert desk.mails[0]["Reply-To"] == "robin@example.com"
            assert "Zanzibar question" in desk.mails[0].get_content()
            database = tmp_path / "data" / "journal.db"
            wait_until(lambda: _rows(database) == [("ticket", None, "delivered")])
            page.context.close()
        assert "Zanzibar" not in server.log.read_text(encoding="utf-8")


def _rows(database: Path) -> list[tuple[str, str | None, str]]:
    with sqlite3.connect(database) as connection:
        return connection.execute("SELECT kind, payload, state FROM outbox").fetchall()
