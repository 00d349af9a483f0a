"""All words of a language together, and the language of the page that is being made."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from kb.html.words.article import (
    ARTICLE_ENGLISH,
    ARTICLE_SPANISH,
    FEEDBACK_ENGLISH,
    FEEDBACK_SPANISH,
    Article,
    Feedback,
)
from kb.html.words.ask import ASK_ENGLISH, ASK_SPANISH, BROWSE_ENGLISH, BROWSE_SPANISH, Ask, Browse
from kb.html.words.bill import BILL_ENGLISH, BILL_SPANISH, Bill
from kb.html.words.case import (
    CASE_ENGLISH,
    CASE_SPANISH,
    HOURS_ENGLISH,
    HOURS_SPANISH,
    LADDER_ENGLISH,
    LADDER_SPANISH,
    Case,
    Hours,
    Ladder,
)
from kb.html.words.contact import (
    CONTACT_ENGLISH,
    CONTACT_SPANISH,
    HANDOVER_ENGLISH,
    HANDOVER_SPANISH,
    Contact,
    Handover,
)
from kb.html.words.frame import DATES_ENGLISH, DATES_SPANISH, FRAME_ENGLISH, FRAME_SPANISH, Dates, Frame
from kb.html.words.insights import Insights
from kb.html.words.privacy import PRIVACY_ENGLISH, PRIVACY_SPANISH, Privacy
from kb.html.words.staff import Findings, Preview, SignIn, Writing


class Language(StrEnum):
    """Languages of the pages, as HTML and HTTP name them."""

    ENGLISH = "en"
    SPANISH = "es"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Every fixed word of the pages in one language; those of the pages for staff are always in English."""

    language: Language
    article: Article
    ask: Ask
    bill: Bill
    browse: Browse
    case: Case
    contact: Contact
    dates: Dates
    feedback: Feedback
    frame: Frame
    handover: Handover
    hours: Hours
    ladder: Ladder
    privacy: Privacy
    findings: Findings = field(default_factory=Findings)
    insights: Insights = field(default_factory=Insights)
    preview: Preview = field(default_factory=Preview)
    sign_in: SignIn = field(default_factory=SignIn)
    writing: Writing = field(default_factory=Writing)

    @property
    def articles_lang(self) -> str:
        """An attribute for what is in the articles' language; empty where the page is in that language, too."""
        return self.marked(Language.ENGLISH)

    def marked(self, lang: str) -> str:
        """Return an attribute that says which language something is in; empty where the page is in that language."""
        return "" if self.language == lang else f' lang="{lang}"'


_ENGLISH: Final = Words(
    language=Language.ENGLISH,
    article=ARTICLE_ENGLISH,
    ask=ASK_ENGLISH,
    bill=BILL_ENGLISH,
    browse=BROWSE_ENGLISH,
    case=CASE_ENGLISH,
    contact=CONTACT_ENGLISH,
    dates=DATES_ENGLISH,
    feedback=FEEDBACK_ENGLISH,
    frame=FRAME_ENGLISH,
    handover=HANDOVER_ENGLISH,
    hours=HOURS_ENGLISH,
    ladder=LADDER_ENGLISH,
    privacy=PRIVACY_ENGLISH,
)
_SPANISH: Final = Words(
    language=Language.SPANISH,
    article=ARTICLE_SPANISH,
    ask=ASK_SPANISH,
    bill=BILL_SPANISH,
    browse=BROWSE_SPANISH,
    case=CASE_SPANISH,
    contact=CONTACT_SPANISH,
    dates=DATES_SPANISH,
    feedback=FEEDBACK_SPANISH,
    frame=FRAME_SPANISH,
    handover=HANDOVER_SPANISH,
    hours=HOURS_SPANISH,
    ladder=LADDER_SPANISH,
    privacy=PRIVACY_SPANISH,
)
_CATALOG: Final = {known.language: known for known in (_ENGLISH, _SPANISH)}
_current: ContextVar[Words] = ContextVar("words", default=_ENGLISH)


def use_language(language: Language) -> None:
    """Set the language of the page that is being made in this thread or task."""
    _current.set(_CATALOG[language])


def words() -> Words:
    """Return the words in the language of the page that is being made."""
    return _current.get()
