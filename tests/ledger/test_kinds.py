"""Each kind of account is defined once, and reports accept accounts of unknown kinds."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from ledger.causes import Cause
from ledger.copy_of_text import write_copy
from ledger.kinds import AT_COST, KINDS, USES, Kind, cause_of
from ledger.proof.seal import seal
from ledger.reports.blind.blind_report import booked_usd
from ledger.reports.money.hole import hole
from ledger.reports.money.where import where
from ledger.reports.table import Table
from ledger.run_folder import RunFolder
from ledger.spending import Spending
from ledger.transaction import kind_of
from runs.counterfactual import compare
from runs.removals import REMOVALS, without

ROOT = Path(__file__).parents[2]
GROUP = ROOT / "tests" / "worlds" / "group.toml"


@pytest.fixture(scope="module")
def strange_run(group_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """Return a copy of `group_run` in which an unknown word replaces the kind `Politics`."""
    folder = tmp_path_factory.mktemp("strange") / "run"
    shutil.copytree(group_run.path, folder)
    for path in folder.glob("*.beancount"):
        path.write_text(path.read_text("utf-8").replace("Politics", "Omens"), "utf-8")
    write_copy(folder, RunFolder(folder).entries)
    seal(folder, json.loads((folder / "manifest.json").read_text("utf-8"))["run"])
    return RunFolder.at(folder)


def cells(tables: list[Table], name: str) -> dict[object, tuple]:
    """Return the rows of the table *name* by kind or by cause."""
    (table,) = (each for each in tables if each.name == name)
    where_named = next(i for i, column in enumerate(table.columns) if column in ("kind", "cause"))
    return {row[where_named]: row for row in table.rows}


# ------------------------------------------------------------------------- known kinds


@pytest.mark.parametrize("name", ["busy_run", "crowd_run", "tokens_run", "group_run"])
def test_each_account_has_a_known_kind_that_allows_its_root_and_its_part_in_the_hole(name, request):
    for account, opened in request.getfixturevalue(name).opens.items():
        entry = KINDS[kind_of(account)].entry

        assert account.partition(":")[0] in entry.roots, account
        assert opened.hole in (None, *entry.parts), account


def test_a_kind_equals_its_word_in_the_names_of_accounts():
    assert Kind.PICKOFF == "PickOff"
    assert f"Income:Alameda:{Kind.PICKOFF}" == "Income:Alameda:PickOff"
    assert {Kind.PICKOFF: 1}["PickOff"] == 1


def test_a_use_of_money_is_an_expense_or_an_asset_at_cost():
    for kind in USES:
        spending = Spending("Alameda", kind, "Somebody")
        root = "Assets" if kind in AT_COST else "Expenses"

        assert spending.spent.startswith(f"{root}:Alameda:{kind}")
        assert (kind.entry.cause is Cause.STAKES) == (kind in AT_COST)


def test_a_counterfactual_can_remove_each_use_and_each_kind_that_is_marked_as_removable():
    can = {kind for kind in Kind if kind.entry.has_switch}

    no_kinds = {"Quoter", "News", "SlowQuotes"}
    assert can | set(USES) == set(REMOVALS) - no_kinds


# ----------------------------------------------------------------------- unknown kinds


def test_the_where_report_has_a_row_for_an_unknown_kind(strange_run, group_run):
    found, known = (
        cells(where(strange_run).tables(), "hole-by-kind"),
        cells(where(group_run).tables(), "hole-by-kind"),
    )

    assert found["Omens"][2:] == known["Politics"][2:]
    assert "Politics" not in found


def test_the_amount_of_an_unknown_kind_belongs_to_the_cause_other(strange_run, group_run):
    booked, known = booked_usd(strange_run), booked_usd(group_run)

    assert cause_of("Omens") is Cause.OTHER
    assert booked[Cause.OTHER] == hole(strange_run).kinds_usd["Omens"] > 0
    assert booked[Cause.OTHER] + booked[Cause.SPENDING] == known[Cause.SPENDING]
    assert sum(booked.values()) == hole(strange_run).hole_usd


def test_the_diagnose_report_has_a_row_named_other_only_if_its_amount_is_not_zero(
    strange_run, group_run
):
    told = {
        run: subprocess.run(
            [sys.executable, "-m", "runs", "diagnose", str(run.path), "--table", "causes"],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for run in (strange_run, group_run)
    }
    paid = f"{hole(strange_run).kinds_usd['Omens']:,.2f}"

    (line,) = (line for line in told[strange_run].splitlines() if " other " in line)
    assert paid in line
    assert "other " not in told[group_run]


def test_a_comparison_with_a_counterfactual_has_a_row_for_an_unknown_kind(strange_run, group_run):
    made = without(group_run, Kind.BUYBACK)
    found = cells(compare(strange_run, group_run, made).tables(), "difference")

    assert found["Omens"][1:] == (found["Omens"][1], 0, found["Omens"][1])
    assert found["Omens"][1] == hole(strange_run).kinds_usd["Omens"]
