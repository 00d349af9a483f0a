"""The shipped bank of questions that no help center of one company answers, by field.

Each field is a class of its own in the index, so that a question about a flight or an overdraft has somewhere to go
other than the nearest article. A site whose articles are about one of these fields answers such questions; those are
left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

import numpy as np

from kb.retrieval.index.passages import Unit
from kb.types import EmbeddingMatrix, UnitKind

MARK = "~"
"""The first character of a field's id, which no article's id has; it comes after all of them."""


@lru_cache(maxsize=1)
def general_questions() -> tuple[Unit, ...]:
    """Return the shipped questions, the fields ascending."""
    text = files("kb.retrieval").joinpath("data/general_questions.txt").read_text(encoding="utf-8")
    found: list[Unit] = []
    field = ""
    for line in map(str.strip, text.splitlines()):
        if line.startswith("[") and line.endswith("]"):
            field = MARK + line[1:-1]
        elif line and not line.startswith("#"):
            found.append(Unit(UnitKind.EXAMPLE, field, line, -1))
    return tuple(sorted(found, key=lambda unit: unit.article_id))


def foreign(
    bank: Sequence[Unit], vectors: EmbeddingMatrix, own: EmbeddingMatrix, article_of_row: Sequence[str]
) -> list[int]:
    """Return the questions of the bank that a site does not answer itself.

    A question is left out if it is as near to an example of the site as half of its examples are to another example of
    the same article.

    :param bank: The bank.
    :param vectors: Its vectors, one row each.
    :param own: The vectors of the site's examples.
    :param article_of_row: The article of each of these.
    :return: Positions in the bank, ascending; all of it for a site without examples.
    """
    if not len(own):
        return list(range(len(bank)))
    article = np.unique(np.array(article_of_row), return_inverse=True)[1]
    nearest = []
    for row, vector in enumerate(own):
        mates = np.flatnonzero(article == article[row])
        mates = mates[mates != row]
        if len(mates):
            nearest.append(float((own[mates] @ vector).max()))
    if not nearest:
        return list(range(len(bank)))
    return np.flatnonzero((vectors @ own.T).max(axis=1) < np.median(nearest)).tolist()
