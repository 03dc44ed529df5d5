"""One market of the house venue between two settlements: quotes, orders, fills.

Between settlements nothing but prices feeds a decision, so a session may look ahead: it sleeps
through the interval and then has all its quotes watched at once, and all orders meet them in their
turns. The plain way, one event per quote and per order, is in `quote_by_quote.py`. Both decide
with the same functions (`post`, `watch`, `fills_of`) and give the same fills.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import simpy

from des.clock import HOUR_US
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
    """All that was decided at a settlement and holds until the next."""

    plan: Plan
    terms: Terms
    gateway_us: np.ndarray  # delay to the house venue at equally likely quantiles
    others: OtherQuotes


class Session:
    """The captive maker's quotes in one market, and everybody who hits them.

    It carries over what is under way at a settlement: the quote in force with what is left of it,
    the orders in flight, and the ticks that the next quotes will be read from.
    """

    def __init__(
        self,
        price: LeadPrice,
        policy: QuotingPolicy,
        takers: Takers,
        firm_keys: np.ndarray,
        codes: Codes,
    ) -> None:
        """Begin with nothing quoted.

        Args:
            price, policy, takers: who quotes what, and who watches.
            firm_keys: of the firms' gateway draws.
            codes: of those who trade, in the books.
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
        """Quote and be hit in [start, end): a process that sleeps, and then has it all."""
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
        """Play [start, end) at once and return its fills.

        Args:
            start_us, end_us: the start of the interval, and its end.
            impact: on the lead price, in logs.
            decided: at the settlement before.
            uninformed: the orders of the interval (dtype ORDER) that nothing sets off.

        Returns:
            Rows in the order of time, all but what the venue adds; and what others filled.
        """
        if end_us - start_us > HOUR_US:
            return self._pass(end_us, impact)
        ticks = self._advance(start_us, end_us, impact, decided)
        # A quote of before stands until the next beat, which may be intervals away.
        shows = any(decided.plan.shown_lots) or self._in_force.shown_lots.any()
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

    def _pass(self, end_us: int, impact: float) -> Fills:
        """Let idle hours pass at once: where they end is all that anybody looks at.

        What was quoted or ordered before is gone with its hour; nobody comes for it.
        """
        self._in_force, self._in_flight = self._nothing, NO_ORDERS
        # Hedges that are under way are still filled at the price before.
        self.ticks = joined(self.ticks, self._price.last_tick(end_us, impact), end_us)
        return NO_FILLS

    def close_count(self) -> np.ndarray:
        """Return lots x ticks that firms took, and that each limit cut off, since it was asked."""
        counted, self._counted = self._counted, none_counted()
        return counted

    def _advance(self, start_us: int, end_us: int, impact: float, decided: Decisions) -> Ticks:
        """Append the interval's ticks to those that quotes can still be read from."""
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
        """Let orders meet the quotes in force, and return what they get."""
        return fills_of(
            orders,
            quotes,
            *self.ticks,
            self._limits(decided),
            decided.others,
            self._codes,
        )
