"""Estimates how the ratio of FTX's volume to Binance's volume depends on the day's price range.

The record has a regression of each day's log(FTX volume / Binance volume) on log(range), where
range = ln(high / low). The monthly mean is subtracted from each logarithm. The slope is the
recorded elasticity.

Binance is not simulated, so the regression here replaces log(FTX volume / Binance volume) by

    log(customers + apart / b),    b = (range of the day / geometric mean over its month) ** k

Here `customers` is the uninformed volume, `apart` is the volume of hits and forced orders, and b
stands for Binance's volume. k is the recorded elasticity of Binance's own volume. The assumption is
that on a volatile day customers trade more on both venues, by the same proportion. This proportion
cancels in the ratio, so `customers` is not divided by b. For hits and forced orders it does not
cancel, so `apart` is divided by b.

The result is the part of the recorded slope that comes from hits, forced orders and customers'
response to spread and depth. The recorded slope also contains shifts of volume between venues
within a month. The model does not have these shifts.

In some scenarios customers' volume is a recorded volume minus hits and forced orders, so it is
smaller on days with more hits. Then `customers` is replaced by its monthly mean.

The recorded slope is an upper bound for the effect of hits, because liquidations and other takers
also raise the slope.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ledger.reports.firms.bootstrap import interval
from ledger.reports.market.market_days import MarketDay
from runs.record.day_blocks import Estimate, block_draws


class Variation(NamedTuple):
    """For each day the logarithms of range and volume, less their monthly means, shape (days,)."""

    log_range: np.ndarray
    log_volume: np.ndarray


def elasticity(
    days: Sequence[MarketDay], others_elasticity: float, customers_are_left_over: bool
) -> Estimate | None:
    """Return the slope of the regression, and its 95 % interval from draws of blocks of days.

    Args:
        days: days of one market. Days without customers' volume, or without a price range, are left
            out.
        others_elasticity: k, the recorded elasticity of Binance's volume to the day's price range.
        customers_are_left_over: whether customers' volume is a recorded volume minus hits and
            forced orders.

    Returns:
        The slope. It is None if there are fewer than DAYS_MIN days, or if in each month all days
        have the same range.
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
    """Return the logarithms of range and volume, less their monthly means.

    Days without a price range, or without customers' volume, are left out.
    """
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
    """Return each value minus the mean of its month, shape (n,)."""
    _, month = np.unique(months, return_inverse=True)
    means = np.bincount(month, values) / np.maximum(np.bincount(month), 1)
    return values - means[month]
