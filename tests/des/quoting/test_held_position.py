"""Customers close positions over time. So their net position tends to zero.

The variance of the net position agrees with formulas.

Statistical tests allow a deviation of three standard errors.
"""

import math

import numpy as np
import pytest

from des.clock import HOUR_US
from des.hour_groups import GroupedHours
from des.quoting.held_position import HOURS_PER_DAY, HeldPosition
from des.quoting.uninformed import UninformedFlow, net_lots
from des.repeated_orders import Noise, chained
from des.traded_hours import TradedHours

FIRST_HOUR = 480_000
LOT_USD, MEAN_LOTS, USD_PER_S = 10.0, 4.0, 1.0
# If the mean size is as large as MANY lots, the mean square is almost 2 * (mean size)^2.
MANY, FINE_LOT_USD = 400.0, 0.1
FLOW_LOTS = USD_PER_S * 3_600 / LOT_USD  # lots per hour


def mean_square(mean_lots: float) -> float:
    """Return the mean of squared order sizes.

    Sizes have a geometric distribution and are at least one lot.
    """
    return mean_lots * (2 * mean_lots - 1)


def hourly_variance(times: int = 1) -> float:
    """Return the variance of the random part of an hour's net purchases.

    The mean order size is multiplied by *times*. The number of orders has a Poisson distribution.
    """
    return FLOW_LOTS / MEAN_LOTS * mean_square(times * MEAN_LOTS)


def positions(holding_h: float, hours: int, seed: int = 1) -> np.ndarray:
    """Return customers' net position in lots after each hour, shape (hours,)."""
    held = HeldPosition(holding_h / HOURS_PER_DAY)
    flow = UninformedFlow(seed, "BTC-PERP", 40, MEAN_LOTS * LOT_USD, held=held)
    after = []
    for hour in range(FIRST_HOUR, FIRST_HOUR + hours):
        flow.orders(hour * HOUR_US, (hour + 1) * HOUR_US, USD_PER_S, LOT_USD)
        after.append(held.lots)
    return np.array(after, dtype=float)


def test_the_net_position_of_customers_is_an_autoregressive_process():
    """The variance is v / (1 - a^2), and the correlation of successive hours is a.

    Here v is the variance of the random part of an hour's net purchases. T is the mean holding time
    in hours, and a = exp(-1 / T). Over n hours the relative standard error of the variance is
    sqrt(2 * (1 + a^2) / (1 - a^2) / n). The standard error of the correlation is
    sqrt((1 - a^2) / n).
    """
    holding_h, n = 4.0, 4_000
    a = math.exp(-1 / holding_h)
    held = positions(holding_h, n)[50:]

    expected = hourly_variance() / (1 - a**2)
    error = math.sqrt(2 * (1 + a**2) / (1 - a**2) / len(held))
    assert abs(held.var() / expected - 1) < 3 * error
    assert 3 * error < 0.4  # The test detects a holding time that is twice as long.
    seen = np.corrcoef(held[:-1], held[1:])[0, 1]
    assert abs(seen - a) < 3 * math.sqrt((1 - a**2) / len(held))


def test_the_variance_of_the_position_is_nearly_that_of_a_queue_with_infinitely_many_servers():
    """In the queue, half of all orders open a position, and positions last T hours on average.

    In the queue, positions close at any time. In the simulation they close once an hour. So the
    relative difference of the variances is about 1 / T. The standard error is as in the test above.
    """
    holding_h, n = 20.0, 8_000
    a = math.exp(-1 / holding_h)
    held = positions(holding_h, n)[100:]
    opened = FLOW_LOTS / MEAN_LOTS / 2

    of_queue = opened * holding_h * mean_square(MEAN_LOTS)
    error = math.sqrt(2 * (1 + a**2) / (1 - a**2) / len(held))
    assert abs(held.var() / of_queue - 1) < 3 * error + 1.1 / holding_h
    assert 3 * error + 1.1 / holding_h < 0.3


def test_the_position_is_nearly_a_random_walk_if_the_holding_time_is_very_long():
    """Each hour adds the variance v, so the mean square after n hours is n * v.

    Over N simulated walks, the relative standard error of the mean square is sqrt(2 / N).
    """
    hours, seeds = 24, 300
    squares = [positions(1e7, hours, seed)[-1] ** 2 for seed in range(seeds)]

    error = math.sqrt(2 / seeds)
    assert abs(np.mean(squares) / (hours * hourly_variance()) - 1) < 3 * error


@pytest.mark.parametrize("one_in", [4, 12])
def test_the_variance_of_the_position_in_a_sample_of_hours_agrees_with_a_formula(one_in):
    """After each pair of played hours the variance is about n * v / (1 - a^2).

    All played hours have the weight n. The noise of an hour is the random part of its net
    purchases, and v is the variance of the noise of an hour of weight 1. T is the mean holding time
    in hours, and a = exp(-n / T). On average only one pair in n adds noise. In all other pairs the
    second hour reverses the noise of the first hour. The reversal is complete only if the second
    hour closes no part of the position that comes from this noise.
    """
    holding_h, pairs, seeds = 4.0 * one_in, 80, 60
    a = math.exp(-one_in / holding_h)
    squares = []
    for seed in range(seeds):
        hours = TradedHours(one_in, key=seed, twin_key=1_000 + seed)
        held = HeldPosition(holding_h / HOURS_PER_DAY)
        flow = UninformedFlow(seed, "BTC-PERP", 40, MEAN_LOTS * LOT_USD, hours, held)
        after = []
        first = FIRST_HOUR - FIRST_HOUR % (2 * one_in)
        for hour in range(first, first + 2 * one_in * pairs):
            if hours.has(hour * HOUR_US):
                span = hour * HOUR_US, (hour + 1) * HOUR_US
                flow.orders(*span, one_in * USD_PER_S, LOT_USD, times=one_in)
                after.append(held.lots)
        squares.append(np.mean(np.square(after[1::2][8:], dtype=float)))

    expected = hourly_variance(one_in) / one_in / (1 - a**2)
    error = np.std(squares, ddof=1) / math.sqrt(seeds)
    assert error < 0.1 * expected
    assert abs(np.mean(squares) - expected) < 3 * error


def test_an_open_chain_adds_to_the_variance_that_the_position_has_in_a_run_with_all_hours():
    """The weights of hours differ, because hours are drawn from groups.

    A chain is a sequence of hours that repeat or reverse the same random orders. The random lots of
    a chain are open until later hours of the chain reverse them. Let v be the variance of the
    random part of an hour's net purchases, and let T be the mean holding time in hours. Without
    open lots the variance of the position is v / (1 - exp(-2 / T)), as if all hours were played.
    Open lots increase the variance by w^2 * v. Here w is the sum of the weights of the chain's
    hours so far, where hours with reversed orders count as negative.
    """
    holding_h, days, seeds = 120.0, 240, 24
    predicted = np.random.default_rng(2).lognormal(0, 1.5, days * HOURS_PER_DAY)
    walked, expected = [], []
    for seed in range(seeds):
        grouped = GroupedHours.drawn(predicted, FIRST_HOUR, frozenset(), (30.0, 12), seed)
        orders = chained(grouped.traded(), 1_000 + seed)
        hours = TradedHours(12, 0, 0, grouped=grouped, chained=orders)
        held = HeldPosition(holding_h / HOURS_PER_DAY)
        flow = UninformedFlow(seed, "BTC-PERP", 40, MANY * FINE_LOT_USD, hours, held)
        left, lots, wide = 0, [], []
        for hour, weight in grouped.traded():
            span = hour * HOUR_US, (hour + 1) * HOUR_US
            flow.orders(*span, weight * USD_PER_S, FINE_LOT_USD, times=weight)
            lots.append(held.lots)
            if orders[hour].noise is Noise.BEGINS:
                left = weight
            elif orders[hour].noise is Noise.TAKES_BACK:
                left += -weight if orders[hour].is_turned else weight
            wide.append(left**2)
        after = len(lots) // 4  # the position is zero at first, so the first quarter is left out
        walked.append(np.mean(np.square(lots[after:], dtype=float)))
        expected.append(1 / (1 - math.exp(-2 / holding_h)) + np.mean(wide[after:]))

    orders_per_hour = USD_PER_S * 3_600 / (MANY * FINE_LOT_USD)
    variance = orders_per_hour * mean_square(MANY)
    error = np.std(walked, ddof=1) / math.sqrt(seeds)
    assert abs(np.mean(walked) - variance * np.mean(expected)) < 3 * error
    assert error < 0.1 * np.mean(walked)


def test_a_reversing_hour_closes_a_part_of_the_position_but_no_random_lots_of_the_reversed_hour():
    """An hour of weight 12 closes 1 - exp(-0.5) of the position if positions last a day on average.

    The random lots of an hour are the random part of its net purchases.
    """
    once = HeldPosition(holding_days=1.0, lots=1_000)
    first = once.buyers(10_000.0, 12, Noise.BEGINS)
    once.add(9_999, Noise.BEGINS)  # a large random purchase
    again = once.buyers(10_000.0, 12, Noise.TAKES_BACK)

    left = math.exp(-0.5)
    assert first == pytest.approx((1 - 1_000 * (1 - left) / 10_000) / 2)
    assert again == pytest.approx((1 - 1_000 * left * (1 - left) / 10_000) / 2)


def test_lots_of_a_chain_are_closed_over_time_only_after_the_chain_has_ended():
    held, left = HeldPosition(holding_days=1.0), math.exp(-0.5)

    def leans(noise: Noise, bought: int) -> float:
        """Add an hour's net purchases. Return the lots that the hour is expected to close."""
        closes = 10_000.0 * (1 - 2 * held.buyers(10_000.0, 12, noise))
        held.add(bought, noise)
        return closes

    assert leans(Noise.BEGINS, 600) == 0
    assert leans(Noise.STAYS, 100) == 0
    assert leans(Noise.TAKES_BACK, -400) == pytest.approx(100 * (1 - left))
    # The position is 300 lots. 239 of these lots belong to the open chain, so they are not closed.
    assert leans(Noise.TAKES_BACK, 0) == pytest.approx(100 * left * (1 - left))
    assert leans(Noise.BEGINS, 0) == pytest.approx(300 * (1 - left))


def test_orders_of_an_hour_are_expected_to_close_at_most_the_expected_volume_of_the_hour():
    assert HeldPosition(0.1, lots=10**9).buyers(5.0, 1, Noise.BEGINS) == 0
    assert HeldPosition(0.1, lots=-(10**9)).buyers(5.0, 1, Noise.BEGINS) == 1
    assert HeldPosition(0.1, lots=10**9).buyers(0.0, 1, Noise.BEGINS) == 0.5
    assert HeldPosition(0.1).buyers(5.0, 1, Noise.BEGINS) == 0.5


def test_the_net_position_of_customers_is_their_purchases_minus_their_sales():
    held = HeldPosition(2.0)
    flow = UninformedFlow(3, "BTC-PERP", 40, MEAN_LOTS * LOT_USD, held=held)
    bought = 0
    for hour in range(FIRST_HOUR, FIRST_HOUR + 20):
        start_us = hour * HOUR_US
        for half in (0, 1):
            span = start_us + half * HOUR_US // 2, start_us + (half + 1) * HOUR_US // 2
            bought += net_lots(flow.orders(*span, USD_PER_S, LOT_USD))
        assert held.lots == bought
    assert bought
