"""Some played hours repeat or reverse the orders of earlier hours.

The purpose is that customers' net position has about the same variance as if all hours were played.
A chain is a sequence of hours that repeat or reverse the same orders. A chain is open until the
next chain begins.
"""

from collections import defaultdict

import numpy as np
import pytest

from des.clock import HOUR_US
from des.hour_groups import GroupedHours
from des.quoting.uninformed import UninformedFlow, net_lots
from des.repeated_orders import Noise, Orders, chained
from des.traded_hours import TradedHours

HOURS = 400
WEIGHTS = {
    "two": [2] * HOURS,
    "twelve": [12] * HOURS,
    "most": [24] * HOURS,
    "unequal": [1, 23] * (HOURS // 2),
    "a day": [1, 1, 2, 3, 5, 12] * (HOURS // 6),
    "wild": np.random.default_rng(1).integers(1, 25, HOURS).tolist(),
}


def at(weights: list[int]) -> list[tuple[int, int]]:
    return [(7 * i, weight) for i, weight in enumerate(weights)]


def width(orders: dict[int, Orders], weights: list[int]) -> tuple[int, int]:
    """Return two variances: of the position without the open chain, and of the open chain.

    The unit is the variance of the net purchases in an hour of weight 1.

    An hour has its own orders, or it repeats the orders of an earlier hour with the same or with
    reversed sides. The hour from which the orders come is the source hour. The orders are
    multiplied by the weight of the hour that uses them. For each source hour, let s be the sum of
    the weights of all hours with this source. Hours with reversed sides count as negative. These
    hours together have the variance s^2.

    The first result is the sum of s^2 over all source hours except the source hour of the open
    chain. The open chain is the chain of the last hour. If the weight of the last hour is 1, no
    chain counts as open.
    """
    of_source: dict[int, int] = defaultdict(int)
    for hour, weight in at(weights):
        of_source[orders[hour].hour] += -weight if orders[hour].is_turned else weight
    last = orders[7 * (len(weights) - 1)].hour
    open_square = of_source.pop(last) ** 2 if weights[-1] > 1 else 0
    return sum(left**2 for left in of_source.values()), open_square


@pytest.mark.parametrize("name", WEIGHTS)
def test_with_repeated_orders_the_position_has_about_the_variance_of_a_run_with_all_hours(
    name: str,
):
    """The mean variance is close to the number of hours that the played hours represent.

    The unit is the variance of the net purchases in an hour of weight 1. The chain that is still
    open at the end is left out, so the variance may be lower.
    """
    weights = WEIGHTS[name]
    found = [width(chained(at(weights), key), weights)[0] for key in range(600)]

    hours = sum(weights)
    error = np.std(found) / len(found) ** 0.5
    lag = 2 * max(weights) + 24  # a bound on the number of hours that the open chain represents
    assert -3 * error - lag < np.mean(found) - hours < 3 * error
    # The tolerance is so small that the test would fail without repeated orders.
    assert 3 * error + lag < 0.2 * hours
    assert np.mean(found) < 0.75 * sum(w**2 for w in weights)


def test_the_weight_left_in_an_open_chain_never_exceeds_the_largest_weight_of_an_hour():
    for name, weights in WEIGHTS.items():
        for key in range(50):
            for n in (7, 50, 51, 200):
                orders = chained(at(weights), key)
                assert width(orders, weights[:n])[1] <= max(weights) ** 2, name


def test_the_orders_of_an_hour_are_new_or_repeat_the_orders_of_an_earlier_hour():
    weights = WEIGHTS["wild"]
    orders = chained(at(weights), 3)

    for (hour, weight), drawn in zip(at(weights), orders.values(), strict=True):
        assert (drawn.hour == hour) == (drawn.noise is not Noise.TAKES_BACK)
        assert drawn.hour <= hour
        assert drawn.hour in orders
        assert (drawn.noise is Noise.STAYS) == (weight == 1)
        assert not (drawn.is_turned and drawn.noise is not Noise.TAKES_BACK)


def test_the_orders_of_an_hour_do_not_depend_on_later_hours():
    weights = WEIGHTS["wild"]
    whole, begun = chained(at(weights), 5), chained(at(weights[:100] + [24] * 50), 5)

    assert {hour: whole[hour] for hour in list(whole)[:100]} == dict(list(begun.items())[:100])


def test_the_position_of_customers_has_the_variance_computed_from_the_chains():
    """The mean position is zero.

    Let v be the variance of an hour of weight 1. Each chain adds w^2 * v to the variance of the
    position. Here w is the sum of the weights of the chain's hours, where reversed hours count as
    negative.
    """
    per_hour, mean_lots, lot_usd, seeds = 50, 400.0, 0.1, 1_000
    variance = per_hour * mean_lots * (2 * mean_lots - 1)  # of an hour's net purchases
    predicted = np.random.default_rng(4).lognormal(0, 1.5, 3 * 24)
    walked, expected = [], []
    for seed in range(seeds):
        grouped = GroupedHours.drawn(predicted, 480_000, frozenset(), (20.0, 12), seed)
        orders = chained(grouped.traded(), 7_000 + seed)
        hours = TradedHours(12, 0, 0, grouped=grouped, chained=orders)
        flow = UninformedFlow(seed, "BTC-PERP", 40, mean_lots * lot_usd, hours)
        lots, of_source = 0, defaultdict[int, int](int)
        for hour, weight in grouped.traded():
            usd_per_s = weight * per_hour * mean_lots * lot_usd / 3600
            span = hour * HOUR_US, (hour + 1) * HOUR_US
            lots += net_lots(flow.orders(*span, usd_per_s, lot_usd, times=weight))
            of_source[orders[hour].hour] += -weight if orders[hour].is_turned else weight
        walked.append(lots)
        expected.append(variance * sum(left**2 for left in of_source.values()))

    squares = np.square(walked, dtype=float)
    assert abs(np.mean(walked)) < 3 * np.std(walked) / seeds**0.5
    error = np.std(squares) / seeds**0.5
    assert abs(squares.mean() - np.mean(expected)) < 3 * error
    assert 3 * error < np.mean(expected) / 5
