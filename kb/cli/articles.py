"""``kb new``, ``kb rename`` and ``kb remove``: articles come, move and go without a dead link."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.types import ArticleKind

if TYPE_CHECKING:
    from kb.content.moves import Move


def new(
    slug: Annotated[str, typer.Argument(help="The article's id, for life: small letters, digits, hyphens.")],
    title: Annotated[str | None, typer.Option("--title", help="As a customer would say it.")] = None,
    kind: Annotated[ArticleKind | None, typer.Option("--kind", help="What kind of article.")] = None,
    category: Annotated[str | None, typer.Option("--category", help="The folder it goes into.")] = None,
    owner: Annotated[str, typer.Option("--owner", help="Who keeps it right.")] = "",
    articles: options.Articles = None,
    site: options.Site = None,
) -> None:
    """Write a draft from the template of its kind; asks for what is not given.

    Example: kb new pay-with-gift-card --title "Can I pay with a gift card?" --kind faq --category paying-your-bill
    """
    from kb.content.scaffold import categories, check_slug, new_article  # noqa: PLC0415 — not needed for --help

    folder = options.settings(articles=articles, site=site).articles
    check_slug(slug)
    title = title or typer.prompt("Title, as a customer would say it")
    chosen = kind or typer.prompt("Kind", type=ArticleKind, default=ArticleKind.FAQ, show_choices=True)
    if category is None:
        known = categories(folder)
        if known:
            typer.echo("Categories: " + ", ".join(known))
        category = typer.prompt("Category")
    path = new_article(folder, slug, title or "", chosen, category or "", owner=owner)
    typer.echo(f"{path}: a draft. Write it, set 'status: published', then: kb check")


def rename(
    old: Annotated[str, typer.Argument(help="The article's id now.")],
    new: Annotated[str, typer.Argument(help="The id it gets.")],
    articles: options.Articles = None,
    site: options.Site = None,
) -> None:
    """Give an article another id: the file moves, the old id redirects, every link follows; all of it or nothing.

    Example: kb rename late-fee late-fees
    """
    from kb.content import moves  # noqa: PLC0415 — not needed for --help

    settings = options.settings(articles=articles, site=site)
    _say(moves.rename(settings.articles, old, new, channels=settings.site.channel_texts()))


def remove(
    article_id: Annotated[str, typer.Argument(metavar="ID", help="The article to remove.")],
    redirect: Annotated[str, typer.Option("--redirect", help="The article that answers in its place.")],
    articles: options.Articles = None,
    site: options.Site = None,
) -> None:
    """Remove an article and send its readers to another; links follow; all of it or nothing.

    Example: kb remove old-modem-fee --redirect modem-fee
    """
    from kb.content import moves  # noqa: PLC0415 — not needed for --help

    settings = options.settings(articles=articles, site=site)
    _say(moves.remove(settings.articles, article_id, redirect, channels=settings.site.channel_texts()))


def _say(move: Move) -> None:
    typer.echo(f"{move.path}: {len(move.written)} file(s) written, {len(move.deleted)} deleted")
