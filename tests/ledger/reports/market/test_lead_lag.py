"""The report estimates the leading venue, the lag and the lag's precision from fills alone."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import numpy as np
import pytest
from poisson_times import SPAN_US, STEP_US, poisson
from priced_rows import price_fills

from ledger import fill_store
from ledger.fills import join_rows, new_rows
from ledger.motives import Motive
from ledger.reports.market.lead_lag import LeadLag, MarketLag, days_seen, lead_lag, market_lags
from ledger.reports.market.price_lag import PriceLag
from ledger.reports.trail.sql import sql
from ledger.run_folder import RunFolder


@pytest.mark.parametrize(
    ("low_us", "high_us", "leader"),
    [
        (STEP_US, 5_000_000, "Binance"),
        (-5_000_000, -STEP_US, "FTX"),
        (0, STEP_US, "undecided"),
        (-STEP_US, 0, "undecided"),
        (-STEP_US, STEP_US, "undecided"),
    ],
)
def test_a_venue_leads_only_if_the_interval_of_the_lag_excludes_zero(
    afternoon, low_us, high_us, leader
):
    found = MarketLag("BTC-PERP", 1, 1, (0.0, 0.0, 0.0), PriceLag(0, low_us, high_us), 1.0)

    assert found.leader(afternoon.chart.parties) == leader


# ------------------------------------------------------------------------ from the fills


def fills(run: RunFolder, day: date, lag_us: int) -> np.ndarray:
    """Return two hours of fills.

    Customers trade near the lead price that was valid *lag_us* earlier. Hits and hedges have
    unrelated prices, because the estimate must not use hits and hedges.
    """
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
    """Return a function that makes a run of three days.

    In this run the prices of the house follow the lead price with the given lag.
    """

    def make(lag_us: int) -> RunFolder:
        run = afternoon_with(fills=())
        first = date(2022, 5, 9)
        rows = join_rows([fills(run, first + timedelta(days=d), lag_us) for d in range(3)])
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
def test_the_leading_venue_and_the_lag_are_found_from_fills_alone(
    week_with, lag_us: int, leader: str
):
    (found,) = lead_lag(week_with(lag_us)).tables()
    row = dict(zip(found.columns, found.rows[0], strict=True))

    assert row["market"] == "BTC-PERP"
    assert abs(row["lag_s"] - Decimal(lag_us).scaleb(-6)) <= Decimal("0.1")
    assert row["lag_low_s"] <= row["lag_s"] <= row["lag_high_s"]
    assert row["leader"] == leader
    assert Decimal("0.95") < row["correlation"] <= 1
    assert row["days"] == 3


def test_only_uninformed_orders_count_and_an_order_with_several_fills_counts_once(week_with):
    run = week_with(2_000_000)
    (found,) = market_lags(run)
    ((orders,),) = sql(run, "SELECT count(DISTINCT time) FROM fills WHERE motive = 'spread'").rows

    assert found.fills == orders


def test_the_lag_is_estimated_without_the_recorded_ages_of_quotes(week_with):
    (found,) = lead_lag(week_with(2_000_000)).tables()
    row = dict(zip(found.columns, found.rows[0], strict=True))

    # The recorded age of each quote is 2.5 s, but the lag is 2 s.
    assert row["quote_age_s"] == Decimal("2.50")
    assert row["lag_s"] < Decimal("2.2")


def test_there_is_no_lag_if_there_are_no_fills(afternoon_with):
    (found,) = lead_lag(afternoon_with(fills=())).tables()

    assert found.rows == [("BTC-PERP", "no lag", *[None] * 7, 0, 0)]


def test_if_no_lag_is_found_the_answer_states_the_searched_range_and_a_note_warns_of_older_quotes(
    run,
):
    def of(*ages_s: int) -> LeadLag:
        ages_us = tuple(age_s * 1e6 for age_s in ages_s)
        return LeadLag(run.chart.parties, (MarketLag("BTC-PERP", 3, 9, ages_us, None, None),))

    slow, fast = of(4, 7, 9), of(2, 3, 4)
    assert "no clear lag. Lags up to 5 s were tested." in slow.answer()
    assert any("BTC-PERP are older than 5 s" in note for note in slow.tables()[0].notes)
    assert not any("older than 5 s" in note for note in fast.tables()[0].notes)


def test_the_numbers_of_fills_and_days_in_every_market_agree_with_sql(run: RunFolder):
    (found,) = lead_lag(run).tables()
    counted = sql(
        run,
        "SELECT market, count(DISTINCT time::DATE), count(DISTINCT (time, quantity > 0)) "
        "FROM fills WHERE motive = 'spread' GROUP BY market",
    )

    assert [row[0] for row in found.rows] == list(run.names.markets)
    assert sorted((row[0], *row[-2:]) for row in found.rows) == sorted(counted.rows)
    for row in found.rows:
        assert all(cell is None or isinstance(cell, str | int | Decimal) for cell in row)


def test_the_quartiles_of_quote_ages_agree_with_sql(run: RunFolder):
    with run.connect() as connection:
        for market in run.names.markets:
            for day in days_seen(connection, run, market):
                (ages_s,) = sql(
                    run,
                    "SELECT quantile_cont(age, 0.25), median(age), quantile_cont(age, 0.75) FROM "
                    "(SELECT any_value(quote_age_s) AS age FROM fills WHERE motive = 'spread' "
                    f"AND market = '{market}' AND time::DATE = '{day.day}' "
                    "GROUP BY time, quantity > 0)",
                ).rows
                assert day.ages_us / 1e6 == pytest.approx([float(age_s) for age_s in ages_s])


@pytest.mark.slow
def test_the_lag_of_a_month_is_between_the_lower_and_the_upper_quartile_of_quote_ages(
    may_run: RunFolder,
):
    # The latency of quotes is an input of the model. The estimator does not read this input: it
    # must find the lag in the prices. Quotes are 2 to 4 s old. Customers take a quote only if it is
    # better than the other makers' quotes.
    for market in market_lags(may_run):
        assert market.found is not None
        assert market.ages_us is not None
        low_us, _, high_us = market.ages_us
        assert low_us <= market.found.lag_us <= high_us
        assert market.found.high_us - market.found.low_us <= high_us - low_us
        assert market.leader(may_run.chart.parties) == may_run.chart.parties.lead
