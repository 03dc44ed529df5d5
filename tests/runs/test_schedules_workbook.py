"""The values and formulas of the schedules workbook agree with the books."""

import re
import zipfile
from collections import defaultdict
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from click.testing import CliRunner
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from ledger.reports.schedules.schedules import schedules
from ledger.run_folder import RunFolder
from runs.cli.main import main
from runs.schedules_workbook import FIRST

PAID, YEAR = "Payments", "last_year_usd"
CENT = Decimal("0.01")


@pytest.fixture(scope="module")
def path(busy_run: RunFolder, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of a workbook that `moneytrail schedules --xlsx` writes."""
    written = tmp_path_factory.mktemp("workbook") / "schedules.xlsx"
    answered = CliRunner().invoke(main, ["schedules", str(busy_run.path), "--xlsx", str(written)])
    assert not answered.exit_code, answered.output
    return written


@pytest.fixture(scope="module")
def formulas(path: Path) -> Workbook:
    """Return the workbook with its formulas."""
    return load_workbook(path)


@pytest.fixture(scope="module")
def values(path: Path) -> Workbook:
    """Return the workbook with the stored results of its formulas."""
    return load_workbook(path, data_only=True)


def rows_of(sheet: Worksheet) -> list[dict[str, object]]:
    """Return the rows of a sheet up to the first empty row, each as a dict by column name."""
    names = [cell.value for cell in sheet[FIRST - 1]]
    rows = []
    for cells in sheet.iter_rows(min_row=FIRST, values_only=True):
        if all(cell is None for cell in cells):
            break
        rows.append(dict(zip(names, cells, strict=True)))
    return rows


def cents(value: object) -> Decimal:
    """Return a number from a sheet, rounded to the cent."""
    return Decimal(str(value)).quantize(CENT)


def test_payments_to_each_recipient_are_the_sums_of_the_listed_entries(values, busy_run):
    near_from = schedules(busy_run).end - timedelta(days=90)
    near, year = defaultdict(Decimal), defaultdict(Decimal)
    for each in rows_of(values["Entries"]):
        key = (each["payer"], each["recipient"], each["kind"])
        year[key] += cents(each["usd"])
        near[key] += cents(each["usd"]) if each["day"].date() > near_from else 0
    *paid, whole = rows_of(values[PAID])

    assert len(paid) == len(year) > 3
    for each in paid:
        key = (each["payer"], each["recipient"], each["kind"])
        assert (cents(each["last_90_days_usd"]), cents(each[YEAR])) == (near[key], year[key])
    assert cents(whole[YEAR]) == sum(year.values())
    assert cents(whole["last_90_days_usd"]) == sum(near.values())


def test_the_total_of_payments_is_the_cash_that_members_of_the_group_paid(values, busy_run):
    """The total includes payments between members of the group."""
    left = busy_run.select(
        "SELECT -sum(cents) * 0.01 FROM (SELECT sum(units) AS cents FROM postings WHERE entity IN "
        "(SELECT unnest(?)) AND root = 'Assets' AND kind = 'Cash' AND commodity = 'USD' AND "
        "hole = 'liquid' GROUP BY seq, entity HAVING cents < 0)",
        [list(busy_run.chart.parties.group)],
    )[0][0]
    total = rows_of(values[PAID])[-1][YEAR]

    assert cents(total) == cents(left)


def test_the_sums_of_payments_and_of_preferences_are_written_as_formulas(formulas):
    *paid, whole = rows_of(formulas[PAID])
    last = FIRST - 1 + len(rows_of(formulas["Entries"]))

    assert all(str(each[YEAR]).startswith("=SUMIFS(Entries!$F$4:") for each in paid)
    assert all(f"$F${last}," in str(each[YEAR]) for each in paid)
    assert whole[YEAR] == f"=SUM(F{FIRST}:F{FIRST + len(paid) - 1})"
    assert str(rows_of(formulas["Preferences"])[-1]["paid_usd"]).startswith("=SUM(")


def test_two_solvency_tests_are_formulas_that_refer_to_figures_in_the_same_row(formulas, values):
    names = [cell.value for cell in formulas["Solvency tests"][FIRST - 1]]
    net, setback = (names.index(each) for each in ("net_worth_usd", "largest_fall_usd"))
    (first, *_) = rows_of(values["Solvency tests"])
    made = rows_of(formulas["Solvency tests"])[0]

    assert made["balance_sheet"] == f'=IF({"ABCDEFGH"[net]}{FIRST}>=0,"pass","fail")'
    assert first["balance_sheet"] == ("pass" if first["net_worth_usd"] >= 0 else "fail")
    assert f"{'ABCDEFGH'[setback]}{FIRST}" in made["adequate_capital"]


def test_the_total_in_the_summary_refers_to_another_sheet_and_equals_the_sum_of_all_entries(
    formulas, values
):
    shown = {row[0]: row[1] for row in values["Summary"].iter_rows(min_row=FIRST, values_only=True)}
    made = {
        row[0]: row[1] for row in formulas["Summary"].iter_rows(min_row=FIRST, values_only=True)
    }
    sheet, cell = re.fullmatch(r"=(\w+)!(\w+)", made["Paid in the last year"]).groups()

    assert values[sheet][cell].value == shown["Paid in the last year"]
    assert cents(shown["Sum of all entries of the last year"]) == cents(
        shown["Paid in the last year"]
    )
    assert shown["Difference (must be 0.00)"] == 0
    assert made["Difference (must be 0.00)"] == "=ROUND(B5-B6,2)"


def test_each_sheet_except_the_summary_has_a_link_to_the_summary(formulas):
    for sheet in formulas.worksheets[1:]:
        assert sheet["A2"].hyperlink.location == "'Summary'!A1"


def test_two_workbooks_of_the_same_books_are_identical(path, busy_run, tmp_path):
    again = tmp_path / "again.xlsx"
    CliRunner().invoke(main, ["schedules", str(busy_run.path), "--xlsx", str(again)])

    assert zipfile.is_zipfile(again)
    assert again.read_bytes() == path.read_bytes()


@pytest.mark.parametrize("name", ["schedules.txt", "nowhere/schedules.xlsx"])
def test_the_error_for_a_wrong_path_of_the_workbook_is_one_line(busy_run, tmp_path, name):
    given = ["schedules", str(busy_run.path), "--xlsx", str(tmp_path / name)]
    refused = CliRunner().invoke(main, given)

    assert refused.exit_code
    assert len(refused.output.splitlines()) == 1
    assert not list(tmp_path.iterdir())
