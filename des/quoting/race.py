"""The race for a stale quote: who sends an order, when it arrives, what is left for it.

A quote is watched by the firms, from its posting on and at each tick of the lead price. At the
first event at which hitting it pays a firm more than its costs, the firm sends one
immediate-or-cancel order. The order arrives after the firm's reaction and the venue's gateway,
and meets whatever quote is in force by then. The sniping of stale quotes is that of Budish,
Cramton & Shim (2015), QJE 130(4).

`watch` and `fills_of` are compiled, all in integers. They serve one quote and one order as well as
an interval of either: what they are given at once changes nothing in what they do.
"""

from typing import NamedTuple

import numpy as np

from des.chance import mix, quantile_index
from des.compile_cache import njit
from des.quoting.limits import LEVERAGE, ORDER_SHARE, TAKEN, Limits, count_cut
from des.quoting.other_quotes import OtherQuotes
from des.quoting.quotes import ASK, BID, SIGN, Quotes, latest
from des.rows import clear
from des.turns import first_at
from ledger.fills import ROW, Trigger
from ledger.motives import Motive

ANY_PRICE = 2**62  # the limit of an order that takes what it gets
UNINFORMED = 2**31  # the firm number of whoever is none: after all firms at a tie
FORCED = UNINFORMED + 1  # that of whoever is liquidated: after everybody else
CAPTIVE, OTHERS = 0, 1  # whose quotes an order met

# An immediate-or-cancel order on its way.
ORDER = np.dtype(
    [
        ("arrival_us", np.int64),
        ("firm", np.int64),  # place among the firms, or UNINFORMED, or FORCED
        ("side", np.int64),  # ASK buys, BID sells
        ("limit", np.int64),  # worst acceptable price in ticks, times the side's sign
        ("lots", np.int64),  # what it takes at most; a firm's is set on arrival, by its position
        ("holder", np.int64),  # retail customer, or -1
        ("trigger", np.int64),
    ]
)
NO_ORDERS = np.empty(0, dtype=ORDER)

# Compiled code knows plain integers, not enumerations. A literal is a type of its own, for which
# whatever takes it is compiled once more; a number of numpy's is not.
_PICKOFF, _SPREAD, _LIQUIDATION = map(int, (Motive.PICKOFF, Motive.SPREAD, Motive.LIQUIDATION))
_POSTING, _TICK = np.int64(Trigger.POSTING), np.int64(Trigger.TICK)
_NONE = np.int64(0)


class Codes(NamedTuple):
    """Who is who in the books."""

    takers: np.ndarray  # the firms, then retail
    makers: np.ndarray  # by whose quotes an order meets: CAPTIVE, OTHERS


class Watchers(NamedTuple):
    """The firms as they watch quotes until the next settlement."""

    threshold: np.ndarray  # ticks beyond a quote from which hitting it pays, lowest first
    firm: np.ndarray  # whose threshold it is
    reaction_us: np.ndarray  # by firm
    keys: np.ndarray  # of the firms' gateway draws, uint64
    gateway_us: np.ndarray  # the gateway's delay at equally likely quantiles


@njit(cache=True)
def watch(
    quotes: Quotes,
    since_us: int,
    until_us: int,
    tick_us: np.ndarray,
    tick_price: np.ndarray,
    watchers: Watchers,
) -> np.ndarray:
    """Return the orders that quotes set off in [since, until), each in force until the next.

    It pays a firm to hit when the lead price is beyond the quote by more than its threshold (fee
    and hurdle). Its order reaches as deep as the levels that pay at that moment, and no deeper. A
    firm sends one order per side of a quote. Most get nothing, since they come too late; where that
    is known, as it is before *until_us*, they are left out.

    Args:
        quotes: in the order of posting; one posted before *since_us* has been seen at its posting.
        since_us, until_us: the span.
        tick_us, tick_price: the lead price, from the last tick at or before the first posting.
        watchers: the firms.

    Returns:
        Orders (dtype ORDER) in the order of sending.
    """
    posted_us, best = quotes.posted_us, quotes.price[:, :, 0]
    sent = np.empty(2 * len(posted_us) * len(watchers.firm), dtype=ORDER)
    if not len(sent):
        return sent
    n, loosest = _NONE, watchers.threshold[0]
    tick = first_at(tick_us, max(since_us, posted_us[0]))
    for i in range(len(posted_us)):
        replaced_us = posted_us[i + 1] if i + 1 < len(posted_us) else until_us
        if not quotes.shown_lots[i, ASK] and not quotes.shown_lots[i, BID]:
            tick = first_at(tick_us, max(since_us, replaced_us))
            continue
        low, high = best[i, BID] - loosest, best[i, ASK] + loosest  # between them nobody hits
        if posted_us[i] >= since_us:
            now = tick if tick < len(tick_us) and tick_us[tick] == posted_us[i] else tick - 1
            price = tick_price[max(now, 0)]
            if not low <= price <= high:
                event = posted_us[i], price, _POSTING
                n = _send(quotes, i, event, until_us, watchers, sent, n)
        while tick < len(tick_us) and tick_us[tick] < replaced_us:
            price = tick_price[tick]
            if not low <= price <= high:
                event = tick_us[tick], price, _TICK
                n = _send(quotes, i, event, until_us, watchers, sent, n)
            tick += 1
    return sent[:n]


@njit(cache=True)
def _send(
    quotes: Quotes,
    i: int,
    event: tuple[int, int, int],
    until_us: int,
    watchers: Watchers,
    sent: np.ndarray,
    n: int,
) -> int:
    """Note the orders that one event (time, price, trigger) sets off against the quote at *i*.

    Returns how many are noted by then, *n* having been noted before.
    """
    time_us, price, trigger = event
    side = ASK if price > quotes.price[i, ASK, 0] else BID
    sign = SIGN[side]
    beyond = sign * (price - quotes.price[i, side, 0])
    if not quotes.shown_lots[i, side]:
        return n
    for place in range(len(watchers.firm)):
        threshold, firm = watchers.threshold[place], watchers.firm[place]
        if beyond <= threshold:
            break
        if quotes.hit_by[i, side, firm]:
            continue
        quotes.hit_by[i, side, firm] = True
        drawn = mix(watchers.keys[firm], 2 * quotes.posted_us[i] + side)
        delay_us = watchers.reaction_us[firm] + watchers.gateway_us[quantile_index(drawn)]
        arrival_us = time_us + delay_us
        limit = sign * _deepest(quotes.price[i, side], sign, price, threshold)
        if arrival_us < until_us:
            then = latest(quotes.posted_us, i, arrival_us)
            too_late = sign * quotes.price[then, side, 0] > limit
            if too_late:
                continue
        order = sent[n]
        order.arrival_us, order.firm, order.side, order.limit = arrival_us, firm, side, limit
        order.lots, order.holder, order.trigger = 0, -1, trigger
        n += 1
    return n


@njit(cache=True)
def _deepest(levels: np.ndarray, sign: int, price: int, threshold: int) -> int:
    """Return the last level that *price* is beyond by more than *threshold*, if the first is."""
    deepest = levels[0]
    for level in levels[1:]:
        if sign * (price - level) <= threshold:
            break
        deepest = level
    return deepest


class Fills(NamedTuple):
    """What orders got."""

    rows: np.ndarray  # dtype ROW
    others_lot_ticks: int  # what other makers filled of uninformed orders: lots x price, summed


@njit(cache=True)
def fills_of(
    orders: np.ndarray,
    quotes: Quotes,
    tick_us: np.ndarray,
    tick_price: np.ndarray,
    limits: Limits,
    others: OtherQuotes,
    codes: Codes,
) -> Fills:
    """Let orders meet the quotes in force on their arrival, and return what they get.

    An order is void for levels worse than its limit, and takes level by level what those before
    it left. A level that is empty stays empty until the next quote. At the moment of a posting it
    is the new quote that is in force.

    A firm's order was sent for the captive maker's quote and meets that alone. All other orders go
    to the better price: to the captive maker's levels that are better than the other makers' price,
    and then to the others, who have enough. At a level where both show the same price each gets a
    part of what is wanted, in proportion to what is on show there, in whole lots, rounded down for
    the captive maker. The others are never hit by firms: a simplification that favours them.

    Args:
        orders: dtype ORDER, in the order of their turns.
        quotes: in the order of posting; what is left of them is taken from.
        tick_us, tick_price: the lead price.
        limits: what a firm's order takes at most; what that cuts off is counted.
        others: what the other makers quote.
        codes: of takers and makers.

    Returns:
        Rows of dtype ROW in the order of time, all but what the books of the venue add (fee and
        venue); uninformed orders that others fill have none, and are summed.
    """
    firms, levels = len(limits.order_lots), quotes.price.shape[2]
    most = len(orders) * levels
    for order in orders:
        most += order.firm == FORCED
    rows = np.empty(most, dtype=ROW)
    n, i, tick, seen, others_lot_ticks = 0, -1, 0, 0, _NONE
    for order in orders:
        i = latest(quotes.posted_us, i, order.arrival_us)
        tick = latest(tick_us, tick, order.arrival_us)
        seen = latest(tick_us, seen, order.arrival_us - others.latency_us)
        sign, lead, informed = SIGN[order.side], tick_price[tick], order.firm < firms
        elsewhere = max(tick_price[seen] + sign * others.away_ticks, 1)
        limit = order.limit if informed else min(order.limit, sign * elsewhere)
        wanted, limit_is = order.lots, ORDER_SHARE
        if informed:
            wanted, room = limits.order_lots[order.firm], limits.room_lots[order.side, order.firm]
            if room < wanted:
                wanted, limit_is = max(room, 0), LEVERAGE
        lots, paying = wanted, _NONE
        if i >= 0:
            count_cut(quotes, i, order.side, -1, limits.counted)
        taker = codes.takers[min(order.firm, firms)]
        for level in range(levels if i >= 0 else 0):
            price, left = quotes.price[i, order.side, level], quotes.left[i, order.side]
            if sign * price > limit:
                break
            if not lots and not informed:
                break
            paying += 1
            taken = min(left[level], lots)
            if price == elsewhere and not informed:
                taken = min(taken, lots * left[level] // (left[level] + others.shown_lots))
            if not taken:
                continue
            left[level] -= taken
            lots -= taken
            row = rows[n]
            _note(order, firms, sign * taken, price, lead, row)
            row.taker, row.maker = taker, codes.makers[CAPTIVE]
            row.lead_when_quoted = quotes.read[i]
            row.quote_age_us = order.arrival_us - quotes.read_us[i]
            n += 1
        if i >= 0 and informed:
            limits.room_lots[order.side, order.firm] -= wanted - lots
            limits.room_lots[1 - order.side, order.firm] += wanted - lots
            limits.counted[TAKEN] += (wanted - lots) * quotes.price[i, order.side, 0]
            if not lots and paying >= quotes.cut_levels[i, order.side]:
                quotes.cut_levels[i, order.side] = paying
                quotes.cut_by[i, order.side] = limit_is
        if i >= 0:
            count_cut(quotes, i, order.side, 1, limits.counted)
        if informed or not lots or sign * elsewhere > order.limit:
            continue
        if order.firm == FORCED:
            row = rows[n]
            _note(order, firms, sign * lots, elsewhere, lead, row)
            row.taker, row.maker = taker, codes.makers[OTHERS]
            n += 1
        else:
            others_lot_ticks += lots * elsewhere
    # Many orders get nothing and need no row.
    return Fills(rows[:n].copy(), others_lot_ticks)


@njit(cache=True)
def _note(order: np.ndarray, firms: int, lots: int, price: int, lead: int, row: np.ndarray) -> None:
    """Write down what an order gets, whoever quoted it."""
    clear(row)
    if order.firm < firms:
        row.motive = _PICKOFF
    else:
        row.motive = _LIQUIDATION if order.firm == FORCED else _SPREAD
    row.time_us, row.holder, row.trigger = order.arrival_us, order.holder, order.trigger
    row.lots, row.price, row.lead = lots, price, lead
