"""Output of tables: for readers, spreadsheets and programs."""

import csv
import io
import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import click
from tabulate import tabulate

from ledger.reports.table import Cell, Table, holds_numbers
from runs.brief import NAMES, WIDTH, brief

FORMATS = ("table", "csv", "json")


class TableChoiceError(click.ClickException):
    """There is no such table, or more than one."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Answered:
    """A report's output: its answer, its tables, and the run that it read."""

    tables: Sequence[Table]
    answer: str = ""
    provenance: str = ""


def render(said: Answered, form: str, name: str | None = None, everything: bool = False) -> str:
    """Write a report in one of FORMATS, without a newline at the end.

    Args:
        said: the report.
        form: the format.
        name: the only table to write, with every digit.
        everything: whether to write every table with every digit; otherwise the first one, rounded
            and cut to a screen.

    Raises:
        TableChoiceError: there is no such table, or one CSV cannot hold them all.
    """
    chosen = chosen_tables(said.tables, form, name)
    if form == "json":
        return _json(said, chosen)
    if form == "csv":
        return _csv(chosen[0])
    last = [textwrap.fill(said.provenance, WIDTH, break_on_hyphens=False)]
    last = last if said.provenance else []
    if name:
        return "\n\n".join([*map(_text, chosen), *last])
    answer = [textwrap.fill(said.answer, WIDTH)] if said.answer else []
    filled = [table for table in chosen if table.rows]
    if everything:
        return "\n\n".join([*answer, *map(_text, filled), *last])
    parts = [*answer, *map(brief, filled[:1])]
    if more := [table.name for table in filled[1:]]:
        parts.append(_there_is_more(more))
    return "\n\n".join([*parts, *last])


def chosen_tables(tables: Sequence[Table], form: str, name: str | None) -> list[Table]:
    """Return the chosen tables.

    Raises:
        TableChoiceError: there is no such table, or one CSV cannot hold them all.
    """
    names = ", ".join(table.name for table in tables)
    chosen = [table for table in tables if name in (None, table.name)]
    if not chosen:
        raise TableChoiceError(f"this report has no table {name!r}; it has {names}")
    if form == "csv" and len(chosen) > 1:
        raise TableChoiceError(f"a CSV is one table; choose it with --table from {names}")
    return chosen


def _there_is_more(names: Sequence[str]) -> str:
    said = f"More tables: {', '.join(names)}. Print one with --table NAME, all with --all."
    return textwrap.fill(said, WIDTH, break_on_hyphens=False)


def _text(table: Table) -> str:
    """Write a table for readers: numbers right-aligned with separators, notes below."""
    aligned = ["right" if holds_numbers(table, i) else "left" for i in range(len(table.columns))]
    cells = [
        [_told(column, cell) for column, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    body = "(nothing)"
    if cells:
        body = tabulate(cells, table.columns, "simple", disable_numparse=True, colalign=aligned)
    return "\n".join((table.title, "", body, *(f"* {note}" for note in table.notes)))


def _told(column: str, cell: Cell) -> str:
    if isinstance(cell, int | Decimal):
        comma = "" if column.rpartition("_")[2] in NAMES else ","
        return f"{cell:{comma}f}" if isinstance(cell, Decimal) else f"{cell:{comma}}"
    return _plain(cell)


def _plain(cell: Cell) -> str:
    """Write a cell in a form that programs read back exactly."""
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([_plain(cell) for cell in row] for row in table.rows)
    return text.getvalue().removesuffix("\n")


def _json(said: Answered, tables: Sequence[Table]) -> str:
    """Write decimals as strings, which are exact."""
    content: dict[str, object] = {
        key: value
        for key, value in (("answer", said.answer), ("provenance", said.provenance))
        if value
    }
    content |= {
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
