"""What the captive maker offers: a price read late, posted on a fixed beat, valid until replaced.

Side 0 is the ask, which takers buy from; side 1 the bid, which they sell to. `SIGN` turns a
buyer's inequality into a seller's.
"""

from dataclasses import dataclass

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


@dataclass(slots=True)
class Quote:
    """Both sides as they were posted, and what has become of them since."""

    posted_us: int
    read: int  # the lead price that it was made from, ticks
    price: tuple[tuple[int, ...], tuple[int, ...]]  # ticks, by side, best level first
    left: tuple[list[int], list[int]]  # lots not yet taken, by side; empty: nothing was offered
    hit_by: tuple[set[int], set[int]]  # the firms that have sent their order, by side


def post(posted_us: int, read: int, plan: Plan) -> Quote:
    """Make the quote that is posted at *posted_us* from the lead price *read*."""
    mid = read - plan.skew_ticks
    ask_lots, bid_lots = plan.shown_lots
    levels = len(plan.offset_ticks)
    return Quote(
        posted_us,
        read,
        (
            tuple([mid + offset for offset in plan.offset_ticks]),
            tuple([mid - offset for offset in plan.offset_ticks]),
        ),
        ([ask_lots] * levels if ask_lots else [], [bid_lots] * levels if bid_lots else []),
        (set(), set()),
    )


def price_at(ticks: Ticks, times_us: np.ndarray | int) -> np.ndarray:
    """Return the last price at or before each time; before the first tick, that tick's."""
    i = ticks.times_us.searchsorted(times_us, side="right") - 1
    return ticks.prices[np.maximum(i, 0)]


def posting_times_us(start_us: int, end_us: int, refresh_us: int, ticks: Ticks) -> np.ndarray:
    """Return when quotes are posted in [start, end): on the beat, or at every tick if it is 0."""
    if refresh_us == 0:
        low, high = ticks.times_us.searchsorted((start_us, end_us))
        return ticks.times_us[low:high]
    first = -(-start_us // refresh_us) * refresh_us
    return np.arange(first, end_us, refresh_us, dtype=np.int64)
