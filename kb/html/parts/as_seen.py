"""A reply as a customer sees it, to be read and not to be used: for those who write and judge articles."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup

from kb.html import links
from kb.html.links import Addresses
from kb.html.parts import outcome
from kb.settings.site import Site
from kb.types import Answer, Library

_FOR_SCRIPTS: Final = re.compile(r'\s(?:data-[a-z-]+|id)="[^"]*"')
"""What the scripts of the customers' pages look for, and targets of links, of which a page would have two."""

_LINK: Final = re.compile(r'<a href="([^"#]*)(?:#[^"]*)?"[^>]*>(.*?)</a>', re.DOTALL)
_LANDMARK: Final = re.compile(r'<(/?)nav(?:( class="[^"]*")[^>]*)?>')
"""Parts to navigate by, of which a page with several cards would have several of one name."""


def card(
    answer: Answer,
    library: Library,
    site: Site,
    label: str,
    to: Addresses = links.READ_ONLY,
    *,
    below: str = "",
    without: str = "",
) -> Markup:
    """Return a reply without what the scripts of the customers' pages act on.

    :param answer: The answer.
    :param library: The articles it was found in.
    :param site: The operator's words.
    :param label: The name of the card, for those who cannot see that it is one.
    :param to: The destinations of its links; they ask nothing anew.
    :param below: What folds the articles that stand below the answer; empty to leave them out.
    :param without: An article that has no page to lead to; its links are only words.
    :return: HTML.
    """
    nowhere = to.article(without, "") if without else ""
    shown, rest = (_quiet(part, nowhere) for part in outcome.parts(answer, library, site, to, refused=False))
    folded = Markup('<details class="kb-days kb-details"><summary>{}</summary>{}</details>').format(below, rest)
    return Markup('<div class="kb-seen-card" role="group" aria-label="{}">{}{}</div>').format(
        label, shown, folded if below and rest else ""
    )


def _quiet(html: Markup, nowhere: str) -> Markup:
    """Return HTML without what scripts act on, without landmarks, and without links to an address."""
    unlinked = _LINK.sub(lambda link: link[2] if nowhere and link[1] == Markup.escape(nowhere) else link[0], html)
    return Markup(_LANDMARK.sub(r"<\1div\2>", _FOR_SCRIPTS.sub("", unlinked)))  # noqa: S704 — HTML of ours, less of it
