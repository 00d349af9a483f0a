"""The ladder of escalation: what to do when a problem is not solved, with the days of each step."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from kb.contact.escalation import DatedStep, dated_steps
from kb.settings.ladder import LadderStep
from kb.settings.site import Site
from kb.types import Library
from kb.ui import links, words
from kb.ui.components import contact_panel
from kb.ui.formatting import day_words, escape


def html(
    site: Site, library: Library | None, contacted: date | None, promised_by: date | None = None, *, plain: bool = False
) -> str:
    """Return the ladder.

    :param site: The operator's words.
    :param library: The articles that explain the steps; None leaves the links out.
    :param contacted: The day of the first contact; None: no step has a day.
    :param promised_by: A day on which something was promised.
    :param plain: Whether links lead to plain articles.
    :return: HTML; empty where the operator gives no ladder.
    """
    if not site.escalation:
        return ""
    if contacted is None:
        items = "".join(_step(site, library, step, _rule(step), plain=plain) for step in site.escalation)
    else:
        dated = dated_steps(site.escalation, contacted, promised_by)
        items = "".join(_step(site, library, d.step, days(d), plain=plain) for d in dated)
    return (
        f'<section class="kb-ladder"><h2>{escape(words.LADDER_TITLE)}</h2>'
        f"<p>{escape(words.LADDER_LEAD)}</p><ol>{items}</ol></section>"
    )


def days(dated: DatedStep) -> Sequence[str]:
    """Return what is said of the days of a step: from when, and by when an answer is due."""
    said = [words.LADDER_FROM.format(day=day_words(dated.starts))]
    if dated.answer_by is not None:
        said.append(words.LADDER_ANSWER.format(day=day_words(dated.answer_by), count=dated.step.answer_days))
    return said


def _rule(step: LadderStep) -> Sequence[str]:
    return [words.LADDER_ANSWER_DAYS.format(count=step.answer_days)] if step.answer_days else []


def _step(site: Site, library: Library | None, step: LadderStep, said: Sequence[str], *, plain: bool) -> str:
    own = step.in_language(words.language())
    text = f"<p>{escape(own.text)}</p>" if own.text else ""
    say = ""
    if own.say:
        say = f'<div class="kb-say"><h4>{escape(words.LADDER_SAY)}</h4><blockquote>{escape(own.say)}</blockquote></div>'
    when = "".join(f"<p>{escape(line)}</p>" for line in said)
    source = contact_panel.source(step.source, step.dated) if step.source else ""
    return (
        f'<li><h3>{escape(own.title)}</h3><div class="kb-when">{when}</div>{text}{say}'
        f'<p class="kb-step-links">{_links(site, library, step, plain=plain)}</p>'
        f"{f'<p class=kb-source>{source}</p>' if source else ''}</li>"
    )


def _links(site: Site, library: Library | None, step: LadderStep, *, plain: bool) -> str:
    parts = []
    article = library.resolve(step.article) if library is not None and step.article else None
    if article is not None:
        address = links.plain_article(article.id) if plain else links.article(article.id)
        parts.append(f'<a href="{escape(address)}">{escape(words.LADDER_ARTICLE)}: {escape(article.title)}</a>')
    channel = site.channel(step.channel)
    if channel is not None and channel.is_sourced:
        parts.append(contact_panel.way(channel))
    return " ".join(f"<span>{part}</span>" for part in parts)
