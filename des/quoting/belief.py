"""The captive maker's own simulation of its quotes, in which all orders are uninformed.

The simulation tests the decided quotes and the policy's alternatives, if there are any. It uses the
actual lead prices, without the impact of orders. It includes the other makers' quotes, and assumes
that the volume stays the same as in about the last 24 hours. Only the first five minutes of each
played hour are simulated, and these minutes represent the whole hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from des.clock import HOUR_US, SECOND_US
from des.price.lead_price import LeadPrice
from des.quoting.other_quotes import OtherQuoting
from des.quoting.plan import QuotingPolicy
from des.quoting.race import Codes
from des.quoting.session import Decisions, Session
from des.quoting.takers import Takers, nobody_takes
from des.quoting.uninformed import UninformedFlow
from des.quoting.whole_lots import AS_STATED, WholeLots
from ledger.money import Contract

SAMPLE_US = 300 * SECOND_US


@dataclass(slots=True)
class Imagined:
    """Tested quotes, and the result and volume of these quotes in the simulation so far."""

    policy: QuotingPolicy
    shown_cents: int  # size per level in cents
    # The result and the volume of the simulated minutes, in lots times ticks. If a played hour
    # represents n hours, its minutes count n times.
    edge_lot_ticks: int = 0
    lot_ticks: int = 0


class OwnPrediction(Protocol):
    """The maker's prediction for one market, from its own simulation in this or another process."""

    def begin_month(self, considered: Sequence[tuple[QuotingPolicy, int]]) -> None:
        """Start the simulation of the next month."""

    def imagine(self, hour_us: int, usd_per_s: float, stands_for: int) -> None:
        """Simulate the first minutes of an hour."""

    def promised(self) -> list[tuple[int, int]]:
        """Return the tested quotes' predicted results and volumes this month so far, in cents."""


class OwnSimulation:
    """The maker's simulation of one market, which predicts the result of quotes in a month."""

    def __init__(
        self,
        price: LeadPrice,
        contract: Contract,
        flow: UninformedFlow,
        gateway_us: np.ndarray,
        others: OtherQuoting,
        plays: bool = True,
        whole_lots: WholeLots = AS_STATED,
    ) -> None:
        """Initialise before the first month.

        Args:
            price: the actual lead price.
            contract: the contract's lot and tick.
            flow: the random orders of the simulation.
            gateway_us: equally likely delays of orders to the house venue, in microseconds.
            others: the other makers' quotes.
            plays: whether the maker simulates at all. If false, all predictions are zero.
            whole_lots: rounds the displayed size to whole lots.
        """
        self._plays, self._whole_lots = plays, whole_lots
        self._price, self._flow = price, flow
        self._contract, self._tick_usd = contract, float(contract.tick_usd)
        self._gateway_us, self._others = gateway_us, others
        self._imagined: list[Imagined] = []

    def begin_month(self, considered: Sequence[tuple[QuotingPolicy, int]]) -> None:
        """Begin the simulation of the next month.

        Args:
            considered: the quotes to test, each as a policy and a size per level in cents. The
                displayed quotes come first, and then the alternatives.
        """
        self._imagined = [Imagined(*each) for each in considered]

    def imagine(self, hour_us: int, usd_per_s: float, stands_for: int) -> None:
        """Simulate the first minutes of an hour, at the actual lead prices.

        Args:
            hour_us: the start of the hour.
            usd_per_s: the assumed volume of all makers in all similar markets, in dollars per
                second.
            stands_for: the number of hours that this hour represents.
        """
        if not self._plays:
            return
        mark = round(self._price.hour_price_usd(hour_us) / self._tick_usd)
        lot_cents = mark * self._contract.cents_of_one
        others = self._others.quotes(hour_us, mark, lot_cents)
        usd_per_s /= self._contract.stands_for
        orders = self._flow.orders(hour_us, hour_us + SAMPLE_US, usd_per_s, lot_cents / 100)
        times = self._others.half_spread_times(hour_us)
        for each in self._imagined:
            shown_cents = self._whole_lots.cents(each.shown_cents, lot_cents, hour_us)
            plan = each.policy.widened(times).plan(mark, lot_cents, 0, shown_cents)
            decided = Decisions(plan, nobody_takes(0), self._gateway_us, others)
            edge_lot_ticks, lot_ticks = self._played(hour_us, each.policy, decided, orders)
            each.edge_lot_ticks += stands_for * edge_lot_ticks
            each.lot_ticks += stands_for * lot_ticks

    def _played(
        self, hour_us: int, policy: QuotingPolicy, decided: Decisions, orders: np.ndarray
    ) -> tuple[int, int]:
        """Return the result and the volume of the simulated minutes, in lots times ticks."""
        # The traders' names have no effect here, so all traders have the same code.
        nobodys_keys, code = np.empty(0, dtype=np.uint64), np.zeros(2, dtype=np.int64)
        session = Session(self._price, policy, Takers.of(()), nobodys_keys, Codes(code[:1], code))
        fills = session.play(hour_us, hour_us + SAMPLE_US, 0.0, decided, orders).rows
        edge = (fills["price"] - fills["lead"]) * fills["lots"]
        return int(edge.sum()), int((np.abs(fills["lots"]) * fills["price"]).sum())

    def promised(self) -> list[tuple[int, int]]:
        """Return the tested quotes' predicted results and volumes this month so far, in cents."""
        cents = (HOUR_US // SAMPLE_US) * self._contract.cents_per_lot_tick
        return [(cents * each.edge_lot_ticks, cents * each.lot_ticks) for each in self._imagined]
