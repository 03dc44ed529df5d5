"""Writes a table with all digits: the whole table, or the part that fits on a screen."""

import textwrap
from collections.abc import Sequence
from decimal import Decimal

from tabulate import tabulate

from ledger.reports.table import Cell, Table, holds_numbers
from runs.brief import NAMES, WIDTH, columns_that_fit, left_out, rows_that_fit

TEXT = 70  # a longer text in a cell is wrapped to lines of this width


def brief_exact(table: Table) -> str:
    """Write the part of a table that fits on a screen, with all digits.

    If rows or columns are omitted, a line below the table states how many.
    """
    told = [
        [_wrapped(_told(c, cell)) for c, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    # If not all rows were read, the last rows are unknown, so no last rows are shown.
    cells, rows = rows_that_fit(told, last=0) if table.more_rows else rows_that_fit(told)
    shown = columns_that_fit(table.columns, cells)
    lines = [textwrap.fill(table.title, WIDTH), "", _body(table, cells, shown)]
    if missing := left_out(table.columns[shown:], rows + table.more_rows):
        lines.append(f"({missing}: use --all or --format csv)")
    notes = (textwrap.fill(f"* {note}", WIDTH, subsequent_indent="  ") for note in table.notes)
    return "\n".join((*lines, *notes))


def whole(table: Table) -> str:
    """Write a whole table with its notes below. Columns of numbers are right-aligned."""
    cells = [
        [_told(column, cell) for column, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    body = _body(table, cells, len(table.columns))
    return "\n".join((table.title, "", body, *(f"* {note}" for note in table.notes)))


def _body(table: Table, cells: Sequence[Sequence[str]], shown: int) -> str:
    """Write the first *shown* columns of the table, or '(nothing)' if there are no rows."""
    if not cells:
        return "(nothing)"
    aligned = ["right" if holds_numbers(table, i) else "left" for i in range(shown)]
    kept = [row[:shown] for row in cells]
    headings = table.columns[:shown]
    return tabulate(kept, headings, "simple", disable_numparse=True, colalign=aligned)


def _wrapped(text: str) -> str:
    return textwrap.fill(text, TEXT, break_long_words=False) if len(text) > TEXT else text


def _told(column: str, cell: Cell) -> str:
    if isinstance(cell, int | Decimal):
        comma = "" if column.rpartition("_")[2] in NAMES else ","
        return f"{cell:{comma}f}" if isinstance(cell, Decimal) else f"{cell:{comma}}"
    return plain(cell)


def plain(cell: Cell) -> str:
    """Return a cell as text: a number with all digits and without commas, and None as ''."""
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
