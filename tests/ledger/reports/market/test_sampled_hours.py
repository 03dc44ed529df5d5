"""The standard error of a sum over sampled hours is compared with repeated draws of the hours."""

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
    """Draw one hour from each stratum, many times. A stratum is a group of consecutive hours.

    Args:
        hours: the amount of each hour, shape (strata, hours per stratum).
        times: the number of draws.

    Returns:
        The standard deviation of the estimated totals, and the root mean square of their standard
        errors.
    """
    draws, (strata, n) = np.random.default_rng(1), hours.shape
    totals, errors = [], []
    for _ in range(times):
        drawn = n * hours[np.arange(strata), draws.integers(0, n, strata)]
        totals.append(drawn.sum())
        errors.append(standard_error(drawn.tolist()))
    return float(np.std(totals)), float(np.sqrt(np.mean(np.square(errors))))


def test_the_standard_error_is_near_the_standard_deviation_of_the_totals_over_repeated_draws():
    """The amounts are random. Their expected value changes slowly over the strata."""
    draws = np.random.default_rng(2)
    level = np.exp(np.sin(np.arange(200) / 15))
    hours = (1_000 * level[:, None] * draws.lognormal(0, 1, (200, 12))).astype(np.int64)

    spread, error = redrawn(hours, 1_000)

    # The standard deviation over a thousand draws is itself uncertain by about 2 %.
    assert error == pytest.approx(spread, rel=0.07)


def test_the_standard_error_of_equal_strata_is_zero_and_that_of_a_single_stratum_is_unknown():
    assert standard_error([500, 500, 500]) == 0
    assert standard_error([500]) is None


def test_the_standard_error_of_a_simulated_day_is_at_most_50_percent_too_large(
    executed: Callable[..., RunFolder],
):
    """The run plays all hours of a day. The test draws one of every four hours, many times.

    A stratum has four hours. The means of the six strata differ, so the standard error is larger
    than the standard deviation over the draws. Here it is larger by about a third.
    """
    run = executed(SETTLING)
    by_hour = dict(run.select(f"{HOUR_OF} FROM rows WHERE motive = 'pickoff' GROUP BY hour"))
    first = min(by_hour) // 24 * 24
    hours = np.array([by_hour.get(first + hour, 0) for hour in range(24)]).reshape(6, 4)

    spread, error = redrawn(hours, 1_000)

    assert 0.95 < error / spread < 1.5


def test_only_a_sampled_run_has_a_standard_error(
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


def test_strata_cover_all_days_except_full_days():
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
