"""Every fixed word of the pages, in the language of whoever reads: ``words.ASK_TITLE``.

A name is looked up anew each time it is read, so it must be read while a page is made: never in a module's own body,
and never by ``from kb.ui.words import …``. One module an area and language stands below; the pages for staff have
English alone. To a type checker all names are strings of this module.
"""

from __future__ import annotations

from contextvars import ContextVar
from enum import StrEnum
from types import ModuleType
from typing import TYPE_CHECKING, Any

from kb.ui.words import english, fixed, spanish, staff

if TYPE_CHECKING:
    from kb.ui.words.english import *  # noqa: F403
    from kb.ui.words.fixed import *  # noqa: F403
    from kb.ui.words.staff import *  # noqa: F403


class Language(StrEnum):
    """Languages of the pages, as HTML and HTTP name them."""

    ENGLISH = "en"
    SPANISH = "es"


_CATALOGS: dict[Language, ModuleType] = {Language.ENGLISH: english, Language.SPANISH: spanish}
_current: ContextVar[Language] = ContextVar("language", default=Language.ENGLISH)


def use(language: Language) -> None:
    """Say in which language the page is that is being made in this thread or task."""
    _current.set(language)


def language() -> Language:
    """Return the language of the page that is being made."""
    return _current.get()


def articles_lang() -> str:
    """Return an attribute that says what is in the articles' language; nothing where the page is in it, too."""
    return marked(Language.ENGLISH)


def marked(lang: str) -> str:
    """Return an attribute that says in which language something is; nothing where the page is in it, too."""
    return "" if language() == lang else f' lang="{lang}"'


if not TYPE_CHECKING:  # a type checker that saw it would take every misspelled name for a string

    def __getattr__(name: str) -> Any:
        """Return words in the language of the page, or those that have one language alone."""
        for catalog in (_CATALOGS[_current.get()], staff, fixed):
            if name in vars(catalog):
                return vars(catalog)[name]
        raise AttributeError(f"There are no words named {name!r}")
