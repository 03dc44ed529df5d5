"""The plain way: one SimPy event for every quote that is posted and every order that arrives.

Slow and obvious. It decides with the same functions as `Session` does, one quote and one order at
a time, and gives the same fills to the byte; so each of the two is the other's witness.
"""

from collections.abc import Generator, Iterable
from itertools import pairwise

import numpy as np
import simpy

from des.price.lead_price import Ticks
from des.quoting.market import POSTING, TICK, Decisions, Session
from des.quoting.quotes import post, posting_times_us, price_at
from des.quoting.race import Order, Watchers, watch
from des.turns import ORDER, QUOTE, SETTLEMENT, Moment


class QuoteByQuote(Session):
    """A session whose quoter wakes up for every refresh."""

    _decided: Decisions

    def trading(
        self,
        env: simpy.Environment,
        start_us: int,
        end_us: int,
        impact: float,
        decided: Decisions,
        uninformed: list[Order],
    ) -> Generator[simpy.Event, None, np.ndarray]:
        """Quote and be hit in [start, end): the quoter's loop."""
        ticks = self._advance(start_us, end_us, impact)
        self._decided = decided
        watchers = self._watchers(decided)
        self._schedule(env, uninformed)
        beat = posting_times_us(start_us, end_us, self._refresh_us, ticks).tolist()
        self._watch_ticks(env, start_us, beat[0] if beat else end_us, ticks, watchers)
        for now_us, until_us in pairwise([*beat, end_us]):
            yield Moment(env, now_us, QUOTE)
            read = int(price_at(ticks, now_us - self._latency_us))
            self._in_force = post(now_us, read, decided.plan)
            price = int(price_at(ticks, now_us))
            self._schedule(env, watch(self._in_force, now_us, price, POSTING, watchers))
            self._watch_ticks(env, now_us, until_us, ticks, watchers)
        yield Moment(env, end_us - 1, SETTLEMENT)
        return self._rows()

    def _watch_ticks(
        self,
        env: simpy.Environment,
        since_us: int,
        until_us: int,
        ticks: Ticks,
        watchers: Watchers,
    ) -> None:
        """Let the firms watch the quote in force until it is replaced, and send their orders."""
        if self._in_force is None:
            return
        first, last = ticks.times_us.searchsorted((since_us, until_us)).tolist()
        for time_us, price in zip(
            ticks.times_us[first:last].tolist(), ticks.prices[first:last].tolist(), strict=True
        ):
            self._schedule(env, watch(self._in_force, time_us, price, TICK, watchers))

    def _schedule(self, env: simpy.Environment, orders: Iterable[Order]) -> None:
        for order in orders:
            arrival = Moment(env, order.arrival_us, ORDER + order.firm)
            arrival.callbacks.append(lambda _, order=order: self._meet(order))

    def _meet(self, order: Order) -> None:
        if self._in_force is not None:
            self._arrive(order, self._in_force, self._decided.terms)
