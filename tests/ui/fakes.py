"""A small help center in memory: an answerer that needs no model, so that pages can be tested in milliseconds."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from datetime import date
from functools import partial
from types import SimpleNamespace
from typing import Any

from kb.app.container import Container
from kb.app.lazy import AnswererSlot, Lazy
from kb.content.markdown.render import plain_text, sections
from kb.errors import JournalUnavailable, QueryUnknown
from kb.journal.metrics import JournalMetrics
from kb.retrieval.query.language import is_spanish
from kb.settings.channels import Channel
from kb.settings.ladder import LadderStep, LadderWords
from kb.settings.settings import Settings
from kb.settings.site import Site
from kb.types import (
    Answer,
    Answered,
    Article,
    ArticleKind,
    Category,
    Clarify,
    Elsewhere,
    EventKind,
    Hit,
    Library,
    NoAnswer,
    NoAnswerReason,
    Outcome,
    Passage,
    Query,
    QuerySource,
    Source,
    Traffic,
    Translation,
)

NOTICE = "This is an independent help center. It is not the provider's own site."


def make_article(article_id: str, body: str = "Some text.", **fields: object) -> Article:
    """Return an article with its sections; other fields have plain defaults."""
    defaults: dict[str, object] = {
        "title": article_id.replace("-", " ").capitalize(),
        "kind": ArticleKind.FAQ,
        "category": "bill-changes-and-prices",
        "summary": f"Summary of {article_id}.",
        "reviewed": date(2026, 11, 22),
        "sources": (Source("https://www.example.com/bill", "unknown", "2026-11"),),
    }
    return Article(id=article_id, body=body, sections=sections(body), **{**defaults, **fields})  # type: ignore[arg-type]


_STEPS = """Have your account number ready.

## Set it up

1. Sign in.
2. Open Billing.
3. Turn it on.

## If it fails

Ask."""
_REASONS = """A bill goes up for a few reasons.

## What changed on the bill

Compare **two bills**.

> [!TIP]
> Mark new lines.

## When to call

See [auto pay](set-up-autopay#set-it-up)."""
ARTICLES = (
    make_article(
        "why-bill-went-up",
        _REASONS,
        title="Why did my bill go up?",
        related=("set-up-autopay", "no-such-article"),
    ),
    make_article(
        "set-up-autopay",
        _STEPS,
        title="How do I set up Auto Pay?",
        kind=ArticleKind.TUTORIAL,
        category="autopay-and-paperless",
        redirects=("autopay-setup",),
        sources=(Source("https://www.example.com/pay", "2024-01", "2026-11"),),
    ),
    make_article("late-fee", "A late fee is charged after the due date.", title="What is the late fee?"),
    make_article("late-payment", "What happens when you pay late.", title="What if I pay late?"),
    make_article("contact-billing", "Call us.", title="How do I reach billing?", category="contact-and-escalation"),
)
CATEGORIES = (
    Category("bill-changes-and-prices", "Price changes", "Why the total is higher. And more.", 1),
    Category("autopay-and-paperless", "Auto Pay", "Paying by itself.", 2),
    Category("contact-and-escalation", "Contact", "Reaching people.", 3),
)
LADDER = (
    LadderStep(LadderWords("Call", "Be brief.", "Please correct it."), article="contact-billing", channel="phone"),
    LadderStep(
        LadderWords("Write"), article="gone", after_days=7, answer_days=30, source="https://e.org/r", dated="2024"
    ),
)
SITE = Site(
    name="Billing Help",
    provider="Example",
    notice=NOTICE,
    channels=(
        Channel(
            "phone", "phone", "Call customer service", "(833) 267-6094", source="https://example.com/a", dated="unknown"
        ),
        Channel("chat", "chat", "Chat", "chat on the web", source="https://example.com/b", dated="2024-01"),
        Channel("rumor", "phone", "Call a number somebody mentioned", "(555) 010-0000"),
    ),
    have_ready=("Your account number", "Your latest statement"),
)
_ANSWERS: Mapping[str, tuple[str, ...]] = {
    "why did my bill go up": ("why-bill-went-up", "late-fee", "late-payment", "set-up-autopay", "contact-billing"),
    "how do i set up auto pay": ("set-up-autopay", "why-bill-went-up"),
}
_CHOICES: Mapping[str, tuple[str, ...]] = {"late": ("late-fee", "late-payment")}
_BESIDE_CHOICES = ("why-bill-went-up", "contact-billing")


SIGNPOST = make_article(
    "slow-internet",
    "Speed is not explained here. Restart the modem, or see *Spectrum.net*.",
    title="Slow internet",
    kind=ArticleKind.SIGNPOST,
    category="elsewhere",
    examples=("my wifi crawls tonight",),
    spanish=Translation("Internet lento", "La velocidad no se explica aquí. Reinicie el *módem*."),
)
_ELSEWHERE: Mapping[str, Elsewhere] = {
    "my wifi crawls": Elsewhere(SIGNPOST),
    "my comcast wifi crawls": Elsewhere(SIGNPOST, ("Comcast",)),
    "netflix charged me": Elsewhere(None, ("Netflix", "Hulu")),
    "something else": Elsewhere(),
}


def library() -> Library:
    """Return the articles and the signpost above."""
    return Library({a.id: a for a in ARTICLES}, CATEGORIES, signposts={SIGNPOST.id: SIGNPOST})


def words_of(text: str) -> str:
    """Return a question in small letters and without marks."""
    return re.sub(r"[^a-z ]", "", text.lower()).strip()


def settings() -> Settings:
    """Return settings with the site above."""
    return Settings(site=SITE)


class FakeAnswerer:
    """Answers a handful of known questions, and says that it does not know any other."""

    index_version = "fake-1"
    index = None
    vector_engine = None

    def __init__(self) -> None:
        """Start without a question asked."""
        self.library = library()
        self.asked: list[str] = []

    def ask(self, text: str, k: int = 5, *, exact: bool = False, language: str | None = None) -> Answer:
        """Reply as the real one does, from fixed lists."""
        self.asked.append(text)
        searched = words_of(text) if exact else words_of(text).replace("paperles ", "paperless ")
        words = words_of(text)
        found = _ANSWERS.get(words) or ("late-fee", "late-payment")
        if words in _CHOICES:
            found = _CHOICES[words] + _BESIDE_CHOICES
        language = language or ("es" if is_spanish(text) else "en")
        hits = () if not text.strip() else tuple(self._hit(i, n, language) for n, i in enumerate(found, 1))
        query = Query(text, words, searched=searched, exact=exact)
        return Answer(query, self._outcome(text, words, hits), 0.9, hits[:k], self.index_version, 0.1)

    def pinned(self) -> FakeAnswerer:
        """Return itself, which has one version."""
        return self

    def close(self) -> None:
        """Stop watching, as the real one does."""

    def _outcome(self, text: str, words: str, hits: tuple[Hit, ...]) -> Outcome:
        if not text.strip():
            return NoAnswer(NoAnswerReason.EMPTY_QUERY, ())
        if words in _ANSWERS:
            return Answered(hits[0], hits[1:])
        if words in _CHOICES:
            return Clarify(hits[: len(_CHOICES[words])])
        if words in _ELSEWHERE:
            return NoAnswer(NoAnswerReason.ELSEWHERE, hits, _ELSEWHERE[words])
        if words == "agent":
            return NoAnswer(NoAnswerReason.AGENT, hits)
        return NoAnswer(NoAnswerReason.BELOW_THRESHOLD, hits)

    def _hit(self, article_id: str, rank: int, language: str) -> Hit:
        article = self.library.articles[article_id].in_language(language)
        section = next((s for s in article.sections if s.anchor), article.sections[0])
        # Half of the steps, as an index that cuts long sections would hold.
        part = section.markdown.split("\n3.")[0]
        heading = section.heading or article.title
        passage = Passage(
            f"{article.name}#0", article_id, heading, section.anchor, plain_text(part), part, article.language
        )
        return Hit(rank, article_id, article.title, passage, 1.0 / rank)


class FakeContainer(Container):
    """A container into which a test puts what it needs; everything else opens as usual."""

    def put(self, **parts: Any) -> None:
        """Replace parts by name: with an object, or with an error that is raised whenever the part is used."""
        for name, part in parts.items():
            made = partial(_give, part)
            if name == "answerer":
                slot = AnswererSlot(made, retry_seconds=0)
                self._answerer = Lazy(partial(_give, slot))
            elif name == "suggester":
                self._suggester = SimpleNamespace(get=lambda _library, part=part: part)
            else:
                setattr(self, f"_{name}", Lazy(made))
            if name == "engine":
                self._migrated = Lazy(made)


def _give(part: Any) -> Any:
    if isinstance(part, Exception):
        raise part
    return part


class FakeJournal:
    """Keeps in memory what a page or the API records, in the order it came."""

    def __init__(self) -> None:
        """Start empty."""
        self.queries: list[tuple[str, str, str, str, str]] = []
        """Id, text, source, visit and traffic of each question, recorded again or not."""
        self.events: list[tuple[str, str, str, str, str, str]] = []
        """Question, kind, article, reason, text and visit."""
        self.failing = self.closed = False
        self.is_up = False  # nothing can be read back
        self.metrics = JournalMetrics()

    def record_query(
        self, answer: Answer, *, source: QuerySource, visit: str, traffic: Traffic = Traffic.CUSTOMER
    ) -> str:
        """Keep a question."""
        query_id = hashlib.sha256(f"{visit} {answer.query.text} {answer.index_version}".encode()).hexdigest()[:32]
        self.queries.append((query_id, answer.query.raw, source.value, visit, traffic.value))
        return query_id

    def record_event(
        self,
        query_id: str,
        kind: EventKind,
        *,
        article_id: str = "",
        reason: str = "",
        text: str = "",
        visit: str = "",
    ) -> None:
        """Keep an event, unless the database fails."""
        if self.failing:
            raise JournalUnavailable("It fails.")
        if query_id and not self.knows(query_id):
            raise QueryUnknown("There is none.")
        self.events.append((query_id, kind.value, article_id, reason, text, visit))

    def knows(self, query_id: str) -> bool:
        """Return whether a question was kept."""
        return any(query[0] == query_id for query in self.queries)

    def close(self) -> None:
        """Note that the server has ended."""
        self.closed = True
