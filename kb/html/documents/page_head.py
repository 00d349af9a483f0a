"""The first HTML of an application's page: its head, our scripts, and the place that announces changes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from markupsafe import Markup

from kb.html.documents import structured
from kb.html.parts import frame
from kb.html.words import words

_NOTHING: Final = Markup()
ICON: Final = Markup('<link rel="icon" href="/assets/icon.svg" type="image/svg+xml" />')
STATUS: Final = Markup(
    '<div id="kb-status" role="status" aria-live="polite" style="position:absolute;width:1px;height:1px;'
    'overflow:hidden;clip-path:inset(50%);white-space:nowrap"></div>'
)


@dataclass(frozen=True, slots=True)
class Head:
    """The facts about a page that its first HTML states."""

    title: str
    description: str = ""
    canonical: str = ""
    """Absolute address; empty for none."""
    noscript: Markup = _NOTHING
    """Content for readers without JavaScript."""
    social: Markup = _NOTHING
    """Tags for sites on which the address is shared."""
    alternates: tuple[tuple[str, str], ...] = ()
    """The same page by language, with absolute addresses."""
    found_by: Markup = _NOTHING
    """Links to the forms that other programs read."""
    indexed: bool = True
    """Whether search engines may list it."""
    for_staff: bool = False
    """Whether it is a page for staff, which has a script more."""


def tags(head: Head) -> Markup:
    """Return the tags that a page's head has for search engines and for where its address is shared.

    :param head: What they say.
    :return: HTML, one line per tag.
    """
    lines = [Markup("<title>{}</title>").format(head.title)]
    if head.description:
        lines.append(Markup('<meta name="description" content="{}" />').format(head.description))
    if head.canonical:
        lines.append(Markup('<link rel="canonical" href="{}" />').format(head.canonical))
    if head.alternates:
        lines.append(structured.alternates(head.alternates))
    if head.social:
        lines.append(head.social)
    if head.found_by:
        lines.append(head.found_by)
    if not head.indexed:
        lines.append(Markup('<meta name="robots" content="noindex" />'))
    return Markup("\n    ").join(lines)


def scripts(head: Head) -> Markup:
    """Return our own scripts, with the words that they show.

    :param head: Says whether those for staff are among them.
    :return: HTML.
    """
    writing = Markup('<script src="/assets/write.js" defer></script>') if head.for_staff else Markup()
    return writing + Markup(
        '<script src="/assets/kb.js" defer></script><script src="/assets/contact.js" defer></script>'
        '<script src="/assets/bill.js" defer></script><script src="/assets/journal.js" defer></script>'
        '<script src="/assets/recent.js" defer></script>'
        '<script src="/assets/suggest.js" data-label="{label}" data-article="{article}" '
        'data-recent="{ask.recent_title}" data-popular="{ask.popular_title}" '
        'data-forget="{ask.forget}" data-forgotten="{ask.forgotten}" '
        'data-count-one="{ask.suggest_count[0]}" data-count-many="{ask.suggest_count[1]}" defer></script>'
        '<script src="/assets/length.js" data-length="{length}" data-only-first="{only_first}" defer></script>'
    ).format(
        ask=words().ask,
        label=words().ask.suggest_label,
        article=words().ask.suggest_article,
        length=words().ask.letters_left,
        only_first=words().ask.only_first,
    )


def style_link() -> Markup:
    """Return the link to the styles of every page; in the body, since they must come after Streamlit's own."""
    address, _ = frame.style_sheet()
    return Markup('<link rel="stylesheet" href="{}" />').format(address)


def preloads(names: list[str]) -> Markup:
    """Return hints to load parts of Streamlit's script before they are asked for.

    :param names: The files' names.
    :return: HTML, one line per tag.
    """
    hint = Markup('<link rel="modulepreload" crossorigin href="./static/js/{}">')
    return Markup("\n    ").join(hint.format(name) for name in names)
