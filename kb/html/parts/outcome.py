"""The reply to a question: an answer, a choice, or the way to an agent."""

from __future__ import annotations

from markupsafe import Markup

from kb.html import highlight, links, prose
from kb.html.addresses import Page, Param
from kb.html.format import echo, sentence
from kb.html.links import Addresses
from kb.html.parts import article_body, cards, contact
from kb.html.words import Language, words
from kb.settings.site import Site
from kb.types import Answer, Answered, Article, Clarify, Hit, Library, NoAnswer, NoAnswerReason, Query

_MOST_OTHERS = 4
_SLIPS_FROM = 4
"""Letters of a word whose correction is shown."""


def reply(
    answer: Answer,
    library: Library,
    site: Site,
    *,
    refused: bool = False,
    to: Addresses = links.PAGES,
    below_answer: Markup = Markup(),  # noqa: B008 — it never changes
) -> Markup:
    """Return the reply.

    :param answer: The answer.
    :param library: The articles it was found in.
    :param site: The operator's words.
    :param refused: Whether the customer said that none of the choices was meant.
    :param to: Where its links lead.
    :param below_answer: HTML between the reply and the separate part below it.
    :return: HTML.
    """
    return below_answer.join(parts(answer, library, site, to, refused=refused))


def parts(
    answer: Answer, library: Library, site: Site, to: Addresses, *, refused: bool, zone: str = ""
) -> tuple[Markup, Markup]:
    """Return the reply, and the separate part below it: other articles, or nearest topics.

    :param answer: The answer.
    :param library: The articles it was found in.
    :param site: The operator's words.
    :param to: Where its links lead.
    :param refused: Whether the customer said that none of the choices was meant.
    :param zone: The customer's IANA time zone; empty for unknown.
    :return: HTML of both; of the second one perhaps nothing.
    """
    asked, query, outcome = words().ask, answer.query, answer.outcome
    if isinstance(outcome, NoAnswer) and outcome.reason is NoAnswerReason.EMPTY_QUERY:
        return empty(), Markup()
    note = _language_note(answer) + _searched_note(query)
    if isinstance(outcome, Answered):
        return note + _answered(query, outcome, library, to), _others(query, outcome.others, library, to) + _not_it()
    if isinstance(outcome, Clarify) and not refused:
        return note + _clarify(query.raw, outcome, library, to), Markup()
    if isinstance(outcome, Clarify):
        title, text, nearest = asked.none_title, asked.none_text, outcome.choices
    else:
        text = asked.out_of_scope_text if outcome.reason is NoAnswerReason.OUT_OF_SCOPE else asked.no_answer_text
        title, text = asked.no_answer_title, text.format(provider=site.provider or asked.our_provider)
        nearest = outcome.nearest
    handover = _no_answer(query.raw, title, text, contact.panel(site, zone=zone))
    return note + handover, _perhaps(query, nearest, library, to)


def is_handover(answer: Answer, *, refused: bool) -> bool:
    """Return whether the customer is passed on to an agent."""
    outcome = answer.outcome
    if isinstance(outcome, NoAnswer):
        return outcome.reason is not NoAnswerReason.EMPTY_QUERY
    return refused and isinstance(outcome, Clarify)


def empty() -> Markup:
    """Return the hint for an empty question."""
    return Markup('<p class="kb-hint" data-announce="{said}">{said}</p>').format(said=words().ask.empty)


def _language_note(answer: Answer) -> Markup:
    """Return a sentence in Spanish for a Spanish question or on a Spanish page: the articles are in English."""
    if answer.query.language != Language.SPANISH and words().language is not Language.SPANISH:
        return Markup()
    return Markup('<p class="kb-hint" lang="{}">{}</p>').format(Language.SPANISH, words().ask.articles_in_english_es)


def _searched_note(query: Query) -> Markup:
    """Return the searched text if a typing error was corrected; nothing for expanded short forms."""
    typed, searched = query.text.split(), query.searched.split()
    if len(typed) != len(searched):
        return Markup()
    slips = [n for n, word in enumerate(typed) if word != searched[n] and len(word) >= _SLIPS_FROM]
    if not slips:
        return Markup()
    shown = Markup(" ").join(
        Markup("<strong>{}</strong>").format(word) if n in slips else word for n, word in enumerate(searched)
    )
    text = sentence(words().ask.searched_for, searched=Markup("<q>{}</q>").format(shown))
    return Markup('<p class="kb-searched">{}</p>').format(text)


def _answered(query: Query, outcome: Answered, library: Library, to: Addresses) -> Markup:
    hit = outcome.hit
    article = library.resolve(hit.article_id)
    text: str = hit.passage.text  # the library may have been swapped since; then the passage is still there
    if article is not None:
        text = prose.passage(article, hit.passage, highlight.wanted(query, library), to)
    return Markup(
        '<section class="kb-answer" data-answer="{id}" data-announce="{announce}"><h2{lang}>{title}</h2>{text}{origin}'
        "</section>"
    ).format(
        id=hit.article_id,
        announce=words().ask.answer_found.format(title=hit.title),
        lang=words().articles_lang,
        title=hit.passage.heading or hit.title,
        text=text,
        origin=_origin(hit, article, to),
    )


def _origin(hit: Hit, article: Article | None, to: Addresses) -> Markup:
    """Return where an answer is from, how old its sources are, and the way to the whole article."""
    lang = words().articles_lang
    place = Markup("{} <cite{}>{}</cite>").format(words().ask.answer_from, lang, hit.title)
    if hit.passage.heading and hit.passage.heading != hit.title:
        heading = Markup("<q{}>{}</q>").format(lang, hit.passage.heading)
        place += Markup(", {}").format(sentence(words().ask.answer_section, heading=heading))
    old = article_body.age(article.sources) if article else ""
    return Markup('<div class="kb-from"><p><span>{place}</span>{age}</p><a href="{href}">{whole}</a></div>').format(
        place=place,
        age=Markup('<span class="kb-age">{}</span>').format(old) if old else "",
        href=to.article(hit.article_id, hit.passage.anchor),
        whole=words().ask.answer_whole,
    )


def _others(query: Query, others: tuple[Hit, ...], library: Library, to: Addresses) -> Markup:
    if not others:
        return Markup()
    return Markup('<section class="kb-others"><h2>{}</h2>{}</section>').format(
        words().ask.other_articles, _listed(query, others, library, to)
    )


def _listed(query: Query, hits: tuple[Hit, ...], library: Library, to: Addresses) -> Markup:
    """Return articles that are not the answer; the part of each that was found unfolds in its place."""
    return cards.hit_list(hits[:_MOST_OTHERS], library, to, lambda hit: cards.peek(hit, query, library, to))


def _not_it() -> Markup:
    link = Markup('<a href="{}">{}</a>')
    text = sentence(
        words().ask.not_it_text,
        browse=link.format(Page.BROWSE, words().ask.not_it_browse),
        contact=link.format(Page.CONTACT, words().ask.not_it_contact),
    )
    return Markup('<section class="kb-not-it"><h2>{}</h2><p>{}</p></section>').format(words().ask.not_it_title, text)


def _clarify(query: str, outcome: Clarify, library: Library, to: Addresses) -> Markup:
    return Markup(
        '<section class="kb-clarify" data-announce="{title}"><h2>{title}</h2>{choices}'
        '<div class="kb-none">{none} <span>{none_text}</span></div></section>'
    ).format(
        title=words().ask.clarify_title,
        choices=cards.choice_cards(outcome.choices, library, to),
        none=_none_of_these(query, to),
        none_text=words().ask.clarify_none_text,
    )


def _none_of_these(query: str, to: Addresses) -> Markup:
    """Return the way out of a choice: on a plain page a form, for there no question is in an address."""
    label = words().ask.clarify_none
    if to is links.PAGES:
        return Markup('<a href="{}">{}</a>').format(links.ask(query, none_of_these=True), label)
    return Markup(
        '<form action="{}" method="post"><input type="hidden" name="{}" value="{}">'
        '<button name="{}" value="1">{}</button></form>'
    ).format(Page.PLAIN_ASK, Param.QUERY, query, Param.NONE_OF_THESE, label)


def _no_answer(query: str, title: str, text: str, ways: Markup) -> Markup:
    return Markup(
        '<section class="kb-handover" data-announce="{title}"><h2>{title}</h2>'
        '<p class="kb-asked">{asked}: <q>{query}</q></p><p>{text}</p>{ways}</section>'
    ).format(title=title, asked=words().ask.you_asked, query=echo(query), text=text, ways=ways)


def _perhaps(query: Query, nearest: tuple[Hit, ...], library: Library, to: Addresses) -> Markup:
    """Return the nearest topics, shown apart from the hand-over and marked as not an answer."""
    if not nearest:
        return Markup()
    return Markup('<section class="kb-perhaps"><h2>{}</h2><p>{}</p>{}</section>').format(
        words().ask.perhaps_related, words().ask.perhaps_text, _listed(query, nearest, library, to)
    )
