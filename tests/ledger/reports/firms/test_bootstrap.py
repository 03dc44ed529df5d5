"""Rank correlations, bootstrap draws and bootstrap intervals are correct."""

import statistics
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger.reports.firms.bootstrap import COVERAGE, FEWEST, RESAMPLES, draws, interval, spearman

# -------------------------------------------------------------------------- the ranks


def naive_ranks(values: Sequence[float]) -> list[float]:
    """Return the rank of each value. Equal values have the mean of their ranks."""
    order = sorted(values)
    places = {v: [i for i, other in enumerate(order, 1) if other == v] for v in order}
    return [statistics.fmean(places[v]) for v in values]


def test_the_rank_correlation_equals_the_value_in_a_textbook():
    # The data are the IQ and the hours of television of ten people, without equal values. Each
    # person has a rank in IQ and a rank in hours. The squared differences between these two ranks
    # sum to 194. So the correlation is 1 - 6 * 194 / (10 * 99) = -29 / 165.
    iq = np.array([86, 97, 99, 100, 101, 103, 106, 110, 112, 113])
    hours = np.array([2, 20, 28, 27, 50, 29, 7, 17, 6, 12])

    assert spearman(iq, hours, np.ones(10)) == pytest.approx(-29 / 165)


few = st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=2, max_size=12)


@given(few)
def test_the_rank_correlation_is_pearsons_correlation_of_ranks_and_equal_values_get_their_mean_rank(
    pairs,
):
    x, y = (list(map(float, each)) for each in zip(*pairs, strict=True))

    found = spearman(np.array(x), np.array(y), np.ones(len(x)))

    if len(set(x)) == 1 or len(set(y)) == 1:
        assert np.isnan(found)
    else:
        assert found == pytest.approx(statistics.correlation(naive_ranks(x), naive_ranks(y)))


@given(few, st.data())
def test_a_pair_with_weight_n_counts_like_n_equal_pairs(pairs, data):
    counts = data.draw(st.lists(st.integers(0, 3), min_size=len(pairs), max_size=len(pairs)))
    x, y = np.array(pairs, dtype=float).T

    found = spearman(x, y, np.array(counts))

    repeated = [np.repeat(each, counts) for each in (x, y)]
    again = spearman(*repeated, np.ones(sum(counts)))
    assert found == pytest.approx(again, nan_ok=True)


def test_a_pair_with_a_missing_value_is_ignored():
    x, y = np.array([1.0, 2.0, np.nan, 3.0]), np.array([1.0, 3.0, 9.0, 2.0])

    assert spearman(x, y, np.ones(4)) == pytest.approx(0.5)


# --------------------------------------------------------------------- the intervals


def test_a_draw_has_the_size_of_the_sample_and_each_item_is_drawn_about_once_on_average():
    found = draws(40, "firms")

    assert found.shape == (RESAMPLES, 40)
    assert set(found.sum(axis=1)) == {40}
    # A draw contains each of the forty items once on average. The mean count of an item over all
    # draws has a standard error of 0.022.
    assert found.mean(axis=0) == pytest.approx(np.ones(40), abs=0.1)


def test_draws_with_the_same_name_are_equal_and_draws_with_different_names_differ():
    assert (draws.__wrapped__(9, "days") == draws(9, "days")).all()
    assert (draws(9, "days on") != draws(9, "days off")).any()


def test_there_are_no_draws_and_no_interval_if_there_are_too_few_values():
    assert draws(FEWEST - 1, "days").shape == (0, FEWEST - 1)
    assert draws(FEWEST, "days").shape == (RESAMPLES, FEWEST)
    assert interval(draws(FEWEST - 1, "days") @ np.ones(FEWEST - 1)) is None


def test_the_standard_deviation_of_resampled_means_is_about_the_standard_error_of_the_mean():
    values = np.random.default_rng(1).normal(3, 2, 30)

    means = draws(30, "days") @ values / 30

    assert means.mean() == pytest.approx(values.mean(), abs=0.05)
    assert means.std() == pytest.approx(values.std() / np.sqrt(30), rel=0.05)


@pytest.mark.parametrize("n", [20, 40])
def test_intervals_contain_the_true_mean_of_normal_data_roughly_as_often_as_stated(n):
    # If there are few values, a percentile interval is too narrow, because it corresponds to the
    # normal distribution and not to the t distribution. So the interval contains the true mean less
    # often than stated. The test accepts rates up to 4 percentage points below the stated rate.
    rng = np.random.default_rng(2)
    found = [interval(draws(n, "days") @ rng.normal(0, 1, n) / n) for _ in range(2_000)]

    held = np.mean([each.low <= 0 <= each.high for each in found])

    assert COVERAGE - 0.04 < held < COVERAGE + 0.01


def test_intervals_of_a_rank_correlation_contain_the_true_value_roughly_as_often_as_stated():
    # The rank correlation of normal pairs with correlation r is 6 / pi * arcsin(r / 2).
    rng, r, held = np.random.default_rng(3), 0.5, 0
    true = 6 / np.pi * np.arcsin(r / 2)
    for _ in range(100):
        x, noise = rng.normal(size=(2, 40))
        y = r * x + np.sqrt(1 - r**2) * noise
        found = interval(spearman(x, y, draws(40, "firms")[:400]))
        held += found.low <= true <= found.high

    assert 88 <= held <= 99
