"""One random hour of each group of similar hours is played. Weighted totals have no bias."""

from itertools import pairwise

import numpy as np
import pytest

from des.hour_groups import GroupedHours, groups_of
from ledger.times import HOURS_PER_DAY

NO_DAYS: frozenset[int] = frozenset()
FIRST_HOUR = 480_000
BOUNDS = (30.0, 12)


def losses(days: int, seed: int = 1) -> np.ndarray:
    """Return the predicted loss of each hour. Most losses are small, and a few are much larger."""
    return np.random.default_rng(seed).lognormal(0, 1.5, days * HOURS_PER_DAY)


def drawn(predicted: np.ndarray, key: int = 1, full_days: frozenset[int] = NO_DAYS) -> GroupedHours:
    return GroupedHours.drawn(predicted, FIRST_HOUR, full_days, BOUNDS, key)


@pytest.mark.parametrize("loss_max", [0.5, 5.0, 50.0, 1e9])
@pytest.mark.parametrize("most", [2, 5, 12, 24])
def test_no_group_exceeds_the_size_limit_and_no_group_of_several_hours_exceeds_the_loss_limit(
    loss_max: float, most: int
):
    for seed in range(20):
        predicted = losses(1, seed)
        groups = groups_of(predicted, loss_max, most)

        assert sorted(np.concatenate(groups)) == list(range(HOURS_PER_DAY))
        assert all(len(group) <= most for group in groups)
        several = [group for group in groups if len(group) > 1]
        assert all(predicted[group].sum() <= loss_max for group in several)


def test_no_hour_of_a_group_has_a_smaller_predicted_loss_than_an_hour_of_a_later_group():
    predicted = losses(1)
    ranges = [
        (predicted[group].min(), predicted[group].max()) for group in groups_of(predicted, 20, 12)
    ]

    assert len(ranges) > 3
    for (low, _), (_, next_high) in pairwise(ranges):
        assert low >= next_high


@pytest.mark.parametrize("each", [0.0, 0.5])
def test_all_groups_have_the_same_size_if_all_predicted_losses_are_equal(each: float):
    groups = groups_of(np.full(HOURS_PER_DAY, each), 4.0, 12)

    assert {len(group) for group in groups} == ({12} if each == 0 else {8})


def test_weights_of_a_day_sum_to_24_and_on_a_full_day_each_weight_is_one():
    full = frozenset({FIRST_HOUR // HOURS_PER_DAY + 3})
    weights = np.array(drawn(losses(60), full_days=full).weights).reshape(60, HOURS_PER_DAY)

    assert set(weights.sum(axis=1)) == {24}
    assert set(weights[3]) == {1}
    assert len(set(weights.ravel())) > 8


def test_the_weighted_sum_over_played_hours_is_an_unbiased_estimate_of_the_total_of_all_hours():
    """An hour in a group of n hours is drawn with probability 1 / n, and then has the weight n."""
    predicted = losses(3)
    # The real losses are independent of the predictions.
    real = np.random.default_rng(9).lognormal(0, 1, len(predicted))
    weights = np.array([drawn(predicted, key).weights for key in range(4_000)])

    totals = weights @ real
    assert abs(totals.mean() - real.sum()) < 3 * totals.std() / len(totals) ** 0.5
    # The expected weight of each hour is one.
    error = np.sqrt(weights.var(axis=0) / len(weights))
    assert (np.abs(weights.mean(axis=0) - 1) <= 4.5 * error + 1e-9).all()


def test_the_weights_of_a_day_do_not_depend_on_later_days():
    predicted = losses(10)
    other = np.concatenate((predicted[:120], losses(5, seed=2)))

    one, two = drawn(predicted).weights, drawn(other).weights
    assert one[:120] == two[:120]
    assert one[120:] != two[120:]


def test_the_predicted_loss_of_a_group_is_assigned_to_the_played_hour_of_the_group():
    predicted = losses(40)
    of_all = drawn(predicted)

    for first in range(0, len(predicted), HOURS_PER_DAY):
        for group in groups_of(predicted[first : first + HOURS_PER_DAY], *BOUNDS):
            hours = first + group
            weights, assigned = (
                np.array(values)[hours] for values in (of_all.weights, of_all.group_losses)
            )
            assert sorted(weights) == [0] * (len(hours) - 1) + [len(hours)]
            assert assigned[weights > 0] == pytest.approx(predicted[hours].sum())
            assert not assigned[weights == 0].any()
