"""A size that the maker decides is rounded to whole lots, up or down at random.

The mean remains the decided size.
"""

import numpy as np
import pytest

from des.quoting.whole_lots import AS_STATED, WholeLots

LOT_CENTS = 1_000_00


@pytest.mark.parametrize("size_cents", [1, 40_00, 999_99, 2_250_00, 70_900_00])
def test_a_size_is_rounded_down_or_up_to_whole_lots_and_the_mean_is_the_decided_size(size_cents):
    rounding = WholeLots.of_decisions(1, "X-PERP")
    shown = np.array([rounding.cents(size_cents, LOT_CENTS, us) for us in range(20_000)])
    below = size_cents // LOT_CENTS * LOT_CENTS
    chance = (size_cents - below) / LOT_CENTS
    error = LOT_CENTS * (chance * (1 - chance) / len(shown)) ** 0.5

    assert set(shown.tolist()) <= {below, below + LOT_CENTS}
    assert abs(shown.mean() - size_cents) < 4 * error


def test_a_size_of_whole_lots_or_zero_is_not_changed():
    rounding = WholeLots.of_decisions(1, "X-PERP")

    assert all(rounding.cents(7 * LOT_CENTS, LOT_CENTS, us) == 7 * LOT_CENTS for us in range(100))
    assert all(rounding.cents(0, LOT_CENTS, us) == 0 for us in range(100))


def test_rounding_at_a_given_time_is_repeatable_and_differs_between_markets():
    one, other = (WholeLots.of_decisions(1, name) for name in ("X-PERP", "Y-PERP"))
    draws = [
        [rounding.cents(500_00, LOT_CENTS, us) for us in range(200)]
        for rounding in (one, one, other)
    ]

    assert draws[0] == draws[1]
    assert draws[0] != draws[2]


def test_a_stated_size_is_not_rounded_at_random():
    assert AS_STATED.cents(123, LOT_CENTS, 0) == 123
