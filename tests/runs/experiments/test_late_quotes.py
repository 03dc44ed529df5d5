"""A maker's gain falls as its latency grows. If a firm hits stale quotes, the gain has a floor."""

from itertools import pairwise

import numpy as np
import pytest

from runs.experiments.late_quotes import (
    HALF_SPREAD,
    OTHERS,
    THRESHOLD,
    LateDay,
    earned_by_hour,
    limit_ticks,
)


def earned(latency_s: float, is_hit: bool, ticks_per_s: float = 8.0) -> tuple[float, float]:
    """Return a day's mean gain per lot, and its standard error over the hours, both in ticks."""
    ticks, lots = earned_by_hour(LateDay(latency_s, is_hit, 1, ticks_per_s)).T
    mean = ticks.sum() / lots.sum()
    error = np.sqrt(((ticks - mean * lots) ** 2).sum()) / lots.sum()
    return float(mean), float(error)


def test_the_gain_of_a_maker_keeps_falling_as_latency_rises_if_no_firm_hits_quotes():
    found = [earned(latency_s, is_hit=False) for latency_s in (0.0, 0.5, 2.0, 8.0, 32.0)]

    for (sooner, error), (later, its_error) in pairwise(found):
        assert sooner - later > 3 * np.hypot(error, its_error)
    assert found[0][0] == HALF_SPREAD
    assert found[-1][0] < -HALF_SPREAD


def test_the_gain_of_a_maker_falls_as_latency_rises_but_has_a_floor_if_a_firm_hits_quotes():
    """The firm hits a quote as soon as the lead price is beyond it by more than a threshold."""
    alone, error = earned(32.0, is_hit=False)
    found = [earned(latency_s, is_hit=True) for latency_s in (0.0, 0.5, 2.0, 8.0)]
    floor, its_error = earned(32.0, is_hit=True)

    for (sooner, its), (later, later_its) in pairwise(found):
        assert sooner - later > 3 * np.hypot(its, later_its)
    assert floor - alone > 3 * np.hypot(error, its_error)
    assert abs(floor - found[-1][0]) < 1.0


def test_the_gain_at_a_long_latency_agrees_with_the_formula_for_absorbing_barriers():
    """The price moves in whole ticks, so it crosses the formula's barrier by up to one tick."""
    found, error = earned(256.0, is_hit=True, ticks_per_s=32.0)
    barrier = HALF_SPREAD + THRESHOLD

    assert error < 0.3
    assert limit_ticks(barrier + 1) - 3 * error < found < limit_ticks(barrier) + 3 * error


@pytest.mark.parametrize("barrier", [16.0, 21.0, 40.0])
def test_the_formula_for_long_latencies_is_the_mean_gain_weighted_by_a_cosine_density(barrier):
    x = np.linspace(HALF_SPREAD - OTHERS, barrier, 200_001)
    density = np.cos(np.pi * x / (2 * barrier))

    mean = ((HALF_SPREAD - x) * density).sum() / density.sum()
    assert limit_ticks(barrier) == pytest.approx(mean, abs=1e-3)
