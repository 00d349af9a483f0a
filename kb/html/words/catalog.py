"""All words of a language together, and the language of the page that is being made."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from markupsafe import Markup

from kb.html.words.article import ARTICLE_EN, ARTICLE_ES, FEEDBACK_EN, FEEDBACK_ES, ArticleWords, FeedbackWords
from kb.html.words.ask import ASK_EN, ASK_ES, BROWSE_EN, BROWSE_ES, AskWords, BrowseWords
from kb.html.words.bill import BILL_EN, BILL_ES, BillWords
from kb.html.words.case import CASE_EN, CASE_ES, LADDER_EN, LADDER_ES, CaseWords, LadderWords
from kb.html.words.contact import CONTACT_EN, CONTACT_ES, HANDOVER_EN, HANDOVER_ES, ContactWords, HandoverWords
from kb.html.words.dates import DATES_EN, DATES_ES, HOURS_EN, HOURS_ES, DatesWords, HoursWords
from kb.html.words.editor import EditorWords
from kb.html.words.frame import FRAME_EN, FRAME_ES, FrameWords
from kb.html.words.insights import InsightsWords
from kb.html.words.lessons import LessonWords
from kb.html.words.privacy import PRIVACY_EN, PRIVACY_ES, PrivacyWords
from kb.html.words.reasons import ChangeWords, ReasonWords
from kb.html.words.review import ReviewWords
from kb.html.words.sample import SampleWords
from kb.html.words.staff import FindingsWords, PreviewWords, SignInWords, WritingWords
from kb.settings.own_words import OwnWords


class Language(StrEnum):
    """Languages of the pages, as HTML and HTTP name them."""

    ENGLISH = "en"
    SPANISH = "es"


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """Every fixed word of the pages in one language; those of the pages for staff are always in English."""

    language: Language
    article: ArticleWords
    ask: AskWords
    bill: BillWords
    browse: BrowseWords
    case: CaseWords
    contact: ContactWords
    dates: DatesWords
    feedback: FeedbackWords
    frame: FrameWords
    handover: HandoverWords
    hours: HoursWords
    ladder: LadderWords
    privacy: PrivacyWords
    changes: ChangeWords = field(default_factory=ChangeWords)
    editor: EditorWords = field(default_factory=EditorWords)
    findings: FindingsWords = field(default_factory=FindingsWords)
    insights: InsightsWords = field(default_factory=InsightsWords)
    lessons: LessonWords = field(default_factory=LessonWords)
    preview: PreviewWords = field(default_factory=PreviewWords)
    reasons: ReasonWords = field(default_factory=ReasonWords)
    review: ReviewWords = field(default_factory=ReviewWords)
    sample: SampleWords = field(default_factory=SampleWords)
    sign_in: SignInWords = field(default_factory=SignInWords)
    writing: WritingWords = field(default_factory=WritingWords)

    @property
    def articles_lang(self) -> Markup:
        """An attribute for what is in the articles' language; empty where the page is in that language, too."""
        return self.marked(Language.ENGLISH)

    def marked(self, lang: str) -> Markup:
        """Return an attribute that says which language something is in; empty where the page is in that language."""
        return Markup() if self.language == lang else Markup(' lang="{}"').format(lang)


_ENGLISH: Final = Words(
    language=Language.ENGLISH,
    article=ARTICLE_EN,
    ask=ASK_EN,
    bill=BILL_EN,
    browse=BROWSE_EN,
    case=CASE_EN,
    contact=CONTACT_EN,
    dates=DATES_EN,
    feedback=FEEDBACK_EN,
    frame=FRAME_EN,
    handover=HANDOVER_EN,
    hours=HOURS_EN,
    ladder=LADDER_EN,
    privacy=PRIVACY_EN,
)
_SPANISH: Final = Words(
    language=Language.SPANISH,
    article=ARTICLE_ES,
    ask=ASK_ES,
    bill=BILL_ES,
    browse=BROWSE_ES,
    case=CASE_ES,
    contact=CONTACT_ES,
    dates=DATES_ES,
    feedback=FEEDBACK_ES,
    frame=FRAME_ES,
    handover=HANDOVER_ES,
    hours=HOURS_ES,
    ladder=LADDER_ES,
    privacy=PRIVACY_ES,
)
_CATALOG: Final = {known.language: known for known in (_ENGLISH, _SPANISH)}
_current: ContextVar[Words] = ContextVar("words", default=_ENGLISH)
_own: ContextVar[OwnWords | None] = ContextVar("own_words", default=None)

_OWN_FIELDS: Final = {
    "ask_title": ("ask", "title"),
    "ask_lead": ("ask", "lead"),
    "ask_empty": ("ask", "empty"),
    "ask_example": ("ask", "placeholder"),
    "elsewhere_text": ("ask", "elsewhere_text"),
    "elsewhere_nearest": ("ask", "elsewhere_nearest"),
    "out_of_scope_text": ("ask", "out_of_scope_text"),
}
"""The area and the field of each word that the operator may give."""


def use_language(language: Language, own: OwnWords | None = None) -> None:
    """Set the language of the page that is being made in this thread or task.

    :param language: The language.
    :param own: The operator's words in place of ours; None for those that were set before.
    """
    if own is not None:
        _own.set(own)
    known = _own.get()
    _current.set(_CATALOG[language] if known is None else _with_own(language, known.of(language)))


@lru_cache(maxsize=8)
def _with_own(language: Language, given: tuple[tuple[str, str], ...]) -> Words:
    """Return the words of a language with the operator's in place of ours."""
    found = _CATALOG[language]
    for key, text in given:
        area, name = _OWN_FIELDS[key]
        changed = {name: text}
        found = replace(found, **{area: replace(getattr(found, area), **changed)})
    return found


def words() -> Words:
    """Return the words in the language of the page that is being made."""
    return _current.get()
