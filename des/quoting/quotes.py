"""The captive maker's quotes. Each is based on a late price, and is valid until the next quote.

Side 0 is the ask, at which takers buy. Side 1 is the bid, at which takers sell. `SIGN` is 1 for the
ask and -1 for the bid. If prices are multiplied by `SIGN`, the same comparison is correct for both
sides.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from des.compile_cache import njit
from des.price.lead_price import Ticks
from des.turns import first_at

ASK, BID = 0, 1
SIGN = (1, -1)


@dataclass(frozen=True, slots=True)
class Plan:
    """The distances and sizes of the quotes until the next settlement."""

    skew_ticks: int  # downward shift of the mid, to reduce a long position
    offset_ticks: tuple[int, ...]  # distance of each level from the mid, the best level first
    shown_lots: tuple[int, int]  # lots per level, by side (0: no quote)

    def compiled(self) -> tuple[int, np.ndarray, np.ndarray]:
        """Return the plan for compiled code: the skew, the offsets and the displayed lots.

        The offsets have the shape (2, levels), and are negative for bids. The displayed lots have
        the shape (2,).
        """
        offset = (self.offset_ticks, [-ticks for ticks in self.offset_ticks])
        return self.skew_ticks, np.array(offset, np.int64), np.array(self.shown_lots, np.int64)


class Quotes(NamedTuple):
    """Quotes in the order of posting. Each quote has an ask side and a bid side."""

    posted_us: np.ndarray  # the time of posting, shape (n,)
    read_us: np.ndarray  # the time of the lead price on which the quotes are based, shape (n,)
    read: np.ndarray  # the lead price at `read_us`, in ticks, shape (n,)
    price: np.ndarray  # in ticks, the best level first, shape (n, 2, levels)
    shown_lots: np.ndarray  # lots per level, shape (n, 2)
    left: np.ndarray  # lots not yet taken, shape (n, 2, levels)
    hit_by: np.ndarray  # whether each firm has sent its order, bool, shape (n, 2, firms)
    # The number of profitable levels of one order: of all orders that reached a limit, the order
    # with the most profitable levels. 0: no order reached a limit. Shape (n, 2).
    cut_levels: np.ndarray
    cut_by: np.ndarray  # the limit that this order reached, shape (n, 2)


def post(
    standing: Quotes, posted_us: np.ndarray, latency_us: int, ticks: Ticks, plan: Plan
) -> Quotes:
    """Return the *standing* quotes, followed by new quotes that are posted at *posted_us*.

    A new quote is based on the lead price *latency_us* before its posting. If *ticks* begin after
    that time, the quote is based on the first price in *ticks*.
    """
    skew, offset, shown = plan.compiled()
    return post_quotes(standing, posted_us, latency_us, *ticks, skew, offset, shown)


@njit(cache=True)
def post_quotes(
    standing: Quotes,
    posted_us: np.ndarray,
    latency_us: int,
    tick_us: np.ndarray,
    tick_price: np.ndarray,
    skew: int,
    offset: np.ndarray,
    shown: np.ndarray,
) -> Quotes:
    """Do the work of `post`, with the three values that `Plan.compiled` returns."""
    begin = len(standing.posted_us)
    quotes = blank(begin + len(posted_us), offset.shape[1], standing.hit_by.shape[2])
    for i in range(begin):
        _copy(standing, i, quotes, i)
    tick = 0
    for i, now_us in enumerate(posted_us, begin):
        tick = latest(tick_us, tick, now_us - latency_us)
        quotes.posted_us[i], quotes.read_us[i] = now_us, now_us - latency_us
        quotes.read[i] = tick_price[tick]
        for side in (ASK, BID):
            quotes.shown_lots[i, side] = shown[side]
            for level in range(offset.shape[1]):
                quotes.price[i, side, level] = tick_price[tick] - skew + offset[side, level]
                quotes.left[i, side, level] = shown[side]
    return quotes


@njit(cache=True)
def last(quotes: Quotes) -> Quotes:
    """Return a copy of the last quote, or an empty copy if there are no quotes."""
    n = len(quotes.posted_us)
    kept = blank(min(n, 1), quotes.price.shape[2], quotes.hit_by.shape[2])
    for i in range(len(kept.posted_us)):
        _copy(quotes, n - 1, kept, i)
    return kept


@njit(cache=True)
def _copy(source: Quotes, i: int, target: Quotes, j: int) -> None:
    """Copy quote *i* of *source* to quote *j* of *target*.

    Elements are copied one by one, since numba needs a long time to compile an assignment of
    slices: it also compiles error messages about the shapes of the slices.
    """
    target.posted_us[j], target.read_us[j] = source.posted_us[i], source.read_us[i]
    target.read[j] = source.read[i]
    for side in (ASK, BID):
        target.shown_lots[j, side] = source.shown_lots[i, side]
        target.cut_levels[j, side] = source.cut_levels[i, side]
        target.cut_by[j, side] = source.cut_by[i, side]
        for level in range(source.price.shape[2]):
            target.price[j, side, level] = source.price[i, side, level]
            target.left[j, side, level] = source.left[i, side, level]
        for firm in range(source.hit_by.shape[2]):
            target.hit_by[j, side, firm] = source.hit_by[i, side, firm]


@njit(cache=True)
def blank(n: int, levels: int, firms: int) -> Quotes:
    """Return *n* quotes whose times, prices and lots are not yet set.

    *levels* is the number of levels per side, and *firms* is the number of firms.
    """
    return Quotes(
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty(n, np.int64),
        np.empty((n, 2, levels), np.int64),
        np.empty((n, 2), np.int64),
        np.empty((n, 2, levels), np.int64),
        np.zeros((n, 2, firms), np.bool_),
        np.zeros((n, 2), np.int64),
        np.zeros((n, 2), np.int64),
    )


@njit("int64(int64[::1], int64, int64)", cache=True)
def latest(times_us: np.ndarray, i: int, time_us: int) -> int:
    """Search from index *i* on, and return the index of the last time at or before *time_us*.

    The result is *i* if no later time is at or before *time_us*.
    """
    while i + 1 < len(times_us) and times_us[i + 1] <= time_us:
        i += 1
    return i


@njit(cache=True)
def posting_times_us(
    start_us: int, end_us: int, refresh_us: int, tick_us: np.ndarray
) -> np.ndarray:
    """Return the times in an interval at which quotes are posted: the multiples of *refresh_us*.

    If *refresh_us* is 0, quotes are posted at each tick. If *tick_us* is empty, no quote is posted.
    """
    if refresh_us == 0 or not len(tick_us):
        low, high = first_at(tick_us, start_us), first_at(tick_us, end_us)
        return tick_us[low:high]
    first = -(-start_us // refresh_us)
    times_us = np.empty(max(-(-end_us // refresh_us) - first, 0), np.int64)
    for i in range(len(times_us)):
        times_us[i] = (first + i) * refresh_us
    return times_us
