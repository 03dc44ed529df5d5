"""The standard error of a sampled run's pick-offs, compared with repeated draws of the hours."""

from collections.abc import Callable
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from ledger.motives import Motive
from ledger.reports.life.answer import answer
from ledger.reports.market.sampled_hours import (
    SampledHours,
    sampled_hours,
    sampling_error_usd,
    standard_error,
)
from ledger.run_folder import RunFolder

SETTLING = Path(__file__).parents[3] / "worlds" / "settling.toml"
HOUR_OF = "SELECT epoch_us(time) // 3600000000 AS hour, sum(edge_cents)::BIGINT"


def redrawn(hours: np.ndarray, times: int) -> tuple[float, float]:
    """Draw one hour of each stratum again and again.

    Args:
        hours: the amount of each hour, shape (strata, hours of one).
        times: the number of draws.

    Returns:
        The spread of the estimated totals, and the root mean square of their standard errors.
    """
    draws, (strata, n) = np.random.default_rng(1), hours.shape
    totals, errors = [], []
    for _ in range(times):
        drawn = n * hours[np.arange(strata), draws.integers(0, n, strata)]
        totals.append(drawn.sum())
        errors.append(standard_error(drawn.tolist()))
    return float(np.std(totals)), float(np.sqrt(np.mean(np.square(errors))))


def test_the_error_equals_the_spread_of_totals_over_new_draws_of_hours():
    """There are two hundred half days; their level doubles and halves slowly, like volatility."""
    draws = np.random.default_rng(2)
    level = np.exp(np.sin(np.arange(200) / 15))
    hours = (1_000 * level[:, None] * draws.lognormal(0, 1, (200, 12))).astype(np.int64)

    spread, error = redrawn(hours, 1_000)

    # Errors of a standard deviation from a thousand draws: 2 %.
    assert error == pytest.approx(spread, rel=0.07)


def test_if_hours_do_not_differ_the_error_is_zero():
    assert standard_error([500, 500, 500]) == 0
    assert standard_error([500]) is None


def test_in_a_small_world_the_error_equals_the_spread_over_new_draws_of_its_hours(
    executed: Callable[..., RunFolder],
):
    """All hours of a day are played; one hour of each stratum of four is then drawn many times.

    Six strata whose means differ make the error too large, by a third here, and never too small.
    """
    run = executed(SETTLING)
    by_hour = dict(run.select(f"{HOUR_OF} FROM rows WHERE motive = 'pickoff' GROUP BY hour"))
    first = min(by_hour) // 24 * 24
    hours = np.array([by_hour.get(first + hour, 0) for hour in range(24)]).reshape(6, 4)

    spread, error = redrawn(hours, 1_000)

    assert 0.95 < error / spread < 1.5


def test_a_sampled_run_has_an_error_and_a_full_run_has_none(
    executed: Callable[..., RunFolder],
):
    sampled = executed(SETTLING, run={"one_hour_in": 12, "seed": 3})
    by_hour = dict(sampled.select(f"{HOUR_OF} FROM rows WHERE motive = 'pickoff' GROUP BY hour"))
    halves = [
        sum(cents for hour, cents in by_hour.items() if hour // 12 % 2 == half) for half in (0, 1)
    ]

    error = sampling_error_usd(sampled, Motive.PICKOFF)

    assert error is not None
    assert round(error * 100) == round(abs(halves[1] - halves[0]))
    assert f"with a standard error of ${error:,.0f} from sampled hours" in answer(sampled)
    assert sampled_hours(executed(SETTLING)) is None
    assert "standard error" not in answer(executed(SETTLING))


def test_full_days_are_no_strata_and_hours_without_fills_count():
    played = {
        "start": date(2022, 5, 9),
        "end": date(2022, 5, 12),
        "one_hour_in": 12,
        "full_days": [date(2022, 5, 10)],
    }

    strata = SampledHours.of(played).strata

    assert len(strata) == 4
    assert strata[1] - strata[0] == 1
    assert strata[2] - strata[1] == 3
