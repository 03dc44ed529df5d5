"""Inventory is laid off on the lead venue: a moment after it was decided.

A trading firm lays off each fill by itself, as soon as it knows of it. The captive maker and those
who back the venue look at their net positions at settlements.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from des.clock import microseconds
from des.price.lead_price import Ticks
from des.quoting.quotes import price_at
from des.scenario import Firm, Scenario
from ledger.fills import new_rows
from ledger.kinds import Kind
from ledger.motives import Motive
from ledger.parties import Parties

COST_UNIT = 10**8  # half-spreads are in hundred-millionths of the price


@dataclass(frozen=True, slots=True)
class HedgeOrders:
    """Market orders on their way to the lead venue in one market, as equally long arrays."""

    due_us: np.ndarray
    hedger: np.ndarray
    lots: np.ndarray  # positive buys

    def where(self, chosen: np.ndarray) -> "HedgeOrders":
        """Pick orders by mask."""
        return HedgeOrders(self.due_us[chosen], self.hedger[chosen], self.lots[chosen])

    def then(self, later: "HedgeOrders") -> "HedgeOrders":
        """Join two sets of orders."""
        return HedgeOrders(
            np.concatenate((self.due_us, later.due_us)),
            np.concatenate((self.hedger, later.hedger)),
            np.concatenate((self.lots, later.lots)),
        )


def no_hedges() -> HedgeOrders:
    """Return an empty set of orders."""
    return HedgeOrders(*(np.empty(0, dtype=np.int64) for _ in HedgeOrders.__slots__))


def lead_delays_us(scenario: Scenario, parties: Parties, firms: Sequence[Firm]) -> np.ndarray:
    """Return by holder how long an order takes to the lead venue; 0 for who sends none."""
    maker_us = microseconds(scenario.maker.hedge_delay_ms / 1_000)
    delay_us = dict.fromkeys(parties.holders, 0) | {parties.maker: maker_us}
    for firm in firms:
        delay_us[firm.name] = microseconds((firm.reaction_ms + scenario.lead.gateway_ms) / 1_000)
    if parties.directional:
        delay_us[f"{parties.directional}:{Kind.DIRECTIONAL}"] = maker_us
    providers = scenario.leverage.providers if scenario.leverage else ()
    for holder, provider in zip(parties.backstops, providers, strict=True):
        delay_us[holder] = microseconds(provider.unwind_delay_s)
    return np.array(list(delay_us.values()), dtype=np.int64)


class HedgeDesk:
    """Keeps the hedgers of one market flat over both venues."""

    def __init__(self, delay_us: np.ndarray, half_spread_bps: float, outside: int) -> None:
        """Begin with nothing under way.

        Args:
            delay_us: by party, how long it takes from decision, or fill, to the hedge's fill.
            half_spread_bps: what crossing the lead venue's spread costs.
            outside: who sells to the buyers there and buys from the sellers.
        """
        self._delay_us = delay_us
        self._half_spread = round(half_spread_bps * COST_UNIT / 10_000)
        self._outside = outside
        self._under_way = no_hedges()
        self._ordered_lots = 0

    def follow(self, house_fills: np.ndarray) -> None:
        """Let the firms order away what they have just taken (rows of dtype ROW)."""
        taken = house_fills["motive"] == Motive.PICKOFF
        if not taken.any():
            return
        hedger = house_fills["taker"][taken].astype(np.int64)
        due_us = house_fills["time_us"][taken] + self._delay_us[hedger]
        self._order(HedgeOrders(due_us, hedger, -house_fills["lots"][taken]))

    def decide(self, now_us: int, hedger: int, lots: int, most_lots: int | None = None) -> None:
        """Order away what a hedger's positions on both venues (and orders under way) leave open.

        Args:
            now_us: the settlement.
            hedger: who looks at its net position there.
            lots: what it holds on house and lead venue together.
            most_lots: of one order; None for all at once.
        """
        under_way = self._under_way.lots[self._under_way.hedger == hedger]
        needed = -lots - int(under_way.sum())
        if most_lots is not None:
            needed = max(-most_lots, min(most_lots, needed))
        if needed:
            due_us = now_us + self._delay_us[hedger]
            self._order(HedgeOrders(*(np.array([x]) for x in (due_us, hedger, needed))))

    def ordered_lots(self) -> int:
        """Return the net lots ordered since the last call: what the lead venue is about to feel."""
        ordered, self._ordered_lots = self._ordered_lots, 0
        return ordered

    def _order(self, orders: HedgeOrders) -> None:
        self._under_way = self._under_way.then(orders)
        self._ordered_lots += int(orders.lots.sum())

    def fills(self, end_us: int, ticks: Ticks, impact_per_root_lot: float) -> np.ndarray:
        """Fill what is due before *end_us*, at the price it finds, plus half-spread and impact.

        Args:
            end_us: the interval's end.
            ticks: the interval's ticks.
            impact_per_root_lot: an order's own impact in logs, over the root of its lots.

        Returns:
            Rows of dtype ROW in the order of time, all but what the venue adds.
        """
        if not len(self._under_way.due_us):
            return new_rows(0)
        due = self._under_way.due_us < end_us
        orders = self._under_way.where(due)
        self._under_way = self._under_way.where(~due)
        orders = orders.where(np.lexsort((orders.hedger, orders.due_us)))
        lead = price_at(ticks, orders.due_us)
        cost = -(-lead * self._half_spread // COST_UNIT)
        if impact_per_root_lot:
            size = np.abs(orders.lots).tolist()
            pushed = [
                math.ceil(price * impact_per_root_lot * math.sqrt(lots))
                for price, lots in zip(lead.tolist(), size, strict=True)
            ]
            cost += np.array(pushed, dtype=np.int64)
        rows = new_rows(len(lead))
        rows["time_us"], rows["motive"] = orders.due_us, Motive.HEDGE
        rows["taker"], rows["maker"] = orders.hedger, self._outside
        rows["lots"], rows["lead"] = orders.lots, lead
        rows["price"] = np.maximum(lead + np.sign(orders.lots) * cost, 1)
        return rows
