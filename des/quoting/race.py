"""The race for a stale quote: who sends an order, when it arrives, what is left for it.

A quote is watched by the firms, from its posting on and at each tick of the lead price. At the
first event at which hitting it pays a firm more than its costs, the firm sends one
immediate-or-cancel order. The order arrives after the firm's reaction and the venue's gateway,
and meets whatever quote is in force by then. The sniping of stale quotes is that of Budish,
Cramton & Shim (2015), QJE 130(4).
"""

from collections.abc import Sequence
from typing import NamedTuple

from des.chance import mix, quantile_index
from des.quoting.quotes import ASK, BID, SIGN, Quote

ANY_PRICE = 2**62  # the limit of an order that takes what it gets
UNINFORMED = 2**31  # the firm number of whoever is none: after all firms at a tie


class Order(NamedTuple):
    """An immediate-or-cancel order on its way."""

    arrival_us: int
    firm: int  # place among the firms, or UNINFORMED
    side: int  # ASK buys, BID sells
    limit: int  # worst acceptable price in ticks, times the side's sign
    lots: int  # what it takes at most; a firm's is set on arrival, by its position
    holder: int  # retail customer, or -1
    trigger: int


class Watchers(NamedTuple):
    """The firms as they watch quotes until the next settlement."""

    by_threshold: Sequence[tuple[int, int]]  # (ticks beyond the quote, firm), lowest first
    reaction_us: Sequence[int]  # by firm
    keys: Sequence[int]  # of the firms' gateway draws
    gateway_us: Sequence[int]  # the gateway's delay at equally likely quantiles


def watch(quote: Quote, time_us: int, price: int, trigger: int, watchers: Watchers) -> list[Order]:
    """Return the orders that one event sets off: the posting of the quote, or a tick.

    It pays a firm to hit when the lead price is beyond the quote by more than its threshold (fee
    and hurdle). Its order reaches as deep as the levels that pay at that moment, and no deeper. A
    firm sends one order per side of a quote.
    """
    side = ASK if price > quote.price[ASK][0] else BID
    sign, levels, hit_by = SIGN[side], quote.price[side], quote.hit_by[side]
    sent: list[Order] = []
    if not quote.left[side]:
        return sent
    beyond = sign * (price - levels[0])
    about = 2 * quote.posted_us + side
    for threshold, firm in watchers.by_threshold:
        if beyond <= threshold:
            break
        if firm in hit_by:
            continue
        hit_by.add(firm)
        deepest = levels[0]
        for level in levels[1:]:
            if sign * (price - level) <= threshold:
                break
            deepest = level
        drawn = watchers.gateway_us[quantile_index(mix(watchers.keys[firm], about))]
        arrival_us = time_us + watchers.reaction_us[firm] + drawn
        sent.append(Order(arrival_us, firm, side, sign * deepest, 0, -1, trigger))
    return sent


def take(order: Order, lots: int, quote: Quote) -> list[tuple[int, int]]:
    """Let an order take up to *lots* from the quote in force, and return (price, lots) by level.

    It is void for levels worse than its limit, and takes level by level what those before it
    left. A level that is empty stays empty until the next quote.
    """
    sign, prices, left = SIGN[order.side], quote.price[order.side], quote.left[order.side]
    got = []
    for level, there in enumerate(left):
        if not lots or sign * prices[level] > order.limit:
            break
        if there:
            taken = min(there, lots)
            left[level] -= taken
            lots -= taken
            got.append((prices[level], taken))
    return got
