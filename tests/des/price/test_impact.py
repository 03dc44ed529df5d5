"""The impact of orders on the log-price decays over time.

The impact of a new order is proportional to the square root of its dollars.
"""

import math

import pytest

from des.price.impact import Impact

KAPPA, TAU_S, VOLUME_USD, VOLATILITY = 0.5, 600.0, 1e6, 0.04
ONE_USD = KAPPA * VOLATILITY / math.sqrt(VOLUME_USD)


def impact_of(*orders: tuple[float, float], kappa: float = KAPPA) -> float:
    """Return the impact after orders, which are pairs: seconds since the last order, dollars."""
    impact = Impact(kappa, TAU_S, VOLUME_USD)
    for elapsed_s, usd in orders:
        impact.update(elapsed_s, usd, VOLATILITY)
    return impact.log_offset


@pytest.mark.parametrize("elapsed_s", [10.0, 600.0, 1_800.0])
def test_impact_decays_and_each_order_adds_impact_proportional_to_the_square_root_of_its_dollars(
    elapsed_s,
):
    left = math.exp(-elapsed_s / TAU_S)

    after = impact_of((60.0, 400), (elapsed_s, -100))
    assert after == pytest.approx(ONE_USD * (20 * left - 10))


def test_a_purchase_raises_the_price_by_as_much_as_an_equal_sale_lowers_the_price():
    assert impact_of((60.0, 900)) == pytest.approx(30 * ONE_USD)
    assert impact_of((60.0, -900)) == pytest.approx(-30 * ONE_USD)


def test_without_orders_or_with_kappa_zero_there_is_no_impact():
    assert impact_of((60.0, 0)) == 0
    assert impact_of((60.0, 900), kappa=0.0) == 0
