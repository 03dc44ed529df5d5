"""What the captive maker expects of its quotes: random flow, of which nobody looks at the price.

Its own simulation plays the quotes as they were decided, on the prices that came, beside those of
the other makers, against as much volume as there was the day before. The first minutes of every
hour stand for the hour.
"""

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


class OwnSimulation:
    """What the maker's simulation of one market promises for a month."""

    def __init__(
        self,
        price: LeadPrice,
        policy: QuotingPolicy,
        contract: Contract,
        flow: UninformedFlow,
        gateway_us: np.ndarray,
        others: OtherQuoting,
    ) -> None:
        """Begin the first month.

        Args:
            price: the lead price as it came.
            policy: how the maker quotes.
            contract: what a lot is, and a tick.
            flow: the random orders that it imagines.
            gateway_us: what it takes for the delay of orders, at equally likely quantiles.
            others: how the other makers quote.
        """
        self._price, self._policy, self._flow = price, policy, flow
        self._tick_cents, self._tick_usd = contract.cents_per_lot_tick, float(contract.tick_usd)
        self._gateway_us, self._others = gateway_us, others
        self._edge_cents = self._volume_cents = 0

    def imagine(self, hour_us: int, usd_per_s: float, shown_cents: int) -> None:
        """Play the first minutes of an hour, while its path is at hand.

        Args:
            hour_us: when it begins.
            usd_per_s: the volume of all makers that it reckons with.
            shown_cents: what it shows per level.
        """
        mark = round(self._price.hour_price_usd(hour_us) / self._tick_usd)
        lot_cents = mark * self._tick_cents
        plan = self._policy.plan(mark, lot_cents, 0, shown_cents)
        others = self._others.quotes(hour_us, mark, lot_cents)
        decided = Decisions(plan, nobody_takes(0), self._gateway_us, others)
        until_us = hour_us + SAMPLE_US
        orders = self._flow.orders(hour_us, until_us, usd_per_s, lot_cents / 100)
        # Who fills what is not asked, so that one code does for all.
        nobodys_keys, code = np.empty(0, dtype=np.uint64), np.zeros(2, dtype=np.int64)
        session = Session(self._price, self._policy, Takers.of(()), nobodys_keys, Codes(code, code))
        fills, _ = session.play(hour_us, until_us, 0.0, decided, orders)
        edge = (fills["price"] - fills["lead"]) * fills["lots"]
        self._edge_cents += int(edge.sum()) * self._tick_cents
        volume = int((np.abs(fills["lots"]) * fills["price"]).sum())
        self._volume_cents += volume * self._tick_cents

    def close_month(self, stands_for: int) -> tuple[int, int]:
        """Return the month's result at fills, and its volume, in cents; begin another.

        *stands_for* is how many hours each of those imagined is worth.
        """
        times = stands_for * HOUR_US // SAMPLE_US
        promised = times * self._edge_cents, times * self._volume_cents
        self._edge_cents = self._volume_cents = 0
        return promised
