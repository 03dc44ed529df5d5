"""Computes rank correlations, and intervals of figures with a percentile bootstrap.

A figure is computed from n items, which are firms or days. A draw picks n times from these items at
random, with replacement. There are many draws, and the figure is computed for each draw. The
interval contains the middle 95 % of these figures.

A draw is stored as the number of times that each item is picked. So one product of matrices gives
the sums of all draws. Draws depend only on their name and on the number of items. So the intervals
of a run do not change when they are computed again.

Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 13.3.
"""

from functools import cache
from typing import NamedTuple
from zlib import crc32

import numpy as np

COVERAGE = 0.95
RESAMPLES = 2_000
SEED = 19_930_513
FEWEST = 5  # with fewer firms or days there is no interval


class Interval(NamedTuple):
    """The low end and the high end of a figure's interval."""

    low: float
    high: float


@cache
def draws(n: int, what: str) -> np.ndarray:
    """Pick *n* times from *n* items, with replacement. Repeat this RESAMPLES times.

    Args:
        n: the number of items.
        what: the name of the draws. Draws with different names are independent.

    Returns:
        The number of times that each item is picked, shape (RESAMPLES, n). If n < FEWEST, the
        array has no rows. The numbers are floats, since matrices of floats multiply fast.
    """
    if n < FEWEST:
        return np.zeros((0, n))
    generator = np.random.default_rng([SEED, crc32(what.encode())])
    return generator.multinomial(n, np.full(n, 1 / n), size=RESAMPLES).astype(float)


def interval(figures: np.ndarray) -> Interval | None:
    """Return the interval of the middle 95 % of the finite figures, or None if there are none."""
    defined = figures[np.isfinite(figures)]
    if not len(defined):
        return None
    outside = (1 - COVERAGE) / 2
    return Interval(*map(float, np.quantile(defined, (outside, 1 - outside))))


def spearman(x: np.ndarray, y: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return the rank correlation of two series. Equal values get the mean of their ranks.

    Args:
        x: values, shape (..., n).
        y: values, shape (..., n).
        counts: the weight of each pair, shape (..., n). A pair with a NaN gets the weight zero.

    Returns:
        Numbers between -1 and 1, shape (...). NaN if all values with a weight above zero are
        equal in *x* or in *y*.

    Source: Spearman (1904), American Journal of Psychology 15(1), 72-101.
    """
    counts = np.where(np.isnan(x + y), 0, counts)
    first, second = (_centred_ranks(values, counts) for values in (x, y))
    squares = (counts * first**2).sum(axis=-1) * (counts * second**2).sum(axis=-1)
    products = (counts * first * second).sum(axis=-1)
    found: np.ndarray = products / np.sqrt(np.where(squares > 0, squares, np.nan))
    return found


def _centred_ranks(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return each rank less the mean rank.

    This is half of the number of lower values, less half of the number of higher values.
    """
    # The difference of two equal infinite values is NaN. It becomes 0, since their ranks are equal.
    with np.errstate(invalid="ignore"):
        above = np.nan_to_num(np.sign(values[..., :, np.newaxis] - values[..., np.newaxis, :]))
    return np.einsum("...ij,...j->...i", above, counts) / 2
