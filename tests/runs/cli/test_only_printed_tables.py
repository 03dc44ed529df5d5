"""A report computes a slow table (`LaterTable`) only if it prints the table."""

from collections.abc import Callable, Sequence
from typing import Any

import pytest
from click.testing import CliRunner

from ledger.reports.liquidations.liquidation_results import liquidations
from ledger.reports.money.where import where
from ledger.reports.table import LaterTable, Report
from ledger.run_folder import RunFolder
from runs.cli.main import main
from runs.record.compare import compare

LATER = ["the-mechanism", "views", "cash-by-receiver", "cash-change", "bridge", "volume"]


@pytest.fixture
def computed(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list. Each time a `LaterTable` is computed, its name is added to the list."""
    names: list[str] = []
    compute = LaterTable.__getattr__

    def noting(table: LaterTable, field: str) -> Any:
        names.append(table.name)
        return compute(table, field)

    monkeypatch.setattr(LaterTable, "__getattr__", noting)
    return names


@pytest.fixture(params=["tiny_run", "busy_run", "crowd_run", "margin_run", "group_run"])
def each_run(request: pytest.FixtureRequest) -> RunFolder:
    """Return a run. A test with this fixture is repeated with each of the five runs above."""
    return request.getfixturevalue(request.param)


def printed(*words: object) -> str:
    done = CliRunner().invoke(main, list(map(str, words)))
    assert (done.exit_code, done.stderr) == (0, "")
    return done.stdout


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ((), []),
        (("--table", "hole-by-kind"), []),
        (("--format", "csv", "--table", "bridge"), ["bridge"]),
        (("--all",), LATER),
        (("--format", "json"), ["paid-in-use", *LATER]),
    ],
)
def test_the_where_report_computes_a_slow_table_only_if_it_prints_the_table(
    tiny_run: RunFolder, computed: list[str], options: Sequence[str], names: Sequence[str]
):
    printed("where", tiny_run.path, *options)

    assert computed == names


def test_the_where_report_names_the_table_paid_in_use_without_computing_it(
    group_run: RunFolder, computed: list[str]
):
    assert "More tables: hole-by-cause, paid-in-use," in printed("where", group_run.path)
    assert computed == []


@pytest.mark.parametrize("command", ["where", "compare", "liquidations"])
def test_a_report_does_not_compute_a_slow_table_if_it_prints_only_the_name_of_the_table(
    group_run: RunFolder, computed: list[str], command: str
):
    printed(command, group_run.path)

    assert computed == []


@pytest.mark.parametrize("report", [where, compare, liquidations])
def test_a_report_knows_which_of_its_tables_have_rows(
    each_run: RunFolder, report: Callable[[RunFolder], Report]
):
    for table in report(each_run).tables():
        assert table.has_rows == bool(table.rows), table.name


def test_a_study_that_only_names_its_sensitivity_table_does_not_compute_it(computed: list[str]):
    assert "sensitivity" in printed("study", "life", "--shipped")
    assert computed == []
