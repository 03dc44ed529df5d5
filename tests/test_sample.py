"""A run that plays some hours only expects what a run of all hours expects."""

from datetime import date
from pathlib import Path

import numpy as np
import pytest

from des.clock import HOUR_US
from des.sample import Sample
from des.scenario import Run
from ledger.accounts import income
from ledger.reports.where import usd_balances

SETTLING = Path(__file__).parent / "worlds" / "settling.toml"
SEEDS = range(1, 9)
ONE_IN = 4


def sample(stands_for: int, seed: int = 1) -> Sample:
    return Sample.of(
        Run(start=date(2022, 5, 9), end=date(2022, 5, 10), seed=seed, one_hour_in=stands_for)
    )


@pytest.mark.parametrize("stands_for", [1, 2, 5, 24])
def test_of_so_many_hours_in_a_row_one_is_traded(stands_for):
    of_a_year = [sample(stands_for).has(hour * HOUR_US) for hour in range(stands_for * 365)]

    assert set(np.reshape(of_a_year, (365, stands_for)).sum(axis=1)) == {1}


def test_each_hour_is_as_likely_as_any_other():
    drawn = np.array([[sample(6, seed).has(h * HOUR_US) for h in range(24)] for seed in range(900)])

    expected, sd = 900 / 6, (900 * 5 / 36) ** 0.5
    assert np.abs(drawn.sum(axis=0) - expected).max() < 4 * sd


def test_only_sampled_hours_have_fills_from_quotes(executed):
    run = executed(SETTLING, run={"one_hour_in": ONE_IN, "seed": 3})
    drawn = Sample.of(
        Run(start=date(2022, 5, 9), end=date(2022, 5, 10), seed=3, one_hour_in=ONE_IN)
    )
    with run.connect() as connection:
        hours = connection.execute(
            "SELECT DISTINCT epoch_us(date_trunc('hour', time)) FROM rows "
            "WHERE motive IN ('pickoff', 'spread')"
        ).fetchall()

    assert hours
    assert all(drawn.has(hour_us) for (hour_us,) in hours)


def test_what_quotes_bring_and_lose_is_on_average_that_of_all_hours(executed):
    def totals(one_hour_in: int) -> np.ndarray:
        runs = (
            executed(SETTLING, run={"seed": seed, "one_hour_in": one_hour_in}) for seed in SEEDS
        )
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
    # The errors are small enough to tell n times as much from as much.
    assert np.all(3 * error < np.abs(every.mean(axis=0)))
