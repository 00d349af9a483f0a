"""``kb import``: the articles of another system, once or again."""

from __future__ import annotations

import json
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from kb.cli import options
from kb.cli.tables import print_table, printable
from kb.errors import ArticlesError

if TYPE_CHECKING:
    from kb.content.importing.plan import Plan
    from kb.content.importing.record import Collected

_LISTED = 40
"""Most findings that are printed."""


class Form(StrEnum):
    """The kinds of sources."""

    AUTO = "auto"
    MARKDOWN = "markdown"
    HTML = "html"
    JSON = "json"
    CSV = "csv"
    FAQPAGE = "faqpage"


def import_(
    source: Annotated[Path | None, typer.Argument(metavar="SOURCE", help="A folder, or one file of an export.")] = None,
    into: Annotated[Path | None, typer.Option("--into", help="The folder of articles; that of the settings.")] = None,
    form: Annotated[Form, typer.Option("--as", help="What it is; found by the files' endings otherwise.")] = Form.AUTO,
    category: Annotated[str, typer.Option("--category", help="One category for all, in place of theirs.")] = "",
    name: Annotated[str, typer.Option("--name", help="What the source is called from one import to the next.")] = "",
    pictures: Annotated[Path | None, typer.Option("--pictures", help="A further folder that pictures are in.")] = None,
    base: Annotated[str, typer.Option("--base", help="The old site's address, for links to what stays there.")] = "",
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Also what an editor changed or removed here.")
    ] = False,
    *,
    questions: Annotated[
        Path | None,
        typer.Option("--questions", help="A table of search terms or subjects of tickets, in place of SOURCE."),
    ] = None,
    most: Annotated[int, typer.Option("--most", min=1, help="With --questions: the most that are proposed.")] = 200,
    who: options.Who = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen, and write nothing.")] = False,
    as_json: options.Json = False,
    index: options.IndexFolder = None,
    site: options.Site = None,
    database: options.Database = None,
) -> None:
    """Import articles: Markdown of other systems, HTML, exports of Zendesk or Intercom, CSV, schema.org's FAQPage.

    A second import updates the same articles, and leaves alone what an editor changed or removed since. What could not
    be brought over is reported, and listed in the article's front matter.

    With --questions, customers' questions from elsewhere are assigned to the articles of the index and proposed as
    examples, which an editor accepts or declines: kb lessons, or the page /writing. Personal data never comes over.

    Exit status 0, or 1 if something could not be read or written as an article.

    Example: kb import ../old-site/docs --dry-run
    """
    if questions is not None and source is None:
        from kb.cli.import_questions import import_questions

        container = options.container(articles=into, index=index, site=site, database_url=database)
        import_questions(container, questions, most=most, who=options.user(who), dry_run=dry_run, as_json=as_json)
        return
    if source is None or questions is not None:
        raise typer.BadParameter("Name either a SOURCE of articles, or a table with --questions FILE.")
    from kb.content.importing.plan import plan_import, write

    folder = into if into is not None else options.settings(site=site).articles
    collected = _read(source, form)
    if not collected.articles and not collected.findings:
        raise ArticlesError(
            f"{source} holds nothing to import. Name a folder of articles or an export, or say --as KIND."
        )
    roots = [place for place in (source if source.is_dir() else source.parent, pictures) if place is not None]
    plan = plan_import(
        collected,
        folder,
        name.strip() or source.resolve().name,
        pictures=roots,
        category=category,
        base=base,
        overwrite=overwrite,
    )
    if not dry_run:
        write(plan)
    if as_json:
        typer.echo(json.dumps(_as_json(plan, dry_run=dry_run), ensure_ascii=False))
    else:
        _print(plan, dry_run=dry_run)
    raise typer.Exit(int(any(f.severity == "error" for f in plan.findings)))


def _read(source: Path, form: Form) -> Collected:
    from kb.content.importing import exports, trees
    from kb.content.importing.files import list_files
    from kb.content.importing.record import Collected

    if source.suffix.lower() in (".zip", ".gz", ".tar", ".7z", ".rar"):
        raise ArticlesError(f"{source} is an archive. Unpack it, and name the folder.")
    about = Collected()
    files = list_files(source, about)
    endings = {path.suffix.lower() for path in files}
    readers = {
        Form.MARKDOWN: (trees.read_markdown, trees.MARKDOWN),
        Form.HTML: (trees.read_html, trees.HTML),
        Form.JSON: (exports.read_json, (".json", ".jsonld")),
        Form.CSV: (exports.read_csv, (".csv", ".tsv")),
        Form.FAQPAGE: (exports.read_faq_pages, trees.HTML),
    }
    if form is Form.AUTO:
        form = next((f for f, (_, known) in readers.items() if endings & {*known}), Form.MARKDOWN)
    found = readers[form][0](source, files)
    found.findings = [*about.findings, *found.findings]
    return found


def _as_json(plan: Plan, *, dry_run: bool) -> dict[str, object]:
    from kb.content.checks.corpus_check import finding_as_json

    return {
        "dry_run": dry_run,
        "source": plan.source,
        "parts": {n: {"found": t.found, "came": t.came, "left": t.left} for n, t in plan.tallies().items()},
        "articles": [
            {"source": p.article.name, "id": p.id, "path": p.path, "action": p.action.value} for p in plan.planned
        ],
        "gone": plan.gone,
        "findings": [finding_as_json(f) for f in plan.findings],
    }


def _print(plan: Plan, *, dry_run: bool) -> None:
    from kb.content.checks.corpus_check import by_gravity
    from kb.content.importing.plan import Action

    found = by_gravity(plan.findings)
    for finding in found[:_LISTED]:
        typer.echo(printable(str(finding)))
    if len(found) > _LISTED:
        typer.echo(f"and {len(found) - _LISTED} more findings; --json lists all")
    rows = [(n, f"{t.found:,}", f"{t.came:,}", f"{t.left:,}") for n, t in plan.tallies().items()]
    print_table(f"From {plan.source}", ("part", "found", "came over", "left"), rows)
    counts = ", ".join(f"{len(plan.of(action))} {action}" for action in Action if plan.of(action)) or "nothing"
    if dry_run:
        typer.echo(f"{plan.folder}: {counts}. Nothing was written; leave --dry-run out to write it.")
    else:
        typer.echo(f"{plan.folder}: {counts}. Next: kb check, kb build")
