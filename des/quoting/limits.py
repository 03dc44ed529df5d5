"""Limits on firms' orders, and the volume that these limits prevent.

If a firm's order reaches a limit, profitable lots may stay in the quote, and later orders may take
them. Profitable lots that are still left when the quote is replaced are counted as cut off by the
limit. If several orders reached limits, the lots count for the limit of one order only: the order
for which the largest number of levels was profitable. If there are several such orders, the last of
them counts. The lots that are cut off are valued at the quote's best price.
"""

from typing import NamedTuple

import numpy as np

from des.compile_cache import njit
from des.quoting.quotes import Quotes

# The indices of the array of counts. `des.quoting.race` explains why these are numpy integers.
TAKEN, ORDER_SHARE, LEVERAGE = np.int64(0), np.int64(1), np.int64(2)
COUNTED = 3


class Limits(NamedTuple):
    """The limits of the firms' orders, and the volume that the limits have cut off."""

    order_lots: np.ndarray  # the largest size of one order, by firm
    room_lots: np.ndarray  # the most lots by which a position may still change, by side and firm
    counted: np.ndarray  # lots times price, taken and cut off by each limit, shape (3,)


def none_counted() -> np.ndarray:
    """Return counts of zero."""
    return np.zeros(COUNTED, dtype=np.int64)


@njit(cache=True)
def count_cut(quotes: Quotes, i: int, side: int, sign: int, counted: np.ndarray) -> None:
    """Add the volume that limits cut off from quote *i* to the counts, or subtract it.

    *sign* is 1 to add and -1 to subtract. A caller that changes a quote's remaining lots subtracts
    before the change and adds after the change.
    """
    lots = np.int64(0)
    for level in range(quotes.cut_levels[i, side]):
        lots += quotes.left[i, side, level]
    counted[quotes.cut_by[i, side]] += sign * lots * quotes.price[i, side, 0]
