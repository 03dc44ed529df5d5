"""Limits on firms' orders, and the volume that these limits prevent.

If a firm's order reaches a limit, profitable lots may stay in the quote, and later orders may take
them. If profitable lots are still left when the quote is replaced, they are counted as cut off by
the limit. If several orders reached limits, the lots count only for one of them: the order for
which the most levels were profitable. If there are several such orders, the lots count for the last
of them. The lots that are cut off are valued at the quote's best price.
"""

from typing import NamedTuple

import numpy as np

from des.compile_cache import njit
from des.quoting.quotes import Quotes

# Indices into the array `counted`. `des.quoting.race` explains why they are numpy integers.
TAKEN, ORDER_SHARE, LEVERAGE = np.int64(0), np.int64(1), np.int64(2)
COUNTED = 3


class Limits(NamedTuple):
    """The limits of firms' orders, the volume that firms took, and the volume that was cut off."""

    order_lots: np.ndarray  # the largest size of one order in lots, by firm
    room_lots: np.ndarray  # the most lots by which a position may still change, by side and firm
    # Three sums of lots times price: the lots that firms took, the lots that the limit on an
    # order's size cut off, and the lots that the limit on leverage cut off.
    counted: np.ndarray


def none_counted() -> np.ndarray:
    """Return a new array of counts, all zero."""
    return np.zeros(COUNTED, dtype=np.int64)


@njit(cache=True)
def count_cut(quotes: Quotes, i: int, side: int, sign: int, counted: np.ndarray) -> None:
    """Add to *counted* the volume that limits cut off on a side of quote *i*, or subtract it.

    *sign* is 1 to add and -1 to subtract. Before a caller changes a quote's remaining lots, it
    subtracts this volume. After the change it adds the new volume.
    """
    lots = np.int64(0)
    for level in range(quotes.cut_levels[i, side]):
        lots += quotes.left[i, side, level]
    counted[quotes.cut_by[i, side]] += sign * lots * quotes.price[i, side, 0]
