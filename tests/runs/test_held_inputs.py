"""What is no consequence of a cause stands in its counterfactual as it was, to the cent."""

import tomllib
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest

from ledger.notes import UnpaidUse
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from runs.counterfactual import counterfactual
from runs.execute import execute
from runs.removals import without
from runs.scenarios import dump, load

WORLDS = Path(__file__).parents[1] / "worlds"
GROUP, HALTING = WORLDS / "group.toml", WORLDS / "run.toml"
COSTS = "Expenses:FTX:Operations"


@pytest.fixture(scope="module")
def group_run(executed) -> RunFolder:
    """Five days of a group whose costs are a quarter of its fees."""
    return executed(GROUP)


def costs_of(run: RunFolder) -> list[tuple[date, Decimal, str]]:
    """Return what the house paid to run, and in which words, as Beancount loads it."""
    return [
        (entry.date, posting.units.number, entry.narration)
        for entry in run.transactions
        for posting in entry.postings
        if posting.account == COSTS
    ]


def run_without(run: RunFolder, kind: str, folder: Path) -> RunFolder:
    execute(without(run, kind).scenario, folder)
    return RunFolder.at(folder)


@pytest.mark.parametrize("kind", ["PickOff", "Quoter"])
def test_costs_stand_where_fees_are_gone_with_the_cause(group_run, tmp_path, kind):
    other = run_without(group_run, kind, tmp_path / "run")

    assert hole(other).kinds_usd["Fees"] > hole(group_run).kinds_usd["Fees"]  # sources are below 0
    assert costs_of(other) == costs_of(group_run)
    assert [day for day, _, _ in costs_of(group_run)] == [date(2022, 6, 1)]


def test_where_a_scenario_says_so_costs_fall_with_the_fees(executed, tmp_path):
    run = executed(GROUP, group={"costs_follow_fees": True})
    made = without(run, "PickOff")
    other = run_without(run, "PickOff", tmp_path / "run")

    assert made.held == ()
    ((_, before, _),), ((_, after, _),) = costs_of(run), costs_of(other)
    assert 0 < after < before


def test_a_cost_that_could_not_be_paid_was_due_all_the_same(executed):
    costs = [{"date": date(2022, 6, 1), "usd": 9e9}]
    run = executed(GROUP, group={"house_cost_share": 0.0, "house_costs": costs})

    assert costs_of(run) == []
    ((day, note),) = [each for each in run.dated_notes(UnpaidUse) if each[1].use == "Operations"]
    assert (day, note.usd) == (date(2022, 6, 1), Decimal(9_000_000_000))
    (held,) = without(run, "PickOff").scenario.group.house_costs
    assert (held.date, held.usd) == (day, 9e9)


def test_once_the_house_has_halted_there_are_no_costs_to_hold(executed):
    (market,) = tomllib.loads(dump(load(str(HALTING))))["markets"]
    for known in ("volume", "demand"):
        if known in market:
            market[known] += [{**market[known][-1], "month": "2022-06"}]
    end = date(2022, 6, 2)
    run = executed(HALTING, run={"end": end}, group={"house_cost_share": 0.25}, markets=[market])

    assert (date(2022, 5, 12), "halted") in run.events("FTX:withdrawals")
    assert without(run, "PickOff").scenario.group.house_costs == ()


def test_what_is_held_is_told_in_the_report_and_in_the_scenario(group_run, tmp_path):
    made = without(group_run, "PickOff")
    tables = counterfactual(group_run, made, tmp_path / "run").tables()
    (table,) = [table for table in tables if table.name == "difference"]

    ((_, due, _),) = costs_of(group_run)
    said = f"What FTX cost to run stands as it was due, {due:,.0f} dollars on 1 firsts of a month"
    assert any(note.startswith(said) for note in table.notes)
    assert "booked" in load(str(tmp_path / "run" / "scenario.toml")).sources["group.house_costs"]


def test_stated_costs_are_paid_whatever_the_fees(executed):
    costs = [{"date": date(2022, 6, 1), "usd": 1_234.56}]
    run = executed(GROUP, group={"house_cost_share": 0.0, "house_costs": costs})

    assert [cost[:2] for cost in costs_of(run)] == [(date(2022, 6, 1), Decimal("1234.56"))]
