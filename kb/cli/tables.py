"""Tables on standard output, plain enough to be piped."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

_LEAST_WIDTH = 110
"""Columns when the output is not a terminal, so that ids are not cut."""


def printable(text: str) -> str:
    """Return a text on one line, without what could steer a terminal."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def print_table(title: str, columns: Sequence[str], rows: Iterable[Sequence[str]], left: int = 1) -> None:
    """Print a table.

    :param title: Above it.
    :param columns: The headings.
    :param rows: Cells, shown as they are, without markup.
    :param left: The number of text columns; the others are figures and are right-aligned.
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(title=Text(title, "bold"), title_justify="left", box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for n, column in enumerate(columns):
        table.add_column(column, justify="left" if n < left else "right", overflow="fold")
    for row in rows:
        table.add_row(*(Text(printable(cell)) for cell in row))
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=_LEAST_WIDTH)
    console.print(table)
    console.print()
