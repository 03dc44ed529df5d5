"""The random orders that reduce a position on margin in the first step of a liquidation.

The venue's published rule (help page 360027668712): each second an account sends an order with
probability 1/6. The order's size is a tenth of the remaining position, times a uniform draw from
0.5 to 1.5. Orders are planned at a settlement for the next interval, as if each order were filled
and the price stayed the same. An account sends no more orders when its margin would again be at
least maintenance margin. All orders of one second in one market together stay within a limit.
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
        key: the key of the market's draws. A draw depends only on the holder and the second.
        holders, lots: the holder and the signed size of each position.
        keep_lots: the size of each position that the account's margin can carry.
        most_lots: the limit on all orders in one second, in lots.
        start_us, end_us: the start of the interval, and its end.

    Returns:
        Orders (dtype ORDER) in the order of time, then of *holders*.
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
            # The share of the remaining lots, 0.05 to 0.15, in 2^20 steps.
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
