"""Writes the schedules as an Excel workbook, in which sums of payments are formulas.

The sheet Entries lists each payment of the last year with its number in the books. The sheet
Payments has a row for each payer, recipient and kind, with sums over the sheet Entries. The totals
of the sheets Payments and Preferences are sums over the rows above them. The sheet Summary refers
to these totals. Each formula is stored with its value, for programs that do not compute formulas.
"""

import os
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ledger.mistake import MistakeError
from ledger.money import dollars
from ledger.reports.schedules.payments_before import NEAR, ListedPayment
from ledger.reports.schedules.schedules import Schedules
from ledger.reports.table import Cell, Table

if TYPE_CHECKING:
    from xlsxwriter.worksheet import Worksheet

ROWS_MAX = 1_048_576  # a sheet of Excel has at most this number of rows
FIRST = 4  # the number of the first row of data in a sheet; the top row has number 1
WRITTEN = datetime(2000, 1, 1)  # a fixed time, so that the same books give the same bytes
USD, DAY = "#,##0.00", "yyyy-mm-dd"
SHEETS = {
    "payments": "Payments",
    "preferences": "Preferences",
    "related": "Related",
    "solvency-tests": "Solvency tests",
    "failed": "Days failed",
}
SUMMED = ("paid_usd", "new_value_usd", "preference_usd", "still_owed_usd")
# Formulas over cells of the same row, by sheet and column. {unpaid_usd}, for example, stands for
# the cell in the column `unpaid_usd`.
FOLLOWS = {
    "Related": {"net_debt_usd": "={credit_line_usd}-{deposit_usd}"},
    "Solvency tests": {
        "balance_sheet": '=IF({net_worth_usd}>=0,"pass","fail")',
        "cash_flow": '=IF({unpaid_usd}=0,"pass","fail")',
        "adequate_capital": '=IF({net_worth_usd}>={largest_fall_usd},"pass","fail")',
    },
}


class WorkbookError(MistakeError):
    """The workbook can't be written."""


def save_workbook(
    found: Schedules, entries: Sequence[ListedPayment], path: Path, source: str
) -> None:
    """Write the schedules as a workbook.

    Args:
        found: the schedules.
        entries: each payment of the last year.
        path: a file that ends in .xlsx.
        source: a description of the run, in one line.

    Raises:
        WorkbookError: the file can't be written, or its name does not end in .xlsx, or its folder
            does not exist, or there are more entries than a sheet has rows, or xlsxwriter is not
            installed.
    """
    if path.suffix != ".xlsx" or not path.parent.is_dir():
        raise WorkbookError(f"{path}: give a file that ends in .xlsx, in an existing folder")
    if len(entries) > ROWS_MAX - FIRST:
        raise WorkbookError(f"{len(entries):,} payments need more rows than a sheet has")
    try:
        import xlsxwriter
    except ImportError as error:
        raise WorkbookError(
            "xlsxwriter is not installed; `make tools` (in a clone) or `pip install "
            "'moneytrail[xlsx]'` installs it"
        ) from error
    beside = path.with_name(f".{path.name}.part")
    try:
        with xlsxwriter.Workbook(str(beside), {"in_memory": True}) as book:
            book.set_properties({"title": "Schedules", "created": WRITTEN})
            _Sheets(book, found, entries).write(source)
        os.replace(beside, path)
    except OSError as error:
        raise WorkbookError(f"{path}: can't be written ({error.strerror})") from error
    finally:
        beside.unlink(missing_ok=True)


class _Sheets:
    """Writes the sheets of one workbook."""

    def __init__(self, book: Any, found: Schedules, entries: Sequence[ListedPayment]) -> None:
        self._book, self._found, self._entries = book, found, entries
        self._usd, self._day = (book.add_format({"num_format": each}) for each in (USD, DAY))
        self._bold = book.add_format({"bold": True})
        self._tables = {table.name: table for table in found.tables()}

    def write(self, source: str) -> None:
        """Write all sheets. The sheet Summary is the first sheet of the workbook."""
        summary = self._book.add_worksheet("Summary")
        for name, title in SHEETS.items():
            table = self._tables[name]
            sheet = self._begin(title, table.title, table.columns)
            self._rows(sheet, title, table)
            if name == "payments":
                self._link_payments(sheet, table)
            elif name == "preferences":
                self._sum(sheet, table, [table.columns.index(each) for each in SUMMED])
            for n, note in enumerate(table.notes):
                sheet.write_string(FIRST + len(table.rows) + 2 + n, 0, note)
        columns = ListedPayment._fields[:-1]
        sheet = self._begin("Entries", "Each payment of the last year", (*columns, "usd"))
        for n, each in enumerate(self._entries):
            for column, cell in enumerate(_cells(each)):
                self._put(sheet, FIRST - 1 + n, column, cell)
        self._summary(summary, source)

    def _begin(self, name: str, title: str, columns: Sequence[str]) -> "Worksheet":
        sheet = self._book.add_worksheet(name)
        sheet.write_string(0, 0, title, self._bold)
        sheet.write_url(1, 0, "internal:'Summary'!A1", string="Summary")
        for column, word in enumerate(columns):
            sheet.write_string(FIRST - 2, column, word, self._bold)
        sheet.freeze_panes(FIRST - 1, 0)
        sheet.set_column(0, len(columns), 18)
        return sheet

    def _put(self, sheet: "Worksheet", row: int, column: int, cell: Cell) -> None:
        if isinstance(cell, Decimal):
            sheet.write_number(row, column, float(cell), self._usd)
        elif isinstance(cell, int):
            sheet.write_number(row, column, cell)
        elif isinstance(cell, date):
            sheet.write_datetime(row, column, cell, self._day)
        elif cell is not None:
            sheet.write_string(row, column, str(cell))

    def _rows(self, sheet: "Worksheet", title: str, table: Table) -> None:
        follows = FOLLOWS.get(title, {})
        for n, row in enumerate(table.rows):
            names = {
                name: f"{_letter(column)}{FIRST + n}" for column, name in enumerate(table.columns)
            }
            for column, (name, cell) in enumerate(zip(table.columns, row, strict=True)):
                if name in follows:
                    self._formula(sheet, FIRST - 1 + n, column, follows[name].format(**names), cell)
                else:
                    self._put(sheet, FIRST - 1 + n, column, cell)

    def _formula(self, sheet: "Worksheet", row: int, column: int, text: str, cell: Cell) -> None:
        value = float(cell) if isinstance(cell, Decimal) else str(cell)
        sheet.write_formula(row, column, text, self._usd, value)

    def _link_payments(self, sheet: "Worksheet", table: Table) -> None:
        """Write the sums of payments in each row, and the totals in the last row, as formulas."""
        last = FIRST - 1 + max(len(self._entries), 1)
        of = {column: f"Entries!${column}${FIRST}:${column}${last}" for column in "BCDEF"}
        start = self._found.end - NEAR
        near = f',{of["B"]},">"&DATE({start.year},{start.month},{start.day})'
        for n, row in enumerate(table.rows[:-1]):
            at = FIRST + n
            same = f"{of['C']},$A{at},{of['D']},$B{at},{of['E']},$D{at}"
            self._formula(sheet, at - 1, 4, f"=SUMIFS({of['F']},{same}{near})", row[4])
            self._formula(sheet, at - 1, 5, f"=SUMIFS({of['F']},{same})", row[5])
        above = len(table.rows) - 1
        for column in (4, 5):
            letter = _letter(column)
            text = f"=SUM({letter}{FIRST}:{letter}{FIRST + above - 1})" if above else "=0"
            self._formula(sheet, FIRST - 1 + above, column, text, table.rows[-1][column])

    def _sum(self, sheet: "Worksheet", table: Table, columns: Sequence[int]) -> None:
        """Write the sums of some columns into a new row below the table."""
        row = FIRST - 1 + len(table.rows)
        sheet.write_string(row, 0, "all", self._bold)
        for column in columns:
            letter = _letter(column)
            text = f"=SUM({letter}{FIRST}:{letter}{row})" if table.rows else "=0"
            total = sum((Decimal(str(each[column])) for each in table.rows), Decimal())
            self._formula(sheet, row, column, text, total)

    def _summary(self, sheet: "Worksheet", source: str) -> None:
        """Write the answer, and the totals of the sheets Payments, Entries and Preferences."""
        payments, preferences = self._tables["payments"], self._tables["preferences"]
        paid, preferred = FIRST + len(payments.rows) - 1, FIRST + len(preferences.rows)
        year = payments.rows[-1][5]
        in_entries = sum((dollars(each.cents) for each in self._entries), Decimal())
        last = FIRST - 1 + max(len(self._entries), 1)
        preference = dollars(sum(each.preference_cents for each in self._found.preferred))
        lines = (
            ("Paid in the last 90 days", "Payments", f"=Payments!E{paid}", payments.rows[-1][4]),
            ("Paid in the last year", "Payments", f"=Payments!F{paid}", year),
            (
                "Sum of all entries of the last year",
                "Entries",
                f"=SUM(Entries!F{FIRST}:F{last})",
                in_entries,
            ),
            ("Difference (must be 0.00)", "Entries", "=ROUND(B5-B6,2)", Decimal()),
            (
                "Preferences of the last week",
                "Preferences",
                f"=Preferences!F{preferred}",
                preference,
            ),
        )
        sheet.set_column(0, 0, 34)
        sheet.set_column(1, 2, 18)
        sheet.write_string(0, 0, self._found.answer(), self._bold)
        sheet.write_string(1, 0, source)
        for n, (line, link, text, value) in enumerate(lines):
            sheet.write_string(FIRST - 1 + n, 0, line)
            self._formula(sheet, FIRST - 1 + n, 1, text, value)
            sheet.write_url(FIRST - 1 + n, 2, f"internal:'{link}'!A1", string=link)


def _cells(each: ListedPayment) -> tuple[Cell, ...]:
    return (each.seq, each.day, each.payer, each.recipient, each.kind, dollars(each.cents))


def _letter(column: int) -> str:
    return "ABCDEFGHIJ"[column]
