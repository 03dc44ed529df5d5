"""What the captive maker expects of its quotes: random flow, of which nobody looks at the price.

Its own simulation plays the quotes as they were decided, and others that it considers, on the
prices that came, beside those of the other makers, against as much volume as there was the day
before. The first minutes of every hour stand for the hour.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from des.clock import HOUR_US, SECOND_US
from des.price.lead_price import LeadPrice
from des.quoting.other_quotes import OtherQuoting
from des.quoting.plan import QuotingPolicy
from des.quoting.race import Codes
from des.quoting.session import Decisions, Session
from des.quoting.takers import Takers, nobody_takes
from des.quoting.uninformed import UninformedFlow
from ledger.money import Contract

SAMPLE_US = 300 * SECOND_US


@dataclass(slots=True)
class Imagined:
    """Quotes that are played, and what came of them so far."""

    policy: QuotingPolicy
    shown_cents: int  # per level
    edge_lot_ticks: int = 0
    lot_ticks: int = 0  # both of as many hours as those played stand for


class OwnSimulation:
    """What the maker's simulation of one market promises for a month."""

    def __init__(
        self,
        price: LeadPrice,
        contract: Contract,
        flow: UninformedFlow,
        gateway_us: np.ndarray,
        others: OtherQuoting,
        plays: bool = True,
    ) -> None:
        """Begin the first month.

        Args:
            price: the lead price as it came.
            contract: what a lot is, and a tick.
            flow: the random orders that it imagines.
            gateway_us: what it takes for the delay of orders, at equally likely quantiles.
            others: how the other makers quote.
            plays: whether anything is played; else nothing is promised.
        """
        self._plays = plays
        self._price, self._flow = price, flow
        self._contract, self._tick_usd = contract, float(contract.tick_usd)
        self._gateway_us, self._others = gateway_us, others
        self._imagined: list[Imagined] = []

    def begin_month(self, considered: Sequence[tuple[QuotingPolicy, int]]) -> None:
        """Begin another month.

        Args:
            considered: how quotes are placed in it and what is shown per level, in cents: those in
                force and, beside them, those that are only imagined.
        """
        self._imagined = [Imagined(*each) for each in considered]

    def imagine(self, hour_us: int, usd_per_s: float, stands_for: int) -> None:
        """Play the first minutes of an hour, while its path is at hand.

        Args:
            hour_us: when it begins.
            usd_per_s: the volume of all makers that it reckons with, in all markets alike.
            stands_for: how many hours this one does.
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
            plan = each.policy.widened(times).plan(mark, lot_cents, 0, each.shown_cents)
            decided = Decisions(plan, nobody_takes(0), self._gateway_us, others)
            edge_lot_ticks, lot_ticks = self._played(hour_us, each.policy, decided, orders)
            each.edge_lot_ticks += stands_for * edge_lot_ticks
            each.lot_ticks += stands_for * lot_ticks

    def _played(
        self, hour_us: int, policy: QuotingPolicy, decided: Decisions, orders: np.ndarray
    ) -> tuple[int, int]:
        """Return what a sample brings and trades, in lots x ticks."""
        # Who fills what is not asked, so that one code does for all.
        nobodys_keys, code = np.empty(0, dtype=np.uint64), np.zeros(2, dtype=np.int64)
        session = Session(self._price, policy, Takers.of(()), nobodys_keys, Codes(code[:1], code))
        fills, _ = session.play(hour_us, hour_us + SAMPLE_US, 0.0, decided, orders)
        edge = (fills["price"] - fills["lead"]) * fills["lots"]
        return int(edge.sum()), int((np.abs(fills["lots"]) * fills["price"]).sum())

    def promised(self) -> list[tuple[int, int]]:
        """Return what is promised so far of each considered: result and volume, in cents."""
        cents = (HOUR_US // SAMPLE_US) * self._contract.cents_per_lot_tick
        return [(cents * each.edge_lot_ticks, cents * each.lot_ticks) for each in self._imagined]
