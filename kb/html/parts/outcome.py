"""The reply to a question: an answer, a choice, or the way to an agent."""

from __future__ import annotations

from kb.html import highlight, links, prose
from kb.html.addresses import Page, Param
from kb.html.format import echo, escape
from kb.html.links import Addresses
from kb.html.parts import article_body, cards, contact
from kb.html.words import Language, words
from kb.settings.site import Site
from kb.types import Answer, Answered, Article, Clarify, Hit, Library, NoAnswer, NoAnswerReason, Query

_MOST_OTHERS = 4
_SLIPS_FROM = 4
"""Letters of a word whose correction is told."""


def reply(
    answer: Answer,
    library: Library,
    site: Site,
    *,
    refused: bool = False,
    to: Addresses = links.PAGES,
    below_answer: str = "",
) -> str:
    """Return the reply.

    :param answer: What was found.
    :param library: The articles it was found in.
    :param site: The operator's words.
    :param refused: Whether the customer said that none of the choices was meant.
    :param to: Where its links lead.
    :param below_answer: Safe HTML, put between the reply and what stands apart.
    :return: HTML.
    """
    return below_answer.join(parts(answer, library, site, to, refused=refused))


def parts(
    answer: Answer, library: Library, site: Site, to: Addresses, *, refused: bool, zone: str = ""
) -> tuple[str, str]:
    """Return the reply, and what is apart below it: other articles, or nearest topics.

    :param answer: What was found.
    :param library: The articles it was found in.
    :param site: The operator's words.
    :param to: Where its links lead.
    :param refused: Whether the customer said that none of the choices was meant.
    :param zone: The customer's IANA time zone; empty for unknown.
    :return: HTML of both; of the second one perhaps nothing.
    """
    asked = words().ask
    outcome = answer.outcome
    if isinstance(outcome, NoAnswer) and outcome.reason is NoAnswerReason.EMPTY_QUERY:
        return empty(), ""
    note = _language_note(answer) + _searched_note(answer.query)
    if isinstance(outcome, Answered):
        return note + _answered(answer, outcome, library, to), _after(answer.query, outcome, library, to)
    if isinstance(outcome, Clarify) and not refused:
        return note + _clarify(answer.query.raw, outcome, library, to), ""
    if isinstance(outcome, Clarify):
        perhaps = _perhaps(answer.query, outcome.choices, library, to)
        return note + _no_answer(
            answer.query.raw, contact.panel(site, zone=zone), asked.none_title, asked.none_text
        ), perhaps
    text = asked.out_of_scope_text if outcome.reason is NoAnswerReason.OUT_OF_SCOPE else asked.no_answer_text
    text = text.format(provider=site.provider or asked.our_provider)
    perhaps = _perhaps(answer.query, outcome.nearest, library, to)
    return note + _no_answer(answer.query.raw, contact.panel(site, zone=zone), asked.no_answer_title, text), perhaps


def is_handover(answer: Answer, *, refused: bool) -> bool:
    """Return whether the customer is passed on to an agent."""
    outcome = answer.outcome
    if isinstance(outcome, NoAnswer):
        return outcome.reason is not NoAnswerReason.EMPTY_QUERY
    return refused and isinstance(outcome, Clarify)


def empty() -> str:
    """Return the hint for an empty question."""
    return f'<p class="kb-hint" data-announce="{escape(words().ask.empty)}">{escape(words().ask.empty)}</p>'


def _language_note(answer: Answer) -> str:
    """Return a sentence in Spanish for a Spanish question or on a Spanish page: the articles are in English."""
    if answer.query.language != Language.SPANISH and words().language is not Language.SPANISH:
        return ""
    return f'<p class="kb-hint" lang="{Language.SPANISH}">{escape(words().ask.articles_in_english_es)}</p>'


def _searched_note(query: Query) -> str:
    """Return what was searched where a slip of the finger was put right; short forms written out are no news."""
    typed, searched = query.text.split(), query.searched.split()
    if len(typed) != len(searched):
        return ""
    slips = [n for n, word in enumerate(typed) if word != searched[n] and len(word) >= _SLIPS_FROM]
    if not slips:
        return ""
    shown = " ".join(f"<strong>{escape(w)}</strong>" if n in slips else escape(w) for n, w in enumerate(searched))
    text = escape(words().ask.searched_for).format(searched=f"<q>{shown}</q>")
    return f'<p class="kb-searched">{text}</p>'


def _asked(query: str) -> str:
    return f'<p class="kb-asked">{escape(words().ask.you_asked)}: <q>{echo(query)}</q></p>'


def _answered(answer: Answer, outcome: Answered, library: Library, to: Addresses) -> str:
    hit = outcome.hit
    article = library.resolve(hit.article_id)
    text = escape(hit.passage.text)  # the library may have been swapped since; then the passage still stands
    if article is not None:
        text = prose.passage(article, hit.passage, highlight.wanted(answer.query, library), to)
    announce = escape(words().ask.answer_found.format(title=hit.title))
    return (
        f'<section class="kb-answer" data-answer="{escape(hit.article_id)}" data-announce="{announce}">'
        f"<h2{words().articles_lang}>{escape(hit.passage.heading or hit.title)}</h2>{text}"
        f"{_from(hit, article, to)}</section>"
    )


def _after(query: Query, outcome: Answered, library: Library, to: Addresses) -> str:
    return f"{_others(query, outcome.others, library, to)}{_not_it()}"


def _from(hit: Hit, article: Article | None, to: Addresses) -> str:
    """Return where an answer stands, how old its sources are, and the way to the whole article."""
    lang = words().articles_lang
    place = f"{escape(words().ask.answer_from)} <cite{lang}>{escape(hit.title)}</cite>"
    if hit.passage.heading and hit.passage.heading != hit.title:
        section = escape(words().ask.answer_section).format(heading=f"<q{lang}>{escape(hit.passage.heading)}</q>")
        place = f"{place}, {section}"
    old = article_body.age(article.sources) if article else ""
    aged = f'<span class="kb-age">{escape(old)}</span>' if old else ""
    href = escape(to.article(hit.article_id, hit.passage.anchor))
    whole = f'<a href="{href}">{escape(words().ask.answer_whole)}</a>'
    return f'<div class="kb-from"><p><span>{place}</span>{aged}</p>{whole}</div>'


def _others(query: Query, others: tuple[Hit, ...], library: Library, to: Addresses) -> str:
    if not others:
        return ""
    listed = _listed(query, others, library, to)
    return f'<section class="kb-others"><h2>{escape(words().ask.other_articles)}</h2>{listed}</section>'


def _listed(query: Query, hits: tuple[Hit, ...], library: Library, to: Addresses) -> str:
    """Return articles that are no answer; the part of each that was found unfolds in its place."""
    return cards.hit_list(hits[:_MOST_OTHERS], library, to, lambda hit: cards.peek(hit, query, library, to))


def _not_it() -> str:
    text = escape(words().ask.not_it_text).format(
        browse=f'<a href="{Page.BROWSE}">{escape(words().ask.not_it_browse)}</a>',
        contact=f'<a href="{Page.CONTACT}">{escape(words().ask.not_it_contact)}</a>',
    )
    return f'<section class="kb-not-it"><h2>{escape(words().ask.not_it_title)}</h2><p>{text}</p></section>'


def _clarify(query: str, outcome: Clarify, library: Library, to: Addresses) -> str:
    return (
        f'<section class="kb-clarify" data-announce="{escape(words().ask.clarify_title)}">'
        f"<h2>{escape(words().ask.clarify_title)}</h2>{cards.choice_cards(outcome.choices, library, to)}"
        f'<div class="kb-none">{_none_of_these(query, to)} <span>{escape(words().ask.clarify_none_text)}</span></div>'
        "</section>"
    )


def _none_of_these(query: str, to: Addresses) -> str:
    """Return the way out of a choice: on a plain page a form, for there no question is in an address."""
    label = escape(words().ask.clarify_none)
    if to is links.PAGES:
        return f'<a href="{escape(links.ask(query, none_of_these=True))}">{label}</a>'
    return (
        f'<form action="{Page.PLAIN_ASK}" method="post"><input type="hidden" name="{Param.QUERY}" '
        f'value="{escape(query)}"><button name="{Param.NONE_OF_THESE}" value="1">{label}</button></form>'
    )


def _no_answer(query: str, ways: str, title: str, text: str) -> str:
    return (
        f'<section class="kb-handover" data-announce="{escape(title)}"><h2>{escape(title)}</h2>'
        f"{_asked(query)}<p>{escape(text)}</p>{ways}</section>"
    )


def _perhaps(query: Query, nearest: tuple[Hit, ...], library: Library, to: Addresses) -> str:
    """Return the nearest topics, apart from the hand-over and said to be no answer."""
    if not nearest:
        return ""
    return (
        f'<section class="kb-perhaps"><h2>{escape(words().ask.perhaps_related)}</h2>'
        f"<p>{escape(words().ask.perhaps_text)}</p>"
        f"{_listed(query, nearest, library, to)}</section>"
    )
