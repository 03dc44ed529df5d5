"""The estimator finds a known lag with the stated precision. Unrelated prices have no lag."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from poisson_times import SPAN_US, STEP_US, poisson

from ledger.reports.market.price_lag import (
    BEFORE_US,
    BLOCK_US,
    LAGS_US,
    NEAR_US,
    PriceLag,
    Prices,
    Sight,
    correlation,
    dispersions,
    price_lag,
)


def brownian(rng: np.random.Generator, times_us: np.ndarray) -> np.ndarray:
    """Draw a Brownian path at increasing times."""
    steps = np.sqrt(np.diff(times_us, prepend=times_us[0])) * rng.standard_normal(len(times_us))
    return np.cumsum(steps)


def leader_and_follower(seed: int, lag_us: int, per_s: float = 4.0) -> tuple[Prices, Prices]:
    """Return observations of a price path, and of a copy of the path that is *lag_us* late.

    The path and its copy are observed at different random times.
    """
    rng = np.random.default_rng(seed)
    own_us, others_us = poisson(rng, per_s), poisson(rng, per_s)
    path_us = np.unique(np.concatenate((own_us, others_us - lag_us)))
    path = brownian(rng, path_us)
    return (
        Prices(own_us, path[path_us.searchsorted(own_us)]),
        Prices(others_us, path[path_us.searchsorted(others_us - lag_us)]),
    )


def found_in(lead: Prices, house: list[Prices]) -> PriceLag | None:
    """Return the lag that the estimator finds in the data of one day."""
    return price_lag([Sight(lead, house)])


# ------------------------------------------------------------------------ the estimator


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("lag_us", [2_000_000, 300_000, 0, -1_500_000])
def test_the_lag_of_a_delayed_copy_of_the_price_is_found_with_an_error_of_at_most_one_step(
    seed: int, lag_us: int
):
    lead, house = leader_and_follower(seed, lag_us)

    found = found_in(lead, [house])

    assert found is not None
    assert abs(found.lag_us - lag_us) <= STEP_US
    assert found.low_us <= lag_us <= found.high_us


def test_the_lag_has_the_opposite_sign_if_the_venues_are_exchanged():
    lead, house = leader_and_follower(0, 2_000_000)

    there, back = found_in(lead, [house]), found_in(house, [lead])

    assert there is not None
    assert back is not None
    assert back.lag_us == -there.lag_us


@pytest.mark.parametrize("better_by", [-3.0, 0.0, 1.5])
def test_the_lag_is_found_even_if_customers_take_only_quotes_that_are_good_enough_for_them(
    better_by: float,
):
    # A quote is based on the price 2 s earlier. A customer takes a quote only if this old price
    # beats the current price by more than *better_by*.
    rng = np.random.default_rng(0)
    path = 2 * np.sqrt(0.05) * rng.standard_normal(SPAN_US // 50_000).cumsum()
    times_us = np.unique(poisson(rng, 2.0))
    times_us = times_us[times_us >= 2_000_000]
    now, old = path[times_us // 50_000], path[(times_us - 2_000_000) // 50_000]
    side = rng.choice((-1, 1), len(times_us))
    seen = side * (now - old) > better_by
    sides = [(seen & (side == each), each) for each in (1, -1)]

    found = found_in(
        Prices(times_us[seen], now[seen]),
        [Prices(times_us[which], old[which] + 5 * each) for which, each in sides],
    )

    assert found is not None
    assert abs(found.lag_us - 2_000_000) <= STEP_US
    assert found.low_us <= 2_000_000 <= found.high_us <= found.low_us + 4 * STEP_US


@pytest.mark.parametrize("seed", range(20))
def test_no_lag_is_found_between_independent_prices(seed: int):
    rng = np.random.default_rng(seed)
    lead_us, house_us = poisson(rng, 0.5), poisson(rng, 0.5)

    lead = Prices(lead_us, brownian(rng, lead_us))

    assert found_in(lead, [Prices(house_us, brownian(rng, house_us))]) is None


@pytest.mark.parametrize("seed", range(20))
def test_no_lag_is_found_between_independent_prices_that_are_volatile_at_the_same_time(seed: int):
    # Both prices become volatile at the same time but move independently. An error estimate that
    # ignores the common volatility would be several times too small.
    rng = np.random.default_rng(seed)
    both = []
    for times_us in (poisson(rng, 0.5), poisson(rng, 0.5)):
        calm = np.diff(brownian(rng, times_us), prepend=0.0)
        stormy = (times_us > 0.50 * SPAN_US) & (times_us < 0.52 * SPAN_US)
        both.append(Prices(times_us, np.cumsum(np.where(stormy, 30, 1) * calm)))

    assert found_in(both[0], [both[1]]) is None


@pytest.mark.parametrize("n", [0, 1, 2, 16])
def test_too_few_prices_give_no_lag(n: int):
    few = Prices(np.arange(n) * 1_000_000, np.arange(n, dtype=float) ** 2)

    assert found_in(few, [few]) is None


def test_a_constant_price_gives_no_lag():
    lead, house = leader_and_follower(0, 2_000_000, per_s=0.1)

    assert found_in(lead, [house._replace(prices=np.ones(len(house.prices)))]) is None
    assert found_in(lead._replace(prices=np.ones(len(lead.prices))), [house]) is None


def test_the_spread_between_buy_and_sell_prices_does_not_change_the_lag():
    lead, house = leader_and_follower(0, 2_000_000)
    lead, house = (Prices(each.times_us, np.rint(each.prices)) for each in (lead, house))
    buys = np.random.default_rng(1).random(len(house.times_us)) < 0.5

    def sides(half_spread: int) -> list[Prices]:
        return [
            Prices(house.times_us[buys], house.prices[buys] + half_spread),
            Prices(house.times_us[~buys], house.prices[~buys] - half_spread),
        ]

    assert found_in(lead, sides(0)) == found_in(lead, sides(10_000)) is not None


def test_equal_timestamps_on_both_venues_do_not_bias_the_lag_to_zero():
    # The report has equal timestamps too, because it uses the lead price at each fill of the
    # house.
    lead_us = poisson(np.random.default_rng(0), 1.0)
    path_us = np.unique(np.concatenate((lead_us, lead_us - 2_000_000)))
    path = brownian(np.random.default_rng(1), path_us)
    lead = Prices(lead_us, path[path_us.searchsorted(lead_us)])
    house = Prices(lead_us, path[path_us.searchsorted(lead_us - 2_000_000)])

    found = found_in(lead, [house])

    assert found is not None
    assert abs(found.lag_us - 2_000_000) <= 2 * STEP_US


series = st.lists(
    st.tuples(st.integers(0, 60), st.integers(-9, 9)),
    min_size=1,
    max_size=20,
    unique_by=lambda x: x[0],
).map(lambda seen: Prices(*np.array(sorted(seen), dtype=np.int64).T))


@given(lead=series, asks=series, bids=series, us=st.sampled_from([50_000, 470_000, 40_000_000]))
def test_squared_differences_and_numbers_of_pairs_equal_those_of_a_loop_over_all_pairs_of_prices(
    lead, asks, bids, us
):
    lead, *house = (each._replace(times_us=each.times_us * us) for each in (lead, asks, bids))

    found = dispersions(Sight(lead, house))

    first_block = min(int(each.times_us[0]) for each in house) // BLOCK_US
    squares, pairs = np.zeros((2, *found.pairs.shape))
    for times_us, prices in house:
        blocks = times_us // BLOCK_US - first_block
        above = [
            (block, price - before)
            for block, at_us, price in zip(blocks, times_us, prices, strict=True)
            for seen_us, before in zip(*lead, strict=True)
            if BEFORE_US[0] <= at_us - seen_us < BEFORE_US[1]
        ]
        for block, at_us, price in zip(blocks, times_us, prices, strict=True):
            own = [each for b, each in above if b == block]
            for seen_us, before in zip(*lead, strict=True):
                late_us = at_us - seen_us
                around = (late_us >= LAGS_US - NEAR_US) & (late_us < LAGS_US + NEAR_US)
                if own and around.any():
                    squares[block] += around * (price - np.mean(own) - before) ** 2
                    pairs[block] += around
    assert np.array_equal(found.pairs, pairs)
    assert np.allclose(found.squares, squares)


# ------------------------------------------------------------------------ sums over days


def sparse_days(seed: int, lag_us: int, n: int) -> list[tuple[Prices, Prices]]:
    """Return *n* days of a path and its delayed copy, with one price in 10 s on average."""
    return [leader_and_follower(100 * seed + day, lag_us, per_s=0.1) for day in range(n)]


def pooled(days: list[tuple[Prices, Prices]]) -> PriceLag | None:
    return price_lag([Sight(lead, [house]) for lead, house in days])


@pytest.mark.parametrize("lag_us", [2_000_000, -2_000_000])
def test_most_intervals_contain_the_lag_even_if_prices_are_rare(lag_us: int):
    found = [pooled(sparse_days(seed, lag_us, 4)) for seed in range(20)]

    # If an interval contains the lag with a probability of 95 %, the probability that at most 16 of
    # 20 intervals contain the lag is 1.6 %.
    assert sum(each is not None and each.low_us <= lag_us <= each.high_us for each in found) > 16


def test_more_days_give_a_shorter_interval():
    few, many = ([pooled(sparse_days(seed, 2_000_000, n)) for seed in range(6)] for n in (3, 20))

    widths = [[each.high_us - each.low_us for each in found if each] for found in (few, many)]
    assert len(widths[1]) == 6
    assert np.mean(widths[1]) < np.mean(widths[0]) / 1.5
    assert sum(each.low_us <= 2_000_000 <= each.high_us for each in many if each) >= 5


def test_no_lag_is_reported_if_prices_are_very_rare():
    assert pooled([leader_and_follower(day, 2_000_000, per_s=0.02) for day in range(4)]) is None


def test_the_weight_of_a_day_does_not_depend_on_its_volatility():
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


def test_no_lag_is_found_if_there_are_no_data():
    assert price_lag([]) is None


# ------------------------------------------------------------------------ the correlation


def test_prices_and_their_copy_shifted_back_by_the_lag_have_a_correlation_near_one():
    lead, house = leader_and_follower(0, 2_000_000)

    assert correlation(Sight(lead, [house]), 2_000_000) == pytest.approx(1, abs=0.01)
    assert correlation(Sight(lead, [house._replace(prices=-house.prices)]), 2_000_000) < -0.99


def test_the_correlation_is_lower_if_prices_are_rarer():
    dense, sparse = (
        correlation(Sight(lead, [house]), 2_000_000)
        for lead, house in (leader_and_follower(0, 2_000_000, per_s) for per_s in (4.0, 0.02))
    )

    assert dense is not None
    assert sparse is not None
    assert 0.5 < sparse < dense - 0.05


def test_a_price_move_over_a_long_gap_between_prices_does_not_change_the_correlation():
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
def test_a_correlation_is_between_minus_one_and_one(lead, asks, bids, lag_us):
    found = correlation(Sight(lead, [asks, bids]), int(lag_us))

    assert found is None or abs(found) <= 1 + 1e-12
