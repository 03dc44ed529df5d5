"""Sampling errors are estimated with a bootstrap that draws blocks of consecutive days."""

import numpy as np
import pytest

from runs.record.day_blocks import BLOCK_DAYS, DAYS_MIN, RESAMPLES, block_draws, of_sums


def total(sums: np.ndarray) -> np.ndarray:
    return sums[..., 0]


def autocorrelated(rng: np.random.Generator, days: int, rho: float) -> np.ndarray:
    """Return autocorrelated daily values with mean 0 and variance 1."""
    values = rng.standard_normal(days)
    for i in range(1, days):
        values[i] = rho * values[i - 1] + (1 - rho**2) ** 0.5 * values[i]
    return values


@pytest.mark.parametrize("days", [DAYS_MIN, 28, 31, 365])
def test_bootstrap_samples_are_as_long_as_the_period_and_have_each_day_about_once_on_average(days):
    counts = block_draws(days, "x")

    assert counts.shape == (RESAMPLES, days)
    assert (counts.sum(axis=1) == days).all()
    assert counts.mean(axis=0) == pytest.approx(np.ones(days), abs=0.2)


def test_the_bootstrap_draws_blocks_of_consecutive_days():
    """Each drawn day has a drawn neighbour, so counts of neighbouring days are correlated."""
    counts = block_draws(70, "x")
    neighbours = np.roll(counts, 1, axis=1) + np.roll(counts, -1, axis=1)
    alone = ((counts > 0) & (neighbours == 0)).sum()

    assert alone == 0
    together = np.corrcoef(counts[:, 10], counts[:, 11])[0, 1]
    assert together == pytest.approx(1 - 1 / BLOCK_DAYS, abs=0.05)
    assert np.corrcoef(counts[:, 10], counts[:, 10 + BLOCK_DAYS])[0, 1] < 0.05


def test_a_name_gives_the_same_draws_each_time_and_another_name_gives_other_draws():
    again = block_draws.__wrapped__(30, "x")

    assert (again == block_draws(30, "x")).all()
    assert (again != block_draws(30, "y")).any()
    assert block_draws(30, "x")[0, :6].tolist() == [2, 2, 2, 1, 1, 1]


def test_a_period_shorter_than_two_weeks_has_no_estimate_of_its_error():
    days = np.arange(DAYS_MIN - 1.0)[:, np.newaxis]

    assert of_sums([("2022-05", days)], total) == (days.sum(), None)


def test_differences_between_months_do_not_increase_the_sampling_error():
    months = [(f"2022-0{i}", np.full((30, 1), 10.0**i)) for i in range(1, 4)]

    estimate = of_sums(months, total)

    assert estimate.figure == pytest.approx(30 * 1_110)
    assert estimate.error == pytest.approx((estimate.figure, estimate.figure))


def test_a_month_that_is_too_short_adds_its_sum_to_the_figure_but_adds_no_error():
    rng = np.random.default_rng(1)
    whole, short = rng.random((30, 1)), np.full((3, 1), 100.0)

    alone, both = (of_sums(m, total) for m in ([("a", whole)], [("a", whole), ("b", short)]))

    assert both.figure == pytest.approx(alone.figure + 300)
    assert both.error == pytest.approx(tuple(end + 300 for end in alone.error))


@pytest.mark.parametrize(("rho", "months"), [(0.0, 1), (0.0, 12), (0.5, 12)])
def test_the_95_percent_interval_of_a_sum_contains_the_true_value_in_85_to_98_percent_of_tries(
    rho, months
):
    rng, covered, tries = np.random.default_rng(20), 0, 300
    for _ in range(tries):
        values = autocorrelated(rng, 30 * months, rho).reshape(months, 30, 1)
        low, high = of_sums([(str(i), days) for i, days in enumerate(values)], total).error
        covered += low <= 0 <= high

    # The bootstrap treats blocks as independent. So the coverage is too low if the last day of a
    # block is correlated with the first day of the next block.
    assert (0.9 if rho < 0.5 else 0.85) <= covered / tries <= 0.98


def test_the_bootstrap_of_a_ratio_draws_the_same_days_for_both_sums():
    """If the ratio is the same on all days, its error is zero even if the volume varies."""
    volume = np.random.default_rng(3).random((30, 1)) * 10
    months = [("2022-05", np.hstack([volume / 4, volume]))]

    estimate = of_sums(months, lambda sums: 100 * sums[..., 0] / sums[..., 1])

    assert estimate.error == pytest.approx((25, 25))
