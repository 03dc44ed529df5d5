"""The plain simulation: each posting of a quote and each arrival of an order is an event.

The plain simulation is slow and simple. `QuoteByQuote` calls the functions of `Session` for one
quote and one order at a time, and gives exactly the same fills as `Session`. So a test can compare
the two simulations.
"""

from collections.abc import Generator
from functools import partial
from itertools import pairwise

import numpy as np
import simpy

from des.quoting.quotes import Quotes, posting_times_us
from des.quoting.race import Fills, watch
from des.quoting.session import Decisions, Session
from des.turns import ORDER, QUOTE, SETTLEMENT, Moment
from ledger.fills import join_rows


class QuoteByQuote(Session):
    """A session with one event for every posting of quotes and every arrival of an order."""

    _decided: Decisions
    _met: list[Fills]

    def trading(
        self,
        env: simpy.Environment,
        start_us: int,
        end_us: int,
        impact: float,
        decided: Decisions,
        uninformed: np.ndarray,
    ) -> Generator[simpy.Event, None, Fills]:
        """Simulate one interval in a loop over the postings of quotes, and return the fills."""
        if decided.passes:
            yield Moment(env, end_us - 1, SETTLEMENT)
            return self._pass(end_us, impact)
        ticks = self._advance(start_us, end_us, impact, decided)
        self._decided, self._met = decided, []
        self._schedule(env, uninformed)
        beat = posting_times_us(start_us, end_us, self._refresh_us, ticks.times_us)
        until_us = int(beat[0]) if len(beat) else end_us
        self._watch(env, self._in_force, start_us, until_us)
        for i, (now_us, until_us) in enumerate(pairwise([*beat.tolist(), end_us])):
            yield Moment(env, now_us, QUOTE)
            self._in_force = self._post(self._nothing, beat[i : i + 1], decided)
            self._watch(env, self._in_force, now_us, until_us)
        yield Moment(env, end_us - 1, SETTLEMENT)
        rows, lot_ticks, lots = zip(*self._met, strict=True) if self._met else ((), (), ())
        return Fills(join_rows(rows), sum(lot_ticks), sum(lots))

    def _watch(self, env: simpy.Environment, quote: Quotes, since_us: int, until_us: int) -> None:
        """Let firms watch *quote* from *since_us* to *until_us*, and schedule their orders."""
        watchers = self._watchers(self._decided)
        self._schedule(env, watch(quote, since_us, until_us, *self.ticks, watchers))

    def _schedule(self, env: simpy.Environment, orders: np.ndarray) -> None:
        for i, (time_us, firm) in enumerate(orders[["arrival_us", "firm"]].tolist()):
            arrival = Moment(env, time_us, ORDER + firm)
            arrival.callbacks.append(partial(self._meet, orders[i : i + 1]))

    def _meet(self, order: np.ndarray, _arrival: simpy.Event) -> None:
        self._met.append(self._fills(order, self._in_force, self._decided))
