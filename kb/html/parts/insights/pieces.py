"""Small pieces of the page for leads: numbers, tables that become cards on a phone, links within the visit."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from markupsafe import Markup

from kb.html import links
from kb.html.words import words
from kb.reports.figures import FigureUnit
from kb.types import Library


def number(value: float | None, unit: FigureUnit = FigureUnit.COUNT) -> str:
    """Return a number as it is read; a dash where it is not known, which is not zero."""
    if value is None:
        return "–"
    return f"{value:.1%}" if unit is FigureUnit.SHARE else f"{value:,.0f}"


def signed(value: int) -> str:
    """Return a difference with its sign, the real minus."""
    return f"+{value:,}" if value > 0 else f"−{-value:,}" if value < 0 else "±0"


def link(address: str, text: str, *, current: bool = False, is_page: bool = False) -> Markup:
    """Return a link to another view of the page; the visit goes on.

    :param address: Where it leads.
    :param text: Its words.
    :param current: Whether that is what is looked at now.
    :param is_page: Whether it is another page to its reader, so that reading goes on at its heading.
    :return: HTML.
    """
    here = Markup(' aria-current="true"') if current else ""
    kind = Markup('="page"') if is_page else ""
    return Markup('<a href="{}" data-same-visit{}{}>{}</a>').format(address, kind, here, text)


def article_link(article_id: str, library: Library | None, missing: str = "") -> Markup:
    """Return an article's title as a link; its id where it is not there.

    :param article_id: Its id.
    :param library: The articles; None if they are not known.
    :param missing: What is said of one that is not there; that it is gone, by default.
    :return: HTML.
    """
    article = library.resolve(article_id) if library is not None else None
    if article is not None:
        return Markup('<a href="{}">{}</a>').format(links.article(article.id), article.title)
    gone = Markup(" {}").format(soft(missing or words().insights.articles_gone)) if library is not None else ""
    return Markup("{}{}").format(article_id, gone)


def tabs(label: str, chips: Iterable[Markup]) -> Markup:
    """Return a row of links to choose from."""
    return Markup('<nav class="kb-chips" aria-label="{}">{}</nav>').format(label, Markup().join(chips))


def heading(title: str, anchor: str = "") -> Markup:
    """Return the heading of a part of the page."""
    target = Markup(' id="{}"').format(anchor) if anchor else ""
    return Markup('<h2 class="kb-insights-part"{}>{}</h2>').format(target, title)


def badge(text: str, kind: str = "") -> Markup:
    """Return a word in a frame; ``kind`` is a state of a gap."""
    return Markup('<span class="kb-state kb-state-{}">{}</span>').format(kind or "none", text)


def soft(text: str) -> Markup:
    """Return a text that explains the one before it."""
    return Markup('<span class="kb-soft">{}</span>').format(text)


def table(
    caption: str, columns: Sequence[str], rows: Iterable[Sequence[str]], *, numeric: Collection[int] = ()
) -> Markup:
    """Return a table whose rows are cards on a narrow screen.

    :param caption: For screen readers.
    :param columns: Headings.
    :param rows: Text or HTML of each cell; the first one heads its row.
    :param numeric: Places of the columns that hold numbers.
    :return: HTML.
    """
    head = Markup('<th scope="col"{}>{}</th>')
    heads = Markup().join(head.format(_number_class(n in numeric), column) for n, column in enumerate(columns))
    body = Markup().join(Markup("<tr>{}</tr>").format(_row(columns, cells, numeric)) for cells in rows)
    return Markup(
        '<table class="kb-table"><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>'
    ).format(caption, heads, body)


def _row(columns: Sequence[str], cells: Sequence[str], numeric: Collection[int]) -> Markup:
    cell = Markup('<td data-label="{}"{}>{}</td>')
    rest = (cell.format(columns[n], _number_class(n in numeric), cells[n]) for n in range(1, len(cells)))
    return Markup('<th scope="row">{}</th>{}').format(cells[0], Markup().join(rest))


def _number_class(is_number: bool) -> Markup:  # noqa: FBT001 — one of two looks
    return Markup(' class="kb-num"') if is_number else Markup()
