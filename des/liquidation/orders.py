"""The random orders that reduce a position on margin in the first step of a liquidation.

The venue's published rule (help page 360027668712): each second an account sends an order with
probability 1/6. The order's size is a tenth of the remaining position, times a uniform draw from
0.5 to 1.5. In the model the size is at least one lot. Orders are planned at a settlement for the
next interval. The plan assumes that each order is filled and that the price stays the same. An
account sends no more orders as soon as the plan brings it back to maintenance margin. A limit
applies to the sum of all orders of one second in one market.
"""

import numpy as np

from des.chance import mix
from des.clock import SECOND_US
from des.compile_cache import njit
from des.quoting.quotes import ASK, BID
from des.quoting.race import ANY_PRICE, FORCED, ORDER
from ledger.fills import Trigger

CHANCE_ONE_IN = 6
_LOW_BITS, _SIZE_BITS = np.uint64(2**32 - 1), np.uint64(20)
_NONE = int(Trigger.NONE)


@njit(cache=True)
def forced_orders(
    key: int,
    holders: np.ndarray,
    lots: np.ndarray,
    keep_lots: np.ndarray,
    most_lots: int,
    start_us: int,
    end_us: int,
) -> np.ndarray:
    """Draw the forced orders from *start_us* to *end_us*, which are full seconds.

    Args:
        key: the key of the market's draws. A draw depends only on the key, holder and second.
        holders, lots: the holder of each position, and the position's lots, negative for a short.
        keep_lots: for each position, the most lots for which the account's margin is enough.
        most_lots: the limit on the sum of all orders of one second, in lots.
        start_us, end_us: the start of the interval, and its end.

    Returns:
        The orders (dtype ORDER), sorted by time. Orders of the same second are sorted like
        *holders*.
    """
    seconds = (end_us - start_us) // SECOND_US
    sent = np.empty(seconds * len(holders), dtype=ORDER)
    left = np.abs(lots)
    n = 0
    for i in range(seconds):
        second, room = start_us // SECOND_US + i, most_lots
        for who in range(len(holders)):
            if not room or left[who] <= keep_lots[who]:
                continue
            drawn = mix(key, holders[who] * 2**32 + second)
            if (drawn & _LOW_BITS) % np.uint64(CHANCE_ONE_IN):
                continue
            # `size` / 2^20 is the uniform draw from 0.5 to 1.5.
            size = 2**19 + np.int64(drawn >> (np.uint64(64) - _SIZE_BITS))
            wanted = max(left[who] * size // (10 * 2**20), 1)
            order = sent[n]
            order.arrival_us, order.firm = second * SECOND_US, FORCED
            order.side, order.limit = BID if lots[who] > 0 else ASK, ANY_PRICE
            order.lots, order.holder = min(wanted, room), holders[who]
            order.trigger = _NONE
            left[who] -= order.lots
            room -= order.lots
            n += 1
    return sent[:n]
