"""Sampling error of a figure made of days: blocks of days drawn again and again.

What a run traded is chance: who came in which second, and in a sampled run which hours were played.
Days near each other are alike, so blocks of them are drawn and not single ones. Each month is drawn
from its own days: growth from month to month is no error. Of 95 % that are promised 94 are kept
where days are unlike each other, and 87 where neighbours are as alike as 0.5.

Source: Politis & Romano (1992), A circular block-resampling procedure for stationary data, in
    Exploring the Limits of Bootstrap, 263-270.
"""

from collections.abc import Callable, Sequence
from functools import cache
from typing import NamedTuple
from zlib import crc32

import numpy as np

from ledger.reports.firms.bootstrap import RESAMPLES, SEED, Interval, interval

BLOCK_DAYS = 7  # a week, as in the record's own regressions
DAYS_MIN = 2 * BLOCK_DAYS  # fewer, drawn again and again, say nothing about others


class Estimate(NamedTuple):
    """A figure of a run, and between what it might as well have come out."""

    figure: float
    error: Interval | None  # None: too few days

    @property
    def ends(self) -> Interval:
        """Return the error's ends; without one, the figure twice."""
        return self.error or Interval(self.figure, self.figure)


@cache
def block_draws(days: int, what: str) -> np.ndarray:
    """Draw as many days as there are, in blocks that go on at the first day past the last.

    Args:
        days: how many.
        what: names the draws; another name gives other draws.

    Returns:
        How often each day is drawn, shape (RESAMPLES, days); of fewer than DAYS_MIN no draws.
    """
    if days < DAYS_MIN:
        return np.zeros((0, days), dtype=np.int64)
    generator = np.random.default_rng([SEED, crc32(what.encode())])
    first = generator.integers(days, size=(RESAMPLES, -(-days // BLOCK_DAYS), 1))
    drawn = (first + np.arange(BLOCK_DAYS)) % days
    drawn = drawn.reshape(RESAMPLES, -1)[:, :days] + days * np.arange(RESAMPLES)[:, np.newaxis]
    return np.bincount(drawn.ravel(), minlength=RESAMPLES * days).reshape(RESAMPLES, days)


def of_sums(
    months: Sequence[tuple[str, np.ndarray]], figure: Callable[[np.ndarray], np.ndarray]
) -> Estimate:
    """Compute a figure of sums over days, and its sampling error.

    Blocks drawn from a month are alike in its mean, so that resampled sums vary too little, by
    1 - BLOCK_DAYS / days of their variance: they are spread by as much.

    Args:
        months: their names, and what each day has of each quantity, shape (days, quantities). A
            month of too few days counts as it came out.
        figure: computes it from the sums, shape (..., quantities).
    """
    sums = sum(days.sum(axis=0) for _, days in months)
    resampled = np.zeros((RESAMPLES, len(sums)))
    drawn = False
    for name, days in months:
        counts = block_draws(len(days), name)
        resampled += days.sum(axis=0)
        if len(counts):
            spread = (1 - BLOCK_DAYS / len(days)) ** -0.5
            resampled += spread * (counts @ days - days.sum(axis=0))
            drawn = True
    with np.errstate(divide="ignore", invalid="ignore"):
        estimate = float(figure(sums))
        return Estimate(estimate, interval(figure(resampled)) if drawn else None)
