"""What a change of the articles wins and loses, question by question."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from kb.evaluation.impact import Change, Impact
from kb.html.format import counted, shortened
from kb.html.parts.insights import pieces
from kb.html.parts.writing.changes import result_words
from kb.html.words import words

_LISTED: Final = 20
"""Most questions of a kind that are named."""
_LONGEST: Final = 160


def html(measured: Impact, *, about: Markup = Markup()) -> Markup:  # noqa: B008 — it never changes
    """Return what is won and lost, in numbers and by question.

    :param measured: Over all known questions.
    :param about: What is said of single questions before that, if anything.
    :return: HTML.
    """
    labels = words().lessons
    lists = {"lost": measured.lost, "won": measured.won, "moved": measured.moved, "parts": measured.parts}
    said = labels.impact_said.format(
        questions=measured.questions, **{name: len(changes) for name, changes in lists.items()}
    )
    return Markup(
        '<section class="kb-desk kb-impact" data-impact="{won}/{lost}/{moved}" data-announce="{said}"><h3>{title}</h3>'
        "<p>{said}</p>{about}{lists}</section>"
    ).format(
        won=len(measured.won),
        lost=len(measured.lost),
        moved=len(measured.moved),
        title=labels.impact_title,
        said=said,
        about=about,
        lists=Markup().join(_changes(labels.impact_lists[name], changes) for name, changes in lists.items()),
    )


def quoted(text: str) -> Markup:
    """Return a question as it is named in a table."""
    return Markup("<q>{}</q>").format(shortened(text, _LONGEST))


def _changes(title: str, changes: Sequence[Change]) -> Markup:
    if not changes:
        return Markup()
    labels = words().lessons
    rows = [(quoted(c.judged.text), result_words(c.before), result_words(c.after)) for c in changes[:_LISTED]]
    left = len(changes) - len(rows)
    more = Markup("<p>{}</p>").format(counted(labels.impact_more, left)) if left else Markup()
    return Markup("<h4>{}</h4>{}{}").format(title, pieces.table(title, labels.impact_columns, rows), more)
