"""``kb translation`` and ``kb stale``: translations are begun, stamped and kept up to date."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from kb.cli import options


def translation(
    files: Annotated[
        list[Path] | None, typer.Argument(metavar="[FILE]...", help="Translations, such as late-fee.es.md.")
    ] = None,
    stamp: Annotated[bool, typer.Option("--stamp", help="Write which English text they were made from.")] = False,
    new: Annotated[str | None, typer.Option("--new", metavar="ID", help="Begin the translation of an article.")] = None,
    articles: options.Articles = None,
    site: options.Site = None,
) -> None:
    """Begin a translation beside its article, or stamp translations that say what the English text says.

    A stamp is the digest of the English title, summary and body. When these change, 'kb check' and 'kb stale' name the
    translation, and its readers are told, until it is stamped again.

    Example: kb translation --stamp articles/fees-taxes-surcharges/late-fee.es.md
    """
    if stamp == (new is not None) or (stamp and not files) or (new is not None and files):
        raise typer.BadParameter("Give --stamp with one file or several, or --new with an article's id.")
    from kb.content.articles.corpus import load_articles
    from kb.content.editing import translating

    settings = options.settings(articles=articles, site=site)
    corpus = load_articles(settings.articles, settings.site.channel_texts())
    if new is not None:
        path = translating.new_translation(corpus, new)
        typer.echo(f"{path}: write it in Spanish, check it (kb check {path}), then run: kb translation --stamp {path}")
        return
    done = translating.stamp(corpus, files or [])
    for item in done:
        typer.echo(f"{item.path}: {'stamped' if item.is_changed else 'was stamped already'}")


def stale(as_json: options.Json = False, articles: options.Articles = None, site: options.Site = None) -> None:
    """List the translations whose English text has changed since, and those that were never stamped.

    Example: kb stale
    """
    from kb.content.articles.corpus import load_articles
    from kb.content.articles.translations import out_of_date

    settings = options.settings(articles=articles, site=site)
    corpus = load_articles(settings.articles, settings.site.channel_texts())
    found = out_of_date(corpus.translations)
    if as_json:
        typer.echo(json.dumps([{"id": p.article.id, "path": p.article.path} for p in found]))
        return
    for parsed in found:
        typer.echo(parsed.article.path)
    total = len(corpus.translations)
    typer.echo(f"{len(found)} of {total} translation{'s' if total != 1 else ''} out of date")
