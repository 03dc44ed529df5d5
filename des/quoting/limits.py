"""Limits that make firms' orders smaller than a profitable quote, and the size that they cut off.

A firm's order that reaches its limit leaves some profitable lots. Later orders may still take these
lots. Lots that are left when the quote is replaced count as cut off by the limit of the last order
that reached its limit. The value of these lots is computed at the quote's best price.
"""

from typing import NamedTuple

import numpy as np

from des.compile_cache import njit
from des.quoting.quotes import Quotes

# Indices in the array of counts. They are numpy's numbers: see the constants of `race`.
TAKEN, ORDER_SHARE, LEVERAGE = np.int64(0), np.int64(1), np.int64(2)
COUNTED = 3


class Limits(NamedTuple):
    """The limits of the firms' orders, and the size that they have cut off."""

    order_lots: np.ndarray  # the largest size of one order, by firm
    room_lots: np.ndarray  # how far a position may still change, by side and firm; updated
    counted: np.ndarray  # lots x ticks that firms took, and that each limit cut off, shape (3,)


def none_counted() -> np.ndarray:
    """Return counts of zero."""
    return np.zeros(COUNTED, dtype=np.int64)


@njit(cache=True)
def count_cut(quotes: Quotes, i: int, side: int, sign: int, counted: np.ndarray) -> None:
    """Add (*sign* 1) or subtract (-1) the size that limits cut off from the quote at *i*.

    A caller that changes a quote's remaining lots subtracts before the change, and adds afterwards.
    """
    lots = np.int64(0)
    for level in range(quotes.cut_levels[i, side]):
        lots += quotes.left[i, side, level]
    counted[quotes.cut_by[i, side]] += sign * lots * quotes.price[i, side, 0]
