"""A decided size is shown in whole lots, and on average as decided."""

import numpy as np
import pytest

from des.quoting.whole_lots import AS_STATED, WholeLots

LOT_CENTS = 1_000_00


@pytest.mark.parametrize("size_cents", [1, 40_00, 999_99, 2_250_00, 70_900_00])
def test_the_mean_size_is_the_decided_one_and_each_is_a_neighbouring_lot(size_cents):
    rounding = WholeLots.of_decisions(1, "X-PERP")
    shown = np.array([rounding.cents(size_cents, LOT_CENTS, us) for us in range(20_000)])
    below = size_cents // LOT_CENTS * LOT_CENTS
    chance = (size_cents - below) / LOT_CENTS
    error = LOT_CENTS * (chance * (1 - chance) / len(shown)) ** 0.5

    assert set(shown.tolist()) <= {below, below + LOT_CENTS}
    assert abs(shown.mean() - size_cents) < 4 * error


def test_whole_lots_stay_and_nothing_stays_nothing():
    rounding = WholeLots.of_decisions(1, "X-PERP")

    assert all(rounding.cents(7 * LOT_CENTS, LOT_CENTS, us) == 7 * LOT_CENTS for us in range(100))
    assert all(rounding.cents(0, LOT_CENTS, us) == 0 for us in range(100))


def test_a_moment_has_one_draw_and_markets_have_their_own():
    one, other = (WholeLots.of_decisions(1, name) for name in ("X-PERP", "Y-PERP"))
    draws = [
        [rounding.cents(500_00, LOT_CENTS, us) for us in range(200)]
        for rounding in (one, one, other)
    ]

    assert draws[0] == draws[1]
    assert draws[0] != draws[2]


def test_a_stated_size_is_left_to_the_plan():
    assert AS_STATED.cents(123, LOT_CENTS, 0) == 123
