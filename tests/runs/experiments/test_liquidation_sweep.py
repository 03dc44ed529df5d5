"""The liquidation sweep agrees with known values, limiting cases, and the books of one run.

The experiment measures the sign and the size of the captive backstop's result. So no test requires
a certain sign or size.
"""

import math
from dataclasses import replace
from datetime import date
from decimal import Decimal
from itertools import product

import numpy as np
import pytest

from des.clock import HOUR_US
from des.price.lead_price import LeadPrice
from ledger.accounts import expense, income
from ledger.kinds import Kind
from ledger.reports.dollars import usd_balances
from ledger.reports.table import Table
from runs.experiments import liquidation_sweep as sweep
from runs.experiments.liquidation_sweep import (
    DRIFTLESS,
    FACTORS,
    PATHS,
    RECORDED,
    SCENARIO,
    SEEDS,
    BackstopOutcome,
    Found,
    Setting,
    break_even,
    cases,
    outcome,
    scenario_of,
    sweep_tables,
)
from runs.scenarios import load

FINE_TICK_USD = Decimal("0.0000001")
START_US, END_US = (
    int(np.datetime64(day, "us").astype(np.int64)) for day in ("2022-05-09", "2022-05-10")
)


# ------------------------------------------------------------------------- the worlds


@pytest.mark.parametrize("path", PATHS)
def test_the_base_case_of_the_liquidation_sweep_changes_only_the_kind_of_price_path(path):
    setting = Setting.base(path)
    as_written, laid_over = load(SCENARIO), scenario_of((setting, 1))

    kept = {"sources", *(() if path == RECORDED else ("markets",))}
    assert laid_over.model_dump(exclude=kept) == as_written.model_dump(exclude=kept)
    for factor, values in FACTORS.items():
        assert getattr(setting, factor) in values
        assert list(values) == sorted(set(values))


@pytest.mark.parametrize("path", PATHS)
def test_the_volatility_factor_multiplies_every_move_of_the_log_price(path):
    def moves(volatility: float) -> np.ndarray:
        scenario = scenario_of((replace(Setting.base(path), volatility=volatility), 3))
        (market,) = scenario.markets
        # The tick is very small, so rounding is negligible. The span from 15:00 to 17:00 contains
        # the recorded path's second anchor, at 16:00.
        price = LeadPrice(3, market.name, market.price, FINE_TICK_USD, START_US, END_US)
        ticks = price.ticks(START_US + 15 * HOUR_US, START_US + 17 * HOUR_US).prices
        return np.log(ticks * float(FINE_TICK_USD) / market.price.anchors[0].price_usd)

    as_written = moves(1.0)
    assert len(as_written) > 20_000
    for factor in (0.5, 2.0):
        assert moves(factor) == pytest.approx(factor * as_written, abs=1e-6)


@pytest.mark.parametrize("path", PATHS)
def test_no_position_is_taken_over_if_the_price_never_moves(path):
    assert outcome((replace(Setting.base(path), volatility=0.0), 1)) == (0, 0, 0, 0, 0)


def test_a_recorded_path_meets_all_recorded_prices_and_a_driftless_path_meets_only_the_first():
    anchors = {
        path: scenario_of((Setting.base(path), 1)).markets[0].price.anchors for path in PATHS
    }

    assert anchors[RECORDED] == load(SCENARIO).markets[0].price.anchors
    assert anchors[DRIFTLESS] == anchors[RECORDED][:1]
    assert anchors[RECORDED][-1].at == date(2022, 5, 10)


def test_a_case_of_the_liquidation_sweep_agrees_with_the_general_ledger(executed):
    setting = replace(Setting.base(RECORDED), unwind_delay_s=60.0, latency_s=5.0)
    captive, fast = (p.model_dump(exclude_none=True) for p in load(SCENARIO).leverage.providers)
    market = load(SCENARIO).markets[0].model_dump(exclude_none=True)
    market["quoter"]["latency_s"] = 5.0
    run = executed(
        SCENARIO,
        run={"seed": 2},
        leverage={"providers": [captive | {"unwind_delay_s": 60.0}, fast]},
        markets=[market],
    )
    balances, maker = usd_balances(run), run.chart.parties.maker
    booked = -balances[income(maker, Kind.BACKSTOP)] - balances[expense(maker, Kind.BACKSTOP)]

    found = outcome((setting, 2))

    assert found.result_usd == float(booked)
    assert found.result_usd == pytest.approx(sum(found[1:4]), abs=0.005)
    assert found.unwinding_usd < 0 < found.taken_usd


def test_the_list_of_cases_has_each_case_once_and_has_all_seeds():
    all_cases = cases()

    assert len(set(all_cases)) == len(all_cases)
    assert {seed for _, seed in all_cases} == set(SEEDS)


# --------------------------------------------------------------------- the arithmetic


@pytest.mark.parametrize(
    ("results", "zero"),
    [
        ([3, 1, -1, -3], 3),  # the sign changes between the values 2 and 4
        ([1, -1, 1, -1], 1),  # if there are several sign changes, the first one counts
        ([-2, 6, 6, 6], 0.5),
        ([0, 1, 1, 1], 0),
        ([1, 1, 0, 1], 4),
        ([1, 1, 1, 0], 8),
        # nan means that there are no takeovers, so the point is ignored
        ([2, math.nan, -2, -2], 2),
    ],
)
def test_the_break_even_is_the_first_zero_of_the_line_through_the_points(results, zero):
    assert break_even((0, 2, 4, 8), results) == pytest.approx(zero)


@pytest.mark.parametrize("results", [[1, 2, 3, 4], [-1, -1, -1, -1], [math.nan] * 4])
def test_there_is_no_break_even_if_the_sign_of_the_result_does_not_change(results):
    assert math.isnan(break_even((0, 2, 4, 8), results))


def known(bps_of) -> dict[sweep.Case, BackstopOutcome]:
    """Return made-up outcomes of all cases. *bps_of* gives their results in basis points.

    The volume taken over is a million dollars times the seed.
    """
    return {
        (setting, seed): BackstopOutcome(
            1e6 * seed, 0.0, 0.0, 0.0, 1e6 * seed * bps_of(setting, seed) / 10_000
        )
        for setting, seed in cases()
    }


def rows(table: Table) -> list[dict]:
    return [dict(zip(table.columns, row, strict=True)) for row in table.rows]


def test_break_evens_are_found_if_the_result_is_a_known_linear_function_of_two_factors():
    # The result in basis points is 60 - delay / 2 - 40 * volatility. The delay is in seconds. At a
    # volatility factor of 1 the result is zero if the delay is 40 seconds.
    def bps(setting: Setting, seed: int) -> float:
        return 60 - setting.unwind_delay_s / 2 - 40 * setting.volatility

    *_, table = sweep_tables(known(bps))
    found = {(r["path"], r["factor"], r["at_volatility"]): r for r in rows(table)}

    for path in PATHS:
        alone = found[path, "unwind_delay_s", None]
        assert [alone[c] for c in ("break_even", "low", "high", "crossing_pct")] == [40] * 3 + [100]
        assert found[path, "unwind_delay_s", Decimal("0.5")]["break_even"] == 80
        assert found[path, "volatility", None]["break_even"] == Decimal("1.475")
        never = found[path, "unwind_delay_s", Decimal("2")]
        assert never["result"] == "below zero, no sign change in the range"
        assert (never["break_even"], never["crossing_pct"]) == (None, 0)
        assert found[path, "latency_s", None]["result"].startswith("above zero, no")


def test_the_result_in_basis_points_is_an_average_over_seeds_weighted_by_their_volumes():
    setting = Setting.base(RECORDED)
    found = Found(known(lambda _, seed: 80.0 if seed == SEEDS[-1] else 0.0))

    assert found.bps(setting) == pytest.approx(80 * SEEDS[-1] / sum(SEEDS))
    assert found.taken_usd(setting) == pytest.approx(1e6 * sum(SEEDS) / len(SEEDS))


def test_the_standard_error_agrees_with_a_bootstrap_over_seeds():
    draws = np.random.default_rng(1)
    noise = {seed: draws.normal() for seed in SEEDS}
    found = Found(known(lambda _, seed: 30 + 10 * noise[seed]))
    setting = Setting.base(DRIFTLESS)

    spread = found.resampled([setting]).std()
    # The bootstrap divides by n, and the formula by n - 1. The tolerance is wide because the
    # formula is only approximate if there are few seeds.
    unbiased = spread * math.sqrt(len(SEEDS) / (len(SEEDS) - 1))
    assert found.error_bps(setting) == pytest.approx(unbiased, rel=0.1)


def test_the_standard_error_is_zero_if_all_seeds_have_the_same_result():
    found = Found(known(lambda setting, _: 12.5))

    assert found.error_bps(Setting.base(RECORDED)) == pytest.approx(0, abs=1e-9)


def test_the_tables_have_no_results_if_there_are_no_takeovers():
    nothing = {case: BackstopOutcome(0.0, 0.0, 0.0, 0.0, 0.0) for case in cases()}
    by_factor, grid, errors, broken = map(rows, sweep_tables(nothing))

    assert {row["result_bps"] for row in by_factor} == {None}
    assert {cell for row in (*grid, *errors) for key, cell in row.items() if "after" in key} == {
        None
    }
    assert {row["result"] for row in broken} == {"nothing taken over"}


def test_the_grid_has_a_result_for_each_combination_of_delay_and_volatility():
    def bps(setting: Setting, seed: int) -> float:
        return setting.unwind_delay_s + setting.volatility

    _, grid, *_ = sweep_tables(known(bps))
    found = {(row["path"], row["volatility"]): row for row in rows(grid)}

    for path, volatility, delay in product(PATHS, FACTORS["volatility"], FACTORS["unwind_delay_s"]):
        cell = found[path, Decimal(str(volatility))][f"after_{delay:g}_s"]
        assert float(cell) == pytest.approx(delay + volatility, abs=0.051)
