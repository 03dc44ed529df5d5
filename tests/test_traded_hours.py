"""A run that plays only some hours has the same expected results as a run of all hours."""

from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from des.clock import DAY_US, HOUR_US, midnight_us
from des.quoting.quotes import ASK
from des.quoting.uninformed import UninformedFlow
from des.scenario import Run
from des.traded_hours import ALL_HOURS, TradedHours
from ledger.accounts import income
from ledger.reports.dollars import usd_balances

SETTLING = Path(__file__).parent / "worlds" / "settling.toml"
SEEDS = range(1, 9)
ONE_IN = 4


def traded(stands_for: int, seed: int = 1, full_days: tuple[date, ...] = ()) -> TradedHours:
    run = Run(
        start=date(2022, 5, 9),
        end=date(2022, 5, 10),
        seed=seed,
        one_hour_in=stands_for,
        full_days=full_days,
    )
    return TradedHours.of(run)


@pytest.mark.parametrize("stands_for", [1, 2, 5, 24])
def test_one_hour_of_every_n_consecutive_hours_is_played(stands_for):
    of_a_year = [traded(stands_for).has(hour * HOUR_US) for hour in range(stands_for * 365)]

    assert set(np.reshape(of_a_year, (365, stands_for)).sum(axis=1)) == {1}


def test_each_hour_of_the_day_is_played_with_the_same_probability():
    drawn = np.array([[traded(6, seed).has(h * HOUR_US) for h in range(24)] for seed in range(900)])

    expected, sd = 900 / 6, (900 * 5 / 36) ** 0.5
    assert np.abs(drawn.sum(axis=0) - expected).max() < 4 * sd


FULL = tuple(date(2022, 1, day) for day in (3, 4, 9))


@pytest.mark.parametrize("one_in", [8, 12, 24])
def test_weights_of_a_day_sum_to_24_and_a_full_day_plays_all_hours_and_changes_no_other_day(
    one_in,
):
    drawn, as_ever = traded(one_in, full_days=FULL), traded(one_in)
    for i in range(20):
        day = date(2022, 1, 1) + timedelta(days=i)
        hours_us = range(midnight_us(day), midnight_us(day) + DAY_US, HOUR_US)
        played = [hour_us for hour_us in hours_us if drawn.has(hour_us)]

        assert sum(map(drawn.stands_for_at, played)) == 24
        if day in FULL:
            assert len(played) == 24
        else:
            assert played == [hour_us for hour_us in hours_us if as_ever.has(hour_us)]


@pytest.mark.parametrize("one_in", [12, 24])
def test_no_hour_of_a_full_day_repeats_earlier_orders_or_is_repeated_later(one_in):
    drawn = traded(one_in, full_days=FULL)
    first = midnight_us(date(2022, 1, 1)) // HOUR_US
    hours = [hour for hour in range(first, first + 20 * 24) if drawn.has(hour * HOUR_US)]
    pairs = {(hour, drawn.orders(hour).hour) for hour in hours if drawn.orders(hour).is_turned}

    assert pairs
    for pair in pairs:
        assert not any(drawn.is_full(hour * HOUR_US) for hour in pair)


@pytest.mark.parametrize("seeds", [200, pytest.param(2_000, marks=pytest.mark.slow)])
def test_customers_net_position_has_the_same_variance_as_if_all_hours_were_played(seeds):
    """Repeated hours reduce the variance to the variance of a run of all hours.

    If one hour in n is played, orders are n times as large. This alone would multiply the variance
    by n. So some played hours repeat the orders of an earlier hour with reversed sides.
    """

    def wandered(stands_for: int, seed: int) -> int:
        hours_drawn = traded(stands_for, seed)
        flow = UninformedFlow(seed, "BTC-PERP", 40, 300.0 * stands_for, hours_drawn)
        lots = 0
        for hour in range(480_000, 480_000 + 48):
            start_us = hour * HOUR_US
            if hours_drawn.has(start_us):
                orders = flow.orders(start_us, start_us + HOUR_US, 0.5 * stands_for, 10.0)
                lots += int(np.where(orders["side"] == ASK, orders["lots"], -orders["lots"]).sum())
        return lots

    def squares(stands_for: int) -> np.ndarray:
        return np.array([wandered(stands_for, seed) ** 2 for seed in range(seeds)], dtype=float)

    every = squares(1)
    for stands_for in (4, 12):
        some = squares(stands_for)
        error = ((every.var() + some.var()) / len(every)) ** 0.5
        assert abs(some.mean() - every.mean()) < 3 * error
        assert (
            stands_for * every.mean() - some.mean() > 3 * error
        )  # without repeated hours the variance would be `stands_for` times as large


def test_the_weight_of_a_position_is_the_mean_weight_of_the_last_24_hours():
    """In this mean each hour counts in proportion to its weight.

    On the first day two hours are played, each with weight 12. So the mean weight is 12 at the end
    of this day. The next day is a full day. During this day the mean weight falls to one.
    """
    full_day = date(2022, 5, 10)
    hours = TradedHours.of(
        Run(start=date(2022, 5, 9), end=date(2022, 5, 12), one_hour_in=12, full_days=(full_day,))
    )
    day_us = midnight_us(full_day)
    evening = sum(12**2 for us in range(day_us - 18 * HOUR_US, day_us, HOUR_US) if hours.has(us))

    assert hours.weight_of_position(day_us) == 12
    assert hours.weight_of_position(day_us + 6 * HOUR_US) == (evening + 6) / 24
    assert hours.weight_of_position(day_us + DAY_US) == 1
    assert ALL_HOURS.weight_of_position(day_us) == 1


def test_a_repeated_hour_has_the_same_orders_with_reversed_sides():
    drawn = traded(6)
    hours = [h for h in range(480_000, 481_000) if drawn.has(h * HOUR_US)]
    hour = next(h for h in hours if drawn.orders(h).is_turned)
    flow = UninformedFlow(1, "BTC-PERP", 40, 300.0, drawn)
    first, again = (
        flow.orders(h * HOUR_US, (h + 1) * HOUR_US, 5.0, 10.0).copy()
        for h in (drawn.orders(hour).hour, hour)
    )

    assert len(first) > 10
    assert np.array_equal(first["side"], 1 - again["side"])
    for same in ("lots", "holder"):
        assert np.array_equal(first[same], again[same])
    assert np.array_equal(first["arrival_us"] % HOUR_US, again["arrival_us"] % HOUR_US)


def test_quotes_have_fills_only_in_played_hours(executed):
    run = executed(SETTLING, run={"one_hour_in": ONE_IN, "seed": 3})
    drawn = TradedHours.of(
        Run(start=date(2022, 5, 9), end=date(2022, 5, 10), seed=3, one_hour_in=ONE_IN)
    )
    with run.connect() as connection:
        hours = connection.execute(
            "SELECT DISTINCT epoch_us(date_trunc('hour', time)) FROM rows "
            "WHERE motive IN ('pickoff', 'spread')"
        ).fetchall()

    assert hours
    assert all(drawn.has(hour_us) for (hour_us,) in hours)


@pytest.mark.parametrize("position_limit_usd", [2_000_000, 60_000])
def test_sampled_hours_and_all_hours_give_the_same_mean_result_of_quotes(
    executed, tmp_path, position_limit_usd
):
    """In one of two cases the position limit is low, so the maker often quotes only one side."""
    world = tmp_path / "limited.toml"
    stated = "position_limit_usd = 2_000_000"
    text = SETTLING.read_text().replace("../../runs/tiny.toml", "tiny")
    assert stated in text
    world.write_text(text.replace(stated, f"position_limit_usd = {position_limit_usd}"))

    def totals(one_hour_in: int) -> np.ndarray:
        runs = (executed(world, run={"seed": seed, "one_hour_in": one_hour_in}) for seed in SEEDS)
        return np.array(
            [
                [
                    int(100 * usd_balances(run)[income(run.chart.parties.maker, kind)])
                    for kind in ("PickOff", "Spread")
                ]
                for run in runs
            ]
        )

    every, some = totals(1), totals(ONE_IN)
    error = ((every.var(axis=0, ddof=1) + some.var(axis=0, ddof=1)) / len(SEEDS)) ** 0.5
    assert np.all(np.abs(some.mean(axis=0) - every.mean(axis=0)) < 3 * error)
    # The errors are small, so the test would find a mean that is ONE_IN times too large.
    assert np.all(3 * error < np.abs(every.mean(axis=0)))
