"""The first page of ``kb preview``: every article, those to be worked on first, the others by topic."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from markupsafe import Markup

from kb.authoring.article_watch import PageState, PreviewPage, Snapshot
from kb.content.articles.corpus import title_from_id
from kb.html import links
from kb.html.format import article_count, counted
from kb.html.parts.writing import findings
from kb.html.words import words
from kb.types import ArticleStatus, Category, Severity

TOPIC: Final = "topic-"
"""What the id of a topic's section begins with, before the category."""
_ORDER: Final = list(Severity)


def main(snapshot: Snapshot) -> Markup:
    """Return the list: what is to be done, then every other article by topic, then the signposts."""
    labels = words().preview
    shown = [page for page in snapshot.pages if page.state is not PageState.GONE]
    drafts = [page for page in shown if is_draft(page)]
    found = [page for page in shown if page.findings and not is_draft(page)]
    rest = [page for page in shown if not page.findings and not is_draft(page)]
    groups = [
        _gone(snapshot),
        _group(labels.group_drafts, sorted(drafts, key=_gravity)),
        _group(labels.group_findings, sorted(found, key=_gravity)),
        _others(snapshot),
        *_topics([page for page in rest if not page.is_signpost], snapshot),
        _folded(
            words().writing.signposts,
            [page for page in rest if page.is_signpost],
            "signposts",
            words().writing.signposts_lead,
        ),
    ]
    return Markup('<h1>{}</h1><p class="kb-intro">{}</p><p class="kb-count">{}</p>{}{}').format(
        labels.title, labels.lead, _summary(shown), _none_found(), Markup().join(groups)
    )


def search() -> Markup:
    """Return the field that narrows the list; it works by script, as the page itself does."""
    labels = words().preview
    return Markup(
        '<div class="kb-find" role="search"><label for="kb-find">{}</label>'
        '<input id="kb-find" type="search" autocomplete="off" spellcheck="false"></div>'
    ).format(labels.find)


def is_draft(page: PreviewPage) -> bool:
    """Return whether a page shows a draft."""
    return page.article is not None and page.article.status is ArticleStatus.DRAFT


def title_of(page: PreviewPage) -> str:
    """Return an article's title; of a file that cannot be read, its name."""
    return page.article.title if page.article else page.article_id


def _gravity(page: PreviewPage) -> tuple[int, int, str]:
    """Return what orders pages: the gravest finding first, then the number of findings."""
    worst = min((_ORDER.index(found.severity) for found in page.findings), default=len(_ORDER))
    return worst, -len(page.findings), title_of(page).casefold()


def _summary(shown: list[PreviewPage]) -> str:
    """Return how many articles and findings there are, and once how many files have none."""
    labels = words().preview
    signposts = sum(page.is_signpost for page in shown)
    counts = [article_count(len(shown) - signposts)]
    counts += [counted(words().writing.signpost_count, signposts)] if signposts else []
    said = [f"{', '.join(counts)}."]
    if not all(page.is_checked for page in shown):
        return " ".join([*said, labels.checking])
    every = [found for page in shown for found in page.findings]
    said.append(f"{findings.count_words(every)}.")
    clean = sum(not page.findings for page in shown)
    if every and clean:
        said.append(counted(labels.clean, clean))
    return " ".join(said)


def _none_found() -> Markup:
    return Markup('<p class="kb-hint" id="kb-none-found" hidden>{}</p>').format(words().preview.none_found)


# ---------------------------------------------------------------------------------------------- groups


def _group(title: str, pages: Iterable[PreviewPage]) -> Markup:
    """Return articles that are to be worked on."""
    items = Markup().join(map(_item, pages))
    if not items:
        return items
    return Markup('<section class="kb-group"><h2>{}</h2><ul class="kb-list">{}</ul></section>').format(title, items)


def _folded(title: str, pages: Sequence[PreviewPage], name: str, lead: str = "") -> Markup:
    """Return articles that need nothing, folded under their title and number."""
    if not pages:
        return Markup()
    return Markup(
        '<details class="kb-group" id="{name}"><summary><h2>{title}</h2> <span>{count}</span></summary>{lead}'
        '<ul class="kb-list">{items}</ul></details>'
    ).format(
        name=name,
        title=title,
        count=len(pages),
        lead=Markup("<p>{}</p>").format(lead) if lead else "",
        items=Markup().join(map(_item, pages)),
    )


def _topics(pages: list[PreviewPage], snapshot: Snapshot) -> list[Markup]:
    """Return a group for each category, in the order in which customers see them."""
    known: Mapping[str, Category] = {category.id: category for category in snapshot.library.categories}
    by_topic: dict[str, list[PreviewPage]] = {}
    for page in sorted(pages, key=lambda page: title_of(page).casefold()):
        by_topic.setdefault(page.article.category if page.article else "", []).append(page)

    def order(name: str) -> tuple[int, str]:
        category = known.get(name)
        return (category.order, category.title.casefold()) if category else (Category("", "").order, name)

    titles = {name: known[name].title if name in known else title_from_id(name) for name in by_topic}
    return [_folded(titles[name], by_topic[name], TOPIC + name) for name in sorted(by_topic, key=order)]


def _item(page: PreviewPage) -> Markup:
    labels = words().preview
    badges = [labels.badge_draft] if is_draft(page) else []
    badges += [labels.badge_broken] if page.state is PageState.BROKEN else []
    return Markup(
        '<li data-article="{id}" data-path="{path}"><a href="{address}">{title}</a>{badges}{found}</li>'
    ).format(
        id=page.article_id,
        path=page.path,
        address=links.plain_article(page.article_id),
        title=title_of(page),
        badges=Markup().join(Markup(' <span class="kb-kind">{}</span>').format(badge) for badge in badges),
        found=_found(page),
    )


def _found(page: PreviewPage) -> Markup:
    """Return how many findings a page has, unfolding to them; nothing for none."""
    if not page.findings:
        return Markup()
    return Markup(
        '<details id="found-{id}"><summary>{count}</summary><p class="kb-path"><code>{path}</code></p>{listed}'
        "</details>"
    ).format(
        id=page.article_id,
        count=findings.count_words(page.findings),
        path=page.path,
        listed=findings.html(page.findings, with_path=False),
    )


def _gone(snapshot: Snapshot) -> Markup:
    """Return the files that were deleted since the preview started."""
    items = Markup().join(
        Markup('<li><a href="{}"><code>{}</code></a>{}</li>').format(
            links.plain_article(page.article_id), page.path, findings.html(page.findings, with_path=False)
        )
        for page in snapshot.pages
        if page.state is PageState.GONE
    )
    if not items:
        return items
    return Markup('<section class="kb-group"><h2>{}</h2><ul class="kb-gone-files">{}</ul></section>').format(
        words().preview.gone_title, items
    )


def _others(snapshot: Snapshot) -> Markup:
    """Return findings of files that are no articles."""
    if not snapshot.others:
        return Markup()
    return Markup('<section class="kb-group"><h2>{}</h2>{}</section>').format(
        words().preview.other_findings, findings.html(snapshot.others)
    )
