"""Inventory is laid off on the lead venue: decided at a settlement, done a moment later."""

import math
from dataclasses import dataclass

import numpy as np

from des.price.lead_price import Ticks
from des.quoting.quotes import price_at
from ledger.fills import Motive, new_rows

COST_UNIT = 10**8  # half-spreads are in hundred-millionths of the price


@dataclass(frozen=True, slots=True)
class HedgeOrders:
    """Market orders on their way to the lead venue in one market, as equally long arrays."""

    due_us: np.ndarray
    member: np.ndarray
    lots: np.ndarray  # positive buys

    def where(self, chosen: np.ndarray) -> "HedgeOrders":
        """Pick orders by mask."""
        return HedgeOrders(self.due_us[chosen], self.member[chosen], self.lots[chosen])

    def then(self, later: "HedgeOrders") -> "HedgeOrders":
        """Join two sets of orders."""
        return HedgeOrders(
            np.concatenate((self.due_us, later.due_us)),
            np.concatenate((self.member, later.member)),
            np.concatenate((self.lots, later.lots)),
        )


def no_hedges() -> HedgeOrders:
    """Return an empty set of orders."""
    return HedgeOrders(*(np.empty(0, dtype=np.int64) for _ in HedgeOrders.__slots__))


class HedgeDesk:
    """Keeps the hedgers of one market flat over both venues."""

    def __init__(
        self,
        members: np.ndarray,
        delay_us: np.ndarray,
        half_spread_bps: float,
        fee_e6: int,
        outside: int,
    ) -> None:
        """Begin with nothing under way.

        Args:
            members: who hedges.
            delay_us: how long each takes from decision to fill.
            half_spread_bps: what crossing the lead venue's spread costs.
            fee_e6: the lead venue's taker fee in millionths.
            outside: who sells to the buyers there and buys from the sellers.
        """
        self._members, self._delay_us = members, delay_us
        self._half_spread = round(half_spread_bps * COST_UNIT / 10_000)
        self._fee_e6, self._outside = fee_e6, outside
        self._under_way = no_hedges()

    def decide(self, now_us: int, lots: np.ndarray) -> int:
        """Order away what positions on both venues (and orders under way) do not offset.

        Returns:
            Net lots ordered, positive when buying: what the lead venue is about to feel.
        """
        open_lots = lots[self._members]
        for member, under_way in zip(self._under_way.member, self._under_way.lots, strict=True):
            open_lots[self._members == member] += under_way
        needed = open_lots != 0
        self._under_way = self._under_way.then(
            HedgeOrders(now_us + self._delay_us[needed], self._members[needed], -open_lots[needed])
        )
        return -int(open_lots.sum())

    def fills(self, end_us: int, ticks: Ticks, impact_per_root_lot: float) -> np.ndarray:
        """Fill what is due before *end_us*, at the price it finds, plus half-spread and impact.

        Args:
            end_us: the interval's end.
            ticks: the interval's ticks.
            impact_per_root_lot: an order's own impact in logs, over the root of its lots.

        Returns:
            Rows of dtype ROW in the order of time.
        """
        if not len(self._under_way.due_us):
            return new_rows(0)
        due = self._under_way.due_us < end_us
        orders = self._under_way.where(due)
        self._under_way = self._under_way.where(~due)
        orders = orders.where(np.lexsort((orders.member, orders.due_us)))
        lead = price_at(ticks, orders.due_us)
        cost = -(-lead * self._half_spread // COST_UNIT)
        if impact_per_root_lot:
            size = np.abs(orders.lots).tolist()
            cost += [
                math.ceil(price * impact_per_root_lot * math.sqrt(lots))
                for price, lots in zip(lead.tolist(), size, strict=True)
            ]
        rows = new_rows(len(lead))
        rows["time_us"], rows["motive"] = orders.due_us, Motive.HEDGE
        rows["taker"], rows["maker"] = orders.member, self._outside
        rows["lots"], rows["lead"] = orders.lots, lead
        rows["price"] = np.maximum(lead + np.sign(orders.lots) * cost, 1)
        rows["fee_e6"] = self._fee_e6
        return rows
