"""The blind audit: its arithmetic, its results in small worlds, and how often it is right."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from ledger.kinds import USES, Kind, cause_of
from ledger.reports.blind.blind_report import booked_usd, placed_pct
from ledger.reports.blind.diagnose import LOSSES, ZERO, Cause, Verdict, diagnose
from ledger.reports.blind.stripped_books import blind_copy
from ledger.reports.money.hole import hole
from ledger.run_folder import RunFolder
from ledger.transaction import kind_of
from runs.cli.main import main
from runs.experiments import blind_audit
from runs.experiments.blind_audit import (
    BETTER,
    SCENARIOS,
    SEEDS,
    Audited,
    Pair,
    audit,
    audit_tables,
    score,
)
from runs.scenario_files import built_ins

LOW = date(2022, 6, 2)  # the lowest anchor of the price is on this day
GROUP = Path(__file__).parents[2] / "worlds" / "group.toml"


def use(kind: str, usd: int, **more: object) -> dict[str, Any]:
    """Return the data of a payment by the maker. By default it is on the first day of `group`."""
    told = {"date": date(2022, 5, 30), "usd": usd, "kind": kind, "by": "maker", "to": "Somebody"}
    return told | {"why": "says why"} | more


# For each of four causes, the changes that make it the main cause in the world `group`. The
# payments in a story sum to less than the maker's opening cash.
STORIES: Mapping[Cause, dict[str, Any]] = {
    Cause.STAKES: {"uses": [use("Ventures", 90_000), use("Incidents", 9_000, to="Thief")]},
    Cause.SUMS: {"uses": [use("Incidents", 90_000), use("Ventures", 9_000, to="Startups")]},
    Cause.SPENDING: {"uses": [use("Property", 30_000, date=date(2022, 6, n)) for n in (1, 2, 3)]},
    Cause.POSITIONS: {
        "uses": [use("Ventures", 9_000)],
        "longs": [{"market": "BTC-PERP", "since": date(2022, 5, 30), "until": LOW, "usd": 900_000}],
    },
}


# ------------------------------------------------------------------------- the true causes


def test_every_kind_that_changes_the_hole_belongs_to_a_cause_of_the_blind_audit(request):
    names = ("tiny_run", "busy_run", "margin_run", "tokens_run")
    charts = [request.getfixturevalue(name).opens.values() for name in names]
    opened = {kind_of(each.account) for chart in charts for each in chart if each.hole == "cause"}

    assert Cause.OTHER not in set(map(cause_of, (*opened, *USES)))
    assert {kind.entry.cause for kind in Kind} == {None, *Cause} - {Cause.OTHER}


def test_the_amounts_of_all_causes_sum_to_the_hole(margin_run):
    booked, kinds = booked_usd(margin_run), hole(margin_run).kinds_usd

    assert booked[Cause.TAKEOVERS] == kinds["Backstop"] + kinds["Insurance"] != 0
    assert sum(booked.values()) == hole(margin_run).hole_usd


def test_a_loss_assigned_to_a_wrong_cause_lowers_the_share_of_correctly_assigned_losses():
    booked = dict.fromkeys(Cause, ZERO) | {
        Cause.STAKES: Decimal(60),
        Cause.SUMS: Decimal(40),
        Cause.FEES: Decimal(-500),
    }

    assert placed_pct(booked, booked) == 100
    assert placed_pct(booked | {Cause.STAKES: Decimal(70), Cause.SUMS: Decimal(30)}, booked) == 90
    assert placed_pct(booked | {Cause.STAKES: Decimal(-10)}, booked) == 40
    assert placed_pct(booked, dict.fromkeys(Cause, ZERO)) is None


# ------------------------------------------------------------------------- small worlds


@pytest.mark.parametrize("cause", STORIES)
def test_the_blind_audit_diagnoses_the_only_large_loss_of_a_world(executed, cause):
    found = audit(
        executed(GROUP, group={"lenders": [], "tokens": [], "longs": [], **STORIES[cause]})
    )

    assert found.true.main is cause
    assert found.diagnosed.main is cause
    assert found.unexplained_usd == 0


def test_from_cash_alone_a_purchase_of_stakes_looks_like_a_payment_that_brings_no_asset(
    executed,
):
    bare = {"lenders": [], "tokens": [], "longs": []}
    found = audit(executed(GROUP, group=bare | STORIES[Cause.STAKES]))

    assert found.by_cash.main is Cause.SUMS


def test_the_diagnosed_main_cause_is_faster_firms_if_the_main_loss_is_on_stale_quotes(tiny_run):
    found = audit(tiny_run)

    assert found.true.main is found.diagnosed.main is Cause.FASTER
    assert found.diagnosed.margin_pct > 0


def test_faster_firms_are_not_one_of_the_two_main_diagnosed_causes_if_there_are_no_firms(
    executed,
):
    run = executed("tiny", firms={"active": False})
    found = audit(run)

    assert hole(run).kinds_usd["Spread"] < 0
    assert Cause.FASTER not in (found.diagnosed.main, found.diagnosed.second)


def test_the_command_diagnose_prints_the_diagnosed_and_the_booked_amount_of_a_cause(
    tiny_run: RunFolder,
):
    arguments = ["diagnose", str(tiny_run.path), "--table", "causes", "--format", "csv"]
    result = CliRunner().invoke(main, arguments)
    (line,) = (row for row in result.stdout.splitlines() if row.startswith("loss,faster"))
    found, booked, difference = map(Decimal, line.split(",")[2:5])

    assert booked == hole(tiny_run).kinds_usd["PickOff"]
    assert found == diagnose(blind_copy(tiny_run)[0]).usd[Cause.FASTER]
    # One firm has too few fills to count as faster, so the diagnosed amount is slightly too small.
    assert 0 > difference == found - booked > -booked / 50


# --------------------------------------------------------------------------- the matrix


def told(*pairs: Pair) -> list[Audited]:
    """Return an audit for each pair of a true main cause and a diagnosed main cause.

    In each audit the diagnosis from cash alone is the last cause in LOSSES.
    """
    last = Verdict(LOSSES[-1], None, ZERO)
    return [
        Audited(Verdict(true, None, ZERO), Verdict(said, None, ZERO), last, None, ZERO)
        for true, said in pairs
    ]


def test_chance_is_the_score_of_a_diagnosis_that_always_names_the_most_common_cause():
    a, b, c = LOSSES[:3]
    always_a = [(a, a), (a, a), (b, a), (c, a)]
    all_right = [(a, a), (a, a), (b, b), (c, c)]

    assert score(always_a) == (50, 50)
    assert not score(always_a).is_better
    assert score(all_right) == (100, 50)
    assert score(all_right).is_better


def test_the_matrices_have_true_causes_in_rows_and_diagnosed_causes_in_columns():
    a, b, last = *LOSSES[:2], LOSSES[-1]
    found = told((a, b), (a, b), (a, a), (b, b))
    matrix, by_cash, runs, scores = audit_tables(
        {("story", i): each for i, each in enumerate(found)}
    )

    assert matrix.columns == ("true", a, b)
    assert matrix.rows == [(a, 1, 2), (b, 0, 1)]
    assert by_cash.rows == [(a, 0, 0, 3), (b, 0, 0, 1), (last, 0, 0, 0)]
    assert [row[:3] for row in runs.rows] == [
        ("story", i, e.true.main) for i, e in enumerate(found)
    ]
    assert [row[2:] for row in scores.rows] == [(50, 75, 150, "no"), (0, 75, 150, "no")]


def test_the_audit_covers_six_built_in_scenarios_with_every_seed():
    stories = {"ftx", "leveraged-longs", "bad-loans", "boondoggle", "ventures-only"}

    assert set(SCENARIOS) == stories | {"may-2021"}
    assert set(SCENARIOS) <= set(built_ins())
    assert blind_audit.cases() == list(product(SCENARIOS, SEEDS))


@pytest.mark.slow
def test_the_blind_audit_finds_the_main_cause_at_least_twice_as_often_as_chance():
    found = {case: blind_audit.audited(case) for case in blind_audit.cases(SEEDS[:1])}
    total = score([(each.true.main, each.diagnosed.main) for each in found.values()])

    assert len({each.true.main for each in found.values()}) >= 4
    assert total.found_pct >= BETTER * total.chance_pct
    assert all(each.unexplained_usd == 0 for each in found.values())
