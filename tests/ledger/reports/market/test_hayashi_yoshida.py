"""A lag that was put in is found, no more exactly than it can be; where there is none, none is."""

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ledger.reports.market.hayashi_yoshida import (
    BLOCK_US,
    LAGS_US,
    Peak,
    Prices,
    Sight,
    correlation,
    covariances,
    moves,
    peak,
)

STEP_US = 100_000
SPAN_US = 7_200_000_000


def poisson(rng: np.random.Generator, per_s: float) -> np.ndarray:
    """Draw the times of a Poisson process over SPAN_US."""
    return np.sort(rng.integers(0, SPAN_US, rng.poisson(per_s * SPAN_US / 1e6)))


def brownian(rng: np.random.Generator, times_us: np.ndarray) -> np.ndarray:
    """Draw a Brownian path at rising times."""
    steps = np.sqrt(np.diff(times_us, prepend=times_us[0])) * rng.standard_normal(len(times_us))
    return np.cumsum(steps)


def leader_and_follower(seed: int, lag_us: int, per_s: float = 4.0) -> tuple[Prices, Prices]:
    """Observe one path at Poisson times, and its copy *lag_us* later at others."""
    rng = np.random.default_rng(seed)
    own_us, others_us = poisson(rng, per_s), poisson(rng, per_s)
    path_us = np.unique(np.concatenate((own_us, others_us - lag_us)))
    path = brownian(rng, path_us)
    return (
        Prices(own_us, path[path_us.searchsorted(own_us)]),
        Prices(others_us, path[path_us.searchsorted(others_us - lag_us)]),
    )


def found_in(lead: Prices, house: list[Prices]) -> Peak | None:
    """Look for a lag in one day."""
    return peak([Sight(lead, house)])


# ------------------------------------------------------------------------ the estimator


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("lag_us", [2_000_000, 300_000, 0, -1_500_000])
def test_the_lag_of_a_copy_is_found_to_one_step_of_the_grid(seed: int, lag_us: int):
    lead, house = leader_and_follower(seed, lag_us)

    found = found_in(lead, [house])

    assert found is not None
    assert abs(found.lag_us - lag_us) <= STEP_US
    assert found.low_us <= lag_us <= found.high_us


@pytest.mark.parametrize(
    ("lag_us", "low", "high"),
    [(2_000_000, 2, np.inf), (0, 0.8, 1.25), (-2_000_000, 0, 0.5)],
)
def test_the_lead_lag_ratio_is_on_the_side_of_who_leads(lag_us: int, low: float, high: float):
    lead, house = leader_and_follower(0, lag_us)

    found = found_in(lead, [house])

    assert found is not None
    assert low < found.lead_lag_ratio < high


def test_with_the_two_exchanged_the_same_lag_has_the_other_sign():
    lead, house = leader_and_follower(0, 2_000_000)

    there, back = found_in(lead, [house]), found_in(house, [lead])

    assert there is not None
    assert back is not None
    assert back.lag_us == -there.lag_us
    assert back.lead_lag_ratio == pytest.approx(1 / there.lead_lag_ratio)


def test_a_mirror_image_has_the_same_lag():
    lead, house = leader_and_follower(0, 2_000_000)

    mirrored, plain = (
        found_in(lead, [house._replace(prices=-house.prices)]),
        found_in(lead, [house]),
    )

    assert mirrored is not None
    assert plain is not None
    assert mirrored.lag_us == plain.lag_us
    assert (mirrored.low_us, mirrored.high_us) == (plain.low_us, plain.high_us)


@pytest.mark.parametrize("seed", range(20))
def test_independent_prices_have_no_peak(seed: int):
    rng = np.random.default_rng(seed)
    lead_us, house_us = poisson(rng, 0.5), poisson(rng, 0.5)

    lead = Prices(lead_us, brownian(rng, lead_us))

    assert found_in(lead, [Prices(house_us, brownian(rng, house_us))]) is None


@pytest.mark.parametrize("seed", range(20))
def test_a_storm_on_both_venues_at_once_is_no_peak(seed: int):
    # What is common is how much the prices move, not where to; an error that took all moments for
    # equal would be several times too small.
    rng = np.random.default_rng(seed)
    both = []
    for times_us in (poisson(rng, 0.5), poisson(rng, 0.5)):
        calm = np.diff(brownian(rng, times_us), prepend=0.0)
        stormy = (times_us > 0.50 * SPAN_US) & (times_us < 0.52 * SPAN_US)
        both.append(Prices(times_us, np.cumsum(np.where(stormy, 30, 1) * calm)))

    assert found_in(both[0], [both[1]]) is None


@pytest.mark.parametrize("n", [0, 1, 2, 16])
def test_a_few_prices_never_have_a_peak(n: int):
    few = Prices(np.arange(n) * 1_000_000, np.arange(n, dtype=float) ** 2)

    assert found_in(few, [few]) is None


def test_a_price_that_stands_still_has_no_peak():
    lead, house = leader_and_follower(0, 2_000_000, per_s=0.1)

    assert found_in(lead, [house._replace(prices=np.ones(len(house.prices)))]) is None
    assert found_in(lead._replace(prices=np.ones(len(lead.prices))), [house]) is None


def test_the_spread_between_asks_and_bids_is_no_move():
    lead, house = leader_and_follower(0, 2_000_000)
    lead, house = (Prices(each.times_us, np.rint(each.prices)) for each in (lead, house))
    buys = np.random.default_rng(1).random(len(house.times_us)) < 0.5

    def sides(half_spread: int) -> list[Prices]:
        return [
            Prices(house.times_us[buys], house.prices[buys] + half_spread),
            Prices(house.times_us[~buys], house.prices[~buys] - half_spread),
        ]

    assert found_in(lead, sides(0)) == found_in(lead, sides(10_000)) is not None


def test_the_same_moments_on_both_venues_do_not_pull_the_lag_to_zero():
    # As in the books, which know the lead price at the house's fills only.
    lead_us = poisson(np.random.default_rng(0), 1.0)
    path_us = np.unique(np.concatenate((lead_us, lead_us - 2_000_000)))
    path = brownian(np.random.default_rng(1), path_us)
    lead = Prices(lead_us, path[path_us.searchsorted(lead_us)])
    house = Prices(lead_us, path[path_us.searchsorted(lead_us - 2_000_000)])

    found = found_in(lead, [house])

    assert found is not None
    assert abs(found.lag_us - 2_000_000) <= 2 * STEP_US


def test_a_flat_peak_counts_by_its_middle():
    # Every minute, both venues move together; no lag on the grid can pull those apart.
    minutes = np.arange(200) * 60_000_000
    moved = np.random.default_rng(0).integers(-9, 10, 200).cumsum().astype(float)
    lead = Prices(minutes, moved)
    house = Prices(minutes - 30_000_000, moved)  # in the middle of the lead's intervals

    covariances = {(np.diff(moved) * moves(minutes, [house], lag)).sum() for lag in LAGS_US}
    found = found_in(lead, [house])

    assert len(covariances) == 1
    assert found is not None
    assert found.lag_us == 0


series = st.lists(
    st.tuples(st.integers(0, 30), st.integers(-9, 9)),
    min_size=1,
    max_size=12,
    unique_by=lambda x: x[0],
).map(lambda seen: Prices(*np.array(sorted(seen), dtype=np.int64).T))


@given(lead=series, house=series, lag_us=st.integers(-12, 12))
def test_the_covariance_is_hayashi_and_yoshidas_sum_over_all_overlapping_pairs(lead, house, lag_us):
    pairs = 0
    for i in range(1, len(lead.times_us)):
        for j in range(1, len(house.times_us)):
            since, until = house.times_us[j - 1 : j + 1] - lag_us
            if max(since, lead.times_us[i - 1]) < min(until, lead.times_us[i]):
                pairs += (lead.prices[i] - lead.prices[i - 1]) * (
                    house.prices[j] - house.prices[j - 1]
                )

    assert (np.diff(lead.prices) * moves(lead.times_us, [house], lag_us)).sum() == pairs


@given(lead=series, asks=series, bids=series, us=st.sampled_from([1, 50_000, 100_000, 400_000_000]))
def test_what_is_added_from_lag_to_lag_is_what_each_lag_comes_to_alone(lead, asks, bids, us):
    lead, *house = (each._replace(times_us=each.times_us * us) for each in (lead, asks, bids))
    assume(len(lead.times_us) > 1)

    found = covariances(Sight(lead, house))

    block = np.unique(lead.times_us[:-1] // BLOCK_US, return_inverse=True)[1]
    for lag, sums in zip(LAGS_US, found.T, strict=True):
        alone = np.diff(lead.prices) * moves(lead.times_us, house, lag)
        assert list(sums) == list(np.bincount(block, alone))


# ------------------------------------------------------------------------ what days add up to


def sparse_days(seed: int, lag_us: int, n: int) -> list[tuple[Prices, Prices]]:
    """Observe copies on *n* days, ten times as far apart as they are late."""
    return [leader_and_follower(100 * seed + day, lag_us, per_s=0.05) for day in range(n)]


def pooled(days: list[tuple[Prices, Prices]]) -> Peak | None:
    return peak([Sight(lead, [house]) for lead, house in days])


@pytest.mark.parametrize("lag_us", [2_000_000, -2_000_000])
def test_prices_far_apart_leave_an_interval_with_the_lag_in_it(lag_us: int):
    found = [pooled(sparse_days(seed, lag_us, 4)) for seed in range(20)]

    # Of intervals of 95 %, as many hold it as chance allows: 16 or fewer in three of a thousand.
    assert sum(each is not None and each.low_us <= lag_us <= each.high_us for each in found) > 16


def test_more_days_leave_a_shorter_interval():
    few, many = (pooled(sparse_days(0, 2_000_000, n)) for n in (4, 60))

    assert few is not None
    assert many is not None
    assert many.high_us - many.low_us < (few.high_us - few.low_us) / 1.5
    assert many.low_us <= 2_000_000 <= many.high_us


def test_each_day_counts_alike_however_much_it_moved():
    days = sparse_days(0, 2_000_000, 4)
    (lead, house), *others = days
    wild = [(Prices(lead.times_us, 1e6 * lead.prices), Prices(house.times_us, 1e6 * house.prices))]

    calm, stormy = pooled(days), pooled(wild + others)

    assert calm is not None
    assert stormy is not None
    assert (stormy.lag_us, stormy.low_us, stormy.high_us) == (
        calm.lag_us,
        calm.low_us,
        calm.high_us,
    )


def test_without_days_there_is_no_peak():
    assert peak([]) is None


# ------------------------------------------------------------------------ the correlation


def test_a_copy_put_back_by_its_lag_has_a_correlation_of_nearly_one():
    lead, house = leader_and_follower(0, 2_000_000)

    assert correlation(Sight(lead, [house]), 2_000_000) == pytest.approx(1, abs=0.01)
    assert correlation(Sight(lead, [house._replace(prices=-house.prices)]), 2_000_000) < -0.99


def test_prices_that_are_seen_less_often_are_less_correlated():
    dense, sparse = (
        correlation(Sight(lead, [house]), 2_000_000)
        for lead, house in (leader_and_follower(0, 2_000_000, per_s) for per_s in (4.0, 0.02))
    )

    assert dense is not None
    assert sparse is not None
    assert 0.5 < sparse < dense - 0.05


def test_what_was_not_seen_for_long_says_nothing():
    lead, house = leader_and_follower(0, 2_000_000)
    jump = np.where(house.times_us > SPAN_US // 2, 1e6, 0.0)
    quiet = (house.times_us < 0.4 * SPAN_US) | (house.times_us > 0.6 * SPAN_US)
    asleep = Prices(house.times_us[quiet], (house.prices + jump)[quiet])

    assert correlation(Sight(lead, [asleep]), 2_000_000) == pytest.approx(1, abs=0.01)
    once = Prices(asleep.times_us[:1], asleep.prices[:1])
    assert correlation(Sight(lead, [once]), 0) is None
    assert correlation(Sight(Prices(lead.times_us[:0], lead.prices[:0]), [house]), 0) is None


long_series = st.lists(
    st.tuples(st.integers(0, 3_600), st.integers(-9, 9)),
    min_size=1,
    max_size=60,
    unique_by=lambda x: x[0],
).map(lambda seen: Prices(np.array(sorted(seen))[:, 0] * 1_000_000, np.array(sorted(seen))[:, 1]))


@given(lead=long_series, asks=long_series, bids=long_series, lag_us=st.sampled_from(LAGS_US))
def test_no_correlation_is_beyond_one(lead, asks, bids, lag_us):
    found = correlation(Sight(lead, [asks, bids]), int(lag_us))

    assert found is None or abs(found) <= 1 + 1e-12
