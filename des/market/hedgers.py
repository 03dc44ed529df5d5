"""Decides at settlements which orders are sent to the lead venue, in one market."""

from collections.abc import Sequence

from des.clock import SECOND_US
from des.market.hedging import HedgeDesk
from des.market.holdings import Holdings
from des.scenario import Provider, Run
from ledger.money import to_cents


class Hedgers:
    """Places orders on the lead venue at settlements.

    These are the hedge orders of the captive maker and of the backstop providers, and the orders of
    the directional desk.
    """

    def __init__(
        self,
        run: Run,
        desk: HedgeDesk,
        maker: int,
        backstops: Sequence[tuple[Provider, int]],
    ) -> None:
        """Initialise the hedgers.

        Args:
            run: states how often the maker hedges, and the time between settlements.
            desk: receives the hedge orders.
            maker: the maker's code.
            backstops: each backstop provider, and the code under which its positions are booked.
        """
        self._run, self.desk, self._maker, self._backstops = run, desk, maker, backstops
        self._hedge_us = (run.hedge_s or 1) * SECOND_US  # None: the maker hedges at each settlement

    def decide(self, now_us: int, lot_cents: int, state: Holdings) -> int:
        """Place the orders, and return the net lots ordered on the lead venue since the last call.

        The net lots include the firms' hedge orders, which `HedgeDesk.follow` has placed.
        """
        if now_us % self._hedge_us == 0:
            self.desk.decide(now_us, self._maker, state.maker_lots + state.maker_lead_lots)
        for (provider, holder), lots in zip(self._backstops, state.backstop_lots, strict=True):
            self.desk.decide(now_us, holder, lots, self._most_lots(provider, now_us, lot_cents))
        if state.directional:
            self.desk.decide(now_us, *state.directional)
        return self.desk.ordered_lots()

    def _most_lots(self, provider: Provider, now_us: int, lot_cents: int) -> int | None:
        """Return the most lots in one order of a backstop provider, or None without a limit."""
        if provider.unwind_usd_per_minute is None:
            return None
        a_minute_cents = to_cents(provider.unwind_usd_per_minute)
        return max(a_minute_cents * self._run.settle_s_at(now_us) // 60 // lot_cents, 1)
