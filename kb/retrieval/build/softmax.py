"""Multinomial logistic regression with scikit-learn's results in a fraction of its time. Build time only.

The objective is scikit-learn's: mean cross-entropy plus ‖W‖² / (2 · C · n), constants are not penalized. Two things
make it fast. All arithmetic is in float32, like the vectors. And the coordinates are changed so that the problem is
about equally curved in every direction: by the Cholesky factor of XᵀX / n, weighted by how certain a class is, plus
the penalty. After that some 20 steps of L-BFGS (Nocedal and Wright, *Numerical Optimization*, 2006, algorithm 7.4)
suffice.

One thread and no random numbers: the same rows give the same bits, however many fits run next to each other.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from kb.types import EmbeddingMatrix

Matrix: TypeAlias = npt.NDArray[np.float32]
Objective: TypeAlias = Callable[[Matrix], tuple[float, Matrix]]
"""Coordinates to the value and its gradient."""

_CURVATURE = 0.2
"""Mean of p · (1 - p) at the solution, as a share of 1 / n_classes; .03 to 1 were tried, and it hardly matters."""
_TOLERANCE = 1e-3
"""The gradient's norm as a share of the coordinates', which is about how far off the weights are: a twentieth of what
scikit-learn's own ``tol=1e-4`` leaves."""
_MOST_STEPS = 200
_PAIRS = 10
_SUFFICIENT = 1e-4
"""The part of the decrease promised by the slope that a step must achieve (Armijo)."""
_NOISE = 1e-7
"""Decrease, as a share of the value, that float32 cannot distinguish from none."""


@dataclass(frozen=True, slots=True)
class _Whitened:
    """A design in coordinates in which the problem is about as curved in every direction."""

    rows: Matrix
    """Shape (n, dim + 1): the vectors and a column of ones, times the inverse factor, transposed."""
    inverse: npt.NDArray[np.float64]
    """Inverse of the Cholesky factor, lower, shape (dim + 1, dim + 1)."""
    factor: npt.NDArray[np.float64]
    penalty: Matrix
    """Shape (dim + 1, dim + 1): the penalty as a quadratic form of the coordinates."""


def fit_softmax(
    matrix: EmbeddingMatrix,
    classes: npt.NDArray[np.int64],
    n_classes: int,
    c: float,
    start: Matrix | None = None,
) -> Matrix:
    """Fit a multinomial logistic regression.

    :param matrix: The vectors, one per row.
    :param classes: The class of each row, 0 to n_classes - 1.
    :param n_classes: At least two.
    :param c: scikit-learn's ``C``.
    :param start: Weights to start from, as they are returned; zeros unless given.
    :return: Shape (n_classes, dim + 1): weights, and the constant in the last column. They add up to about 0 over the
        classes.
    """
    design = _whitened(matrix, n_classes, c)
    first = np.zeros((design.rows.shape[1], n_classes), np.float32)
    if start is not None:
        first = np.asarray(design.factor.T @ start.T, np.float32)
    found = _minimise(_objective(design, classes), first)
    return np.asarray((design.inverse.T @ found).T, np.float32)


def _whitened(matrix: EmbeddingMatrix, n_classes: int, c: float) -> _Whitened:
    n, dim = matrix.shape
    rows = np.ones((n, dim + 1), np.float32)
    rows[:, :dim] = matrix
    penalty = np.full(dim + 1, 1.0 / (c * n))
    penalty[dim] = 0.0
    curvature = (_CURVATURE / (n_classes * n)) * (rows.T @ rows).astype(np.float64)
    # The constant of a class that nothing distinguishes has no curvature; a trace keeps the factor finite.
    factor = np.linalg.cholesky(curvature + np.diag(np.maximum(penalty, 1e-9)))
    inverse = np.linalg.inv(factor)
    return _Whitened(
        rows=rows @ inverse.T.astype(np.float32),
        inverse=inverse,
        factor=factor,
        penalty=((inverse * penalty) @ inverse.T).astype(np.float32),
    )


def _objective(design: _Whitened, classes: npt.NDArray[np.int64]) -> Objective:
    n = len(design.rows)
    own = np.arange(n), classes

    def value(at: Matrix) -> tuple[float, Matrix]:
        logits = design.rows @ at
        logits -= logits.max(axis=1, keepdims=True)
        right = logits[own]
        np.exp(logits, out=logits)
        total = logits.sum(axis=1, keepdims=True)
        loss = float((np.log(total[:, 0]) - right).mean(dtype=np.float64))
        logits /= total
        logits[own] -= 1.0
        shrunk = design.penalty @ at
        gradient = (design.rows.T @ logits) / np.float32(n) + shrunk
        return loss + 0.5 * _dot(at, shrunk), gradient

    return value


def _minimise(objective: Objective, at: Matrix) -> Matrix:
    """Return the minimum of a convex function, by L-BFGS with steps that are halved until they achieve enough."""
    value, gradient = objective(at)
    pairs: deque[tuple[Matrix, Matrix, float]] = deque(maxlen=_PAIRS)
    for _ in range(_MOST_STEPS):
        if np.linalg.norm(gradient) <= _TOLERANCE * max(float(np.linalg.norm(at)), _TOLERANCE):
            break
        direction = -_times_inverse_hessian(gradient, pairs)
        slope = _dot(gradient, direction)
        step = 1.0
        while True:
            moved = at + np.float32(step) * direction
            new_value, new_gradient = objective(moved)
            if new_value <= value + _SUFFICIENT * step * slope or -step * slope <= _NOISE * abs(value):
                break
            step /= 2
        if value - new_value <= _NOISE * abs(value):
            # As close as float32 can tell; the better of the two is kept.
            return moved if new_value < value else at
        change, turn = moved - at, new_gradient - gradient
        curved = _dot(change, turn)
        if curved > 0:
            pairs.append((change, turn, 1.0 / curved))
        at, value, gradient = moved, new_value, new_gradient
    return at


def _times_inverse_hessian(gradient: Matrix, pairs: deque[tuple[Matrix, Matrix, float]]) -> Matrix:
    """Return the inverse Hessian, as the last steps show it, times a gradient (the two-loop recursion)."""
    result = gradient.copy()
    shares = []
    for change, turn, scale in reversed(pairs):
        share = scale * _dot(change, result)
        shares.append(share)
        result -= np.float32(share) * turn
    if pairs:
        _, turn, scale = pairs[-1]
        result *= np.float32(1.0 / (scale * _dot(turn, turn)))
    for (change, turn, scale), share in zip(pairs, reversed(shares), strict=True):
        result += np.float32(share - scale * _dot(turn, result)) * change
    return result


def _dot(left: Matrix, right: Matrix) -> float:
    return float(np.dot(left.ravel(), right.ravel()))
