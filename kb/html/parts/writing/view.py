"""What is looked at on /writing: the list and how it is narrowed, one article, or the beginning of a new one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final
from urllib.parse import urlencode

from kb.html.addresses import Page, Param

NEW: Final = "new"
"""The view in which a new article is begun."""
_LONGEST: Final = 200
_LONGEST_NUMBER: Final = 9


class Choice(StrEnum):
    """The articles that the list may be narrowed to."""

    ALL = "all"
    DRAFTS = "drafts"
    FINDINGS = "findings"
    OVERDUE = "overdue"
    LOST = "lost"
    SIGNPOSTS = "signposts"


@dataclass(frozen=True, slots=True)
class WritingView:
    """A state of the page, all of it in the address."""

    article: str = ""
    """The article that is open; empty for none."""
    needle: str = ""
    """Words that the listed articles have in their titles or ids."""
    choice: Choice = Choice.ALL
    whole: bool = False
    """Whether the list is shown to its end."""
    is_new: bool = False
    """Whether a new article is begun."""
    draft: int | None = None
    """Somebody else's draft of the article that is open, to be reviewed."""

    @classmethod
    def of_address(cls, params: Mapping[str, str]) -> WritingView:
        """Read an address; what cannot be read is ignored.

        :param params: The address's parameters.
        :return: The view.
        """
        return cls(
            article=params.get(Param.OF_ARTICLE, "")[:_LONGEST],
            needle=" ".join(params.get(Param.QUERY, "").split())[:_LONGEST],
            choice=next((choice for choice in Choice if choice == params.get(Param.STATE)), Choice.ALL),
            whole=params.get(Param.WHOLE) == "1",
            is_new=params.get(Param.VIEW) == NEW,
            draft=_number(params.get(Param.DRAFT, "")),
        )

    def address(self, **changes: object) -> str:
        r"""Return the address of this view with some of it changed.

        :param \**changes: Fields of the view.
        :return: A path with its query.
        """
        view = replace(self, **changes)  # type: ignore[arg-type]
        params = {
            Param.VIEW: NEW if view.is_new else "",
            Param.OF_ARTICLE: view.article,
            Param.QUERY: view.needle,
            Param.STATE: view.choice.value if view.choice is not Choice.ALL else "",
            Param.WHOLE: "1" if view.whole else "",
            Param.DRAFT: "" if view.draft is None else str(view.draft),
        }
        query = urlencode({name.value: value for name, value in params.items() if value})
        return f"{Page.WRITING}?{query}" if query else str(Page.WRITING)


def article_address(article_id: str, draft: int | None = None) -> str:
    """Return where an article is written, or where somebody else's draft of it is reviewed."""
    return WritingView(article=article_id, draft=draft).address()


def new_address() -> str:
    """Return where a new article is begun."""
    return WritingView(is_new=True).address()


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) <= _LONGEST_NUMBER else None
