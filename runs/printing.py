"""Tables on their way out: for eyes, for spreadsheets, for programs."""

import csv
import io
import json
from collections.abc import Sequence
from decimal import Decimal

import click
from tabulate import tabulate

from ledger.reports.table import Cell, Table

FORMATS = ("table", "csv", "json")

# Numbers in these columns are names: a reader types them in again, and they are never added up.
NAMES = ("seq", "year")


class TableChoiceError(click.ClickException):
    """No table, or no single one, is meant."""

    exit_code = 2


def render(tables: Sequence[Table], form: str, name: str | None = None) -> str:
    """Write tables in one of FORMATS, without a newline at the end.

    Args:
        tables: what a report consists of.
        form: how to write it.
        name: which table alone to write; else all of them.

    Raises:
        TableChoiceError: there is no such table, or one CSV cannot hold them all.
    """
    names = ", ".join(table.name for table in tables)
    chosen = [table for table in tables if name in (None, table.name)]
    if not chosen:
        raise TableChoiceError(f"this report has no table {name!r}; it has {names}")
    if form == "json":
        return _json(chosen)
    if form == "csv":
        if len(chosen) > 1:
            raise TableChoiceError(f"a CSV is one table; choose it with --table from {names}")
        return _csv(chosen[0])
    shown = [table for table in chosen if name or not table.on_request]
    more = ", ".join(f"--table {table.name}" for table in chosen if table not in shown)
    return "\n\n".join([*map(_text, shown), *([f"There is more: {more}"] if more else [])])


def _text(table: Table) -> str:
    """Write a table for eyes: numbers to the right with separators, notes below."""
    aligned = ["right" if _holds_numbers(table, i) else "left" for i in range(len(table.columns))]
    cells = [
        [_told(column, cell) for column, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    body = "(nothing)"
    if cells:
        body = tabulate(cells, table.columns, "simple", disable_numparse=True, colalign=aligned)
    return "\n".join((table.title, "", body, *(f"* {note}" for note in table.notes)))


def _holds_numbers(table: Table, column: int) -> bool:
    cells = [row[column] for row in table.rows if row[column] is not None]
    return all(isinstance(cell, int | Decimal) for cell in cells)


def _told(column: str, cell: Cell) -> str:
    if isinstance(cell, int | Decimal):
        comma = "" if column.rpartition("_")[2] in NAMES else ","
        return f"{cell:{comma}f}" if isinstance(cell, Decimal) else f"{cell:{comma}}"
    return _plain(cell)


def _plain(cell: Cell) -> str:
    """Write a cell so that a program reads the same value back."""
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    return text.getvalue().removesuffix("\n")


def _json(tables: Sequence[Table]) -> str:
    """Write decimals as strings, which lose nothing; a program decides what they become."""
    content = {
        table.name: {
            "title": table.title,
            "columns": table.columns,
            "rows": [
                [cell if cell is None or isinstance(cell, int) else _plain(cell) for cell in row]
                for row in table.rows
            ],
            "notes": table.notes,
        }
        for table in tables
    }
    return json.dumps(content, indent=2, ensure_ascii=False)
