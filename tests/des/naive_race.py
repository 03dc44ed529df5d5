"""An independent simulation of the race for stale quotes, to compare with `des.quoting`.

The simulation is written in plain Python and processes one event at a time, by these rules:

- The lead price changes at ticks. A quote uses the price of the last tick that is at least
  `latency_us` before the posting. If there is no such tick, the quote uses the price of the first
  tick. The quote is in force until the next posting.
- At each posting and at each tick, a firm compares each side of the quote with the lead price. As
  soon as the gain on a side's best level exceeds the firm's threshold, the firm sends an order for
  this side. The firm sends at most one order for each side of a quote, and none if the side
  displays no lots. The limit of the order is the price of the worst level whose gain exceeds the
  threshold at this time.
- A firm's order is filled by the quote in force when the order arrives. The order takes lots that
  earlier orders have left, from the best level first, at no price worse than its limit. Lots that
  are not filled are cancelled. An order takes at most the firm's order size, and at most the lots
  that the firm may trade before it reaches its position limit. A purchase raises the number of lots
  that the firm may sell. A sale raises the number of lots that the firm may buy.
- The other makers fill any number of customers' lots. Their price is an older lead price plus or
  minus a fixed distance. The lowest price is one tick.
- A customer's order, forced or not, first takes the quote's levels that have better prices than the
  other makers. If a level has the same price as the other makers, the remaining lots are shared in
  proportion to displayed size, and the level's share is rounded down to whole lots. The other
  makers fill the rest. If the order is not forced, the other makers' part is not listed as a fill.
  It only enters two sums: lots times price, and lots bought less lots sold.
- Events at the same time happen in this order: settlement, tick, posting, check by firms, arrivals.
  Firms' orders arrive in the order of firm numbers, then customers' orders that are not forced,
  then forced orders. Orders of one firm arrive in the order in which they were sent.

Random values (delays, customers' orders) are inputs. This file imports nothing from `des.quoting`.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from heapq import heappop, heappush
from itertools import count
from math import floor
from typing import NamedTuple

ASK, BID = 0, 1  # the side that a buyer hits, and the side that a seller hits
CUSTOMER = 10**6  # larger than any firm's number, so that customers come after firms
FORCED = CUSTOMER + 1


@dataclass(frozen=True)
class Interval:
    """The decisions of a settlement, which apply until the next settlement."""

    start_us: int
    end_us: int
    offsets: Sequence[int]  # distances of the levels from the mid, in ticks
    skew: int  # downward shift of the mid, in ticks
    shown: tuple[int, int]  # lots per level, by side
    thresholds: Sequence[int]  # the gain per lot that a hit must exceed, in ticks, by firm
    orders: Sequence[int]  # the largest order in lots, by firm
    # lots that a firm may still trade before it reaches its position limit, by side and firm
    rooms: tuple[Sequence[int], Sequence[int]]
    # The other makers: their distance from a lead price in ticks, their displayed size in lots, and
    # the age of this lead price in microseconds.
    others: tuple[int, int, int]
    delay_us: Callable[[int, int, int], int]  # an order's delay, given firm, time of posting, side


class Customer(NamedTuple):
    """A customer's order, which does not depend on the price."""

    time_us: int
    side: int
    lots: int
    holder: int
    forced: bool = False


class NaiveFill(NamedTuple):
    """A fill, with the fields that tests compare with the project's simulation."""

    time_us: int
    firm: int
    holder: int
    side: int
    lots: int
    price: int
    lead: int
    quoted: int | None  # the lead price that the quote uses, or None for other makers
    age_us: int | None
    trigger: str  # "posting", "tick", or "" for a customer


@dataclass
class Quote:
    """A quote on both sides, with its remaining lots."""

    posted_us: int
    read: int
    prices: tuple[list[int], list[int]]  # by side and level
    left: tuple[list[int], list[int]]
    shown: tuple[int, int]
    # the side and the firm of each order that was sent because of this quote
    hit_by: set[tuple[int, int]] = field(default_factory=set)


@dataclass(frozen=True)
class Order:
    """An order that was sent and has not arrived yet."""

    firm: int
    holder: int
    side: int
    limit: int | None  # the worst acceptable price, or None for an order of a customer
    # The number of lots. None: as many as the firm may take when its order arrives.
    lots: int | None
    trigger: str


class NaiveRace:
    """The simulation of one market over all intervals, with a heap of events."""

    def __init__(
        self,
        latency_us: int,
        refresh_us: int,
        ticks: Sequence[tuple[int, int]],
        intervals: Sequence[Interval],
        customers: Sequence[Customer] = (),
    ) -> None:
        self.latency_us, self.ticks = latency_us, ticks
        self.heap: list[tuple] = []
        self.sent = count()
        self.decided: Interval | None = None
        self.quote: Quote | None = None
        self.lead = ticks[0][1]
        self.fills: list[NaiveFill] = []
        self.others_lot_ticks = self.others_lots = 0
        self.end_us = intervals[-1].end_us
        for interval in intervals:
            self.schedule(interval.start_us, self.settle, interval)
        for time_us, price in ticks:
            self.schedule(time_us, self.tick, price)
        for time_us in self.postings(intervals[0].start_us, refresh_us):
            self.schedule(time_us, self.post)
        for customer in customers:
            who = FORCED if customer.forced else CUSTOMER
            order = Order(who, customer.holder, customer.side, None, customer.lots, "")
            self.schedule(customer.time_us, self.arrive, order)

    def play(self) -> list[NaiveFill]:
        """Process all events before the end in order, and return the fills."""
        while self.heap:
            time_us, *_, happen, details = heappop(self.heap)
            if time_us < self.end_us:
                happen(time_us, *details)
        return self.fills

    def schedule(self, time_us: int, happen: Callable, *details) -> None:
        """Add an event. Events are sorted by time, type and firm.

        Events with the same time, type and firm keep the order in which they were added.
        """
        rank = [self.settle, self.tick, self.post, self.look, self.arrive].index(happen)
        firm = details[0].firm if happen == self.arrive else 0
        heappush(self.heap, (time_us, rank, firm, next(self.sent), happen, details))

    def postings(self, start_us: int, refresh_us: int) -> Iterator[int]:
        """Yield the times of postings: all multiples of *refresh_us*, or all ticks if it is 0."""
        if refresh_us == 0:
            yield from (time_us for time_us, _ in self.ticks)
        else:
            first_us = start_us + -start_us % refresh_us
            yield from range(first_us, self.end_us, refresh_us)

    def settle(self, time_us: int, interval: Interval) -> None:
        """Let the decisions of an interval apply from now on."""
        self.decided = interval
        self.rooms = [list(rooms) for rooms in interval.rooms]

    def tick(self, time_us: int, price: int) -> None:
        """Change the lead price and schedule the firms' check of both sides."""
        self.lead = price
        self.schedule(time_us, self.look)

    def post(self, time_us: int) -> None:
        """Replace the quote and schedule the firms' check of both sides."""
        read = self.price_at(time_us - self.latency_us)
        mid, now = read - self.decided.skew, self.decided
        self.quote = Quote(
            time_us,
            read,
            ([mid + offset for offset in now.offsets], [mid - offset for offset in now.offsets]),
            ([now.shown[ASK]] * len(now.offsets), [now.shown[BID]] * len(now.offsets)),
            now.shown,
        )
        self.schedule(time_us, self.look)

    def price_at(self, time_us: int) -> int:
        """Return the price of the last tick at or before a time.

        Before the first tick, return the price of the first tick.
        """
        before = [price for tick_us, price in self.ticks if tick_us <= time_us]
        return before[-1] if before else self.ticks[0][1]

    def look(self, time_us: int) -> None:
        """Let each firm compare the price with both sides of the quote and perhaps send orders."""
        quote = self.quote
        if quote is None:
            return
        trigger = "posting" if quote.posted_us == time_us else "tick"
        for side in (ASK, BID):
            for firm, threshold in enumerate(self.decided.thresholds):
                if not quote.shown[side] or (side, firm) in quote.hit_by:
                    continue
                worth = [p for p in quote.prices[side] if self.beyond(p, side) > threshold]
                if not worth:
                    continue
                quote.hit_by.add((side, firm))
                order = Order(firm, -1, side, worth[-1], None, trigger)
                delay_us = self.decided.delay_us(firm, quote.posted_us, side)
                self.schedule(time_us + delay_us, self.arrive, order)

    def beyond(self, price: int, side: int) -> int:
        """Return a taker's gain per lot if it trades at *price* on this side of the quote."""
        return self.lead - price if side == ASK else price - self.lead

    def arrive(self, time_us: int, order: Order) -> None:
        """Fill an order from the quote. The other makers fill the rest of a customer's order."""
        quote, side, limit = self.quote, order.side, order.limit
        wanted = order.lots
        if wanted is None:
            wanted = max(min(self.decided.orders[order.firm], self.rooms[side][order.firm]), 0)
        is_customer = order.firm in (CUSTOMER, FORCED)
        away, others_lots, age_us = self.decided.others
        elsewhere = max(self.price_at(time_us - age_us) + (away if side == ASK else -away), 1)
        if is_customer:
            limit = elsewhere
        for level, price in enumerate(quote.prices[side] if quote else ()):
            worse = price > limit if side == ASK else price < limit
            if worse:
                break
            here = quote.left[side][level]
            lots = min(wanted, here)
            if is_customer and price == elsewhere:
                lots = min(lots, floor(Fraction(wanted * here, here + others_lots)))
            if lots == 0:
                continue
            wanted -= lots
            quote.left[side][level] -= lots
            if order.lots is None:
                self.rooms[side][order.firm] -= lots
                self.rooms[1 - side][order.firm] += lots
            self.fills.append(
                NaiveFill(
                    time_us,
                    order.firm,
                    order.holder,
                    side,
                    lots,
                    price,
                    self.lead,
                    quote.read,
                    time_us - (quote.posted_us - self.latency_us),
                    order.trigger,
                )
            )
        if order.firm == CUSTOMER:
            self.others_lot_ticks += wanted * elsewhere
            self.others_lots += wanted if side == ASK else -wanted
        elif order.firm == FORCED and wanted:
            self.fills.append(
                NaiveFill(
                    time_us,
                    order.firm,
                    order.holder,
                    side,
                    wanted,
                    elsewhere,
                    self.lead,
                    None,
                    None,
                    order.trigger,
                )
            )
