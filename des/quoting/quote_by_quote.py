"""The plain way: one SimPy event for every quote that is posted and every order that arrives.

Slow and obvious. It decides with the same functions as `Session` does, one quote and one order at
a time, and gives the same fills to the byte; so each of the two is the other's witness.
"""

from collections.abc import Generator

import numpy as np
import simpy

from des.price.lead_price import Ticks
from des.quoting.market import Decisions, Session, sized
from des.quoting.quotes import post, posting_times_us
from des.quoting.race import Orders, triggers
from ledger.fills import join_rows

# What comes first within a microsecond: ticks are there already, then quotes, then orders by
# firm number, and whoever is no firm after them. A settlement comes after everything.
QUOTE = 1
ORDER = 2
SETTLEMENT = 2**62


class QuoteByQuote(Session):
    """A session whose quoter wakes up for every refresh."""

    _decided: Decisions
    _rows: list[np.ndarray]

    def trading(
        self,
        env: simpy.Environment,
        start_us: int,
        end_us: int,
        impact: float,
        decided: Decisions,
        uninformed: Orders,
    ) -> Generator[simpy.Event, None, np.ndarray]:
        """Quote and be hit in [start, end): the quoter's loop."""
        ticks = self._advance(start_us, end_us, impact)
        self._decided, self._rows = decided, []
        beat = posting_times_us(start_us, end_us, self._refresh_us, ticks)
        self._schedule(env, uninformed)
        self._watch(env, start_us, int(beat[0]) if len(beat) else end_us, ticks)
        replaced = np.append(beat[1:], end_us).tolist()
        for i, until_us in enumerate(replaced[: len(beat)]):
            now_us = int(beat[i])
            yield Moment(env, now_us, QUOTE)
            self._in_force = post(beat[i : i + 1], self._latency_us, decided.plan, ticks)
            self._fired[:] = False
            self._watch(env, now_us, until_us, ticks)
        yield Moment(env, end_us - 1, SETTLEMENT)
        return join_rows(self._rows)

    def _watch(self, env: simpy.Environment, since_us: int, until_us: int, ticks: Ticks) -> None:
        """Let the firms watch the quote in force until it is replaced, and send their orders."""
        if self._in_force is None:
            return
        last = np.searchsorted(ticks.times_us, until_us)
        seen = Ticks(ticks.times_us[:last], ticks.prices[:last])
        threshold = self._decided.terms.threshold_ticks
        found = triggers(self._in_force, seen, since_us, threshold, self._fired)
        self._fired[found.side, found.firm] = True
        self._schedule(env, self._send(found, self._in_force, self._decided))

    def _schedule(self, env: simpy.Environment, orders: Orders) -> None:
        for i in range(len(orders)):
            order = orders.where(slice(i, i + 1))
            arrival = Moment(env, int(order.arrival_us[0]), ORDER + int(order.firm[0]))
            arrival.callbacks.append(lambda _, order=order: self._arrive(order))

    def _arrive(self, order: Orders) -> None:
        """Let one order meet the quote in force, with what the firm may take by now."""
        if self._in_force is None:
            return
        if order.holder[0] < 0:
            order = sized(order, self._decided.terms)
        self._rows.append(self._fills(order, self._in_force, self.ticks))


class Moment(simpy.Event):
    """Something that happens at a time, in its turn within the microsecond."""

    def __init__(self, env: simpy.Environment, time_us: int, turn: int) -> None:
        super().__init__(env)
        self._ok, self._value = True, None
        env.schedule(self, priority=turn, delay=time_us - env.now)
