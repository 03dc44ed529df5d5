"""How much the maker shows: set once a month, so that hits are expected to fill its share.

The maker's share of the volume is an input, and so is the part of it that is uninformed. What is
shown must then be such that the firms' hits make up the rest. How often they will hit follows
from volatility, latency and thresholds but has no closed form over a quote's whole life, so it is
measured on a path of its own: the first minutes of every hour of the month, with volatility of
the same law but other draws. The path is played twice: against quotes of one lot a level, which
shows how many levels each hit reaches, and against quotes that nothing exhausts, which shows how
much it asks for. The realised share is reported beside the recorded range and never rescaled.
"""

from collections.abc import Callable, Sequence

import numpy as np

from des.clock import SECOND_US
from ledger.fills import join_rows

SAMPLE_US = 300 * SECOND_US
ONE_LOT = 1
BOTTOMLESS_LOTS = 10**9

Play = Callable[[int, int, int], np.ndarray]


def monthly_size_cents(
    play: Play, tick_cents: int, hours_us: Sequence[int], wanted_cents: int
) -> int | None:
    """Return the cents to show per level, or None if nobody ever hits.

    Args:
        play: returns the fills of a span (from, until) against quotes of so many lots a level.
        tick_cents: value of one tick on one lot.
        hours_us: the hours whose first minutes stand for the month, or for what the run has of it.
        wanted_cents: what the firms are to take in these minutes.
    """
    plays = [
        (
            play(hour_us, hour_us + SAMPLE_US, ONE_LOT),
            play(hour_us, hour_us + SAMPLE_US, BOTTOMLESS_LOTS),
        )
        for hour_us in hours_us  # an hour's path is drawn for both at once
    ]
    thin, deep = map(join_rows, zip(*plays, strict=True))
    hits, levels = _sum_by_hit(thin, np.abs(thin["lots"]))
    same_hits, demand = _sum_by_hit(deep, np.abs(deep["lots"]) * deep["price"] * tick_cents)
    if not len(hits):
        return None
    # Both plays send the same orders, so they hit the same sides of the same quotes.
    assert np.array_equal(hits, same_hits)
    return size_for(levels, demand, wanted_cents)


def _sum_by_hit(fills: np.ndarray, amounts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sum over what hit the same side of the same quote; hits are named in rising order."""
    quoted_us = fills["time_us"] - fills["quote_age_us"]
    hits, hit = np.unique(2 * quoted_us + (fills["lots"] > 0), return_inverse=True)
    sums = np.zeros(len(hits), dtype=np.int64)
    np.add.at(sums, hit, amounts)
    return hits, sums


def size_for(levels: np.ndarray, demand_cents: np.ndarray, wanted_cents: int) -> int:
    """Return the size S per level with sum(min(S x levels, demand)) = wanted.

    Where even bottomless quotes would not fill it, the largest demand is all there is to show.

    Args:
        levels: how many levels each hit reaches, int64 (hits,), above zero.
        demand_cents: what each hit asks for, int64 (hits,).
        wanted_cents: what all of them together are to get.
    """
    exhausted_at = -(-demand_cents // levels)  # the size from which a hit gets all it asks for
    order = np.argsort(exhausted_at, kind="stable")
    size, asked, reach = exhausted_at[order], demand_cents[order], levels[order]
    served = np.concatenate(([0], np.cumsum(asked)[:-1]))
    hungry = np.cumsum(reach[::-1])[::-1]
    filled = served + size * hungry  # if S were each size in turn
    i = int(np.searchsorted(filled, wanted_cents))
    if i == len(size):
        return int(size[-1])
    return int((wanted_cents - served[i]) // hungry[i])
