"""One market of the house venue between two settlements: quotes, orders, fills.

Between settlements nothing but prices feeds a decision, so a session may look ahead: it sleeps
through the interval and plays it at once. The plain way, one event per quote and per order, is in
`quote_by_quote.py`; both call the same functions and give the same fills.
"""

from collections.abc import Generator

from dataclasses import dataclass

import numpy as np
import simpy

from des.price.lead_price import LeadPrice, Ticks
from des.quoting.plan import QuotingPolicy
from des.quoting.quotes import SIGN, Plan, Quotes, post, posting_times_us, price_at
from des.quoting.race import (
    UNINFORMED,
    Orders,
    Triggers,
    arrivals,
    match,
    no_orders,
    triggers,
)
from des.quoting.takers import Takers, Terms
from ledger.fills import Motive, new_rows


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that was decided at a settlement and holds until the next."""

    plan: Plan
    terms: Terms
    gateway_us: np.ndarray  # delay to the house venue at equally likely quantiles


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
        taker_codes: np.ndarray,
    ) -> None:
        """Begin with nothing quoted; *taker_codes* are the firms' in the books, then retail's."""
        self._price, self._takers, self._firm_keys = price, takers, firm_keys
        self._latency_us, self._refresh_us = policy.latency_us, policy.refresh_us
        self._taker_codes = taker_codes
        self._in_force: Quotes | None = None
        self._fired = np.zeros((2, len(takers.reaction_us)), dtype=bool)
        self._in_flight = no_orders()
        self.ticks = Ticks(np.empty(0, np.int64), np.empty(0, np.int64))

    def trading(
        self,
        env: simpy.Environment,
        start_us: int,
        end_us: int,
        impact: float,
        decided: Decisions,
        uninformed: Orders,
    ) -> Generator[simpy.Event, None, np.ndarray]:
        """Quote and be hit in [start, end): a process that sleeps, and then has it all."""
        yield env.timeout(end_us - 1 - env.now)
        return self.play(start_us, end_us, impact, decided, uninformed)

    def play(
        self, start_us: int, end_us: int, impact: float, decided: Decisions, uninformed: Orders
    ) -> np.ndarray:
        """Play [start, end) at once and return its fills in the order of time.

        Returns:
            Rows of dtype ROW, all but what the books of the venue add: fee, maker, venue.
        """
        ticks = self._advance(start_us, end_us, impact)
        beat = posting_times_us(start_us, end_us, self._refresh_us, ticks)
        quotes = post(beat, self._latency_us, decided.plan, ticks)
        if self._in_force is not None:
            quotes = self._in_force.then(quotes)
        if not len(quotes):
            return new_rows(0)
        found = triggers(quotes, ticks, start_us, decided.terms.threshold_ticks, self._fired)
        informed = self._in_flight.then(self._send(found, quotes, decided))
        due = informed.arrival_us < end_us
        self._in_flight = informed.where(~due)
        orders = sized(informed.where(due), decided.terms).then(uninformed)
        orders = orders.where(np.lexsort((orders.firm, orders.arrival_us)))
        orders = orders.where(orders.arrival_us >= quotes.posted_us[0])
        rows = self._fills(orders, quotes, ticks)
        self._carry(quotes, found)
        return rows

    def _send(self, found: Triggers, quotes: Quotes, decided: Decisions) -> Orders:
        return arrivals(
            found, quotes, self._takers.reaction_us, self._firm_keys, decided.gateway_us
        )

    def _advance(self, start_us: int, end_us: int, impact: float) -> Ticks:
        """Append the interval's ticks to those that quotes can still be read from."""
        new, old = self._price.ticks(start_us, end_us, impact), self.ticks
        keep = max(np.searchsorted(old.times_us, start_us - self._latency_us, "right") - 1, 0)
        self.ticks = Ticks(
            np.concatenate((old.times_us[keep:], new.times_us)),
            np.concatenate((old.prices[keep:], new.prices)),
        )
        return self.ticks

    def _carry(self, quotes: Quotes, found: Triggers) -> None:
        last = len(quotes) - 1
        if last > 0 or self._in_force is None:
            self._fired[:] = False
        mine = found.quote == last
        self._fired[found.side[mine], found.firm[mine]] = True
        self._in_force = quotes.last()

    def _fills(self, orders: Orders, quotes: Quotes, ticks: Ticks) -> np.ndarray:
        """Match orders with the quotes in force, and write down what they got."""
        matched = match(orders, quotes)
        rows = new_rows(len(matched.order))
        side = orders.side[matched.order]
        rows["time_us"] = orders.arrival_us[matched.order]
        rows["lots"] = SIGN[side] * matched.lots
        rows["price"] = quotes.price[side, matched.quote, matched.level]
        rows["lead"] = price_at(ticks, rows["time_us"])
        rows["lead_when_quoted"] = quotes.read[matched.quote]
        rows["quote_age_us"] = rows["time_us"] - (
            quotes.posted_us[matched.quote] - self._latency_us
        )
        rows["trigger"] = orders.trigger[matched.order]
        rows["holder"] = orders.holder[matched.order]
        firm = orders.firm[matched.order]
        rows["motive"] = np.where(firm == UNINFORMED, Motive.SPREAD, Motive.PICKOFF)
        rows["taker"] = self._taker_codes[np.minimum(firm, len(self._taker_codes) - 1)]
        return rows


def sized(informed: Orders, terms: Terms) -> Orders:
    """Let each firm's order take what its position allows, as of the last settlement."""
    informed.lots[:] = terms.take_lots[informed.side, informed.firm]
    return informed
