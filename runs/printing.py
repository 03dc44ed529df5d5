"""Writes tables as text for readers, as CSV, or as JSON."""

import csv
import io
import json
import textwrap
from collections.abc import Sequence
from dataclasses import dataclass

import click

from ledger.reports.table import Table
from runs.brief import LINES, WIDTH, brief
from runs.whole_table import brief_exact, plain, whole

FORMATS = ("table", "csv", "json")


class TableChoiceError(click.ClickException):
    """The report does not have the chosen table, or the user must choose one table."""

    exit_code = 2


@dataclass(frozen=True, slots=True)
class Answered:
    """The output of a report: its answer, its tables, and a line that names their source."""

    tables: Sequence[Table]
    answer: str = ""
    provenance: str = ""
    is_exact: bool = False  # whether figures are never rounded, as in results of queries


def render(said: Answered, form: str, name: str | None = None, everything: bool = False) -> str:
    """Write a report in one of FORMATS, without a newline at the end.

    Args:
        said: the report.
        form: the format.
        name: the only table to write, with every digit.
        everything: for the format "table": write all tables with rows, with every digit. If False,
            write only the first of them, rounded and cut to the size of a screen. If *said* is
            exact, figures are not rounded, and a table without rows is written too.

    Raises:
        TableChoiceError: there is no table *name*, or several tables are chosen for CSV.
    """
    chosen = chosen_tables(said.tables, form, name)
    if form == "json":
        return _json(said, chosen)
    if form == "csv":
        return _csv(chosen[0])
    last = [textwrap.fill(said.provenance, WIDTH, break_on_hyphens=False)]
    last = last if said.provenance else []
    if name:
        return "\n\n".join([*map(whole, chosen), *last])
    answer = [textwrap.fill(said.answer, WIDTH, break_on_hyphens=False)] if said.answer else []
    filled = [table for table in chosen if table.has_rows or said.is_exact]
    if everything:
        return "\n\n".join([*answer, *map(whole, filled), *last])
    more = [table.name for table in filled[1:]]
    beside = [*answer, *([_there_is_more(more)] if more else []), *last]
    taken = sum(part.count("\n") + 2 for part in beside)  # a blank line follows each part
    shown = [
        brief_exact(table) if said.is_exact else brief(table, LINES - taken) for table in filled[:1]
    ]
    return "\n\n".join([*answer, *shown, *beside[len(answer) :]])


def chosen_tables(tables: Sequence[Table], form: str, name: str | None) -> list[Table]:
    """Return the table *name*, or all tables if no name is given.

    Raises:
        TableChoiceError: there is no table *name*, or several tables are chosen for CSV.
    """
    names = ", ".join(table.name for table in tables)
    chosen = [table for table in tables if name in (None, table.name)]
    if not chosen:
        raise TableChoiceError(f"this report has no table {name!r}; it has {names}")
    if form == "csv" and len(chosen) > 1:
        raise TableChoiceError(f"a CSV has only one table; choose it with --table: {names}")
    return chosen


def _there_is_more(names: Sequence[str]) -> str:
    said = f"More tables: {', '.join(names)}. Print one with --table NAME, all with --all."
    return textwrap.fill(said, WIDTH, break_on_hyphens=False)


def _csv(table: Table) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(table.columns)
    writer.writerows([plain(cell) for cell in row] for row in table.rows)
    return text.getvalue().removesuffix("\n")


def _json(said: Answered, tables: Sequence[Table]) -> str:
    """Write answer, source and tables as JSON. Decimals become strings, so they stay exact."""
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
                [cell if cell is None or isinstance(cell, int) else plain(cell) for cell in row]
                for row in table.rows
            ],
            "notes": table.notes,
        }
        for table in tables
    }
    return json.dumps(content, indent=2, ensure_ascii=False)
