"""How late one price follows another: the lag at which the two prices differ least.

For each lag, each price on the house is compared with the lead prices that are older by about this
lag. The estimate is the lag with the least mean squared difference. This is the method of least
dispersion. Source: Pelt, Hoff, Kayser, Refsdal & Schramm (1994), Astronomy & Astrophysics 286,
775-784. They estimate delays between images of a quasar. The method does not need observations of
both series at the same times.

Another estimate is the lag with the highest covariance (Hayashi & Yoshida 2005, Bernoulli 11,
359-379). That estimate assumes that the times of observation are independent of the prices. Here
the times depend on the prices, since customers take the captive maker's price only if it is better
than the other makers' price. So the captive maker's ask is observed after the lead price rises.
After the lead price falls, this ask is not observed until the quote is renewed. For this reason the
lag with the highest covariance is too short. The lag with the least difference does not have this
error: at the right lag, the difference does not depend on how the price moves after the quote.

The half-spread is a part of the difference. It is estimated for each side and each block of time
from lead prices whose ages are in the range BEFORE_US. These lead prices are usually older than the
quote. So they do not affect whether a customer takes the quote.

If quotes have many ages, there is no single lag. The lag with the least difference is then close to
the ages that quotes had when the price moved most.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

LAGS_US = np.arange(-50, 51) * 100_000  # above zero if the house's price follows

# A pair of prices counts for a lag if the time between the two prices differs from the lag by at
# most this much. So a small number of fills is enough.
NEAR_US = 250_000
# The half-spread is estimated from lead prices whose ages are between these two limits.
BEFORE_US = (int(LAGS_US[-1]), 2 * int(LAGS_US[-1]))
# A lag is clear if the differences at both ends of LAGS_US exceed the least difference by more than
# this number of standard errors.
CLEAR = 4.0
# Half the width of a 95 % interval, in standard errors. The interval of the lag goes from the
# smallest to the largest lag whose mean squared difference is at most this number of standard
# errors above the least one.
APART = 1.96
# Days are divided into blocks of this length, which are much longer than any lag. So blocks are
# nearly independent.
BLOCK_US = 600_000_000
# With fewer blocks than this number, no lag is estimated.
BLOCKS_MIN = 6
# The correlation is computed from price moves over this step, which is usual in the literature. The
# step is so long that rare observations have little effect. Source: Andersen, Bollerslev, Diebold &
# Labys (2001), Journal of the American Statistical Association 96, 42-55.
STEP_US = 300_000_000


class Prices(NamedTuple):
    """Observations of one price: their times, and the price at each time."""

    times_us: np.ndarray  # ascending, int64, shape (n,)
    prices: np.ndarray  # prices in any unit, float64, shape (n,)


class Sight(NamedTuple):
    """Observations of both venues' prices on one day."""

    lead: Prices
    house: Sequence[Prices]  # asks and bids separately: each side has its own half-spread


class Dispersions(NamedTuple):
    """Squared differences between the two venues' prices, summed for each block and lag."""

    squares: np.ndarray  # sums of squared differences, shape (blocks, lags)
    pairs: np.ndarray  # numbers of compared pairs, shape (blocks, lags)


@dataclass(frozen=True, slots=True)
class PriceLag:
    """The lag at which two prices differ least, with its 95 % interval.

    The interval extends from the smallest to the largest lag whose difference is not significantly
    above the least difference.
    """

    lag_us: int  # above zero if the house's price follows
    low_us: int  # the start of the interval
    high_us: int  # the end of the interval


def price_lag(days: Sequence[Sight]) -> PriceLag | None:
    """Return the lag at which the prices of all days together differ least.

    The squared differences of each day are divided by their mean. So a day with larger price moves
    does not have a larger weight.

    Returns:
        The lag, or None if it is not clear. A lag is not clear if the mean squared difference at an
        end of LAGS_US is at most CLEAR standard errors above the least one. The result is also None
        if there are fewer than BLOCKS_MIN blocks, or if some lag has no pair of prices.
    """
    scaled = [found for found in map(_scaled, days) if found is not None]
    if not scaled:
        return None
    squares, pairs = (np.concatenate(each) for each in zip(*scaled, strict=True))
    blocks, counted = len(squares), pairs.sum(axis=0)
    if blocks < BLOCKS_MIN or not counted.all():
        return None
    mean = squares.sum(axis=0) / counted
    least = int(np.argmin(mean))
    above = mean - mean[least]
    # The standard error of a ratio of two sums, to first order. Source: Cochran (1977), Sampling
    # Techniques, section 6.3.
    parts = (squares - mean * pairs) / counted
    errors = np.sqrt(blocks / (blocks - 1) * ((parts - parts[:, [least]]) ** 2).sum(axis=0))
    if not (above > CLEAR * errors)[[0, -1]].all():
        return None
    alike = LAGS_US[above <= APART * errors]
    return PriceLag(int(LAGS_US[least]), int(alike[0]), int(alike[-1]))


def _scaled(day: Sight) -> Dispersions | None:
    """Return a day's squared differences divided by their mean, or None if all are zero."""
    found = dispersions(day)
    total = float(found.squares.sum())
    return found._replace(squares=found.squares * found.pairs.sum() / total) if total else None


def dispersions(day: Sight) -> Dispersions:
    """Return squared differences between lead prices and the house's prices.

    The half-spread is first removed from the house's prices. A pair of prices belongs to the block
    of time that contains the house's price.
    """
    lead, house = day
    ends_us = [int(us) for prices in house for us in prices.times_us[[0, -1][: len(prices[0])]]]
    first_block = min(ends_us, default=0) // BLOCK_US
    blocks = max(ends_us, default=0) // BLOCK_US - first_block + 1
    step_us = int(LAGS_US[1] - LAGS_US[0])
    fine_us = np.arange(LAGS_US[0] - NEAR_US, LAGS_US[-1] + NEAR_US, step_us)
    squares, pairs = np.zeros((2, blocks, len(fine_us)))
    for times_us, prices in house:
        block = times_us // BLOCK_US - first_block
        away = _half_spreads(Prices(times_us, prices), lead, block)
        mine, theirs = _pairs(times_us, lead.times_us, int(fine_us[0]), int(fine_us[-1]) + step_us)
        mine, theirs = (each[~np.isnan(away[mine])] for each in (mine, theirs))
        gaps = (times_us[mine] - lead.times_us[theirs] - fine_us[0]) // step_us
        place = block[mine] * len(fine_us) + gaps
        differ = prices[mine] - away[mine] - lead.prices[theirs]
        squares += np.bincount(place, differ**2, squares.size).reshape(squares.shape)
        pairs += np.bincount(place, minlength=pairs.size).reshape(pairs.shape)
    return Dispersions(_around(squares), _around(pairs))


def _around(fine: np.ndarray) -> np.ndarray:
    """Return for each lag of LAGS_US the sum of *fine* over all steps within NEAR_US of the lag."""
    added = np.zeros((len(fine), fine.shape[1] + 1))
    fine.cumsum(axis=1, out=added[:, 1:])
    width = added.shape[1] - len(LAGS_US)
    return added[:, width:] - added[:, :-width]


def _pairs(
    times_us: np.ndarray, lead_us: np.ndarray, from_us: int, until_us: int
) -> tuple[np.ndarray, np.ndarray]:
    """Return all pairs whose lead price is *from_us* to *until_us* older than the house's price.

    The first array has the indices of the house's prices, the second those of the lead prices.
    """
    first = lead_us.searchsorted(times_us - until_us, "right")
    seen = lead_us.searchsorted(times_us - from_us, "right") - first
    mine = np.repeat(np.arange(len(seen)), seen)
    theirs = np.arange(len(mine)) - np.repeat(np.cumsum(seen) - seen - first, seen)
    return mine, theirs


def _half_spreads(house: Prices, lead: Prices, block: np.ndarray) -> np.ndarray:
    """Return the mean of (house's price - lead price), for lead prices with ages in BEFORE_US.

    Returns:
        For each of the house's prices, the mean over the block of time that contains the price,
        shape (n,). The mean is nan if the block has no pair.
    """
    ends = [lead.times_us.searchsorted(house.times_us - us, "right") for us in BEFORE_US]
    sums = np.append(0.0, np.cumsum(lead.prices))
    seen = ends[0] - ends[1]
    above = house.prices * seen - (sums[ends[0]] - sums[ends[1]])
    pairs = np.bincount(block, seen)
    with np.errstate(invalid="ignore"):
        mean: np.ndarray = np.bincount(block, above) / pairs
    return mean[block]


def correlation(day: Sight, lag_us: int) -> float | None:
    """Return the correlation of the two prices' moves over STEP_US, with the lag removed.

    The price at a step's end is the last observed price. A step is used if both prices are observed
    in this step and in the previous step. The correlation is at most one, and old observations
    reduce it. Source: Epps (1979), Journal of the American Statistical Association 74, 291-298.

    Args:
        day: the observed prices. Moves of the house's asks and bids are computed separately.
        lag_us: the lag of the house's prices.

    Returns:
        The correlation, or None if no step is used or if a price does not move.
    """
    lead, house = day
    if not len(lead.times_us):
        return None
    marks_us = np.arange(lead.times_us[0], lead.times_us[-1] + 1, STEP_US)
    ours, ours_known = _last_seen(lead, marks_us)
    pairs = []
    for prices in house:
        theirs, theirs_known = _last_seen(prices, marks_us + lag_us)
        known = ours_known & theirs_known
        counts = known[1:] & known[:-1]
        pairs.append((np.diff(ours)[counts], np.diff(theirs)[counts]))
    x, y = (np.concatenate(moved) for moved in zip(*pairs, strict=True))
    scale = float(np.sqrt((x**2).sum() * (y**2).sum()))
    return float((x * y).sum()) / scale if scale else None


def _last_seen(seen: Prices, marks_us: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the last price known at each moment, and whether it is less than STEP_US old."""
    if not len(seen.times_us):
        return np.zeros(len(marks_us)), np.zeros(len(marks_us), dtype=bool)
    place = seen.times_us.searchsorted(marks_us, "right") - 1
    last = np.maximum(place, 0)
    return seen.prices[last], (place >= 0) & (marks_us - seen.times_us[last] < STEP_US)
