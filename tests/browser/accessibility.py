"""axe-core on a page that is open: the rules of WCAG 2.2 A and AA and axe's own best practices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

_AXE = Axe()


def violations(page: Page) -> list[str]:
    """Return each violation as its rule with the elements it was found on."""
    found = _AXE.run(page).response["violations"]
    return [f"{v['id']} ({v['impact']}): {[node['target'] for node in v['nodes']]}" for v in found]
