"""``kb new``, ``kb rename`` and ``kb remove``: articles are added, renamed and removed without dead links."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Annotated, TypeVar

import typer

from kb.cli import options
from kb.errors import ArticlesError
from kb.types import ELSEWHERE, ArticleKind

if TYPE_CHECKING:
    from pathlib import Path

    from kb.content.editing.moves import Move
    from kb.gaps.book import GapBook

_Found = TypeVar("_Found")
_PROPOSED = 20
"""Most questions of a gap that a draft has as comments."""
_LISTED = 10
"""Most changed files that a rename or removal lists."""


def new(
    slug: Annotated[str, typer.Argument(help="The article's id, for life: small letters, digits, hyphens.")],
    title: Annotated[str | None, typer.Option("--title", help="As a customer would say it.")] = None,
    kind: Annotated[
        ArticleKind | None, typer.Option("--kind", case_sensitive=False, help="What kind of article.")
    ] = None,
    signpost: Annotated[
        bool, typer.Option("--signpost", help="A signpost for questions that belong elsewhere; as --kind signpost.")
    ] = False,
    category: Annotated[str | None, typer.Option("--category", help="The folder it goes into.")] = None,
    owner: Annotated[str, typer.Option("--owner", help="Who keeps it right.")] = "",
    from_gap: Annotated[
        int | None, typer.Option("--from-gap", metavar="N", help="The gap of customers' questions it is written for.")
    ] = None,
    *,
    who: options.Who = "",
    articles: options.Articles = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Write a draft from the template of its kind; ask for values that are not given.

    For a gap, the draft has its questions as comments, to be reworded into examples and tests, and the gap is marked as
    being drafted.

    Example: kb new pay-with-gift-card --title "Can I pay with a gift card?" --kind faq --category paying-your-bill
    """
    from kb.content.editing import scaffold

    kind = _kind(kind, category, signpost=signpost)
    folder = options.settings(articles=articles, site=site).articles
    # The arguments are checked first, before the user types a title for an impossible article.
    scaffold.check_slug(slug)
    scaffold.refuse_taken(folder, slug)
    is_shelf = category is not None and kind is not ArticleKind.SIGNPOST
    shelf = scaffold.find_category(folder, category or "") if is_shelf else ""
    book, asked, proposed = (None, [], None) if from_gap is None else _of_gap(database, from_gap)
    title = title or typer.prompt("Title, as a customer would say it", default=proposed, value_proc=_title)
    kinds = "Kinds: " + ", ".join(ArticleKind)
    chosen = kind or _ask("Kind", kinds, scaffold.find_kind, default=ArticleKind.FAQ.value)
    if chosen is not ArticleKind.SIGNPOST:
        shelf = shelf or _ask_category(folder)
    path = scaffold.new_article(folder, slug, title or "", chosen, shelf, owner=owner, asked=asked)
    if book is not None and from_gap is not None:
        book.draft(from_gap, slug, who=options.user(who))
    typer.echo(f"{path}: a draft. Write it, check it (kb check), then set 'status: published'")


def _kind(kind: ArticleKind | None, category: str | None, *, signpost: bool) -> ArticleKind | None:
    """Return the kind that was asked for, or None; refuse what contradicts --signpost."""
    if signpost and kind not in (None, ArticleKind.SIGNPOST):
        raise typer.BadParameter("Give --signpost or another --kind, not both.", param_hint="--signpost")
    kind = ArticleKind.SIGNPOST if signpost else kind
    if kind is ArticleKind.SIGNPOST and category not in (None, ELSEWHERE):
        raise typer.BadParameter(
            f"A signpost has no category; it goes into {ELSEWHERE}/. Leave it out.", param_hint="--category"
        )
    return kind


def _ask_category(folder: Path) -> str:
    from kb.content.editing import scaffold

    known = scaffold.shelves(folder)
    width = max((len(shelf.id) for shelf in known), default=0)
    listed = "\n".join(f"  {shelf.id:{width}}  {shelf.title}" for shelf in known)
    choices = f"Categories:\n{listed}" if known else "There is no category yet; name the first one."
    return _ask("Category", choices, partial(scaffold.find_category, folder))


def _of_gap(database: str | None, number: int) -> tuple[GapBook, list[str], str | None]:
    """Return the gaps, the most central questions of one that may be drafted for, and a title if one can be a title."""
    from kb.app.insights import draft_title
    from kb.gaps.states import GapState, Step, after

    book = options.container(database_url=database).gaps
    detail = book.show(number)
    if detail.row.state is not GapState.NEW:
        after(detail.row.state, Step.DRAFT)
    return book, [question.text for question in detail.questions[:_PROPOSED]], draft_title(detail) or None


def _title(text: str) -> str:
    if not text.strip():
        raise typer.BadParameter("Type a title.")
    return text


def _ask(question: str, choices: str, find: Callable[[str], _Found], default: str | None = None) -> _Found:
    """Ask until the answer is one of the choices; earlier answers are kept."""
    typer.echo(choices)
    while True:
        try:
            return find(typer.prompt(question, default=default))
        except ArticlesError as error:
            typer.echo(str(error))
            if "\n" not in choices and choices.partition(": ")[2] not in str(error):
                typer.echo(choices)


def rename(
    old: Annotated[str, typer.Argument(help="The article's id now.")],
    new: Annotated[str, typer.Argument(help="The id it gets.")],
    articles: options.Articles = None,
    site: options.Site = None,
) -> None:
    """Give an article another id: the file moves, the old id redirects, every link follows, or nothing changes.

    A signpost has no address, so its old id does not redirect.

    Example: kb rename late-fee late-fees
    """
    from kb.content.editing import moves

    settings = options.settings(articles=articles, site=site)
    _say(settings.articles, moves.rename(settings.articles, old, new, channels=settings.site.channel_texts()))


def remove(
    article_id: Annotated[str, typer.Argument(metavar="ID", help="The article or signpost to remove.")],
    redirect: Annotated[
        str, typer.Option("--redirect", help="The article that answers in its place; a signpost needs none.")
    ] = "",
    articles: options.Articles = None,
    site: options.Site = None,
) -> None:
    """Remove an article and send its readers to another; links follow, or nothing changes.

    A signpost is removed without --redirect, because customers have no address of it.

    Example: kb remove old-modem-fee --redirect modem-fee
    """
    from kb.content.editing import moves

    settings = options.settings(articles=articles, site=site)
    channels = settings.site.channel_texts()
    _say(settings.articles, moves.remove(settings.articles, article_id, redirect, channels=channels))


def _say(folder: Path, move: Move) -> None:
    typer.echo(f"{move.path}: {len(move.written)} file(s) written, {len(move.deleted)} deleted")
    lines = [*(f"  deleted {path}" for path in move.deleted), *(f"  written {path}" for path in move.written)]
    for line in lines[:_LISTED]:
        typer.echo(line)
    if len(lines) > _LISTED:
        typer.echo(f"  and {len(lines) - _LISTED} more")
    typer.echo(f"Next: kb check, kb build, then commit all of it: git add {folder}")
