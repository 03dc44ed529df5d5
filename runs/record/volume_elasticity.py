"""By how many percent volume beside a larger venue's rises where the day's range is 1 % wider.

On record it is the slope of log(FTX volume / Binance volume) on log(ln(high / low)) of the day,
both less their month's mean. The larger venue is not simulated. What is regressed here in place of
that ratio is

    log(customers + apart / b),    b = (range of the day / its month's geometric mean) ** k

with what uninformed customers traded, and apart from it hits and forced orders. k is by how much
Binance's own volume rises with the range, on record: it is what "other volume" does on a wild day.
So it is assumed that uninformed customers of the house would trade more on a wild day just as
those of Binance do, which cancels in the ratio, while hits and forced orders do not and stand
beside more of other volume. What remains is the record's quantity as far as hits, forced orders
and the response of customers to spread and depth make it; a change of mix between the venues
within a month, which is in the record too, is not in the model. Where customers trade whatever is
left of a recorded volume, their mean of the month stands for them: what is left falls when hits
rise, by arithmetic, and says nothing.

The record's own figure bounds what hits may do from above: liquidations and other takers raise it.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from ledger.reports.firms.bootstrap import interval
from ledger.reports.market.market_days import MarketDay
from runs.record.day_blocks import Estimate, block_draws


class Variation(NamedTuple):
    """Logs of each day, less their month's mean, shape (days,)."""

    log_range: np.ndarray
    log_volume: np.ndarray


def elasticity(
    days: Sequence[MarketDay], others_elasticity: float, customers_are_left_over: bool
) -> Estimate | None:
    """Return the slope, with the sampling error of blocks of days as the record's own.

    Args:
        days: of one market; those without volume or without a range do not count.
        others_elasticity: k.
        customers_are_left_over: they trade what is left of a recorded volume.

    Returns:
        None of fewer than DAYS_MIN days, or where no range differs from another of its month.
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
    """Return range and volume of each day that has both, as the regression takes them."""
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
    """Take its month's mean from each value, shape (n,)."""
    _, month = np.unique(months, return_inverse=True)
    means = np.bincount(month, values) / np.maximum(np.bincount(month), 1)
    return values - means[month]
