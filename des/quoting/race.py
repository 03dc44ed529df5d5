"""The race for a stale quote: who sends an order, when it arrives, what is left for it.

Three pure steps, each over all quotes of an interval at once: `triggers` finds the first event at
which a quote is worth more to a firm than its costs; `arrivals` adds each firm's way to the venue;
`match` lets the orders meet the quotes in force when they arrive, in the order of their arrival.
The sniping of stale quotes is that of Budish, Cramton & Shim (2015), QJE 130(4).
"""

from dataclasses import dataclass

import numpy as np

from des.chance import mix, quantile_index
from des.price.lead_price import Ticks
from des.quoting.quotes import SIGN, Quotes, price_at
from ledger.fills import Trigger

ANY_PRICE = np.int64(2**62)  # the limit of an order that takes what it gets, times its sign
UNINFORMED = np.int64(2**31)  # the firm number of whoever is none: after all firms at a tie


@dataclass(frozen=True, slots=True)
class Orders:
    """Immediate-or-cancel orders on their way, as equally long arrays."""

    arrival_us: np.ndarray
    firm: np.ndarray  # position among the firms, or UNINFORMED
    side: np.ndarray  # 0 buys from the ask, 1 sells to the bid
    limit: np.ndarray  # worst acceptable price in ticks, times the side's sign
    lots: np.ndarray  # what it takes at most; a firm's is set on arrival, from its position
    holder: np.ndarray  # retail customer, or -1
    trigger: np.ndarray

    def __len__(self) -> int:
        return len(self.arrival_us)

    def where(self, chosen: np.ndarray) -> "Orders":
        """Pick orders by mask or by position."""
        return Orders(*(getattr(self, name)[chosen] for name in Orders.__slots__))

    def then(self, others: "Orders") -> "Orders":
        """Join two sets of orders."""
        return Orders(
            *(np.concatenate((getattr(self, n), getattr(others, n))) for n in Orders.__slots__)
        )


def no_orders() -> Orders:
    """Return an empty set of orders."""
    return Orders(*(np.empty(0, dtype=np.int64) for _ in Orders.__slots__))


@dataclass(frozen=True, slots=True)
class Triggers:
    """Decisions to hit a quote, as equally long arrays."""

    sent_us: np.ndarray
    firm: np.ndarray
    side: np.ndarray
    quote: np.ndarray  # position among the quotes
    limit: np.ndarray  # ticks times the side's sign
    trigger: np.ndarray


def triggers(
    quotes: Quotes, ticks: Ticks, since_us: int, threshold_ticks: np.ndarray, fired: np.ndarray
) -> Triggers:
    """Find, per quote side and firm, the first event at which hitting pays.

    An event is the posting of the quote or a tick during its life. It pays when the lead price
    is beyond the quote by more than the firm's threshold (fee and hurdle). The order reaches as
    deep as the levels that pay at that moment, and no deeper.

    Args:
        quotes: in order; the first may have been posted before *since_us* and be in force still.
        ticks: all ticks that any of the events needs.
        since_us: events before it have been looked at already.
        threshold_ticks: int64 (firms,).
        fired: which firms have already hit the first quote, bool (2, firms).
    """
    best = quotes.price[:, :, 0]
    posted_now = quotes.posted_us >= since_us
    first_tick = np.searchsorted(ticks.times_us, since_us)
    tick_us, tick_price = ticks.times_us[first_tick:], ticks.prices[first_tick:]
    # At the moment of a posting nobody hits the quote that it replaces any more.
    of_tick = np.searchsorted(quotes.posted_us, tick_us, side="right") - 1
    loosest = threshold_ticks.min(initial=ANY_PRICE)

    time_us = np.concatenate((quotes.posted_us, tick_us))
    price = np.concatenate((price_at(ticks, quotes.posted_us), tick_price))
    quote = np.concatenate((np.arange(len(quotes)), of_tick))
    live = np.concatenate((posted_now, of_tick >= 0))
    found = []
    for side, sign in enumerate(SIGN):
        beyond = sign * (price - best[side, quote])
        candidate = np.flatnonzero(live & quotes.shown[side, quote] & (beyond > loosest))
        if len(candidate):
            # In the order in which they happen: by quote, its posting first, then its ticks.
            candidate = candidate[np.argsort(quote[candidate], kind="stable")]
            pays = beyond[candidate, None] > threshold_ticks[None, :]
            event, firm = np.nonzero(_first_of_each(quote[candidate], pays, fired[side]))
            chosen = candidate[event]
            found.append((chosen, firm, np.full(len(firm), side)))
    if not found:
        return Triggers(*(np.empty(0, dtype=np.int64) for _ in Triggers.__slots__))
    chosen, firm, side = (np.concatenate(parts) for parts in zip(*found, strict=True))
    sign = SIGN[side]
    levels = quotes.price[side, quote[chosen]] * sign[:, None]  # ascending: worse and worse
    deep_enough = (price[chosen] * sign - threshold_ticks[firm])[:, None] > levels
    deepest = deep_enough.sum(axis=1) - 1
    return Triggers(
        time_us[chosen],
        firm,
        side,
        quote[chosen],
        levels[np.arange(len(chosen)), deepest],
        np.where(chosen < len(quotes), Trigger.POSTING, Trigger.TICK),
    )


def _first_of_each(quote: np.ndarray, pays: np.ndarray, fired: np.ndarray) -> np.ndarray:
    """Keep of *pays* (events, firms) each firm's first event per quote; events are by quote."""
    so_far = np.cumsum(pays, axis=0)
    start = np.flatnonzero(np.diff(quote, prepend=-1))
    before = np.repeat(so_far[start] - pays[start], np.diff(start, append=len(quote)), axis=0)
    first = pays & (so_far - before == 1)
    first[quote == 0] &= ~fired
    return first


def arrivals(
    found: Triggers,
    quotes: Quotes,
    reaction_us: np.ndarray,
    firm_keys: np.ndarray,
    gateway_us: np.ndarray,
) -> Orders:
    """Send an order for each trigger; it arrives after the firm's reaction and the gateway.

    Args:
        found: the decisions.
        quotes: what they were about.
        reaction_us: int64 (firms,).
        firm_keys: keys of the firms' gateway draws, uint64 (firms,).
        gateway_us: the gateway's delay at equally likely quantiles.
    """
    about = quotes.posted_us[found.quote] * 2 + found.side
    drawn = gateway_us[quantile_index(mix(firm_keys[found.firm], about))]
    nobody = np.full(len(about), -1)
    return Orders(
        found.sent_us + reaction_us[found.firm] + drawn,
        found.firm,
        found.side,
        found.limit,
        np.zeros(len(about), dtype=np.int64),
        nobody,
        found.trigger,
    )


@dataclass(frozen=True, slots=True)
class Matches:
    """Orders that got something, as equally long arrays: one entry per order and level."""

    order: np.ndarray  # position among the orders
    quote: np.ndarray
    level: np.ndarray
    lots: np.ndarray


def match(orders: Orders, quotes: Quotes) -> Matches:
    """Let orders (in the order of arrival) meet the quotes in force; takes from `quotes.left`.

    An order meets the quote in force when it arrives, is void for levels worse than its limit,
    and takes level by level what those before it left. A level that is empty stays empty until
    the next quote.
    """
    quote = np.searchsorted(quotes.posted_us, orders.arrival_us, side="right") - 1
    price = quotes.price[orders.side, quote] * SIGN[orders.side][:, None]
    open_to = price <= orders.limit[:, None]
    taken = np.zeros(open_to.shape, dtype=np.int64)
    for turn in _turns(2 * quote + orders.side):
        side, at = orders.side[turn], quote[turn]
        reach = np.cumsum(np.where(open_to[turn], quotes.left[side, at], 0), axis=1)
        reach = np.minimum(reach, orders.lots[turn, None])
        got = np.diff(reach, axis=1, prepend=0)
        quotes.left[side, at] -= got
        taken[turn] = got
    order, level = np.nonzero(taken)
    return Matches(order, quote[order], level, taken[order, level])


def _turns(queue: np.ndarray):
    """Yield positions so that each turn has at most one order of every queue, first come first."""
    by_queue = np.argsort(queue, kind="stable")
    start = np.flatnonzero(np.diff(queue[by_queue], prepend=-1))
    length = np.diff(start, append=len(queue))
    turn = np.empty(len(queue), dtype=np.int64)
    turn[by_queue] = np.arange(len(queue)) - np.repeat(start, length)
    order = np.argsort(turn, kind="stable")
    ends = np.cumsum(np.bincount(turn)) if len(turn) else ()
    begin = 0
    for end in ends:
        yield order[begin:end]
        begin = end
