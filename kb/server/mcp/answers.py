"""What the tools of the MCP server give back, and how it is made of answers, articles and channels.

The strings under the fields are what an assistant reads in the tools' descriptions.
"""

from __future__ import annotations

from typing import Final

from pydantic import BaseModel, ConfigDict

from kb.html import links
from kb.html.addresses import Page
from kb.settings.channels import Channel
from kb.settings.hours import DAYS
from kb.settings.site import Site
from kb.types import Answer, Answered, Clarify, Hit, NoAnswer, NoAnswerReason, OutcomeKind

_NONE: Final = (
    "No article answers this. Say so, and offer the ways to a person that the tool 'channels' gives. Do not answer "
    "from the related articles, nor from what you know."
)
TO_DO: Final = {
    OutcomeKind.ANSWERED: "Give this answer, with its address. Add nothing that the article does not say.",
    OutcomeKind.CLARIFY: "Ask which of the choices is meant; then read that article with the tool 'read_article'.",
    NoAnswerReason.BELOW_THRESHOLD: _NONE,
    NoAnswerReason.OUT_OF_SCOPE: _NONE,
    NoAnswerReason.ELSEWHERE: (
        "This is about something that is not answered here. Say what the signpost says, if there is one. Do not answer "
        "from the related articles, nor from what you know."
    ),
    NoAnswerReason.AGENT: "A person is asked for: give the ways that the tool 'channels' gives.",
    NoAnswerReason.EMPTY_QUERY: "Nothing was asked. Ask for the question.",
}
"""What an assistant should do, by outcome, or by reason where there is no answer."""


class _Described(BaseModel):
    model_config = ConfigDict(use_attribute_docstrings=True, frozen=True)


class Part(_Described):
    """The section of an article that is nearest to the question."""

    heading: str
    anchor: str
    text: str


class Found(_Described):
    """The article that answers."""

    article_id: str
    """For the tool 'read_article'."""
    title: str
    address: str
    """The page for customers, at the part that answers."""
    direct_answer: str | None
    """The article's text before its first heading, to be said first; null if it has none."""
    part: Part | None
    """To be said after the direct answer; null if the direct answer is the whole answer."""


class Title(_Described):
    """An article by its title."""

    article_id: str
    title: str
    address: str


class Signpost(_Described):
    """What a question is about that is not answered here."""

    title: str | None
    text: str | None
    """Who helps, in Markdown."""
    names: list[str]
    """The companies that the question is about."""


class Search(_Described):
    """What was decided about a question."""

    question: str
    outcome: OutcomeKind
    """'no_answer' is a decision, not a failure: asking the same again changes nothing."""
    what_to_do: str
    confidence: float
    """Calibrated probability, 0 to 1, that the first article answers the question."""
    answer: Found | None
    """Only if the outcome is 'answered'."""
    choices: list[Title]
    """Only if the outcome is 'clarify': the articles that may be meant."""
    reason: NoAnswerReason | None
    """Only if the outcome is 'no_answer'."""
    signpost: Signpost | None
    """Only if the reason is 'elsewhere'."""
    related: list[Title]
    """Further articles that are close in topic. They are not the answer."""
    index_version: str


class Way(_Described):
    """A way to reach the company that a dated source states."""

    name: str
    kind: str
    label: str
    text: str
    url: str
    """Its page; empty if it has none."""
    note: str
    audience: str
    hours: str
    """When it can be reached; empty if no source says."""
    source: str
    dated: str


class Channels(_Described):
    """The ways to reach the company."""

    notice: str
    """Who runs the help center."""
    contact_page: str
    have_ready: list[str]
    """What to have at hand."""
    channels: list[Way]


def search(answer: Answer, site_address: str) -> Search:
    """Return what was decided about a question.

    :param answer: The decision.
    :param site_address: The help center's address without a slash at its end; empty for addresses that begin with one.
    :return: The same for programs.
    """
    outcome = answer.outcome
    hit = outcome.hit if isinstance(outcome, Answered) else None
    chosen = outcome.choices if isinstance(outcome, Clarify) else ()
    shown = {each.article_id for each in ((hit,) if hit else chosen)}
    nothing = outcome if isinstance(outcome, NoAnswer) else None
    elsewhere = nothing.elsewhere.as_json() if nothing and nothing.elsewhere else None
    return Search(
        question=answer.query.raw,
        outcome=outcome.kind,
        what_to_do=TO_DO[nothing.reason if nothing else outcome.kind],
        confidence=round(answer.confidence, 4),
        answer=_found(hit, site_address) if hit else None,
        choices=[_title(each, site_address) for each in chosen],
        reason=nothing.reason if nothing else None,
        signpost=Signpost(title=elsewhere["title"], text=elsewhere["text"], names=elsewhere["names"])
        if elsewhere
        else None,
        related=[_title(each, site_address) for each in answer.hits if each.article_id not in shown],
        index_version=answer.index_version,
    )


def channels(site: Site, site_address: str) -> Channels:
    """Return the ways to reach the company, as far as a dated source states them.

    :param site: The operator's words.
    :param site_address: As for :func:`search`.
    :return: In the order of the operator's file.
    """
    return Channels(
        notice=site.notice,
        contact_page=f"{site_address}{Page.CONTACT}",
        have_ready=list(site.have_ready),
        channels=[_way(each) for each in site.channels if each.is_sourced],
    )


def _way(channel: Channel) -> Way:
    return Way(
        name=channel.name,
        kind=channel.kind,
        label=channel.label,
        text=channel.text,
        url=channel.url,
        note=channel.note,
        audience=channel.audience,
        hours=_hours(channel),
        source=channel.source,
        dated=channel.dated,
    )


def _hours(channel: Channel) -> str:
    """Return opening hours as a text: in the source's words, or day by day."""
    if channel.opening is None:
        return f"{channel.hours} ({channel.time_zone})" if channel.hours and channel.time_zone else channel.hours
    days = (
        f"{day.title()} {', '.join(f'{_clock(s.opens)}-{_clock(s.closes)}' for s in spans) or 'closed'}"
        for day, spans in zip(DAYS, channel.opening.week, strict=True)
    )
    return f"{'; '.join(days)} ({channel.opening.zone})"


def _clock(minutes: int) -> str:
    return f"{minutes // 60 % 24:02}:{minutes % 60:02}"


def _found(hit: Hit, site_address: str) -> Found:
    lead, passage = hit.lead.text if hit.lead else None, hit.passage
    part = Part(heading=passage.heading, anchor=passage.anchor, text=passage.text)
    return Found(
        article_id=hit.article_id,
        title=hit.title,
        address=f"{site_address}{links.article(hit.article_id, passage.anchor)}",
        direct_answer=lead,
        part=None if passage.text == lead else part,
    )


def _title(hit: Hit, site_address: str) -> Title:
    return Title(article_id=hit.article_id, title=hit.title, address=f"{site_address}{links.article(hit.article_id)}")
