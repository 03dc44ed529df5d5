"""Noise traders' orders. Time, side and size are random, and each order accepts any price."""

import numpy as np

from des.chance import rising, stream
from des.clock import HOUR_US
from des.compile_cache import njit
from des.quoting.held_position import HeldPosition
from des.quoting.quotes import ASK, BID, SIGN
from des.quoting.race import ANY_PRICE, NO_ORDERS, ORDER, UNINFORMED
from des.traded_hours import ALL_HOURS, TradedHours
from ledger.fills import Trigger

_UNTRIGGERED = int(Trigger.NONE)


class UninformedFlow:
    """The random orders of noise traders in one market, drawn by the hour.

    The number of orders in an hour has a Poisson distribution, and their times are uniform. Sizes
    have a geometric distribution. Its mean is the stated mean, but at least one lot. All customers
    are equally likely to send an order.

    Without `held`, both sides are equally likely, and the hours can be drawn in any sequence. The
    n-th order drawn in an hour does not depend on the number of orders. So a slightly larger
    expected volume usually adds a few orders, and does not change the other orders.

    With `held`, customers close positions after a time, so orders that reduce the net position are
    more likely. The sides in an hour then depend on earlier hours, and the hours must be drawn in
    the order of time.
    """

    def __init__(
        self,
        seed: int,
        market: str,
        holders: int,
        order_usd_mean: float,
        hours: TradedHours = ALL_HOURS,
        held: HeldPosition | None = None,
    ) -> None:
        self._seed, self._market, self._holders = seed, market, holders
        self._order_usd_mean, self._hours, self.held = order_usd_mean, hours, held
        self._hour = -1
        self._orders = NO_ORDERS

    def orders(
        self, start_us: int, end_us: int, usd_per_s: float, lot_usd: float, times: int = 1
    ) -> np.ndarray:
        """Return the orders (dtype ORDER) that arrive in a span inside one hour.

        Args:
            start_us, end_us: the start of the span, and its end.
            usd_per_s: the expected volume of orders in this hour, in dollars per second.
            lot_usd: the value of a lot at the start of this hour.
            times: a factor on the mean size of orders.
        """
        hour = start_us // HOUR_US
        if hour != self._hour:
            self._hour, self._orders = hour, self._draw(hour, usd_per_s, lot_usd, times)
        first, last = self._orders["arrival_us"].searchsorted((start_us, end_us))
        return self._orders[first:last]

    def _draw(self, hour: int, usd_per_s: float, lot_usd: float, times: int) -> np.ndarray:
        drawn = self._hours.orders(hour)

        def draws(quantity: str) -> np.random.Generator:
            return stream(self._seed, "uninformed", quantity, self._market, drawn.hour)

        lots_mean = max(times * self._order_usd_mean / lot_usd, 1.0)
        n = draws("count").poisson(usd_per_s * 3600 / (lots_mean * lot_usd))
        buyers = None
        if self.held:
            buyers = self.held.buyers(usd_per_s * 3600 / lot_usd, times, drawn.noise)
        orders = NO_ORDERS
        if n:
            holder = np.zeros(n, np.int64)
            if self._holders > 1:  # a single customer needs no draw
                holder = draws("holder").integers(0, self._holders, n)
            orders = _in_order(
                hour * HOUR_US,
                draws("time").integers(0, HOUR_US, n),
                _sides(draws("side"), n, drawn.is_turned, buyers),
                draws("size").geometric(1 / lots_mean, n),
                holder,
            )
        if self.held:
            self.held.add(net_lots(orders), drawn.noise)
        return orders


def net_lots(orders: np.ndarray) -> int:
    """Return the lots that orders (dtype ORDER) buy, minus the lots that they sell."""
    return int((np.array(SIGN)[orders["side"]] * orders["lots"]).sum())


def _sides(draws: np.random.Generator, n: int, turned: bool, buyers: float | None) -> np.ndarray:
    """Draw the side that each of *n* orders hits, shape (n,).

    Args:
        draws: the stream of sides.
        n: the number of orders.
        turned: whether the hour repeats the draws of an earlier hour with sides reversed. If
            purchases and sales are not equally likely, some sides may stay the same.
        buyers: the probability of a purchase. None: one half.
    """
    if buyers is None:
        side = draws.integers(0, 2, n)
        return 1 - side if turned else side
    drawn = draws.random(n)
    return np.where((1 - drawn if turned else drawn) < buyers, ASK, BID)


@njit(cache=True)
def _in_order(
    hour_us: int,
    offset_us: np.ndarray,
    side: np.ndarray,
    lots: np.ndarray,
    holder: np.ndarray,
) -> np.ndarray:
    """Sort an hour's orders by time.

    Orders with the same time keep the order in which they are given.

    Args:
        hour_us: the start of the hour.
        offset_us: the time of each arrival since the start of the hour, shape (n,).
        side: the side that each order hits, shape (n,).
        lots, holder: the size and the customer of each order, shape (n,).

    Returns:
        Orders of dtype ORDER, shape (n,).
    """
    orders = np.empty(len(offset_us), dtype=ORDER)
    for at, i in enumerate(rising(offset_us, HOUR_US)):
        order = orders[at]
        order.arrival_us, order.firm = hour_us + offset_us[i], UNINFORMED
        order.side, order.limit, order.lots = side[i], ANY_PRICE, lots[i]
        order.holder, order.trigger = holder[i], _UNTRIGGERED
    return orders
