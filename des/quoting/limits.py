"""What keeps the firms' orders smaller than a quote that pays: counted where it cuts a hit.

A firm's order that has taken all that it may was cut at the levels that pay it. What it left there,
later orders may still take; what nobody takes until the quote is replaced is what the limit of the
last such order cut off. It is valued at the quote's best price.
"""

from typing import NamedTuple

import numpy as np

from des.compile_cache import njit
from des.quoting.quotes import Quotes

# Places in what is counted. Numbers of numpy's: see the constants of `race`.
TAKEN, ORDER_SHARE, LEVERAGE = np.int64(0), np.int64(1), np.int64(2)
COUNTED = 3


class Limits(NamedTuple):
    """How much the firms' orders take at most, and what that has cut off."""

    order_lots: np.ndarray  # what one order takes at most, by firm
    room_lots: np.ndarray  # by how much a position may still change, by side and firm: kept up
    counted: np.ndarray  # lots x ticks that firms took, and that each limit cut off, shape (3,)


def none_counted() -> np.ndarray:
    """Return a count of nothing."""
    return np.zeros(COUNTED, dtype=np.int64)


@njit(cache=True)
def count_cut(quotes: Quotes, i: int, side: int, sign: int, counted: np.ndarray) -> None:
    """Add what is cut off of the quote at *i* as it stands, or take it back: *sign* 1 or -1.

    Whoever changes what is left of a quote takes it back before, and adds it after.
    """
    lots = np.int64(0)
    for level in range(quotes.cut_levels[i, side]):
        lots += quotes.left[i, side, level]
    counted[quotes.cut_by[i, side]] += sign * lots * quotes.price[i, side, 0]
