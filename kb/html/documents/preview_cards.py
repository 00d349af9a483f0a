"""What customers read of an article: its direct answer, and below it each section that questions are tied to."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from markupsafe import Markup

from kb.content.markdown.render import plain_text
from kb.html.format import counted
from kb.html.links import Addresses
from kb.html.parts import as_seen
from kb.html.words import words
from kb.retrieval.index.passages import split_passages
from kb.settings.site import Site
from kb.types import TOP, Answer, Answered, Article, Hit, Library, Passage, Query


def html(article: Article, library: Library, site: Site, to: Addresses) -> Markup:
    """Return each part that answers as customers read it, folded with the questions that lead to it.

    Which part any other question leads to is decided by an index, which a preview does not have.

    :param article: The article; it may be a draft.
    :param library: The articles around it.
    :param site: The operator's words.
    :param to: The destinations of links; they ask nothing anew.
    :return: HTML.
    """
    labels, passages = words().preview, split_passages(article, plain_text)
    lead = passages[0] if not passages[0].anchor else None
    whole = replace(library, articles={**library.articles, article.id: article})
    first = {passage.anchor: passage for passage in reversed(passages)}
    tied = [section for section in article.sections if section.anchor and _led(article, section.anchor)]
    parts = [_part(article, lead, lead, whole, site, to)] if lead is not None else []
    parts += [_part(article, first[s.anchor], lead, whole, site, to) for s in tied if s.anchor in first]
    return Markup('<section class="kb-read"><h2>{}</h2><p>{}</p>{}{}</section>').format(
        labels.read_title,
        labels.read_lead if lead is not None else labels.read_no_lead,
        Markup().join(parts),
        Markup("<p>{}</p>").format(labels.read_untied) if len(article.sections) > 1 and not tied else "",
    )


def _part(
    article: Article, passage: Passage, lead: Passage | None, library: Library, site: Site, to: Addresses
) -> Markup:
    labels, anchor = words().preview, passage.anchor or TOP
    title = labels.read_section.format(heading=passage.heading) if passage.anchor else labels.read_top
    hit = Hit(1, article.id, article.title, passage, 1.0, None, lead)
    answer = Answer(Query("", ""), Answered(hit, ()), 1.0, (hit,), "", 0.0)
    examples, tests = _examples(article, anchor), _tests(article, anchor)
    counts = [counted(labels.read_examples, len(examples)), counted(labels.read_tests, len(tests))]
    return Markup('<details id="read-{anchor}"><summary>{title}: {counts}</summary>{card}{asked}</details>').format(
        anchor=anchor,
        title=title,
        counts=", ".join(counts),
        card=as_seen.card(answer, library, site, title, to),
        asked=_asked((*examples, *tests)),
    )


def _asked(questions: Sequence[str]) -> Markup:
    if not questions:
        return Markup()
    items = Markup().join(Markup("<li><q>{}</q></li>").format(text) for text in questions)
    return Markup('<p>{}</p><ul class="kb-asked-so">{}</ul>').format(words().preview.read_asked, items)


def _led(article: Article, anchor: str) -> bool:
    return bool(_examples(article, anchor) or _tests(article, anchor))


def _examples(article: Article, anchor: str) -> list[str]:
    return [text for text in article.examples if article.example_sections.get(text, TOP) == anchor]


def _tests(article: Article, anchor: str) -> list[str]:
    return [text for text in article.tests if anchor in article.test_sections.get(text, ())]
