"""Trading in one market of the house venue between two settlements.

Between settlements, quotes and firms' orders depend on prices but not on fills. So a session can
wait until the interval has ended, and then simulate the whole interval. First the session computes
all quotes and all firms' orders, and then it matches the orders by time of arrival. The plain
simulation, with one event for each quote and each order, is in `quote_by_quote.py`. A session and
the plain simulation use the same functions (`post_quotes`, `watch`, `fills_of`) and give the same
fills.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import simpy

from des.price.lead_price import LeadPrice, Ticks, joined
from des.quoting.interval import play
from des.quoting.limits import Limits, none_counted
from des.quoting.other_quotes import OtherQuotes
from des.quoting.plan import QuotingPolicy
from des.quoting.quotes import Plan, Quotes, blank, post
from des.quoting.race import NO_FILLS, NO_ORDERS, Codes, Fills, Watchers, fills_of
from des.quoting.takers import Takers, Terms
from des.turns import SETTLEMENT, Moment


@dataclass(frozen=True, slots=True)
class Decisions:
    """All decisions of a settlement, which apply until the next settlement."""

    plan: Plan
    terms: Terms
    gateway_us: np.ndarray  # equally likely delays of orders to the house venue
    others: OtherQuotes
    passes: bool = False  # whether the interval is idle: no trades, and no decisions before its end


class Session:
    """The captive maker's quotes in one market, and the orders that arrive there.

    A session keeps four things from one interval to the next: the quote in force with its
    remaining lots; the orders that have not yet arrived; the ticks on which the next quotes are
    based; and the volumes that `close_count` returns.
    """

    def __init__(
        self,
        price: LeadPrice,
        policy: QuotingPolicy,
        takers: Takers,
        firm_keys: np.ndarray,
        codes: Codes,
    ) -> None:
        """Initialise without quotes.

        Args:
            price, policy, takers: the lead price, the maker's policy, and the firms.
            firm_keys: the keys from which the firms' gateway delays are drawn.
            codes: the codes by which the books name the traders.
        """
        self._price, self._firm_keys = price, firm_keys
        self._reaction_us = takers.reaction_us
        self._latency_us, self._refresh_us = policy.latency_us, policy.refresh_us
        self._codes, self._counted = codes, none_counted()
        self._in_force = self._nothing = blank(0, len(policy.offset_e6), len(firm_keys))
        self._in_flight = NO_ORDERS
        self.ticks = Ticks(np.empty(0, np.int64), np.empty(0, np.int64))

    def trading(
        self,
        env: simpy.Environment,
        start_us: int,
        end_us: int,
        impact: float,
        decided: Decisions,
        uninformed: np.ndarray,
    ) -> Generator[simpy.Event, None, Fills]:
        """Wait until the end of an interval, then simulate the interval and return all fills."""
        yield Moment(env, end_us - 1, SETTLEMENT)
        return self.play(start_us, end_us, impact, decided, uninformed)

    def play(
        self,
        start_us: int,
        end_us: int,
        impact: float,
        decided: Decisions,
        uninformed: np.ndarray,
    ) -> Fills:
        """Simulate a whole interval in one step, and return the fills.

        Args:
            start_us, end_us: the start of the interval, and its end.
            impact: the amount that orders on the lead venue add to the log of the lead price.
            decided: the decisions of the last settlement.
            uninformed: customers' orders in the interval (dtype ORDER). Forced orders are included.

        Returns:
            The fills. The venue later sets some fields of their rows (see `fills_of`).
        """
        if decided.passes:
            return self._pass(end_us, impact)
        ticks = self._advance(start_us, end_us, impact, decided)
        # An earlier quote stays until the next posting, which may be several intervals later.
        shows = any(decided.plan.shown_lots) or self.is_shown
        if not shows and not len(uninformed) and not len(self._in_flight):
            return NO_FILLS
        self._in_force, self._in_flight, fills = play(
            self._in_force,
            (start_us, end_us, self._refresh_us, self._latency_us),
            ticks,
            decided.plan.compiled(),
            self._watchers(decided),
            self._limits(decided),
            (self._in_flight, uninformed),
            decided.others,
            self._codes,
        )
        return fills

    @property
    def is_shown(self) -> bool:
        """Tell whether the quote in force was posted with lots on any side."""
        return bool(self._in_force.shown_lots.any())

    def _pass(self, end_us: int, impact: float) -> Fills:
        """Pass an idle interval in one step. Of the interval's prices, keep only the last."""
        self.clear()
        # Hedge orders that arrive before the interval's last minute are filled at the price before
        # the interval.
        self.ticks = joined(self.ticks, self._price.last_tick(end_us, impact), end_us)
        return NO_FILLS

    def clear(self) -> None:
        """Remove the quote in force and all orders in flight."""
        self._in_force, self._in_flight = self._nothing, NO_ORDERS

    def close_count(self) -> np.ndarray:
        """Return the volumes counted since the last call, in lots times ticks. See `Limits`."""
        counted, self._counted = self._counted, none_counted()
        return counted

    def _advance(self, start_us: int, end_us: int, impact: float, decided: Decisions) -> Ticks:
        """Append the interval's ticks to the ticks on which quotes can still be based."""
        new = self._price.ticks(start_us, end_us, impact)
        slowest_us = max(self._latency_us, decided.others.latency_us)
        self.ticks = joined(self.ticks, new, start_us - slowest_us)
        return self.ticks

    def _post(self, standing: Quotes, posted_us: np.ndarray, decided: Decisions) -> Quotes:
        return post(standing, posted_us, self._latency_us, self.ticks, decided.plan)

    def _watchers(self, decided: Decisions) -> Watchers:
        return Watchers(
            decided.terms.threshold,
            decided.terms.firm,
            self._reaction_us,
            self._firm_keys,
            decided.gateway_us,
        )

    def _limits(self, decided: Decisions) -> Limits:
        terms = decided.terms
        return Limits(terms.order_lots, terms.room_lots, self._counted)

    def _fills(self, orders: np.ndarray, quotes: Quotes, decided: Decisions) -> Fills:
        """Match orders with the quotes in force, and return the fills."""
        return fills_of(
            orders,
            quotes,
            *self.ticks,
            self._limits(decided),
            decided.others,
            self._codes,
        )
