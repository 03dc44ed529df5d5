"""Simulates an interval at once: first all quotes, then all firms' orders, then all fills."""

import numpy as np

from des.compile_cache import njit
from des.quoting.limits import Limits
from des.quoting.other_quotes import OtherQuotes
from des.quoting.quotes import ASK, BID, Quotes, last, post_quotes, posting_times_us
from des.quoting.race import ORDER, Codes, Fills, Watchers, fills_of, watch
from des.turns import in_turn


@njit(cache=True)
def play(
    standing: Quotes,
    beat: tuple[int, int, int, int],
    ticks: tuple[np.ndarray, np.ndarray],
    plan: tuple[int, np.ndarray, np.ndarray],
    watchers: Watchers,
    limits: Limits,
    orders: tuple[np.ndarray, np.ndarray],
    others: OtherQuotes,
    codes: Codes,
) -> tuple[Quotes, np.ndarray, Fills]:
    """Simulate the quotes and fills of one interval.

    Args:
        standing: the quote in force at the start, if any, with its remaining lots.
        beat: the interval's start; its end; the time between quotes (0: a quote at every tick); and
            the quotes' latency. All are in microseconds.
        ticks: the times of ticks, and the lead price at each. The first tick is the oldest one on
            which a quote can still be based.
        plan: the downward shift of the mid in ticks; the offset of each level from the mid in ticks
            (negative for bids), shape (2, levels); and the lots that each level displays, by side,
            shape (2,).
        watchers: the firms that watch the quotes.
        limits: the limits of the firms' orders.
        orders: two arrays of dtype ORDER: the orders that are on their way at the start, and the
            interval's orders that no quote triggers.
        others: the other makers' quotes.
        codes: the codes of takers and makers in the books.

    Returns:
        The quote in force at the end; the orders that are still on their way at the end; and the
        fills.
    """
    start_us, end_us, refresh_us, latency_us = beat
    (tick_us, tick_price), (skew, offset, shown) = ticks, plan
    posted_us = posting_times_us(start_us, end_us, refresh_us, tick_us)
    if not shown[ASK] and not shown[BID]:
        posted_us = posted_us[:1]  # if nothing is displayed, one empty quote suffices
    quotes = post_quotes(standing, posted_us, latency_us, tick_us, tick_price, skew, offset, shown)
    sent = watch(quotes, start_us, end_us, tick_us, tick_price, watchers)
    due, in_flight = _split(_in_turn(orders[0], orders[1], sent), end_us)
    fills = fills_of(due, quotes, tick_us, tick_price, limits, others, codes)
    return last(quotes), in_flight, fills


@njit(cache=True)
def _in_turn(in_flight: np.ndarray, unforeseen: np.ndarray, sent: np.ndarray) -> np.ndarray:
    """Merge orders into one array, sorted by arrival, then by firm, then in the given order."""
    n, begin = len(in_flight) + len(unforeseen) + len(sent), 0
    joined, ordered = np.empty(n, dtype=ORDER), np.empty(n, dtype=ORDER)
    for part in (in_flight, unforeseen, sent):
        for i in range(len(part)):
            joined[begin + i] = part[i]
        begin += len(part)
    arrival_us, firm = np.empty(n, np.int64), np.empty(n, np.int64)
    for i in range(n):
        arrival_us[i], firm[i] = joined[i].arrival_us, joined[i].firm
    for i, place in enumerate(in_turn(arrival_us, firm)):
        ordered[i] = joined[place]
    return ordered


@njit(cache=True)
def _split(orders: np.ndarray, end_us: int) -> tuple[np.ndarray, np.ndarray]:
    """Separate orders that arrive before *end_us* from orders that are still on their way."""
    n = 0
    while n < len(orders) and orders[n].arrival_us < end_us:
        n += 1
    return orders[:n], orders[n:].copy()
