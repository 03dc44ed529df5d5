"""When do two prices that are seen at different moments move together?

The covariance of Hayashi & Yoshida (2005), Bernoulli 11(2), 359-379, with one of the two clocks put
back by each lag of a grid, as in Hoffmann, Rosenbaum & Yoshida (2013), Bernoulli 19(2), 426-461. It
needs no common clock of the two series. The lag is where it is highest. Beside it stands the
lead/lag ratio of Huth & Abergel (2014), J. Empirical Finance 26, 41-58.

A lag is only as well known as the covariances tell lags apart. Prices that are seen less often than
the lag is long leave a plateau, on which chance puts the highest point. So days are added up before
the highest point is looked for: a median of daily highest points would be the middle of the grid's
part of the plateau, whatever the lag is. And with it goes an interval: the lags whose covariance
falls short of the highest by no more than chance would have it.

Divided by the two series' own variances the covariance is no correlation: sampled at different
moments, the three go with different errors, and it passes one as often as not where one is the
truth. What is called correlation here is one, of moves over five minutes.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

LAGS_US = np.arange(-50, 51) * 100_000  # above zero: the second series is late

# In standard errors. Were the series independent, one of 101 lags would pass by chance in fewer
# than one case in a hundred.
PEAK = 4.0
# In standard errors: of 95 %, for a difference of two covariances.
APART = 1.96
# Much longer than the grid: what two moves of different blocks have in common can be left out.
BLOCK_US = 600_000_000
# As is usual where moves are to be free of how they were sampled: Andersen, Bollerslev, Diebold &
# Labys (2001), J. American Statistical Association 96, 42-55.
STEP_US = 300_000_000


class Prices(NamedTuple):
    """Observations of a price."""

    times_us: np.ndarray  # rising, int64, shape (n,)
    prices: np.ndarray  # in any unit, float64, shape (n,)


class Sight(NamedTuple):
    """What is seen of two prices in one day."""

    lead: Prices
    house: Sequence[Prices]  # its asks and bids; moves are averaged over them, not taken between


@dataclass(frozen=True, slots=True)
class Peak:
    """Where two series go together most."""

    lag_us: int  # above zero: the second series follows
    low_us: int  # the least and the largest lag that can't be told from it
    high_us: int
    lead_lag_ratio: float  # above one: the second series follows


def peak(days: Sequence[Sight]) -> Peak | None:
    """Find the lag at which the covariances of all days together are highest.

    Each day counts alike, however much the price moved.

    Returns:
        None if it isn't PEAK standard errors high.
    """
    scaled = [(day, scale) for day in map(_seen, days) if (scale := _scale(day))]
    if not scaled:
        return None
    blocks = np.concatenate([covariances(day) / scale for day, scale in scaled])
    sums = blocks.sum(axis=0)
    highest = _middle_of_highest(np.abs(sums))
    lag_us = int(LAGS_US[highest])
    # Given the house's moves, independent moves of the lead price add up like this, however much
    # some of them vary more than others: White (1980), Econometrica 48(4), 817-838.
    added = ((products(*day, lag_us) / scale) ** 2 for day, scale in scaled)
    if abs(sums[highest]) <= PEAK * float(np.sqrt(sum(each.sum() for each in added))):
        return None
    # What one block's moves have in common makes them no independent witnesses; blocks are.
    short = np.sign(sums[highest]) * (blocks[:, [highest]] - blocks)
    alike = LAGS_US[short.sum(axis=0) <= APART * np.sqrt((short**2).sum(axis=0))]
    return Peak(
        lag_us,
        int(alike[0]),
        int(alike[-1]),
        float((sums[LAGS_US > 0] ** 2).sum() / (sums[LAGS_US < 0] ** 2).sum()),
    )


def _seen(day: Sight) -> Sight:
    return Sight(day.lead, [prices for prices in day.house if len(prices.times_us)])


def _scale(day: Sight) -> float:
    """Return the product of the two standard deviations; 0 where one is never seen to move."""
    if not day.house:
        return 0.0
    own = np.mean([(np.diff(prices.prices) ** 2).sum() for prices in day.house])
    return float(np.sqrt((np.diff(day.lead.prices) ** 2).sum() * own))


def covariances(day: Sight) -> np.ndarray:
    """Return what the lead's moves times those of the house add up to, at each of LAGS_US.

    From one lag to the next, few moves change: those whose ends pass one of the house's prices.
    So only the first lag is computed whole, and each passing is added where it happens. Prices
    that are whole numbers give exact sums.

    Returns:
        Sums by stretch of BLOCK_US in which the lead's moves begin, shape (m, lags).
    """
    lead, house = day
    leads = np.diff(lead.prices)
    _, block = np.unique(lead.times_us[:-1] // BLOCK_US, return_inverse=True)
    shape = (int(block[-1]) + 1, len(LAGS_US) + 1)
    changes = np.zeros(shape)
    step_us = LAGS_US[1] - LAGS_US[0]
    # Each time of the lead ends the move before it and begins the one after it.
    ending, beginning = np.append(0.0, leads), np.append(leads, 0.0)
    ended_in, begun_in = np.append(0, block), np.append(block, 0)
    for times_us, prices in house:
        first = times_us.searchsorted(lead.times_us + LAGS_US[0], "left")
        passed = times_us.searchsorted(lead.times_us + LAGS_US[-1], "right") - first
        mine = np.repeat(np.arange(len(passed)), passed)
        theirs = np.arange(len(mine)) - np.repeat(np.cumsum(passed) - passed - first, passed)
        gaps, odd_us = np.divmod(times_us[theirs] - lead.times_us[mine] - LAGS_US[0], step_us)
        jumps = np.diff(prices, prepend=prices[:1], append=prices[-1:])
        # A price begins a move from the lag at which it is reached, and ends one until then.
        begun = -beginning[mine] * jumps[theirs]
        ended = ending[mine] * jumps[theirs + 1]
        for within, at, changed in (
            (begun_in[mine], gaps + (odd_us > 0), begun),
            (ended_in[mine], gaps + 1, ended),
        ):
            place = within * shape[1] + at
            changes += np.bincount(place, changed, changes.size).reshape(shape) / len(house)
    changes[:, 0] = np.bincount(block, products(lead, house, int(LAGS_US[0])))
    return changes[:, :-1].cumsum(axis=1)


def products(lead: Prices, house: Sequence[Prices], lag_us: int) -> np.ndarray:
    """Return each of the lead's moves times that of the house *lag_us* later, shape (n - 1,)."""
    return np.diff(lead.prices) * moves(lead.times_us, house, lag_us)


def moves(times_us: np.ndarray, house: Sequence[Prices], lag_us: int) -> np.ndarray:
    """Return what the house moved over each interval between *times_us*, *lag_us* later.

    Of its moves from one observation to the next, all that overlap the interval count whole, as
    Hayashi and Yoshida have it; so they telescope, from the last price before to the first after.

    Args:
        times_us: the ends of the intervals, rising, shape (n,).
        house: one or more series, none of them empty; the mean over them is taken.
        lag_us: by how much the house's clock is put back.

    Returns:
        Moves in the unit of the prices, shape (n - 1,).
    """
    shifted_us = times_us + lag_us
    moved = []
    for seen_us, prices in house:
        before = np.concatenate((prices[:1], prices))[seen_us.searchsorted(shifted_us, "right")]
        after = np.concatenate((prices, prices[-1:]))[seen_us.searchsorted(shifted_us, "left")]
        moved.append(after[1:] - before[:-1])
    return np.mean(moved, axis=0)


def correlation(day: Sight, lag_us: int) -> float | None:
    """Return the correlation of moves over STEP_US, with the house's clock put back by a lag.

    Each price is the last that was seen, and a step counts if both were seen within the step before
    it and within it. So it is at most one, and falls short of it by how old what was last seen is:
    Epps (1979), J. American Statistical Association 74, 291-298.

    Args:
        day: the house's asks and bids have steps of their own.
        lag_us: by how much the house is late.

    Returns:
        None where no step counts, or nothing moves in those that do.
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
    """Return the last price by each mark, and whether it was seen within the step before."""
    if not len(seen.times_us):
        return np.zeros(len(marks_us)), np.zeros(len(marks_us), dtype=bool)
    place = seen.times_us.searchsorted(marks_us, "right") - 1
    last = np.maximum(place, 0)
    return seen.prices[last], (place >= 0) & (marks_us - seen.times_us[last] < STEP_US)


def _middle_of_highest(heights: np.ndarray) -> int:
    """Find the peak; where fills are few it is flat, and its near end would be a bias."""
    # What is equal in whole numbers is nearly so once days have been scaled.
    highest = np.flatnonzero(heights >= heights.max() * (1 - 1e-12))
    return int(highest[len(highest) // 2])
