"""A lag that was put in is found; where there is none, none is found; the fills say the same."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import fill_store
from ledger.fills import Motive, join_rows, new_rows, price_fills
from ledger.reports.market.leadlag import (
    COVERAGE,
    LAGS_US,
    DayLag,
    MarketLag,
    Peak,
    Prices,
    covariances,
    leadlag,
    market_lags,
    median_interval,
    moves,
    peak,
)
from ledger.reports.trail.sql import sql
from ledger.run_folder import RunFolder

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


# ------------------------------------------------------------------------ the estimator


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("lag_us", [2_000_000, 300_000, 0, -1_500_000])
def test_the_lag_of_a_copy_is_found_to_one_step_of_the_grid(seed: int, lag_us: int):
    lead, house = leader_and_follower(seed, lag_us)

    found = peak(lead, [house])

    assert found is not None
    assert abs(found.lag_us - lag_us) <= STEP_US
    assert found.correlation == pytest.approx(1, abs=0.05)


@pytest.mark.parametrize(
    ("lag_us", "low", "high"),
    [(2_000_000, 2, np.inf), (0, 0.8, 1.25), (-2_000_000, 0, 0.5)],
)
def test_the_lead_lag_ratio_is_on_the_side_of_who_leads(lag_us: int, low: float, high: float):
    lead, house = leader_and_follower(0, lag_us)

    found = peak(lead, [house])

    assert found is not None
    assert low < found.lead_lag_ratio < high


def test_with_the_two_exchanged_the_same_lag_has_the_other_sign():
    lead, house = leader_and_follower(0, 2_000_000)

    there, back = peak(lead, [house]), peak(house, [lead])

    assert there is not None
    assert back is not None
    assert back.lag_us == -there.lag_us
    assert back.correlation == pytest.approx(there.correlation)
    assert back.lead_lag_ratio == pytest.approx(1 / there.lead_lag_ratio)


def test_a_mirror_image_has_the_lag_and_a_negative_correlation():
    lead, house = leader_and_follower(0, 2_000_000)

    mirrored, plain = peak(lead, [house._replace(prices=-house.prices)]), peak(lead, [house])

    assert mirrored is not None
    assert plain is not None
    assert mirrored.lag_us == plain.lag_us
    assert mirrored.correlation == -plain.correlation


@pytest.mark.parametrize("seed", range(20))
def test_independent_prices_have_no_peak(seed: int):
    rng = np.random.default_rng(seed)
    lead_us, house_us = poisson(rng, 0.5), poisson(rng, 0.5)

    lead = Prices(lead_us, brownian(rng, lead_us))

    assert peak(lead, [Prices(house_us, brownian(rng, house_us))]) is None


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

    assert peak(both[0], [both[1]]) is None


@pytest.mark.parametrize("n", [0, 1, 2, 16])
def test_a_few_prices_never_have_a_peak(n: int):
    few = Prices(np.arange(n) * 1_000_000, np.arange(n, dtype=float) ** 2)

    assert peak(few, [few]) is None


def test_a_price_that_stands_still_has_no_peak():
    lead, house = leader_and_follower(0, 2_000_000, per_s=0.1)

    assert peak(lead, [house._replace(prices=np.ones(len(house.prices)))]) is None
    assert peak(lead._replace(prices=np.ones(len(lead.prices))), [house]) is None


def test_the_spread_between_asks_and_bids_is_no_move():
    lead, house = leader_and_follower(0, 2_000_000)
    lead, house = (Prices(each.times_us, np.rint(each.prices)) for each in (lead, house))
    buys = np.random.default_rng(1).random(len(house.times_us)) < 0.5

    def sides(half_spread: int) -> list[Prices]:
        return [
            Prices(house.times_us[buys], house.prices[buys] + half_spread),
            Prices(house.times_us[~buys], house.prices[~buys] - half_spread),
        ]

    assert peak(lead, sides(0)) == peak(lead, sides(10_000)) is not None


def test_the_same_moments_on_both_venues_do_not_pull_the_lag_to_zero():
    # As in the books, which know the lead price at the house's fills only.
    lead_us = poisson(np.random.default_rng(0), 1.0)
    path_us = np.unique(np.concatenate((lead_us, lead_us - 2_000_000)))
    path = brownian(np.random.default_rng(1), path_us)
    lead = Prices(lead_us, path[path_us.searchsorted(lead_us)])
    house = Prices(lead_us, path[path_us.searchsorted(lead_us - 2_000_000)])

    found = peak(lead, [house])

    assert found is not None
    assert abs(found.lag_us - 2_000_000) <= 2 * STEP_US


def test_a_flat_peak_counts_by_its_middle():
    # Every minute, both venues move together; no lag on the grid can pull those apart.
    minutes = np.arange(200) * 60_000_000
    moved = np.random.default_rng(0).integers(-9, 10, 200).cumsum().astype(float)
    lead = Prices(minutes, moved)
    house = Prices(minutes - 30_000_000, moved)  # in the middle of the lead's intervals

    covariances = {(np.diff(moved) * moves(minutes, [house], lag)).sum() for lag in LAGS_US}
    found = peak(lead, [house])

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


@given(lead=series, asks=series, bids=series, us=st.sampled_from([1, 50_000, 100_000]))
def test_what_is_added_from_lag_to_lag_is_what_each_lag_comes_to_alone(lead, asks, bids, us):
    lead, *house = (each._replace(times_us=each.times_us * us) for each in (lead, asks, bids))

    alone = [(np.diff(lead.prices) * moves(lead.times_us, house, lag)).sum() for lag in LAGS_US]

    assert list(covariances(lead, house)) == alone


# --------------------------------------------------------------------------- the interval


@pytest.mark.parametrize("n", range(1, 13))
def test_the_interval_covers_as_often_as_a_count_of_all_cases_says(n: int):
    low, high, coverage = median_interval(range(n))
    assert low == n - 1 - high

    def counted(k: int) -> float:
        """Return how often the median is between the k-th lowest and the k-th highest."""
        below = [sum(case) for case in product((0, 1), repeat=n)]
        return sum(k <= each <= n - k for each in below) / 2**n

    assert coverage == counted(low + 1)
    assert coverage >= COVERAGE or low == 0
    assert counted(low + 2) < COVERAGE  # a narrower one would not do


def test_order_does_not_matter_and_a_month_leaves_out_nine_days_on_either_side():
    days = np.random.default_rng(0).permutation(31).tolist()

    assert median_interval(days) == (9, 21, pytest.approx(0.9706, abs=0.0001))


def test_the_longest_run_has_an_interval():
    low, high, coverage = median_interval(range(2_000))

    # Half-widths by the normal limit: 1.96 / 2 x the root of n.
    assert (high - low) / 2 == pytest.approx(0.98 * 2_000**0.5, abs=1)
    assert COVERAGE <= coverage < COVERAGE + 0.01


def days(lags_us: Sequence[int | None]) -> MarketLag:
    return MarketLag(
        "BTC-PERP",
        tuple(
            DayLag(date(2022, 5, 1), 1, 0.0, None if lag is None else Peak(lag, 1.0, 1.0))
            for lag in lags_us
        ),
    )


@pytest.mark.parametrize(
    ("lags_us", "leader"),
    [
        ([STEP_US] * 6, "Binance"),
        ([-STEP_US] * 6, "FTX"),
        ([STEP_US] * 5 + [0], "undecided"),
        ([STEP_US] * 5 + [-STEP_US], "undecided"),
        ([STEP_US] * 5, "undecided"),  # five days are too few for 95 %
        ([STEP_US] * 5 + [None], "undecided"),
        ([None] * 6, "no peak"),
        ([], "no peak"),
    ],
)
def test_a_leader_is_named_when_the_interval_leaves_no_doubt(afternoon, lags_us, leader):
    assert days(lags_us).leader(afternoon.chart.parties) == leader


# ------------------------------------------------------------------------ from the fills


def fills(run: RunFolder, day: date, lag_us: int) -> np.ndarray:
    """Trade for two hours at the lead price of *lag_us* ago, with much that should not count."""
    rng = np.random.default_rng(day.toordinal())
    path = np.rint(30_000 + 2 * rng.standard_normal(2 * SPAN_US // STEP_US).cumsum())
    times_us = np.unique(poisson(rng, 2.0)) + SPAN_US // 2
    lead, old = path[times_us // STEP_US], path[(times_us - lag_us) // STEP_US]
    side = rng.choice((-1, 1), len(times_us))
    best, deeper, picked_off, hedge = (new_rows(len(times_us)) for _ in range(4))
    for rows in (best, deeper, picked_off, hedge):
        rows["time_us"] = times_us
        rows["lead"], rows["lots"] = lead, side
        rows["taker"] = run.names.entities.index("Retail")
        rows["maker"] = run.names.entities.index("Alameda")
        rows["motive"] = Motive.SPREAD
    for rows, ticks in ((best, 8), (deeper, 20)):
        rows["price"], rows["quote_age_us"] = old + side * ticks, 2_500_000
    deeper = deeper[rng.random(len(times_us)) < 0.3]
    picked_off["motive"], picked_off["price"] = Motive.PICKOFF, 7
    picked_off["time_us"] += rng.integers(0, STEP_US, len(times_us))
    hedge["motive"], hedge["price"] = Motive.HEDGE, 9
    hedge["venue"] = run.names.venues.index("Binance")
    everything = join_rows((best, deeper, picked_off, hedge))
    everything = everything[np.argsort(everything["time_us"], kind="stable")]
    everything["time_us"] += np.datetime64(day, "us").astype(np.int64)
    return everything


@pytest.fixture
def week_with(afternoon_with: Callable[..., RunFolder]) -> Callable[[int], RunFolder]:
    """Make a run of seven days on which the house repeats the lead price after a lag."""

    def make(lag_us: int) -> RunFolder:
        run = afternoon_with(fills=())
        first = date(2022, 5, 9)
        rows = join_rows([fills(run, first + timedelta(days=d), lag_us) for d in range(7)])
        rows["seq"] = np.arange(1, len(rows) + 1)
        price_fills(rows, 1)
        (path,) = run.fill_files
        path.unlink()
        fill_store.write(path, rows, run.names)
        return run

    return make


@pytest.mark.parametrize(
    ("lag_us", "leader"), [(2_000_000, "Binance"), (0, "undecided"), (-2_000_000, "FTX")]
)
def test_the_fills_alone_tell_who_leads_and_by_how_long(week_with, lag_us: int, leader: str):
    (found,) = leadlag(week_with(lag_us)).tables()
    ((*_, with_peak, seen, _),) = found.rows
    row = dict(zip(found.columns, found.rows[0], strict=True))

    assert row["market"] == "BTC-PERP"
    assert abs(row["lag_s"] - Decimal(lag_us).scaleb(-6)) <= Decimal("0.1")
    assert row["lag_low_s"] <= row["lag_s"] <= row["lag_high_s"]
    assert row["leader"] == leader
    assert row["coverage_pct"] == Decimal("98.4")
    assert row["correlation"] == pytest.approx(Decimal(1), abs=Decimal("0.05"))
    assert with_peak == seen == 7


def test_only_orders_with_reasons_of_their_own_count_each_once(week_with):
    run = week_with(2_000_000)
    (found,) = market_lags(run)
    ((orders,),) = sql(run, "SELECT count(DISTINCT time) FROM fills WHERE motive = 'spread'").rows

    assert found.fills == orders


def test_the_age_beside_the_lag_is_no_part_of_it(week_with):
    (found,) = leadlag(week_with(2_000_000)).tables()
    row = dict(zip(found.columns, found.rows[0], strict=True))

    assert row["quote_age_s"] == Decimal("2.50")  # what these fills say, and not what they do
    assert row["lag_s"] < Decimal("2.2")


def test_without_fills_there_is_nobody_to_follow(afternoon_with):
    (found,) = leadlag(afternoon_with(fills=())).tables()

    assert found.rows == [("BTC-PERP", "no peak", *[None] * 7, 0, 0, 0)]


def test_every_market_has_a_line_with_the_fills_and_days_that_sql_finds(run: RunFolder):
    (found,) = leadlag(run).tables()
    counted = sql(
        run,
        "SELECT market, count(DISTINCT time::DATE), count(DISTINCT (time, quantity > 0)) "
        "FROM fills WHERE motive = 'spread' GROUP BY market",
    )

    assert [row[0] for row in found.rows] == list(run.names.markets)
    assert sorted((row[0], *row[-2:]) for row in found.rows) == sorted(counted.rows)
    for row in found.rows:
        assert len(row) == len(found.columns)
        assert all(cell is None or isinstance(cell, str | int | Decimal) for cell in row)


def test_the_age_of_a_day_is_the_median_that_sql_finds(run: RunFolder):
    for market in market_lags(run):
        for day in market.days:
            ((age_s,),) = sql(
                run,
                "SELECT median(age) FROM (SELECT any_value(quote_age_s) AS age FROM fills WHERE "
                f"motive = 'spread' AND market = '{market.market}' AND time::DATE = '{day.day}' "
                "GROUP BY time, quantity > 0)",
            ).rows
            assert day.age_us / 1e6 == pytest.approx(float(age_s))


@pytest.mark.slow
def test_in_a_whole_month_the_lag_is_the_age_of_the_quotes(may_run: RunFolder):
    # The control: how late the quotes are is an input, and the estimator must find it.
    for market in market_lags(may_run):
        interval = market.interval_us
        assert interval is not None
        assert interval.low <= np.median([day.age_us for day in market.days]) <= interval.high
        assert market.leader(may_run.chart.parties) == may_run.chart.parties.lead
