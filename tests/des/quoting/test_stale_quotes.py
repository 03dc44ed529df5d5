"""The expected loss on a stale quote at its posting, compared with formulas.

A quote that is posted at time p is based on the price at p - L, where L is the latency. The price
is sigma * W, where W is a Brownian motion. A taker has the costs c and no delay. Its expected gain
before costs, summed over both sides of the quote, is

    g(T) = 2 * (sigma * sqrt(T) * phi(d) - s * Phi(-d)),   d = (s + c) / (sigma * sqrt(T)).

Here s is the half-spread. T is the time between two prices: the price on which the quote is based,
and the price that the taker sees. phi is the density of the standard normal distribution, and Phi
is its distribution function. Prices are whole ticks, and the taker hits only if the price has moved
by more than s + c. So the tests use s + c + 1/2 in the formula for d.

If ticks are dense, T is about L. Now let the ticks be a Poisson process of rate lambda. The quote
is based on the last tick before p - L. The age of this tick at p - L is A. The taker sees the price
of the last tick before p. The age of this tick at p is B. If there is no tick between p - L and p,
the price has not moved. Otherwise T = L + A - B. A has the density lambda * exp(-lambda * A). B has
the same density, but B is at most L. So the density of T is

    f(T) = lambda / 2 * (exp(-lambda * |T - L|) - exp(-lambda * (T + L))),   T > 0.

The integral of f is 1 - exp(-lambda * L), the probability of a tick between p - L and p.

Quotes that are posted less than L apart depend in part on the same price moves. So standard errors
are computed from the means of batches of many quotes.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from statistics import NormalDist

import numpy as np
import pytest
from batch_means import assert_mean
from priced_rows import price_fills

from des.chance import lognormal_quantiles_us
from des.clock import HOUR_US, SECOND_US, YEAR_S, microseconds, midnight_us
from des.price.lead_price import LeadPrice
from des.quoting.other_quotes import OtherQuotes
from des.quoting.plan import QuotingPolicy
from des.quoting.quotes import ASK, BID, Plan
from des.quoting.race import NO_ORDERS, Codes
from des.quoting.session import Decisions, Session
from des.quoting.takers import LOTS_MAX, Takers, Terms
from des.quoting.uninformed import UninformedFlow
from des.scenario import Anchor, Price, Quoter, VolatilityLevel
from ledger.fills import Trigger
from ledger.motives import Motive

DAY = date(2022, 5, 1)
START_US = midnight_us(DAY)
TICK_USD = Decimal("0.01")
PRICE_TICKS = 10**9  # a high price, so that sigma hardly changes with the price
BATCH_US = 600 * SECOND_US
WARM_UP_US = 60 * SECOND_US  # The warm-up is longer than every latency L.
NORMAL = NormalDist()
FAR_AWAY = OtherQuotes(
    away_ticks=10**8, shown_lots=1, latency_us=0
)  # These quotes are never better than the maker's quotes.


@dataclass(frozen=True)
class Market:
    """The settings of a price without drift and jumps, and of the maker's quotes."""

    sigma: float  # ticks per square root of a second
    latency_s: float
    refresh_s: float
    ticks_per_s: float
    quotes: int


@dataclass(frozen=True)
class Asked:
    """The half-spread of a quote and the costs of its taker, in ticks."""

    half_spread: int
    costs: int


def gain(market: Market, asked: Asked, seconds: float) -> float:
    """Return g(T): the taker's expected gain over both sides of a quote, in ticks per lot."""
    sd = market.sigma * math.sqrt(seconds)
    d = (asked.half_spread + asked.costs + 0.5) / sd
    return 2 * (sd * NORMAL.pdf(d) - asked.half_spread * NORMAL.cdf(-d))


def chance(market: Market, asked: Asked, seconds: float) -> float:
    """Return 2 * Phi(-d): the mean number of sides of a quote that are hit at its posting."""
    return 2 * NORMAL.cdf(-(asked.half_spread + asked.costs + 0.5) / market.sigma / seconds**0.5)


Value = Callable[[Market, Asked, float], float]
Expect = Callable[[Market, Value, Asked], float]


def over_latency(market: Market, value: Value, asked: Asked) -> float:
    """Return the value at T = L. It is the expected value if ticks are dense."""
    return value(market, asked, market.latency_s)


def over_elapsed(market: Market, value: Value, asked: Asked) -> float:
    """Return the integral of the value times f(T).

    Simpson's rule is used on each side of L, because f has a kink at L.
    """
    rate, latency_s = market.ticks_per_s, market.latency_s

    def density(seconds: float) -> float:
        near = math.exp(-rate * abs(seconds - latency_s))
        return rate / 2 * (near - math.exp(-rate * (seconds + latency_s)))

    def simpson(low: float, high: float, pieces: int = 2_000) -> float:
        x = [low + (high - low) * i / pieces for i in range(pieces + 1)]
        y = [density(t) * value(market, asked, t) if t else 0.0 for t in x]
        return (high - low) / pieces / 3 * (y[0] + y[-1] + 4 * sum(y[1::2]) + 2 * sum(y[2:-1:2]))

    return simpson(0.0, latency_s) + simpson(latency_s, latency_s + 30 / rate)


@dataclass(frozen=True)
class Sample:
    """The results of simulated quotes. `loss` and `hits` have the shape (batches, firms)."""

    loss: np.ndarray  # the mean loss on a quote from hits at its posting, in ticks per lot
    hits: np.ndarray  # the mean number of these hits on a quote
    later: np.ndarray  # the edge minus the firm's costs, for each later hit


def measure(market: Market, half_spread: int, costs: tuple[int, ...]) -> Sample:
    """Simulate firms without delay and with orders of one lot, one firm for each of *costs*."""
    batches = math.ceil(market.quotes * market.refresh_s * SECOND_US / BATCH_US)
    end_us = START_US + WARM_UP_US + batches * BATCH_US
    session = session_of(market, lead_price(market, end_us), reactions_us=[0] * len(costs))
    firms = len(costs)
    decided = Decisions(
        Plan(0, (half_spread,), (firms, firms)),
        terms_of(costs),
        lognormal_quantiles_us(0, 0.0),
        FAR_AWAY,
    )
    session.play(START_US, START_US + WARM_UP_US, 0.0, decided, NO_ORDERS)
    edges, hits, later = np.zeros((batches, firms)), np.zeros((batches, firms)), []
    for batch in range(batches):
        start_us = START_US + WARM_UP_US + batch * BATCH_US
        rows = session.play(start_us, start_us + BATCH_US, 0.0, decided, NO_ORDERS).rows
        edge = (rows["lead"] - rows["price"]) * rows["lots"]
        posting = rows["trigger"] == Trigger.POSTING
        np.add.at(edges[batch], rows["taker"][posting], edge[posting])
        np.add.at(hits[batch], rows["taker"][posting], 1)
        later.append((edge - np.array(costs)[rows["taker"]])[~posting])
    quotes = BATCH_US / microseconds(market.refresh_s)
    return Sample(edges / quotes, hits / quotes, np.concatenate(later))


def lead_price(market: Market, end_us: int) -> LeadPrice:
    law = Price(
        anchors=(Anchor(at=DAY, price_usd=PRICE_TICKS * float(TICK_USD)),),
        volatility=(VolatilityLevel(since=DAY, annual=market.sigma * YEAR_S**0.5 / PRICE_TICKS),),
        ticks_per_s=market.ticks_per_s,
    )
    whole_hours_us = -(-end_us // HOUR_US) * HOUR_US
    return LeadPrice(1, "BTC-PERP", law, TICK_USD, START_US, whole_hours_us)


def session_of(market: Market, price: LeadPrice, reactions_us: list[int]) -> Session:
    unused = np.zeros(len(reactions_us), dtype=np.int64)
    return Session(
        price,
        QuotingPolicy(microseconds(market.latency_s), microseconds(market.refresh_s), (0,), 0, 0),
        Takers(np.array(reactions_us, dtype=np.int64), unused, unused, unused),
        np.arange(len(reactions_us), dtype=np.uint64),
        Codes(np.arange(len(reactions_us) + 1), np.arange(2)),
    )


def terms_of(costs: tuple[int, ...]) -> Terms:
    """Return the terms of firms that send an order of one lot if the edge exceeds their costs."""
    firm = np.argsort(costs, kind="stable")
    n = len(costs)
    return Terms(np.array(costs)[firm], firm, np.ones(n, np.int64), np.full((2, n), LOTS_MAX))


# ---- the loss at the posting, by the formula

DENSE = (
    Market(sigma=1_000, latency_s=1.0, refresh_s=0.5, ticks_per_s=50, quotes=100_000),
    Market(sigma=400, latency_s=2.0, refresh_s=1.0, ticks_per_s=25, quotes=100_000),
    Market(sigma=600, latency_s=0.5, refresh_s=0.25, ticks_per_s=100, quotes=100_000),
)
SPARSE = (
    Market(sigma=1_000, latency_s=1.0, refresh_s=1.0, ticks_per_s=0.5, quotes=100_000),
    Market(sigma=1_000, latency_s=1.0, refresh_s=0.5, ticks_per_s=2.0, quotes=100_000),
    Market(sigma=400, latency_s=2.0, refresh_s=1.0, ticks_per_s=1.0, quotes=100_000),
)
# The half-spread, and the costs of each firm. The unit is the standard deviation of the price move
# over the latency.
ASKED_SD = ((0.5, (0.0, 0.5)), (1.2, (0.0,)), (0.3, (0.3,)))


def hold(market: Market, half_spread_sd: float, costs_sd: Sequence[float], expect: Expect) -> None:
    """Assert that the simulated losses and hits agree with *expect* for each firm."""
    sd = market.sigma * market.latency_s**0.5
    half_spread, costs = round(half_spread_sd * sd), tuple(round(cost * sd) for cost in costs_sd)
    sample = measure(market, half_spread, costs)
    for firm, cost in enumerate(costs):
        asked = Asked(half_spread, cost)
        assert_mean(sample.loss[:, firm], expect(market, gain, asked))
        assert_mean(sample.hits[:, firm], expect(market, chance, asked))


@pytest.mark.parametrize(("market", "asked"), [*zip(DENSE, ASKED_SD, strict=True)])
def test_the_loss_on_stale_quotes_equals_the_formula_if_ticks_are_dense(market, asked):
    """Standard errors are at most 1 % of the expected values.

    They are computed from 42 to 167 batches.
    """
    hold(market, *asked, over_latency)


@pytest.mark.parametrize(("market", "asked"), [*zip(SPARSE, ASKED_SD, strict=True)])
def test_the_loss_with_sparse_ticks_is_the_mean_of_the_formula_over_random_times_between_two_prices(
    market, asked
):
    """Standard errors are at most 1 % of the expected values.

    In these markets the formula for dense ticks is wrong by more than three standard errors.
    """
    hold(market, *asked, over_elapsed)


@pytest.mark.slow
@pytest.mark.parametrize("half_spread_sd", [0.0, 0.5, 1.2])
@pytest.mark.parametrize("market", DENSE + SPARSE)
def test_losses_and_hits_agree_with_the_formulas_in_a_grid_of_settings(market, half_spread_sd):
    many = replace(market, quotes=400_000)
    hold(many, half_spread_sd, (0.0, 0.3, 0.8), over_latency if market in DENSE else over_elapsed)


def test_each_hit_after_the_posting_gains_more_than_the_costs_of_its_firm():
    later = measure(SPARSE[0], half_spread=500, costs=(0, 300)).later

    assert len(later) > 10_000
    assert later.min() > 0


# ---- no latency


@pytest.mark.parametrize("gateway_ms", [0, 75])
def test_quotes_without_latency_that_are_renewed_at_every_tick_are_never_picked_off(gateway_ms):
    """One firm reacts at once, the other after 50 milliseconds, and neither firm has costs.

    With a latency of one millisecond there are more than a thousand hits in the same ten minutes.
    """
    assert len(pick_offs(latency_s=0.0, gateway_ms=gateway_ms)) == 0
    assert len(pick_offs(latency_s=0.001, gateway_ms=gateway_ms)) > 1_000


def pick_offs(latency_s: float, gateway_ms: int) -> np.ndarray:
    market = Market(sigma=1_000, latency_s=latency_s, refresh_s=0.0, ticks_per_s=20, quotes=0)
    end_us = START_US + BATCH_US
    session = session_of(market, lead_price(market, end_us), reactions_us=[0, 50_000])
    decided = Decisions(
        Plan(0, (50,), (10, 10)),
        terms_of((0, 0)),
        lognormal_quantiles_us(gateway_ms * 1_000, 0.5),
        FAR_AWAY,
    )
    return session.play(START_US, end_us, 0.0, decided, NO_ORDERS).rows


def test_noise_traders_pay_exactly_the_half_spread_of_a_quote_without_latency():
    """The amount is exact to the cent, although the maker's position reaches both limits."""
    market = Market(sigma=30_000, latency_s=0.0, refresh_s=0.0, ticks_per_s=1.0, quotes=0)
    end_us = START_US + 24 * HOUR_US
    session = session_of(market, lead_price(market, end_us), reactions_us=[0, 5_000])
    lot_usd = PRICE_TICKS * float(TICK_USD)
    limit_usd = 40 * lot_usd
    policy = QuotingPolicy.of(
        Quoter(latency_s=0.0, refresh_s=0.0, half_spread_bps=6.0, position_limit_usd=limit_usd)
    )
    flow = UninformedFlow(1, "BTC-PERP", holders=40, order_usd_mean=3 * lot_usd)
    cents_per_lot_tick = 1
    held, earned_cents, volume, closed = 0, 0, 0, set()
    for start_us in range(START_US, end_us, BATCH_US):
        plan = policy.plan(PRICE_TICKS, PRICE_TICKS, lots=held, shown_cents=10 * PRICE_TICKS)
        decided = Decisions(plan, terms_of((0, 0)), lognormal_quantiles_us(75_000, 0.5), FAR_AWAY)
        span = (start_us, start_us + BATCH_US)
        orders = flow.orders(*span, usd_per_s=lot_usd / 10, lot_usd=lot_usd)
        rows = session.play(*span, 0.0, decided, orders).rows
        price_fills(rows, cents_per_lot_tick)
        held -= int(rows["lots"].sum())
        earned_cents -= int(rows["edge_cents"].sum())
        volume += int(np.abs(rows["lots"]).sum())
        closed |= {side for side in (ASK, BID) if not plan.shown_lots[side]}
        assert (rows["motive"] == Motive.SPREAD).all()

    half_spread = PRICE_TICKS * 6 // 10_000
    assert earned_cents == half_spread * volume * cents_per_lot_tick
    assert volume > 5_000
    assert closed == {ASK, BID}
