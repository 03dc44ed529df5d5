"""What the captive maker offers: prices read late, posted on a fixed beat, valid until replaced.

Arrays of quotes have the shape (sides, quotes, levels). Side 0 is the ask, which takers buy from;
side 1 the bid, which they sell to. `SIGN` turns a buyer's inequality into a seller's.
"""

from dataclasses import dataclass

import numpy as np

from des.price.lead_price import Ticks

SIGN = np.array([1, -1], dtype=np.int64)
ASK, BID = 0, 1


@dataclass(frozen=True, slots=True)
class Plan:
    """How to quote until the next settlement: all that a quote needs besides the price."""

    skew_ticks: int  # how far the mid is shifted down, to shed a long position
    offset_ticks: np.ndarray  # of each level from the mid, int64 (levels,)
    shown_lots: np.ndarray  # per level, by side, int64 (2,); 0 where nothing is offered


@dataclass(frozen=True, slots=True)
class Quotes:
    """Consecutive quotes of one market, each in force until the next is posted."""

    posted_us: np.ndarray  # int64 (quotes,)
    read: np.ndarray  # lead price that the quote was made from, ticks, int64 (quotes,)
    price: np.ndarray  # ticks, int64 (2, quotes, levels)
    shown: np.ndarray  # whether the side was offered at all, bool (2, quotes)
    left: np.ndarray  # lots not yet taken, int64 (2, quotes, levels); changes as orders arrive

    def __len__(self) -> int:
        return len(self.posted_us)

    def last(self) -> "Quotes":
        """Return the quote in force after the others, with what is left of it."""
        return Quotes(
            self.posted_us[-1:],
            self.read[-1:],
            self.price[:, -1:],
            self.shown[:, -1:],
            self.left[:, -1:].copy(),
        )

    def then(self, later: "Quotes") -> "Quotes":
        """Join these quotes with *later* ones."""
        return Quotes(
            np.concatenate((self.posted_us, later.posted_us)),
            np.concatenate((self.read, later.read)),
            np.concatenate((self.price, later.price), axis=1),
            np.concatenate((self.shown, later.shown), axis=1),
            np.concatenate((self.left, later.left), axis=1),
        )


def price_at(ticks: Ticks, times_us: np.ndarray) -> np.ndarray:
    """Return the last price at or before each time; before the first tick, that tick's."""
    i = np.searchsorted(ticks.times_us, times_us, side="right") - 1
    return ticks.prices[np.maximum(i, 0)]


def posting_times_us(start_us: int, end_us: int, refresh_us: int, ticks: Ticks) -> np.ndarray:
    """Return when quotes are posted in [start, end): on the beat, or at every tick if it is 0."""
    if refresh_us == 0:
        low, high = np.searchsorted(ticks.times_us, (start_us, end_us))
        return ticks.times_us[low:high]
    first = -(-start_us // refresh_us) * refresh_us
    return np.arange(first, end_us, refresh_us, dtype=np.int64)


def post(posted_us: np.ndarray, latency_us: int, plan: Plan, ticks: Ticks) -> Quotes:
    """Make the quotes posted at *posted_us* from the lead price of *latency_us* before."""
    read = price_at(ticks, posted_us - latency_us)
    mid = (read - plan.skew_ticks)[None, :, None]
    price = mid + SIGN[:, None, None] * plan.offset_ticks[None, None, :]
    shape = (2, len(posted_us), len(plan.offset_ticks))
    left = np.broadcast_to(plan.shown_lots[:, None, None], shape).copy()
    return Quotes(posted_us, read, price, left.any(axis=2), left)
