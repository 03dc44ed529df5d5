"""What the captive maker offers: a price read late, posted on a fixed beat, valid until replaced.

Side 0 is the ask, which takers buy from; side 1 the bid, which they sell to. `SIGN` turns a
buyer's inequality into a seller's.
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from des.price.lead_price import Ticks

ASK, BID = 0, 1
SIGN = (1, -1)


@dataclass(frozen=True, slots=True)
class Plan:
    """How to quote until the next settlement: all that a quote needs besides the price."""

    skew_ticks: int  # how far the mid is shifted down, to shed a long position
    offset_ticks: tuple[int, ...]  # of each level from the mid, best first
    shown_lots: tuple[int, int]  # per level, by side; 0 where nothing is offered


class Quotes(NamedTuple):
    """Quotes in the order of posting, both sides, and what has become of them since."""

    posted_us: np.ndarray  # shape (n,)
    read_us: np.ndarray  # the moment whose lead price they were made from, shape (n,)
    read: np.ndarray  # that price, ticks, shape (n,)
    price: np.ndarray  # ticks, best level first, shape (n, 2, levels)
    shown_lots: np.ndarray  # per level, shape (n, 2)
    left: np.ndarray  # lots not yet taken, shape (n, 2, levels)
    hit_by: np.ndarray  # whether a firm has sent its order, bool, shape (n, 2, firms)

    def then(self, later: "Quotes") -> "Quotes":
        """Join quotes to those that replace them."""
        return Quotes(*map(np.concatenate, zip(self, later, strict=True)))

    def last(self) -> "Quotes":
        """Return the one still in force at the end, if any."""
        return Quotes(*(column[-1:] for column in self))


def post(posted_us: np.ndarray, latency_us: int, ticks: Ticks, plan: Plan, firms: int) -> Quotes:
    """Make the quotes that are posted at *posted_us* from the lead price of *latency_us* before.

    *firms* is how many will watch them.
    """
    read_us = posted_us - latency_us
    read = price_at(ticks, read_us)
    n, levels = len(read), len(plan.offset_ticks)
    offset = np.array((plan.offset_ticks, [-o for o in plan.offset_ticks]), dtype=np.int64)
    price = (read - plan.skew_ticks)[:, None, None] + offset
    shown_lots = np.empty((n, 2), dtype=np.int64)
    shown_lots[:] = plan.shown_lots
    left = np.repeat(shown_lots, levels, axis=1).reshape(n, 2, levels)
    return Quotes(
        posted_us, read_us, read, price, shown_lots, left, np.zeros((n, 2, firms), dtype=bool)
    )


def no_quotes(levels: int, firms: int) -> Quotes:
    """Return what is in force before the first posting: nothing."""
    none = np.empty(0, dtype=np.int64)
    sides, deep = np.empty((0, 2), dtype=np.int64), np.empty((0, 2, levels), dtype=np.int64)
    return Quotes(none, none, none, deep, sides, deep, np.empty((0, 2, firms), dtype=bool))


def price_at(ticks: Ticks, times_us: np.ndarray | int) -> np.ndarray:
    """Return the last price at or before each time; before the first tick, that tick's."""
    i = ticks.times_us.searchsorted(times_us, side="right") - 1
    return ticks.prices[np.maximum(i, 0)]


def posting_times_us(start_us: int, end_us: int, refresh_us: int, ticks: Ticks) -> np.ndarray:
    """Return when quotes are posted in [start, end): on the beat, or at every tick if it is 0.

    Before the first tick of all there is no price to quote from.
    """
    if refresh_us == 0 or not len(ticks.times_us):
        low, high = ticks.times_us.searchsorted((start_us, end_us))
        return ticks.times_us[low:high]
    first = -(-start_us // refresh_us) * refresh_us
    return np.arange(first, end_us, refresh_us, dtype=np.int64)
