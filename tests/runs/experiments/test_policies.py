"""The experiment compares policies of maker and exchange. Its figures agree with the books."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.reports.life.cash_coverage import unpaid_requests
from ledger.reports.life.standing import standings
from ledger.reports.money.hole import hole
from runs.experiments import policies
from runs.experiments.policies import POLICIES, SCENARIO, life, policy_tables, read
from runs.scenarios import load

LOCK_IN = Path(__file__).parents[2] / "worlds" / "lock-in.toml"
RUN = Path(__file__).parents[2] / "worlds" / "run.toml"


def told(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the data of the scenario `ftx-sampled` with these changes, but without sources."""
    return load(SCENARIO, dict(changes)).model_dump(exclude={"sources"})


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_changes_only_those_keys_of_the_scenario_that_it_states(policy):
    expected = told({})
    for part, changes in POLICIES[policy].items():
        expected[part] |= changes

    assert told(POLICIES[policy]) == expected


def test_the_scenario_ftx_sampled_itself_has_the_captive_policy():
    assert told(POLICIES["captive"]) == told({})


def test_the_results_of_a_policy_agree_with_the_books_of_its_run(monkeypatch, executed):
    monkeypatch.setattr(policies, "SCENARIO", str(LOCK_IN))
    run = executed(LOCK_IN, **POLICIES["independent"])
    kinds, end = hole(run).kinds_usd, standings(run)[-1]

    found = life("independent")

    assert found == read(run)
    assert found.quotes_lose_usd == kinds["PickOff"] + kinds["Spread"] + kinds["Hedging"]
    assert found.hole_usd == end.hole_usd == found.claims_usd - end.liquid_usd
    assert found.quotes_off_since is not None
    (table,) = policy_tables({"independent": found})
    assert table.rows == [("independent", *found)]


def test_the_day_of_the_last_stop_of_quotes_is_empty_if_the_maker_quotes_at_the_end(executed):
    assert read(executed(LOCK_IN, **POLICIES["captive"])).quotes_off_since is None


def test_the_day_of_the_last_stop_is_the_day_on_which_the_scenario_stops_the_quotes(executed):
    day = date(2022, 2, 15)

    assert read(executed(LOCK_IN, maker={"quoter_off": day})).quotes_off_since == day


def test_the_days_of_the_first_wait_and_of_the_halt_of_withdrawals_are_reported(executed):
    run = executed(RUN)
    found, status = read(run), dict(map(reversed, run.events("FTX:withdrawals")))

    assert found.first_wait == min(unpaid_requests(run))[0] == status["queued"]
    assert found.first_halt == status["halted"]
