"""The views of the page for leads, each one step away from every other."""

from __future__ import annotations

from markupsafe import Markup

from kb.html.parts.insights import pieces
from kb.html.parts.insights.view import Tab, View
from kb.html.words import words


def html(view: View) -> Markup:
    """Return links to all views; that of the view that is open, or to which what is open belongs, is marked."""
    labels = words().review
    items = (
        Markup("<li>{}</li>").format(pieces.link(view.opened(tab), labels.tabs[tab.value], current=tab is view.tab))
        for tab in Tab
    )
    return Markup('<nav class="kb-tabs" aria-label="{}"><ul>{}</ul></nav>').format(
        labels.tabs_label, Markup().join(items)
    )
