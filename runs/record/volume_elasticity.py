"""Estimates how volume, relative to a larger venue, responds to the day's price range.

The recorded elasticity is the slope of log(FTX volume / Binance volume) on log(range) of the day,
where range = ln(high / low). From each logarithm its mean over the month is subtracted. Binance is
not simulated, so the regression here replaces log(FTX volume / Binance volume) by

    log(customers + apart / b),    b = (range of the day / geometric mean over its month) ** k

Here `customers` is the uninformed volume, `apart` is the volume of hits and forced orders, and b
stands for Binance's volume. k is the recorded elasticity of Binance's own volume. The assumption is
that customers trade more on a volatile day, in the same proportion on both venues. So `customers`
is not divided by b, since this proportion cancels in the ratio. It does not cancel for hits and
forced orders, so `apart` is divided by b. The result is the part of the recorded slope that comes
from hits, forced orders and customers' response to spread and depth. The recorded slope also
contains shifts between venues within a month, which are not in the model. If customers trade a
recorded volume less hits and forced orders, the monthly mean of `customers` is used, since their
volume of a day then falls if hits rise.

The recorded slope is an upper bound for the effect of hits: liquidations and other takers raise the
slope too.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ledger.reports.firms.bootstrap import interval
from ledger.reports.market.market_days import MarketDay
from runs.record.day_blocks import Estimate, block_draws


class Variation(NamedTuple):
    """Logarithms of range and volume by day, less their month's mean, shape (days,)."""

    log_range: np.ndarray
    log_volume: np.ndarray


def elasticity(
    days: Sequence[MarketDay], others_elasticity: float, customers_are_left_over: bool
) -> Estimate | None:
    """Return the slope of the recorded regression, with a sampling error from blocks of days.

    Args:
        days: days of one market. Days without customers' volume, or without a range, do not count.
        others_elasticity: the elasticity k of the larger venue's volume.
        customers_are_left_over: whether customers trade a recorded volume less hits and forced
            orders.

    Returns:
        The slope, or None with less than DAYS_MIN days, or if the ranges do not vary within any
        month.
    """
    seen = variation(days, others_elasticity, customers_are_left_over)
    products, squares = seen.log_range * seen.log_volume, seen.log_range**2
    counts = block_draws(len(squares), "elasticity")
    if not squares.sum() or not len(counts):
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        resampled = (counts @ products) / (counts @ squares)
    return Estimate(float(products.sum() / squares.sum()), interval(resampled))


def variation(
    days: Sequence[MarketDay], others_elasticity: float, customers_are_left_over: bool
) -> Variation:
    """Return the logarithms of range and volume, less their monthly means, of days with both."""
    kept = [
        (day, day.price.high_usd / day.price.low_usd)
        for day in days
        if day.price and day.price.high_usd > day.price.low_usd > 0 and day.customers_usd > 0
    ]
    months = np.array([f"{day.day:%Y-%m}" for day, _ in kept])
    log_range = less_mean(np.log(np.log(np.array([float(ratio) for _, ratio in kept]))), months)
    customers = np.array([float(day.customers_usd) for day, _ in kept])
    if customers_are_left_over:
        customers = customers - less_mean(customers, months)
    apart = np.array([float(day.apart_usd) for day, _ in kept])
    volume = customers + apart / np.exp(others_elasticity * log_range)
    return Variation(log_range, less_mean(np.log(volume), months))


def less_mean(values: np.ndarray, months: np.ndarray) -> np.ndarray:
    """Subtract from each value the mean of its month, shape (n,)."""
    _, month = np.unique(months, return_inverse=True)
    means = np.bincount(month, values) / np.maximum(np.bincount(month), 1)
    return values - means[month]
