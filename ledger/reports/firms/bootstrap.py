"""What a figure might as well have been: percentile bootstraps, and correlation of ranks.

Whatever a figure is made of, firms or days, is drawn again and again with replacement; the middle
of what the figure comes to is its interval. Draws are counts, so that a resampled sum is a product
of matrices. They are a fixed set for each name and number: the same books always have the same
intervals, and figures of the same firms or days are resampled alike.

Source: Efron & Tibshirani (1993), An Introduction to the Bootstrap, section 13.3.
"""

from functools import cache
from typing import NamedTuple
from zlib import crc32

import numpy as np

COVERAGE = 0.95
RESAMPLES = 2_000
SEED = 19_930_513
FEWEST = 5  # firms, or days: fewer, drawn again and again, say nothing about others


class Interval(NamedTuple):
    """Where a figure might as well have been."""

    low: float
    high: float


@cache
def draws(n: int, what: str) -> np.ndarray:
    """Draw *n* out of *n* with replacement, RESAMPLES times.

    Args:
        n: out of how many.
        what: names the draws; another name gives other draws.

    Returns:
        How often each is drawn, shape (RESAMPLES, n); of fewer than FEWEST there are no draws.
    """
    if n < FEWEST:
        return np.zeros((0, n), dtype=np.int64)
    generator = np.random.default_rng([SEED, crc32(what.encode())])
    return generator.multinomial(n, np.full(n, 1 / n), size=RESAMPLES)


def interval(figures: np.ndarray) -> Interval | None:
    """Return the middle COVERAGE of a resampled figure; None where no resample has one."""
    defined = figures[np.isfinite(figures)]
    if not len(defined):
        return None
    outside = (1 - COVERAGE) / 2
    return Interval(*map(float, np.quantile(defined, (outside, 1 - outside))))


def spearman(x: np.ndarray, y: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Correlate the ranks of two series; ties share the mean of their ranks.

    Args:
        x: values, shape (..., n).
        y: values, shape (..., n).
        counts: how often each pair counts, shape (..., n). A pair with a NaN counts for nothing.

    Returns:
        Between -1 and 1, shape (...); NaN if all values of a series tie.

    Source: Spearman (1904), American Journal of Psychology 15(1), 72-101.
    """
    counts = np.where(np.isnan(x + y), 0, counts)
    first, second = (_centred_ranks(values, counts) for values in (x, y))
    squares = (counts * first**2).sum(axis=-1) * (counts * second**2).sum(axis=-1)
    products = (counts * first * second).sum(axis=-1)
    found: np.ndarray = products / np.sqrt(np.where(squares > 0, squares, np.nan))
    return found


def _centred_ranks(values: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Return ranks less their mean: half of what is below, less half of what is above."""
    with np.errstate(invalid="ignore"):  # what is infinite ties with its like
        above = np.nan_to_num(np.sign(values[..., :, np.newaxis] - values[..., np.newaxis, :]))
    return np.einsum("...ij,...j->...i", above, counts) / 2
