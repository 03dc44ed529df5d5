"""Customers on margin trade only on the full days of a sampled run."""

from datetime import date, datetime
from pathlib import Path

import numpy as np
import pytest
from sound_worlds import assert_sound

from ledger.reports.liquidations.liquidation_results import liquidations
from ledger.reports.liquidations.on_margin import days_on_margin
from ledger.run_folder import RunFolder
from runs.execute import execute
from runs.scenario_files import ScenarioError
from runs.scenarios import load

WORLDS = Path(__file__).parent / "worlds"
WORLD = WORLDS / "full-days.toml"
SHARE, SETTLE_S = 0.2, 600
FULL = date(2022, 5, 10)  # the price falls by half on this day


@pytest.fixture(scope="module")
def run(executed) -> RunFolder:
    return executed(WORLD)


def test_a_full_day_begins_with_collateral_of_about_the_stated_share_of_retail_claims(run):
    (found,) = run.select(
        "SELECT min(time), max(time), sum(edge_cents) * 0.01, count(*) FROM rows "
        "WHERE motive = 'collateral' AND edge_cents > 0 AND lots = 0"
    )
    began, ended, usd, holders = found
    morning = datetime(2022, 5, 10)
    (owed,) = run.select(
        "SELECT -sum(units) * 0.01 FROM postings "
        "WHERE account = 'Liabilities:FTX:Customers:Retail' AND date < ?",
        [FULL],
    )

    assert began == ended == morning
    assert 0 < holders <= 200
    # A customer whose position would be smaller than one lot is left out. Each amount is rounded to
    # a cent.
    share_usd = SHARE * float(owed[0])
    assert 0.9 * share_usd < usd <= share_usd + 0.005 * holders


def test_all_positions_on_margin_are_closed_by_the_midnight_that_ends_the_full_day(run):
    left = run.select(
        "SELECT holder FROM rows WHERE motive IN "
        "('leverage', 'liquidation', 'backstop', 'deleveraging') "
        "GROUP BY holder HAVING sum(lots) <> 0"
    )
    (last,) = run.select("SELECT max(time) FROM rows WHERE motive IN ('leverage', 'collateral')")

    assert not left
    assert last[0] == datetime(2022, 5, 11)


def test_full_days_have_a_shorter_settlement_interval_than_other_days(run):
    def interval_s(day: date) -> set[float]:
        times = run.select(
            "SELECT DISTINCT time FROM rows WHERE motive = 'variation-margin' "
            "AND venue = 'FTX' AND time::DATE = ? ORDER BY 1",
            [day],
        )
        return set(np.diff([each.timestamp() for (each,) in times]).tolist())

    assert min(interval_s(FULL)) == SETTLE_S
    assert min(interval_s(date(2022, 5, 9))) == 1_800


def test_a_price_that_falls_by_half_causes_forced_orders_and_takeovers_by_backstops(run):
    found = dict(run.select("SELECT motive::VARCHAR, count(*) FROM rows GROUP BY 1"))

    assert found["liquidation"] > 0
    assert found["backstop"] > 0


def moved_by_other_makers(run: RunFolder) -> dict[str, float]:
    """Return the other makers' deposits and withdrawals for their positions, in dollars by tag."""
    found = run.select(
        "SELECT tag, sum(abs(units)) * 0.01 FROM postings "
        "WHERE account = 'Assets:OtherMakers:Cash' AND narration LIKE '%positions' GROUP BY 1"
    )
    return {tag: float(usd) for tag, usd in found}


def test_other_makers_pay_the_losses_on_their_positions(run):
    gaps = run.select("SELECT count(*) FROM postings WHERE account = 'Income:OtherMakers:GapLoss'")

    assert moved_by_other_makers(run)["deposit"] > 0
    assert gaps == [(0,)]


def test_other_makers_withdraw_the_gains_on_their_positions(executed):
    """At a leverage of one, no customer is liquidated.

    So the other makers do not buy contracts of liquidated customers while the price falls.
    """
    run = executed(WORLD, leverage={"leverage_mean": 1.0, "leverage_log_sd": 0.0})

    assert moved_by_other_makers(run)["withdrawal"] > 0


def test_the_books_of_a_world_with_customers_on_margin_are_valid(run):
    assert_sound(run)


def test_a_run_with_a_full_day_writes_the_same_bytes_if_it_is_simulated_quote_by_quote(
    run, tmp_path
):
    execute(load(str(WORLD)), tmp_path / "quotes", every_quote=True)

    for path in sorted(run.path.rglob("*")):
        if path.is_file():
            other = tmp_path / "quotes" / path.relative_to(run.path)
            assert path.read_bytes() == other.read_bytes(), path.name


@pytest.mark.parametrize(
    ("changes", "key"),
    [
        ({"collateral_usd_median": 100.0}, "leverage.collateral_usd_median"),
        ({"arrivals_per_day": 3.0}, "leverage.arrivals_per_day"),
        ({"exits_per_day": 0.1}, "leverage.exits_per_day"),
        (
            {"tokens": ({"name": "BTC", "market": "BTC-PERP", "weight": 0.9, "share": 0.1},)},
            "leverage.tokens",
        ),
    ],
)
def test_scenario_keys_that_contradict_the_key_share_of_claims_are_refused(changes, key):
    with pytest.raises(ScenarioError) as caught:
        load(str(WORLD), {"leverage": changes})

    assert caught.value.key == key


def test_contradictory_settings_of_sampled_hours_and_of_leverage_are_refused():
    with pytest.raises(ScenarioError) as caught:
        load(str(WORLD), {"run": {"full_days": ()}})
    assert caught.value.key == "run.full_days_settle_s"

    with pytest.raises(ScenarioError) as caught:
        load(str(WORLDS / "margin.toml"), {"run": {"one_hour_in": 12}})
    assert caught.value.key == "run.one_hour_in"

    with pytest.raises(ScenarioError) as caught:
        load(str(WORLDS / "margin.toml"), {"leverage": {"share_of_claims": 0.1}})
    assert caught.value.key == "leverage.collateral_usd_median"


def test_the_full_day_is_the_only_day_with_positions_on_margin(run):
    assert days_on_margin(run) == {FULL}


def test_the_report_on_liquidations_states_the_number_of_days_with_positions_on_margin(run):
    assert "on margin on 1 of the run's 3 days" in liquidations(run).answer()
