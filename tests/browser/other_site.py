"""Sites of other origins, on which the help center's search box stands."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Browser, ConsoleMessage, Page


class OtherSite(ThreadingHTTPServer):
    """A third-party site with one page, whatever the path."""

    page = ""
    policy = ""
    """Its content security policy; empty for none."""

    @property
    def origin(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        assert isinstance(self.server, OtherSite)
        body = self.server.page.encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        if self.server.policy:
            self.send_header("Content-Security-Policy", self.server.policy)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Log nothing."""


@contextmanager
def other_sites() -> Iterator[tuple[OtherSite, OtherSite]]:
    """Run two sites on ports of their own."""
    made = OtherSite(("127.0.0.1", 0), _Handler), OtherSite(("127.0.0.1", 0), _Handler)
    threads = [threading.Thread(target=site.serve_forever) for site in made]
    for thread in threads:
        thread.start()
    try:
        yield made
    finally:
        for site, thread in zip(made, threads, strict=True):
            site.shutdown()
            thread.join()
            site.server_close()


def noting(browser: Browser, errors: list[str]) -> Iterator[Page]:
    """Open a window that notes every error, also one of a policy; an icon that such a site has not is none."""

    def note(message: ConsoleMessage) -> None:
        is_icon = "icon" in message.text or "favicon" in (message.location or {}).get("url", "")
        if message.type == "error" and not is_icon:
            errors.append(message.text)

    context = browser.new_context()
    opened = context.new_page()
    opened.on("console", note)
    opened.on("pageerror", lambda error: errors.append(str(error)))
    yield opened
    context.close()
