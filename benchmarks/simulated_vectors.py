"""Vectors grouped by article: the shipped ones, and simulated articles around them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

DIM = 384
APART, WITHIN = 0.7, 0.25
"""How far a simulated article lies from the one it was made of, and its rows from each other, as shares of a vector."""


@dataclass(frozen=True)
class Vectors:
    """Vectors grouped by article."""

    matrix: np.ndarray
    owners: np.ndarray
    """The article of each row, ascending."""

    @property
    def starts(self) -> np.ndarray:
        """The first row of each article, and the end."""
        return np.searchsorted(self.owners, np.arange(int(self.owners.max()) + 2))

    @property
    def means(self) -> np.ndarray:
        """The direction of each article's mean."""
        sums = np.add.reduceat(self.matrix, self.starts[:-1], axis=0)
        return sums / np.linalg.norm(sums, axis=1, keepdims=True)


def grown(known: Vectors, count: int) -> Vectors:
    """Return the shipped vectors, and simulated articles around them, up to so many rows.

    :param known: The shipped vectors.
    :param count: How many.
    :return: Whole articles; those that were shipped first, fewer of them if there are more rows than asked for.
    """
    chance = np.random.default_rng(count)
    starts = known.starts
    if count <= len(known.matrix):
        kept = int(np.searchsorted(starts, count, side="right")) - 1
        return Vectors(known.matrix[: starts[kept]], known.owners[: starts[kept]])
    parts, sizes = [known.matrix], [np.diff(starts)]
    n_rows = len(known.matrix)
    while n_rows < count:
        article = int(chance.integers(len(starts) - 1))
        rows = known.matrix[starts[article] : starts[article + 1]][: count - n_rows]
        noise = chance.standard_normal((len(rows) + 1, DIM), np.float32) / np.sqrt(DIM)
        moved = rows + APART * noise[-1] + WITHIN * noise[:-1]
        parts.append(moved / np.linalg.norm(moved, axis=1, keepdims=True))
        sizes.append(np.array([len(rows)]))
        n_rows += len(rows)
    sizes_of_all = np.concatenate(sizes)
    return Vectors(np.concatenate(parts).astype(np.float32), np.repeat(np.arange(len(sizes_of_all)), sizes_of_all))
