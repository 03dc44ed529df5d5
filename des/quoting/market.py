"""One market of the house venue between two settlements: quotes, orders, fills.

Between settlements nothing but prices feeds a decision, so a session may look ahead: it sleeps
through the interval, finds in the ticks the moments at which anybody could want to hit a quote,
and plays only those. The plain way, one event per quote and per order, is in `quote_by_quote.py`.
Both decide with the same functions (`post`, `watch`, `take`) and give the same fills.
"""

from bisect import bisect_left
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from itertools import repeat
from operator import itemgetter

import numpy as np
import simpy

from des.price.lead_price import LeadPrice, Ticks
from des.quoting.plan import QuotingPolicy
from des.quoting.quotes import ASK, BID, SIGN, Plan, Quote, post, posting_times_us, price_at
from des.quoting.race import UNINFORMED, Order, Watchers, take, watch
from des.quoting.takers import Takers, Terms
from des.turns import SETTLEMENT, Moment
from ledger.fills import Motive, Trigger, new_rows

# Plain integers: an enum's member takes ten times as long to become a number in an array.
_PICKOFF, _SPREAD = int(Motive.PICKOFF), int(Motive.SPREAD)
POSTING, TICK = int(Trigger.POSTING), int(Trigger.TICK)
_TURN = itemgetter(0, 1)  # arrival, then firm number
NEVER = 2**62  # a width that no price moves beyond


@dataclass(frozen=True, slots=True)
class Decisions:
    """All that was decided at a settlement and holds until the next."""

    plan: Plan
    terms: Terms
    gateway_us: list[int]  # delay to the house venue at equally likely quantiles


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
        firm_keys: list[int],
        taker_codes: np.ndarray,
    ) -> None:
        """Begin with nothing quoted; *taker_codes* are the firms' in the books, then retail's."""
        self._price, self._firm_keys = price, firm_keys
        self._reaction_us = takers.reaction_us.tolist()
        self._latency_us, self._refresh_us = policy.latency_us, policy.refresh_us
        self._taker_codes, self._retail = taker_codes.tolist(), len(taker_codes) - 1
        self._in_force: Quote | None = None
        self._in_flight: list[Order] = []
        self._fills: list[tuple[int, ...]] = []
        self.ticks = Ticks(np.empty(0, np.int64), np.empty(0, np.int64))

    def trading(
        self,
        env: simpy.Environment,
        start_us: int,
        end_us: int,
        impact: float,
        decided: Decisions,
        uninformed: list[Order],
    ) -> Generator[simpy.Event, None, np.ndarray]:
        """Quote and be hit in [start, end): a process that sleeps, and then has it all."""
        yield Moment(env, end_us - 1, SETTLEMENT)
        return self.play(start_us, end_us, impact, decided, uninformed)

    def play(
        self, start_us: int, end_us: int, impact: float, decided: Decisions, uninformed: list[Order]
    ) -> np.ndarray:
        """Play [start, end) at once and return its fills in the order of time.

        Returns:
            Rows of dtype ROW, all but what the books of the venue add: fee, maker, venue.
        """
        ticks = self._advance(start_us, end_us, impact)
        posted_us = posting_times_us(start_us, end_us, self._refresh_us, ticks)
        read = price_at(ticks, posted_us - self._latency_us)
        quotes = _Beat(self._in_force, posted_us, read, decided.plan)
        watchers = self._watchers(decided)
        orders = self._in_flight + uninformed
        for time_us, trigger, price, i in _moments(quotes, posted_us, ticks, start_us, watchers):
            orders.extend(watch(quotes[i], time_us, price, trigger, watchers))
        orders.sort(key=_TURN)  # what is left of a tie goes in the order of sending
        due = bisect_left(orders, (end_us,))
        self._in_flight = orders[due:]
        arrival_us = [order.arrival_us for order in orders[:due]]
        for order, i in zip(orders[:due], quotes.in_force_at(arrival_us), strict=True):
            quote = quotes[i]
            if quote is not None and any(quote.left[order.side]):
                self._arrive(order, quote, decided.terms)
        self._in_force = quotes[len(posted_us) - 1]
        return self._rows()

    def _advance(self, start_us: int, end_us: int, impact: float) -> Ticks:
        """Append the interval's ticks to those that quotes can still be read from."""
        new, old = self._price.ticks(start_us, end_us, impact), self.ticks
        keep = max(old.times_us.searchsorted(start_us - self._latency_us, "right") - 1, 0)
        self.ticks = Ticks(
            np.concatenate((old.times_us[keep:], new.times_us)),
            np.concatenate((old.prices[keep:], new.prices)),
        )
        return self.ticks

    def _watchers(self, decided: Decisions) -> Watchers:
        return Watchers(
            decided.terms.by_threshold, self._reaction_us, self._firm_keys, decided.gateway_us
        )

    def _arrive(self, order: Order, quote: Quote, terms: Terms) -> None:
        """Let an order meet the quote in force, and note what it gets."""
        informed = order.firm != UNINFORMED
        lots = terms.take_lots[order.side][order.firm] if informed else order.lots
        for price, taken in take(order, lots, quote):
            self._fills.append(
                (
                    order.arrival_us,
                    _PICKOFF if informed else _SPREAD,
                    self._taker_codes[min(order.firm, self._retail)],
                    order.holder,
                    SIGN[order.side] * taken,
                    price,
                    quote.read,
                    order.arrival_us - quote.posted_us + self._latency_us,
                    order.trigger,
                )
            )

    def _rows(self) -> np.ndarray:
        """Write down the fills noted since the last call."""
        rows = new_rows(len(self._fills))
        if self._fills:
            noted = np.array(self._fills, dtype=np.int64)
            for i, name in enumerate(_NOTED):
                rows[name] = noted[:, i]
            rows["lead"] = price_at(self.ticks, rows["time_us"])
            self._fills.clear()
        return rows


class _Beat:
    """The quotes of one interval, each made when somebody looks at it; -1 is the one before."""

    def __init__(
        self, before: Quote | None, posted_us: np.ndarray, read: np.ndarray, plan: Plan
    ) -> None:
        self._posted_us, self._read, self._plan = posted_us, read, plan
        self._made = [None] * len(posted_us) + [before]  # the one before is last, and so at -1

    def __getitem__(self, i: int) -> Quote | None:
        quote = self._made[i]
        if quote is None and i >= 0:
            quote = post(int(self._posted_us[i]), int(self._read[i]), self._plan)
            self._made[i] = quote
        return quote

    def in_force_at(self, times_us: Sequence[int]) -> list[int]:
        """Return which quote each moment meets: at the moment of a posting, the new one."""
        return (self._posted_us.searchsorted(times_us, side="right") - 1).tolist()

    def widths(self) -> tuple[np.ndarray, np.ndarray]:
        """Return mid and half-width of each quote's best level, beginning with the one before."""
        before = self._made[-1]
        ask, bid = (before.price[ASK][0], before.price[BID][0]) if before else (NEVER, -NEVER)
        mid = np.concatenate((((ask + bid) // 2,), self._read - self._plan.skew_ticks))
        widths = np.full(len(mid), self._plan.offset_ticks[0])
        widths[0] = (ask - bid) // 2
        return mid, widths


def _moments(
    quotes: _Beat, posted_us: np.ndarray, ticks: Ticks, since_us: int, watchers: Watchers
) -> list[tuple[int, int, int, int]]:
    """Find the events at which some firm may want to hit: (time, trigger, price, quote), in order.

    The bound is the loosest: the lowest threshold of all firms, either side. Who really sends an
    order is for `watch` to say.
    """
    if not watchers.by_threshold:
        return []
    mid, width = quotes.widths()
    width += watchers.by_threshold[0][0]
    posted_price = price_at(ticks, posted_us)
    at_posting = np.flatnonzero(np.abs(posted_price - mid[1:]) > width[1:])
    first = ticks.times_us.searchsorted(since_us)
    tick_us, tick_price = ticks.times_us[first:], ticks.prices[first:]
    i = posted_us.searchsorted(tick_us, side="right")
    at_tick = np.flatnonzero(np.abs(tick_price - mid[i]) > width[i])
    found = [
        *zip(
            posted_us[at_posting].tolist(),
            repeat(POSTING),
            posted_price[at_posting].tolist(),
            at_posting.tolist(),
        ),
        *zip(
            tick_us[at_tick].tolist(),
            repeat(TICK),
            tick_price[at_tick].tolist(),
            (i[at_tick] - 1).tolist(),
        ),
    ]
    found.sort()
    return found


# What a session notes of a fill, in this order; `taker` is a place among the takers.
_NOTED = (
    "time_us",
    "motive",
    "taker",
    "holder",
    "lots",
    "price",
    "lead_when_quoted",
    "quote_age_us",
    "trigger",
)
