"""Each kind is defined once, the books use it, and reports accept unknown kinds."""

import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ledger.causes import Cause
from ledger.copy_of_text import write_copy
from ledger.kinds import AT_COST, KINDS, USES, Kind, cause_of
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
def group_run(executed: Callable[..., RunFolder]) -> RunFolder:
    """Five days of a group that borrows, invests, holds tokens and is recalled."""
    return executed(GROUP)


@pytest.fixture(scope="module")
def strange_run(group_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> RunFolder:
    """The same books, with an unknown word for the kind of political gifts."""
    folder = tmp_path_factory.mktemp("strange") / "run"
    shutil.copytree(group_run.path, folder)
    for path in folder.glob("*.beancount"):
        path.write_text(path.read_text("utf-8").replace("Politics", "Omens"), "utf-8")
    write_copy(folder, RunFolder(folder).entries)
    return RunFolder.at(folder)


def cells(tables: list[Table], name: str) -> dict[object, tuple]:
    """Return the rows of a table by their kind or cause."""
    (table,) = (each for each in tables if each.name == name)
    where_named = next(i for i, column in enumerate(table.columns) if column in ("kind", "cause"))
    return {row[where_named]: row for row in table.rows}


# ------------------------------------------------------------------------- known kinds


@pytest.mark.parametrize("name", ["busy_run", "crowd_run", "tokens_run", "group_run"])
def test_every_account_is_of_a_known_kind_with_that_root_and_that_part_in_the_hole(name, request):
    for account, opened in request.getfixturevalue(name).opens.items():
        entry = KINDS[kind_of(account)].entry

        assert account.partition(":")[0] in entry.roots, account
        assert opened.hole in (None, *entry.parts), account


def test_a_kind_is_the_word_in_its_accounts():
    assert Kind.PICKOFF == "PickOff"
    assert f"Income:Alameda:{Kind.PICKOFF}" == "Income:Alameda:PickOff"
    assert {Kind.PICKOFF: 1}["PickOff"] == 1


def test_a_payment_of_the_group_is_a_cost_unless_it_leaves_an_asset():
    for kind in USES:
        spending = Spending("Alameda", kind, "Somebody")
        root = "Assets" if kind in AT_COST else "Expenses"

        assert spending.spent.startswith(f"{root}:Alameda:{kind}")
        assert (kind.entry.cause is Cause.STAKES) == (kind in AT_COST)


def test_optional_parts_of_a_scenario_can_be_removed():
    can = {kind for kind in Kind if kind.entry.has_switch}

    assert can | set(USES) == set(REMOVALS) - {"Quoter", "News", "SlowQuotes"}  # which are no kinds


# ----------------------------------------------------------------------- unknown kinds


def test_an_unknown_kind_has_its_row_in_where(strange_run, group_run):
    found, known = (
        cells(where(strange_run).tables(), "hole-by-kind"),
        cells(where(group_run).tables(), "hole-by-kind"),
    )

    assert found["Omens"][2:] == known["Politics"][2:]
    assert "Politics" not in found


def test_an_unknown_kind_is_evidence_of_other_and_its_money_is_a_loss(strange_run, group_run):
    booked, known = booked_usd(strange_run), booked_usd(group_run)

    assert cause_of("Omens") is Cause.OTHER
    assert booked[Cause.OTHER] == hole(strange_run).kinds_usd["Omens"] > 0
    assert booked[Cause.OTHER] + booked[Cause.SPENDING] == known[Cause.SPENDING]
    assert sum(booked.values()) == hole(strange_run).hole_usd


def test_diagnose_has_a_row_for_other_if_there_is_such_money(strange_run, group_run):
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


def test_an_unknown_kind_has_its_row_in_a_counterfactual(strange_run, group_run):
    made = without(group_run, Kind.BUYBACK)
    found = cells(compare(strange_run, group_run, made).tables(), "difference")

    assert found["Omens"][1:] == (found["Omens"][1], 0, found["Omens"][1])
    assert found["Omens"][1] == hole(strange_run).kinds_usd["Omens"]
