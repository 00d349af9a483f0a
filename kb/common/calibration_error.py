"""The expected calibration error, for builds, which learn a confidence, and for evaluations, which measure it."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

BINS = 10


def equal_width_bins(confidence: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Return the bin of each confidence, 0 to 9; 1.0 is in the last one."""
    return np.minimum((confidence * BINS).astype(np.int64), BINS - 1)


def calibration_error(
    confidence: npt.NDArray[np.float64],
    right: npt.NDArray[np.bool_],
    weights: npt.NDArray[np.float64],
    bins: npt.NDArray[np.int64],
) -> npt.NDArray[np.float64]:
    """Return the expected calibration error: the mean distance of confidence from truth, over bins.

    Guo et al., "On Calibration of Modern Neural Networks", 2017.

    :param confidence: Shape (n,), 0 to 1.
    :param right: Shape (n,); whether each came true.
    :param weights: Shape (n_resamples, n), not negative.
    :param bins: The bin of each, shape (n,) or (n_resamples, n), for example from :func:`equal_width_bins`.
    :return: Shape (n_resamples,), 0 to 1; NaN if all weights are zero.
    """
    truth = right.astype(float)
    gaps = np.zeros(len(weights))
    for n in range(BINS):
        mine = weights * (bins == n)
        gaps += np.abs(mine @ confidence - mine @ truth)
    total = weights.sum(axis=1)
    error: npt.NDArray[np.float64] = np.divide(gaps, total, out=np.full(len(weights), np.nan), where=total > 0)
    return error
