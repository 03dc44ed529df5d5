"""Formulas for quotes on the lead venue: income from the spread, and losses to faster firms.

Quotes on the house venue are simulated one by one. The quotes of dozens of firms on the lead venue
are not simulated. Instead, we compute their expected results in a race with these rules:

- Each quoting firm replaces its quote at regular times. Each new quote has the full size on both
  sides, even if the last quote was filled. The captive maker also quotes, but sends no orders.
- The orders and quotes of firm i reach the matching engine a fixed time d_i after a move of the
  price. So a quote of firm i that is posted at time t is based on the prices up to t - d_i. An
  order of firm j that arrives at t is based on the prices up to t - d_j. So a faster firm j also
  knows the prices from t - d_i to t - d_j. The length of this time is L = d_i - d_j.
- Only firms that are faster than the quoter hit its quote. In Budish, Cramton & Shim (2015) equally
  fast firms also hit each other's stale quotes: the quoter's cancellation arrives together with
  many orders, and is seldom first.
- A firm sends at most one order for each quote. The order arrives when the quote is posted. Later
  orders for the same quote are left out, which makes the losses smaller. The losses are
  proportional to the number of quotes in an hour.
- Within an hour the price follows a Brownian motion with volatility sigma and without jumps. The
  price can change at every moment, not only at ticks.
- Firm j sends an order if the price has moved by more than s + c during L. Here s is the
  half-spread, and c is the firm's costs: its fee plus its hurdle. The fastest order is filled
  first, until the quote is exhausted. Equally fast firms share the remaining size pro rata. Each
  firm has its full order size for each quote, even if it takes other quotes too.
- The quotes of other makers receive a part of the uninformed flow. No firm hits these quotes.

One approximation is needed. The pace of the price is its move during L, divided by sqrt(L). We
assume that the pace at a quote is the same for every firm, although L differs between firms. The
quoter's expected loss to the fastest firm is then exact. The loss to all firms is exact if all
firms together cannot exhaust the quote. The approximation neglects one case: the price has turned
back, so faster firms do not hit the quote, but slower firms do. We measured the error with a
simulated race of twenty firms for a quote that one firm can exhaust. Let x be the smallest
profitable move in standard deviations (see below). The loss in the race is 0.64 times the
approximation if x = 0.3, 1.2 times if x = 1.1, and 1.3 times if x = 2.4. Hits are rare if
x = 2.4.

Let phi be the density of the standard normal distribution, let Phi be its distribution function,
and let x = (s + c) / (sigma * sqrt(L)). For one firm and a quote of unlimited size, the expected
edge is 2 * (sigma * sqrt(L) * phi(x) - s * Phi(-x)) times the order's size. The factor 2 counts
both sides of the quote. The edge is measured at the lead price. The fee is not subtracted from the
edge: as a part of c, the fee only decides whether an order is sent. The fee is charged separately,
on the volume taken.

Sources: Budish, Cramton & Shim (2015), QJE 130(4), 1547-1621; Wah & Wellman (2013), ACM EC '13, on
latency arbitrage in a discrete-event model.
"""

import math
from bisect import insort
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import NamedTuple

import numpy as np

from des.clock import SECOND_US
from des.market.hedging import COST_UNIT

_ROOT_2 = math.sqrt(2)
_BOTH_SIDES = math.sqrt(2 / math.pi)  # twice the standard normal density at 0


class PickOffs(NamedTuple):
    """Expected hits in cents, int64. Row i is the quoter, and column j the firm that hits."""

    edge_cents: np.ndarray  # the edge at the lead price
    taken_cents: np.ndarray  # the volume taken, on which the taker pays its fee


class _Sniper(NamedTuple):
    """A firm that is faster than the quoter. If snipers are sorted, the fastest comes first."""

    delay_us: int
    firm: int
    order_cents: int
    # The smallest profitable move as a fraction of the price, divided by sqrt(L) with L in seconds.
    pace: float


def pick_offs(
    delay_us: np.ndarray,
    quote_cents: np.ndarray,
    order_cents: np.ndarray,
    half_spread: float,
    cost: np.ndarray,
    sigma_per_root_s: np.ndarray,
    quotes_per_hour: float,
) -> PickOffs:
    """Return the expected loss of each firm's quotes to each faster firm, and the volume taken.

    If one more firm takes part, a quoter's loss is the same or larger. The gain of each other firm
    from this quoter is the same or smaller. A firm takes nothing if the price moves by less than
    the half-spread plus the firm's costs. Slower firms with lower costs may then take the quote.

    Args:
        delay_us: delay of each firm's orders and quotes, int64, shape (n,).
        quote_cents: each firm's displayed size per side, int64, shape (n,). 0: the firm has no
            quotes.
        order_cents: each firm's largest order, int64, shape (n,). 0: the firm hits no quotes.
        half_spread: half-spread of the quotes, as a fraction of the price.
        cost: each firm's fee plus hurdle, as a fraction of the price, at least 0, shape (n,).
        sigma_per_root_s: volatility in each hour, as a fraction of the price per square root of a
            second, shape (h,).
        quotes_per_hour: the number of times a quote is renewed in an hour.

    Returns:
        Edge and volume, summed over all hours. The sum for each pair of firms is rounded to the
        nearest cent, half to even. So a quoter's loss equals the sum of the gains of the firms that
        hit its quotes.
    """
    rents, taken = np.zeros((2, len(delay_us), len(delay_us)))
    firms = list(zip(delay_us.tolist(), order_cents.tolist(), cost.tolist(), strict=True))
    sigmas = [sigma for sigma in sigma_per_root_s.tolist() if sigma > 0]
    for quoter, shown_cents in enumerate(quote_cents.tolist()):
        snipers, root_ahead = [], {}
        for firm, (firm_us, size_cents, asked) in enumerate(firms):
            ahead_us = firms[quoter][0] - firm_us
            if shown_cents and size_cents and ahead_us > 0:
                root_ahead[firm] = math.sqrt(ahead_us / SECOND_US)
                pace = (half_spread + asked) / root_ahead[firm]
                snipers.append(_Sniper(firm_us, firm, size_cents, pace))
        for pace, more_cents in _changes(shown_cents, snipers):
            moved, chance = _beyond(pace, sigmas)
            for firm, cents in more_cents.items():
                rents[quoter, firm] += cents * (root_ahead[firm] * moved - half_spread * chance)
                taken[quoter, firm] += cents * chance
    whole = (np.rint(each * quotes_per_hour).astype(np.int64) for each in (rents, taken))
    return PickOffs(*whole)


def spread_income(
    quote_cents: np.ndarray, outside_quote_cents: int, flow_cents: int, half_spread: float
) -> np.ndarray:
    """Return each firm's part of the spread, in proportion to its displayed size.

    We assume that the uninformed flow never exhausts a quote.

    Args:
        quote_cents: each firm's displayed size per side, int64, shape (n,).
        outside_quote_cents: the displayed size per side of all other traders.
        flow_cents: the uninformed volume, purchases plus sales.
        half_spread: the half-spread that the flow pays, as a fraction of the price. It is rounded
            to eight decimals.

    Returns:
        Cents, int64, shape (n,), rounded down, so that the total is at most the spread paid.
    """
    paid = flow_cents * round(half_spread * COST_UNIT)
    shown = quote_cents.tolist()  # as Python's integers, since products may exceed 64 bits
    all_shown = max(sum(shown) + outside_quote_cents, 1)
    return np.array([paid * size // (all_shown * COST_UNIT) for size in shown], dtype=np.int64)


def _changes(
    shown_cents: int, snipers: Sequence[_Sniper]
) -> Iterator[tuple[float, dict[int, float]]]:
    """Yield each pace at which the division of a quote changes, with the change for each firm."""
    hitting: list[_Sniper] = []
    taken: dict[int, float] = {}
    for sniper in sorted(snipers, key=lambda each: each.pace):
        insort(hitting, sniper)
        before, taken = taken, _serve(shown_cents, hitting)
        more_cents = {firm: taken.get(firm, 0) - before.get(firm, 0) for firm in before | taken}
        if any(more_cents.values()):
            yield sniper.pace, more_cents


def _serve(shown_cents: int, hitting: Sequence[_Sniper]) -> dict[int, float]:
    """Divide a quote among snipers: the fastest first, and equally fast snipers pro rata."""
    taken: dict[int, float] = {}
    left_cents = shown_cents
    for _, group in groupby(hitting, key=lambda each: each.delay_us):
        if not left_cents:
            break
        tied = list(group)
        asked_cents = sum(sniper.order_cents for sniper in tied)
        given_cents = min(asked_cents, left_cents)
        taken |= {each.firm: given_cents * each.order_cents / asked_cents for each in tied}
        left_cents -= given_cents
    return taken


def _beyond(pace: float, sigmas: Sequence[float]) -> tuple[float, float]:
    """Return the expected absolute pace of the price, and the probability that it exceeds *pace*.

    In the expected value, paces below *pace* count as zero. Both results are sums over the hours.
    Hours are computed one at a time, since numpy's exponentials of a vector may differ in the last
    bit from exponentials of single numbers.
    """
    moved = chance = 0.0
    for sigma in sigmas:
        deviations = pace / sigma
        moved += sigma * math.exp(-0.5 * deviations * deviations)
        chance += math.erfc(deviations / _ROOT_2)
    return _BOTH_SIDES * moved, chance
