"""Uninformed orders have the stated distributions and volume, and do not depend on time steps.

Statistical tests allow a deviation of three standard errors.
"""

import math
from datetime import date
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from des.clock import HOUR_US, midnight_us
from des.quoting.race import ANY_PRICE, UNINFORMED
from des.quoting.uninformed import UninformedFlow
from ledger.fills import Trigger

START_US = midnight_us(date(2022, 5, 9))
HOURS = 500
HOLDERS = 40
LOT_USD, MEAN_USD, USD_PER_S = 300.0, 4_000.0, 500.0
MEAN_LOTS = MEAN_USD / LOT_USD
MEAN_ORDERS = USD_PER_S * 3_600 / MEAN_USD  # per hour


def flow(**changes) -> UninformedFlow:
    named = {"seed": 1, "market": "BTC-PERP", "holders": HOLDERS, "order_usd_mean": MEAN_USD}
    return UninformedFlow(**(named | changes))


def hour(source: UninformedFlow, i: int) -> np.ndarray:
    start_us = START_US + i * HOUR_US
    return source.orders(start_us, start_us + HOUR_US, USD_PER_S, LOT_USD)


@pytest.fixture(scope="module")
def hours() -> list[np.ndarray]:
    source = flow()
    return [hour(source, i) for i in range(HOURS)]


@pytest.fixture(scope="module")
def orders(hours) -> np.ndarray:
    return np.concatenate(hours)


# ---- the stated distributions


def test_hourly_numbers_of_uninformed_orders_have_a_poisson_distribution(hours):
    """Over n hours the standard error of the mean number is sqrt(mean / n).

    The standard error of the variance is about mean * sqrt(2 / n).
    """
    counts = np.array([len(one) for one in hours])

    assert abs(counts.mean() - MEAN_ORDERS) < 3 * math.sqrt(MEAN_ORDERS / HOURS)
    assert abs(counts.var(ddof=1) - MEAN_ORDERS) < 3 * MEAN_ORDERS * math.sqrt(2 / HOURS)
    # The numbers of two successive hours are uncorrelated.
    assert abs(np.corrcoef(counts[:-1], counts[1:])[0, 1]) < 3 / math.sqrt(HOURS)


def test_the_mean_volume_of_uninformed_orders_is_the_stated_volume(hours):
    """The variance of an hour's volume is the mean number of orders times the mean squared size."""
    lots = np.array([one["lots"].sum() for one in hours])
    expected = USD_PER_S * 3_600 / LOT_USD
    mean_square = MEAN_LOTS * (2 * MEAN_LOTS - 1)

    error = math.sqrt(MEAN_ORDERS * mean_square / HOURS)
    assert error < 0.01 * expected
    assert abs(lots.mean() - expected) < 3 * error


def test_about_half_of_the_uninformed_orders_are_purchases(orders):
    sides = orders["side"]
    assert set(sides) == {0, 1}
    assert abs(sides.mean() - 0.5) < 3 * 0.5 / math.sqrt(len(sides))


def test_sizes_of_uninformed_orders_are_geometric(orders):
    """If the mean is m lots, an order has more than k lots with the probability (1 - 1 / m)^k.

    Among n orders a share p has the standard error sqrt(p * (1 - p) / n).
    """
    lots = orders["lots"]
    assert lots.min() == 1
    for k in (1, 5, 13, 40):
        p = (1 - 1 / MEAN_LOTS) ** k
        assert abs((lots > k).mean() - p) < 3 * math.sqrt(p * (1 - p) / len(lots))


@pytest.mark.parametrize("what", ["minute", "holder"])
def test_an_order_is_equally_likely_in_each_minute_of_the_hour_and_from_each_customer(orders, what):
    """A chi-square with k degrees of freedom has mean k and standard deviation sqrt(2 * k)."""
    if what == "minute":
        drawn, cells = orders["arrival_us"] % HOUR_US * 60 // HOUR_US, 60
    else:
        drawn, cells = orders["holder"], HOLDERS
    counts = np.bincount(drawn, minlength=cells)
    assert len(counts) == cells
    chi_square = ((counts - counts.mean()) ** 2).sum() / counts.mean()
    assert abs(chi_square - (cells - 1)) < 3 * math.sqrt(2 * (cells - 1))


def test_a_single_customer_sends_the_same_orders_as_forty_customers_together():
    alone, many = hour(flow(holders=1), 0), hour(flow(), 0)

    assert set(alone["holder"]) == {0}
    for name in set(many.dtype.names) - {"holder"}:
        assert np.array_equal(alone[name], many[name])


def test_orders_of_customers_have_no_price_limit_and_no_trigger(orders):
    assert set(orders["limit"]) == {ANY_PRICE}
    assert set(orders["firm"]) == {UNINFORMED}
    assert set(orders["trigger"]) == {Trigger.NONE}


def test_each_order_is_one_lot_if_a_lot_is_worth_more_than_the_stated_mean_order():
    """The expected number of orders is the stated volume divided by the value of a lot."""
    source, hours = flow(order_usd_mean=20.0), 30
    counts = []
    for i in range(hours):
        orders = hour(source, i)
        assert set(orders["lots"]) == {1}
        counts.append(len(orders))
    expected = USD_PER_S * 3_600 / LOT_USD
    assert abs(np.mean(counts) - expected) < 3 * math.sqrt(expected / hours)


def test_there_are_no_uninformed_orders_if_there_is_no_volume():
    assert not len(flow().orders(START_US, START_US + HOUR_US, 0.0, LOT_USD))


# ---- orders do not depend on time steps or on the sequence of reading


@given(cuts=st.lists(st.integers(START_US, START_US + HOUR_US), max_size=12))
def test_any_partition_of_an_hour_into_steps_gives_the_same_orders_sorted_by_time(cuts):
    source = flow()
    parts = [
        source.orders(begin_us, end_us, USD_PER_S, LOT_USD)
        for begin_us, end_us in pairwise(sorted([START_US, *cuts, START_US + HOUR_US]))
    ]
    whole = hour(flow(), 0)
    assert np.array_equal(np.concatenate(parts), whole)
    assert (np.diff(whole["arrival_us"]) >= 0).all()


@settings(max_examples=30, deadline=None, derandomize=True)
@given(order=st.permutations(range(6)))
def test_the_orders_of_an_hour_do_not_depend_on_the_sequence_in_which_hours_are_read(order):
    straight, shuffled = flow(), flow()
    in_turn = [hour(straight, i) for i in range(6)]
    assert all(np.array_equal(hour(shuffled, i), in_turn[i]) for i in order)


def test_each_market_and_each_seed_has_its_own_orders():
    times = [
        set(hour(source, 0)["arrival_us"])
        for source in (flow(), flow(market="ETH-PERP"), flow(seed=2))
    ]
    assert not times[0] & times[1]
    assert not times[0] & times[2]
