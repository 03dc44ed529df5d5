"""A counterfactual takes operating costs and customers' hourly demand from the base run."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest

from ledger.notes import TradedDay, UnpaidUse
from ledger.reports.dollars import spoken
from ledger.reports.market.wanted_demand import wanted_usd
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from runs.counterfactual import counterfactual
from runs.execute import execute, without_day_ledgers
from runs.removals import without
from runs.scenarios import dump, load

WORLDS = Path(__file__).parents[1] / "worlds"
GROUP, HALTING = WORLDS / "group.toml", WORLDS / "run.toml"
COSTS = "Expenses:FTX:Operations"


@pytest.fixture(scope="module")
def group_run(executed) -> RunFolder:
    """Return a run of five days. Operating costs are a quarter of the fees of a month."""
    return executed(GROUP)


def costs_of(run: RunFolder) -> list[tuple[date, Decimal, str]]:
    """Return the date, amount and narration of each operating cost that the house paid."""
    return [
        (entry.date, posting.units.number, entry.narration)
        for entry in run.transactions
        for posting in entry.postings
        if posting.account == COSTS
    ]


def run_without(run: RunFolder, kind: str, folder: Path) -> RunFolder:
    execute(without_day_ledgers(without(run, kind).scenario), folder)
    return RunFolder.at(folder)


@pytest.mark.parametrize("kind", ["PickOff", "Quoter"])
def test_the_counterfactual_keeps_operating_costs_although_its_fees_are_lower(
    group_run, tmp_path, kind
):
    other = run_without(group_run, kind, tmp_path / "run")

    assert (
        hole(other).kinds_usd["Fees"] > hole(group_run).kinds_usd["Fees"]
    )  # sources of money are negative, so a larger number means lower fees
    assert costs_of(other) == costs_of(group_run)
    assert [day for day, _, _ in costs_of(group_run)] == [date(2022, 6, 1)]


def test_without_hits_operating_costs_are_lower_if_costs_follow_fees(executed, tmp_path):
    run = executed(GROUP, group={"costs_follow_fees": True})
    made = without(run, "PickOff")
    other = run_without(run, "PickOff", tmp_path / "run")

    assert made.held == ()
    ((_, before, _),), ((_, after, _),) = costs_of(run), costs_of(other)
    assert 0 < after < before


def test_the_counterfactual_keeps_an_operating_cost_that_the_house_could_not_pay(executed):
    costs = [{"date": date(2022, 6, 1), "usd": 9e9}]
    run = executed(GROUP, group={"house_cost_share": 0.0, "house_costs": costs})

    assert costs_of(run) == []
    ((day, note),) = [each for each in run.dated_notes(UnpaidUse) if each[1].use == "Operations"]
    assert (day, note.usd) == (date(2022, 6, 1), Decimal(9_000_000_000))
    (held,) = without(run, "PickOff").scenario.group.house_costs
    assert (held.date, held.usd) == (day, 9e9)


def test_the_counterfactual_keeps_no_operating_cost_that_is_due_after_a_halt(executed):
    (market,) = tomllib.loads(dump(load(str(HALTING))))["markets"]
    for known in ("volume", "demand"):
        if market.get(known):
            market[known] += [{**market[known][-1], "month": "2022-06"}]
    end = date(2022, 6, 2)
    run = executed(HALTING, run={"end": end}, group={"house_cost_share": 0.25}, markets=[market])

    assert (date(2022, 5, 12), "halted") in run.events("FTX:withdrawals")
    assert without(run, "PickOff").scenario.group.house_costs == ()


def test_a_note_states_the_kept_operating_costs_and_the_scenario_names_their_source(
    group_run, tmp_path
):
    made = without(group_run, "PickOff")
    tables = counterfactual(group_run, made, tmp_path / "run").tables()
    (table,) = [table for table in tables if table.name == "difference"]

    ((_, due, _),) = costs_of(group_run)
    said = (
        f"The operating cost of FTX is as in the run: {spoken(due)} in total (number of months: 1)"
    )
    assert any(note.startswith(said) for note in table.notes)
    assert "booked" in load(str(tmp_path / "run" / "scenario.toml")).sources["group.house_costs"]


def test_operating_costs_that_the_scenario_states_are_booked_unchanged(executed):
    costs = [{"date": date(2022, 6, 1), "usd": 1_234.56}]
    run = executed(GROUP, group={"house_cost_share": 0.0, "house_costs": costs})

    assert [cost[:2] for cost in costs_of(run)] == [(date(2022, 6, 1), Decimal("1234.56"))]


# ------------------------------------------------------------------- uninformed demand


@pytest.fixture(scope="module")
def recorded_run(executed) -> RunFolder:
    """Return a run of five days. Customers trade the recorded volume minus the hits."""
    (market,) = tomllib.loads(dump(load(str(GROUP))))["markets"]
    volume = [{"month": month, "usd": 180e6} for month in ("2022-05", "2022-06")]
    market |= {"demand": [], "volume": volume}
    return executed(GROUP, demand={"closure": "recorded"}, markets=[market])


@pytest.fixture(scope="module")
def unhit_run(recorded_run, tmp_path_factory) -> RunFolder:
    """Return the counterfactual of `recorded_run` without hits."""
    return run_without(recorded_run, "PickOff", tmp_path_factory.mktemp("unhit") / "run")


def uninformed_usd(run: RunFolder) -> Decimal:
    return sum(note.captive_usd + note.others_usd for note in run.notes(TradedDay))


def test_customers_have_the_same_hourly_demand_with_and_without_hits(recorded_run, unhit_run):
    wanted = wanted_usd(recorded_run)["BTC-PERP"]

    assert [len(hours) for hours in wanted.values()] == [24] * 5
    assert (
        len({usd for hours in wanted.values() for usd in hours}) > 50
    )  # the volume of hits differs by hour, so demand does too
    assert wanted_usd(unhit_run)["BTC-PERP"] == wanted
    assert (
        without(recorded_run, "PickOff")
        .held[-1]
        .startswith("The demand of uninformed customers is as in the run")
    )


def test_customers_trade_nearly_the_same_volume_with_and_without_hits(recorded_run, unhit_run):
    before, after = uninformed_usd(recorded_run), uninformed_usd(unhit_run)

    assert abs(after - before) < before / 10_000
    hits = sum(note.hits_usd for note in recorded_run.notes(TradedDay))
    assert hits > before / 20


def test_the_volume_of_customers_rises_by_about_the_removed_hits_if_demand_is_not_kept(
    recorded_run, unhit_run, tmp_path
):
    made = without(recorded_run, "PickOff").scenario
    (market,) = made.markets
    free = made.model_copy(update={"markets": (market.model_copy(update={"wanted_of_days": ()}),)})
    execute(without_day_ledgers(free), tmp_path / "run")

    hits = sum(note.hits_usd for note in recorded_run.notes(TradedDay))
    more = uninformed_usd(RunFolder.at(tmp_path / "run")) - uninformed_usd(unhit_run)
    assert hits * Decimal("0.8") < more < hits * Decimal("1.2")


def test_the_counterfactual_keeps_no_hourly_demand_if_the_scenario_states_demand(group_run):
    assert wanted_usd(group_run) == {}
    assert "wanted_of_days" not in dump(without(group_run, "Quoter").scenario).replace(
        "wanted_of_days = []", ""
    )


def test_given_hourly_demand_is_used_and_the_whole_day_has_about_the_recorded_volume(
    executed,
):
    (market,) = tomllib.loads(dump(load(str(GROUP))))["markets"]
    volume = [{"month": month, "usd": 31 * 2.4e6} for month in ("2022-05", "2022-06")]
    market |= {"demand": [], "volume": volume}
    market["wanted_of_days"] = [{"day": date(2022, 5, 30), "usd_of_hours": [7e5, 0.0]}]
    firms = {"active": False}
    run = executed(GROUP, demand={"closure": "recorded"}, markets=[market], firms=firms)

    first, *_ = wanted_usd(run)["BTC-PERP"].values()
    assert first[:2] == (700_000, 0)
    assert len(first) == 24
    # The 700,000 dollars of the first hour are the recorded volume of seven hours, so customers
    # demand nothing in the next hours.
    assert all(usd == 0 for usd in first[2:5])
    assert sum(first) == pytest.approx(2.4e6, rel=0.1)


# ------------------------------------------------------------------ common random numbers


def test_at_least_94_percent_of_the_fills_of_customers_also_occur_in_the_run_without_hits(
    recorded_run, unhit_run
):
    assert_chance_is_common(recorded_run, unhit_run)


@pytest.mark.slow
def test_in_a_volatile_month_at_least_94_percent_of_fills_of_customers_also_occur_without_hits(
    may_run, tmp_path
):
    assert_chance_is_common(may_run, run_without(may_run, "PickOff", tmp_path / "run"))


def assert_chance_is_common(run: RunFolder, other: RunFolder) -> None:
    """Assert that at least 94 % of customers' fills with the captive maker occur in both runs.

    The prices of these fills may differ. Hits change the maker's position, and the position shifts
    the maker's quotes.
    """
    (rows, at_lead), (others, at_others_lead) = customers(run), customers(other)
    common = np.intersect1d(rows, others)

    # Fills that are in both runs have equal lead prices.
    assert len(np.intersect1d(at_lead, at_others_lead)) == len(common)
    assert len(common) >= 0.94 * max(len(rows), len(others))
    assert len(rows) > 500


def customers(run: RunFolder) -> tuple[np.ndarray, np.ndarray]:
    """Return two hashes of each fill between customers and the captive maker.

    Only the second hash includes the lead price. Hashes need less memory than the fills.
    """
    fill = "time, taker, market, lots"
    with run.connect() as connection:
        found = connection.execute(
            f"SELECT DISTINCT hash({fill}) AS fill, hash({fill}, lead) AS at_lead FROM rows "
            "WHERE motive = 'spread' AND maker = ?",
            [run.chart.parties.maker],
        ).fetchnumpy()
    return found["fill"], found["at_lead"]
