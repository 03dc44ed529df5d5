"""One market of the house venue between two settlements: quotes, orders, fills.

Between settlements nothing but prices feeds a decision, so a session may look ahead: it sleeps
through the interval and then has all its quotes watched at once, and all orders meet them in their
turns. The plain way, one event per quote and per order, is in `quote_by_quote.py`. Both decide
with the same functions (`post`, `watch`, `meet`) and give the same fills.
"""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import simpy

from des.price.lead_price import LeadPrice, Ticks
from des.quoting.plan import QuotingPolicy
from des.quoting.quotes import Plan, Quotes, blank, post, posting_times_us
from des.quoting.race import FORCED, NO_ORDERS, ORDER, Watchers, meet, watch
from des.quoting.takers import Takers, Terms
from des.turns import SETTLEMENT, Moment
from ledger.fills import join_rows, new_rows


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that was decided at a settlement and holds until the next."""

    plan: Plan
    terms: Terms
    gateway_us: np.ndarray  # delay to the house venue at equally likely quantiles
    others_ticks: int = 0  # how far from the lead price other makers quote


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
        maker_codes: np.ndarray,
    ) -> None:
        """Begin with nothing quoted.

        Args:
            price, policy, takers: who quotes what, and who watches.
            firm_keys: of the firms' gateway draws.
            taker_codes: the firms' in the books, then retail's.
            maker_codes: in the books, by whose quotes an order meets: CAPTIVE, OTHERS.
        """
        self._price, self._firm_keys = price, firm_keys
        self._reaction_us = takers.reaction_us
        self._latency_us, self._refresh_us = policy.latency_us, policy.refresh_us
        self._taker_codes, self._maker_codes = taker_codes, maker_codes
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
    ) -> Generator[simpy.Event, None, np.ndarray]:
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
    ) -> np.ndarray:
        """Play [start, end) at once and return its fills in the order of time.

        Args:
            start_us, end_us: the interval.
            impact: on the lead price, in logs.
            decided: at the settlement before.
            uninformed: the orders of the interval (dtype ORDER) that nothing sets off.

        Returns:
            Rows of dtype ROW, all but what the venue adds.
        """
        ticks = self._advance(start_us, end_us, impact)
        posted_us = posting_times_us(start_us, end_us, self._refresh_us, ticks)
        if not any(decided.plan.shown_lots):
            posted_us = posted_us[:1]  # one quote of nothing is as good as many
        quotes = self._post(self._in_force, posted_us, decided)
        sent = watch(quotes, start_us, end_us, *ticks, self._watchers(decided))
        orders = join_rows((self._in_flight, uninformed, sent), ORDER)
        # What is left of a tie goes in the order of sending.
        orders = orders.take(np.lexsort((orders["firm"], orders["arrival_us"])))
        due = orders["arrival_us"].searchsorted(end_us)
        self._in_flight, self._in_force = orders[due:], quotes.last()
        return self._fills(orders[:due], quotes, decided)

    def _advance(self, start_us: int, end_us: int, impact: float) -> Ticks:
        """Append the interval's ticks to those that quotes can still be read from."""
        new, old = self._price.ticks(start_us, end_us, impact), self.ticks
        keep = max(old.times_us.searchsorted(start_us - self._latency_us, "right") - 1, 0)
        self.ticks = Ticks(
            np.concatenate((old.times_us[keep:], new.times_us)),
            np.concatenate((old.prices[keep:], new.prices)),
        )
        return self.ticks

    def _post(self, standing: Quotes, posted_us: np.ndarray, decided: Decisions) -> Quotes:
        return post(standing, posted_us, self._latency_us, self.ticks, decided.plan)

    def _watchers(self, decided: Decisions) -> Watchers:
        return Watchers(
            decided.terms.threshold,
            decided.terms.firm,
            decided.terms.take_lots,
            self._reaction_us,
            self._firm_keys,
            decided.gateway_us,
        )

    def _fills(self, orders: np.ndarray, quotes: Quotes, decided: Decisions) -> np.ndarray:
        """Let orders meet the quotes in force, and return what they get."""
        if not len(orders):
            return new_rows(0)
        forced = np.count_nonzero(orders["firm"] == FORCED)
        rows = new_rows(len(orders) * quotes.price.shape[2] + forced)
        take_lots, others_ticks = decided.terms.take_lots, decided.others_ticks
        filled = meet(orders, quotes, *self.ticks, take_lots, others_ticks, rows)
        rows = join_rows((rows[:filled],))  # a copy: many orders get nothing and need no row
        rows["taker"] = self._taker_codes[rows["taker"]]
        rows["maker"] = self._maker_codes[rows["maker"]]
        return rows
