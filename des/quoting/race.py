"""The race to hit a stale quote: firms send orders, the orders arrive, and some are filled.

Firms compare a quote with the lead price when the quote is posted, and at each tick of the lead
price. As soon as a hit is profitable for a firm, the firm sends one immediate-or-cancel order. The
order arrives after the firm's reaction time and the gateway's delay, and meets the quote that is in
force at that time. If a new quote has replaced the stale quote, the order may be too late. The
model of the race follows Budish, Cramton & Shim (2015), Quarterly Journal of Economics 130(4).

The functions `watch` and `fills_of` are compiled and use only integers. Calls of the functions for
one quote and one order at a time give the same result as one call for a whole interval.
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
from ledger.fills import ROW, Trigger, new_rows
from ledger.motives import Motive

ANY_PRICE = 2**62  # the limit price of a market order
UNINFORMED = 2**31  # `firm` in noise traders' orders: larger than the index of any firm
FORCED = UNINFORMED + 1  # `firm` in forced orders, larger than all other values
CAPTIVE, OTHERS = np.int64(0), np.int64(1)  # the indices of the makers in `Codes.makers`

# An immediate-or-cancel order on its way to the house venue.
ORDER = np.dtype(
    [
        ("arrival_us", np.int64),
        ("firm", np.int64),  # index of the firm, or UNINFORMED, or FORCED
        ("side", np.int64),  # ASK if the order buys, BID if it sells
        ("limit", np.int64),  # worst acceptable price in ticks, times the side's sign
        ("lots", np.int64),  # order size; the size of a firm's order is set on arrival
        ("holder", np.int64),  # number of the retail customer; -1 in a firm's order
        ("trigger", np.int64),
    ]
)
NO_ORDERS = np.empty(0, dtype=ORDER)

# Compiled code takes integers, not enumerations. Constants that one compiled function passes to
# another are numpy integers, because numba would compile the called function again for each Python
# constant. The motives are only written to rows, so they can be Python integers.
_PICKOFF, _SPREAD, _LIQUIDATION = map(int, (Motive.PICKOFF, Motive.SPREAD, Motive.LIQUIDATION))
_POSTING, _TICK = np.int64(Trigger.POSTING), np.int64(Trigger.TICK)
_NONE = np.int64(0)


class Codes(NamedTuple):
    """The codes by which the books name the traders."""

    takers: np.ndarray  # the codes of the firms, then the code of the retail customers
    makers: np.ndarray  # the code of the captive maker, then the code of the other makers


class Watchers(NamedTuple):
    """The firms that watch quotes until the next settlement: their thresholds and their delays."""

    # A hit is profitable if the lead price is more than this number of ticks beyond the quote.
    threshold: np.ndarray  # in rising order
    firm: np.ndarray  # the firm of each threshold
    reaction_us: np.ndarray  # the reaction time of each firm
    keys: np.ndarray  # the keys from which the firms' gateway delays are drawn, uint64
    gateway_us: np.ndarray  # equally likely delays of the gateway


@njit(cache=True)
def watch(
    quotes: Quotes,
    since_us: int,
    until_us: int,
    tick_us: np.ndarray,
    tick_price: np.ndarray,
    watchers: Watchers,
) -> np.ndarray:
    """Return the orders that firms send between *since_us* and *until_us* to hit quotes.

    A hit is profitable for a firm if the lead price is beyond the quote by more than the firm's
    threshold: its fee plus its hurdle. The hurdle is the least gain that the firm wants. A firm's
    order can take only levels that are profitable when the firm sends the order. A firm sends at
    most one order per side of a quote. An order that would arrive before *until_us* is left out if
    a newer quote makes the hit impossible.

    Args:
        quotes: the quotes in the order of posting. If a quote was posted before *since_us*, firms
            do not compare it again with the price at its posting.
        since_us, until_us: the start of the span, and its end.
        tick_us, tick_price: the times of ticks, and the lead price at each tick.
        watchers: the firms that watch the quotes.

    Returns:
        The orders (dtype ORDER) in the order of sending.
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
        # If the lead price is between `low` and `high`, no firm hits the quote.
        low, high = best[i, BID] - loosest, best[i, ASK] + loosest
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
    """Append to *sent* the orders that firms send against quote *i* because of one event.

    *event* is the time, the lead price and the trigger. *n* is the number of orders before the
    event. Returns the number of orders after the event.
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
    """Return the price of the deepest profitable level if the lead price is *price*."""
    deepest = levels[0]
    for level in levels[1:]:
        if sign * (price - level) <= threshold:
            break
        deepest = level
    return deepest


class Fills(NamedTuple):
    """The fills of some orders. Uninformed orders that the other makers fill are only summed."""

    rows: np.ndarray  # dtype ROW
    others_lot_ticks: int  # lots times price of uninformed orders filled by other makers
    others_lots: int  # lots that customers bought in these trades, minus lots sold


NO_FILLS = Fills(new_rows(0), 0, 0)


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
    """Match each order with the quote in force when the order arrives, and return the fills.

    An order takes only levels within its limit price, the best level first, and only lots that
    earlier orders left. An empty level stays empty until the next quote. An order that arrives at
    the moment of a posting meets the new quote.

    As a simplification, a firm's order can hit only the captive maker's quote. This favours the
    other makers. All other orders get the better price: an order first takes the captive maker's
    levels that are better than the other makers' price. It then trades with the other makers, whose
    quantity is unlimited. If both prices are equal, the order is split in whole lots, in proportion
    to the lots that are left on the captive maker's level and the lots that the other makers
    display. The captive maker's part is rounded down.

    Args:
        orders: the orders (dtype ORDER) in the order of arrival.
        quotes: the quotes in the order of posting. The taken lots are subtracted from `left`.
        tick_us, tick_price: the lead price.
        limits: the limits of firms' orders. The volume that firms take, and the volume that the
            limits prevent, are added to `limits.counted`.
        others: the other makers' quotes.
        codes: the codes of takers and makers in the books.

    Returns:
        The fills, with rows in the order of time. The venue later sets the rows' fields for venue,
        market, edge and fee. Uninformed orders that the other makers fill have no rows. Of these
        orders only the volume and the net purchase are returned.
    """
    levels = quotes.price.shape[2]
    most = len(orders) * levels
    for order in orders:
        most += order.firm == FORCED
    rows = np.empty(most, dtype=ROW)
    n, i, tick, seen, others_lot_ticks, others_lots = _NONE, -1, 0, 0, _NONE, _NONE
    for order in orders:
        i = latest(quotes.posted_us, i, order.arrival_us)
        tick = latest(tick_us, tick, order.arrival_us)
        seen = latest(tick_us, seen, order.arrival_us - others.latency_us)
        sign, lead = SIGN[order.side], tick_price[tick]
        if order.firm < len(limits.order_lots):
            if i >= 0:
                n = _hit(order, quotes, i, lead, limits, codes, rows, n)
            continue
        elsewhere = max(tick_price[seen] + sign * others.away_ticks, 1)
        limit, lots = min(order.limit, sign * elsewhere), order.lots
        if i >= 0 and sign * quotes.price[i, order.side, 0] <= limit:
            count_cut(quotes, i, order.side, -1, limits.counted)
            there = elsewhere, others.shown_lots
            n, lots, _ = _take(order, lots, limit, there, quotes, i, lead, codes, rows, n)
            count_cut(quotes, i, order.side, 1, limits.counted)
        if not lots or sign * elsewhere > order.limit:
            continue
        if order.firm == FORCED:
            _note(order, sign * lots, elsewhere, lead, codes, OTHERS, rows[n])
            n += 1
        else:
            others_lot_ticks += lots * elsewhere
            others_lots += sign * lots
    # Many orders have no fill, so the unused rows are dropped.
    return Fills(rows[:n].copy(), others_lot_ticks, others_lots)


@njit(cache=True)
def _hit(
    order: np.ndarray,
    quotes: Quotes,
    i: int,
    lead: int,
    limits: Limits,
    codes: Codes,
    rows: np.ndarray,
    n: int,
) -> int:
    """Fill a firm's order from the profitable levels of quote *i*, within the firm's limits.

    The order's fills reduce the firm's room for further orders on the same side, and increase its
    room on the other side. Profitable lots that the limits cut off are counted. *n* is the number
    of rows before the order. Returns the number of rows after the order.
    """
    side, firm = order.side, order.firm
    wanted, limit_is, room = limits.order_lots[firm], ORDER_SHARE, limits.room_lots[side, firm]
    if room < wanted:
        wanted, limit_is = max(room, 0), LEVERAGE
    count_cut(quotes, i, side, -1, limits.counted)
    alone = _NONE, _NONE  # a firm's order never goes to other makers
    n, lots, paying = _take(order, wanted, order.limit, alone, quotes, i, lead, codes, rows, n)
    taken = wanted - lots
    limits.room_lots[side, firm] -= taken
    limits.room_lots[1 - side, firm] += taken
    limits.counted[TAKEN] += taken * quotes.price[i, side, 0]
    if not lots and paying >= quotes.cut_levels[i, side]:
        quotes.cut_levels[i, side] = paying
        quotes.cut_by[i, side] = limit_is
    count_cut(quotes, i, side, 1, limits.counted)
    return n


# The function is inlined, since calls would add 4 % to the time of a simulated month.
@njit(cache=True, inline="always")
def _take(
    order: np.ndarray,
    lots: int,
    limit: int,
    there: tuple[int, int],
    quotes: Quotes,
    i: int,
    lead: int,
    codes: Codes,
    rows: np.ndarray,
    n: int,
) -> tuple[int, int, int]:
    """Fill an order from quote *i*, level by level, up to the limit price.

    Args:
        order: the order to fill, of dtype ORDER.
        lots: the quantity to take.
        limit: the limit price times the side's sign.
        there: the other makers' price and displayed lots. At a level with this price the order is
            split.
        quotes: the quotes, from which the taken lots are subtracted.
        i, lead: the index of the quote in force, and the lead price.
        codes: the codes of takers and makers in the books.
        rows, n: the rows of all fills, and the number of rows before this order.

    Returns:
        The number of rows after this order; the lots that remain to be filled; and the number of
        levels within the limit price.
    """
    side: int = order.side
    paying, sign = _NONE, SIGN[side]
    for level in range(quotes.price.shape[2]):
        price, left = quotes.price[i, side, level], quotes.left[i, side]
        if sign * price > limit:
            break
        paying += 1
        taken = min(left[level], lots)
        if taken and price == there[0]:
            taken = min(taken, lots * left[level] // (left[level] + there[1]))
        if not taken:
            continue
        left[level] -= taken
        lots -= taken
        row = rows[n]
        _note(order, sign * taken, price, lead, codes, CAPTIVE, row)
        row.lead_when_quoted = quotes.read[i]
        row.quote_age_us = order.arrival_us - quotes.read_us[i]
        n += 1
    return n, lots, paying


@njit(cache=True)
def _note(
    order: np.ndarray, lots: int, price: int, lead: int, codes: Codes, maker: int, row: np.ndarray
) -> None:
    """Write the row of a fill. *maker* is the index CAPTIVE or OTHERS."""
    clear(row)
    firms = len(codes.takers) - 1  # the index of the retail customers in `codes.takers`
    if order.firm < firms:
        row.motive = _PICKOFF
    else:
        row.motive = _LIQUIDATION if order.firm == FORCED else _SPREAD
    row.taker, row.maker = codes.takers[min(order.firm, firms)], codes.makers[maker]
    row.time_us, row.holder, row.trigger = order.arrival_us, order.holder, order.trigger
    row.lots, row.price, row.lead = lots, price, lead
