"""The reply to a question: an answer, a choice, or the way to an agent."""

from __future__ import annotations

from markupsafe import Markup

from kb.html import highlight, links, prose
from kb.html.addresses import Page, Param
from kb.html.format import echo, sentence
from kb.html.links import Addresses
from kb.html.parts import article_body, cards, contact, elsewhere
from kb.html.words import Language, words
from kb.settings.site import Site
from kb.types import Answer, Answered, Article, Clarify, Hit, Library, NoAnswer, NoAnswerReason, Outcome, Query

_MOST_SECTIONS = 6
"""Other sections of an article that are named below its answer."""
_SECTION_LEVEL = 2
"""Headings below it are parts of a section."""
_MOST_OTHERS = 4
_MOST_MEANT = 2
"""Articles shown with a question that seems to be about something else."""
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
    searched, note = _searched_note(query, to), _language_note(outcome, library)
    about = elsewhere.told(outcome)
    if about is not None and isinstance(outcome, NoAnswer):
        meant = _listed_below(asked.elsewhere_nearest, query, outcome.nearest[:_MOST_MEANT], library, to)
        return searched + elsewhere.card(about, site, to), meant + elsewhere.folded_contact(site, zone)
    if isinstance(outcome, NoAnswer) and outcome.reason is NoAnswerReason.AGENT:
        return _agent(site, zone), _listed_below(asked.agent_nearest, query, outcome.nearest, library, to)
    note += searched
    if isinstance(outcome, Answered):
        others = _listed_below(asked.other_articles, query, outcome.others, library, to)
        return note + _answered(query, outcome, library, to), others + _not_it()
    if isinstance(outcome, Clarify) and not refused:
        rest = tuple(hit for hit in answer.hits if hit not in outcome.choices)
        below = _listed_below(asked.other_articles, query, rest, library, to)
        return note + _clarify(query, outcome, library, to), below
    if isinstance(outcome, Clarify):
        title, text, nearest = asked.none_title, asked.none_text, outcome.choices
    else:
        is_other = outcome.reason in {NoAnswerReason.OUT_OF_SCOPE, NoAnswerReason.ELSEWHERE}
        text = asked.out_of_scope_text if is_other else asked.no_answer_text
        title, text = asked.no_answer_title, text.format(provider=site.provider or asked.our_provider)
        nearest = outcome.nearest
    return note + _no_answer(query.raw, title, text, contact.panel(site, zone=zone)), _perhaps(
        query, nearest, library, to
    )


def is_handover(answer: Answer, *, refused: bool) -> bool:
    """Return whether the customer is passed on to an agent; one who hears who else helps is not."""
    outcome = answer.outcome
    if isinstance(outcome, NoAnswer):
        return outcome.reason is not NoAnswerReason.EMPTY_QUERY and elsewhere.told(outcome) is None
    return refused and isinstance(outcome, Clarify)


def empty() -> Markup:
    """Return the hint for an empty question."""
    return Markup('<p class="kb-hint" data-announce="{said}">{said}</p>').format(said=words().ask.empty)


def _language_note(outcome: Outcome, library: Library) -> Markup:
    """Return a sentence on a Spanish page if what answers is in English, or older than the English text."""
    hits: tuple[Hit, ...] = (outcome.hit,) if isinstance(outcome, Answered) else ()
    hits = outcome.choices if isinstance(outcome, Clarify) else hits
    if words().language is not Language.SPANISH or not hits:
        return Markup()
    if all(hit.passage.language == words().language for hit in hits):
        article = prose.article_of(hits[0], library) if isinstance(outcome, Answered) else None
        return Markup() if article is None else article_body.language_note(article)
    return Markup('<p class="kb-hint">{}</p>').format(words().ask.answer_in_english)


def _searched_note(query: Query, to: Addresses = links.PAGES) -> Markup:
    """Return the searched text if a typing error was corrected, and the way back to what was typed.

    :param query: The question.
    :param to: Where its links lead.
    :return: HTML; nothing for expanded short forms.
    """
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
    label = sentence(words().ask.search_instead, typed=Markup("<q>{}</q>").format(echo(query.raw)))
    return Markup('<div class="kb-searched"><p>{}</p>{}</div>').format(text, _again(query, Param.EXACT, label, to))


def _answered(query: Query, outcome: Answered, library: Library, to: Addresses) -> Markup:
    hit = outcome.hit
    article = prose.article_of(hit, library)
    has_section = hit.lead is not None and hit.passage != hit.lead
    return Markup(
        '<section class="kb-answer" data-answer="{id}" data-announce="{announce}">'
        "<h2{lang}>{title}</h2>{text}{more}{origin}</section>"
    ).format(
        id=hit.article_id,
        announce=words().ask.answer_found.format(title=hit.title),
        lang=words().marked(hit.passage.language),
        title=hit.title if has_section else hit.passage.heading or hit.title,
        text=_parts(query, hit, article, library, to),
        more=_more(hit, article, to),
        origin=_origin(hit, article, to),
    )


def _parts(query: Query, hit: Hit, article: Article | None, library: Library, to: Addresses) -> Markup:
    """Return the article's direct answer and, below it, the section that is nearer; or the one that is there."""
    wanted = highlight.wanted(query, library)
    if article is None:  # the library may have been swapped since; then the passage is still there
        return Markup("{}").format(hit.passage.text)
    part = prose.passage(article, hit.passage, wanted, to)
    if hit.lead is None or hit.passage == hit.lead:
        return part
    return Markup('{}<h3 class="kb-answer-part"{}>{}</h3>{}').format(
        prose.excerpt(article, hit.lead, wanted, to), words().marked(hit.passage.language), hit.passage.heading, part
    )


def _more(hit: Hit, article: Article | None, to: Addresses) -> Markup:
    """Return the article's other sections as links, so that a customer whom the part does not answer finds the rest."""
    if article is None:
        return Markup()
    shown = prose.shown_anchors(article, hit.passage)
    others = [s for s in article.sections if s.anchor and s.anchor not in shown and s.level == _SECTION_LEVEL]
    if not others:
        return Markup()
    items = Markup().join(
        Markup('<li><a href="{}">{}</a></li>').format(to.article(hit.article_id, s.anchor), s.heading)
        for s in others[:_MOST_SECTIONS]
    )
    return Markup('<nav class="kb-more" aria-label="{label}"><p>{label}</p><ul{lang}>{items}</ul></nav>').format(
        label=words().ask.answer_more, lang=words().marked(article.language), items=items
    )


def _origin(hit: Hit, article: Article | None, to: Addresses) -> Markup:
    """Return where an answer is from, how old its sources are, and the way to the whole article."""
    lang = words().marked(hit.passage.language)
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


def _listed_below(title: str, query: Query, others: tuple[Hit, ...], library: Library, to: Addresses) -> Markup:
    if not others:
        return Markup()
    return Markup('<section class="kb-others"><h2>{}</h2>{}</section>').format(
        title, _listed(query, others, library, to)
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


def _clarify(query: Query, outcome: Clarify, library: Library, to: Addresses) -> Markup:
    return Markup(
        '<section class="kb-clarify" data-announce="{title}"><h2>{title}</h2>{choices}'
        '<div class="kb-none">{none} <span>{none_text}</span></div></section>'
    ).format(
        title=words().ask.clarify_title,
        choices=cards.choice_cards(outcome.choices, library, to),
        none=_again(query, Param.NONE_OF_THESE, words().ask.clarify_none, to),
        none_text=words().ask.clarify_none_text,
    )


def _again(query: Query, how: Param, label: str, to: Addresses) -> Markup:
    """Return the way to the same question asked in another way.

    :param query: The question; one that is searched as typed stays so.
    :param how: The parameter that is set.
    :param label: Words of the link.
    :param to: Where its links lead.
    :return: HTML: on a plain page a form, because there no question is in an address; where a reply is only looked at,
        the words alone.
    """
    if to.is_read_only:
        return Markup('<span class="kb-off">{}</span>').format(label)
    is_exact = query.exact or how is Param.EXACT
    if to is links.PAGES:
        address = links.ask(query.raw, none_of_these=how is Param.NONE_OF_THESE, exact=is_exact)
        return Markup('<a href="{}">{}</a>').format(address, label)
    kept = {Param.QUERY: query.raw, **({Param.EXACT: "1"} if query.exact else {})}
    hidden = Markup('<input type="hidden" name="{}" value="{}">')
    return Markup('<form action="{}" method="post">{}<button name="{}" value="1">{}</button></form>').format(
        Page.PLAIN_ASK, Markup().join(hidden.format(*pair) for pair in kept.items()), how, label
    )


def _agent(site: Site, zone: str) -> Markup:
    """Return the ways to an agent, for a customer who asked for nothing else."""
    return Markup('<section class="kb-handover" data-announce="{said}">{ways}</section>').format(
        said=words().contact.ways, ways=contact.panel(site, level=2, zone=zone)
    )


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
