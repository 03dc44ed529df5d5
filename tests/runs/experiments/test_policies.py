"""Policies side by side: the changes of each, and a table that agrees with the books."""

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ledger.reports.life.standing import standings
from ledger.reports.money.hole import hole
from runs.experiments import policies
from runs.experiments.policies import POLICIES, SCENARIO, life, policy_tables, read
from runs.scenarios import load

LOCK_IN = Path(__file__).parents[2] / "worlds" / "lock-in.toml"
RUN = Path(__file__).parents[2] / "worlds" / "run.toml"


def told(changes: Mapping[str, Any]) -> dict[str, Any]:
    """Return the life's data under these changes, without sources."""
    return load(SCENARIO, dict(changes)).model_dump(exclude={"sources"})


@pytest.mark.parametrize("policy", POLICIES)
def test_a_policy_changes_the_decisions_and_nothing_else(policy):
    expected = told({})
    for part, changes in POLICIES[policy].items():
        expected[part] |= changes

    assert told(POLICIES[policy]) == expected


def test_the_shipped_scenario_has_the_captive_policy():
    assert told(POLICIES["captive"]) == told({})


def test_a_life_is_read_from_its_books(monkeypatch, executed):
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


def test_a_maker_that_quotes_to_the_end_is_never_off(executed):
    assert read(executed(LOCK_IN, **POLICIES["captive"])).quotes_off_since is None


def test_a_maker_that_stops_on_a_day_is_off_from_then_on(executed):
    day = date(2022, 2, 15)

    assert read(executed(LOCK_IN, maker={"quoter_off": day})).quotes_off_since == day


def test_a_run_on_the_exchange_is_visible_in_its_days(executed):
    found = read(executed(RUN))

    assert found.first_wait is not None
    assert found.first_halt is None or found.first_halt >= found.first_wait >= date(2022, 1, 1)
