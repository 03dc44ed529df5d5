"""Writes a table with every digit, either whole or the part that fits a screen."""

import textwrap
from collections.abc import Sequence
from decimal import Decimal

from tabulate import tabulate

from ledger.reports.table import Cell, Table, holds_numbers
from runs.brief import NAMES, WIDTH, columns_that_fit, left_out, rows_that_fit

TEXT = 70  # the width at which words are wrapped for a screen


def brief_exact(table: Table) -> str:
    """Write the part of a table that fits a screen, with every digit.

    The omitted rows and columns are counted in a line below the table.
    """
    told = [
        [_wrapped(_told(c, cell)) for c, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    # If a result was not read to its end, its last rows are unknown.
    cells, rows = rows_that_fit(told, last=0) if table.more_rows else rows_that_fit(told)
    shown = columns_that_fit(table.columns, cells)
    lines = [textwrap.fill(table.title, WIDTH), "", _body(table, cells, shown)]
    if missing := left_out(table.columns[shown:], rows + table.more_rows):
        lines.append(f"({missing}: --all, or --format csv)")
    notes = (textwrap.fill(f"* {note}", WIDTH, subsequent_indent="  ") for note in table.notes)
    return "\n".join((*lines, *notes))


def whole(table: Table) -> str:
    """Write a whole table for readers, with right-aligned numbers, and notes below."""
    cells = [
        [_told(column, cell) for column, cell in zip(table.columns, row, strict=True)]
        for row in table.rows
    ]
    body = _body(table, cells, len(table.columns))
    return "\n".join((table.title, "", body, *(f"* {note}" for note in table.notes)))


def _body(table: Table, cells: Sequence[Sequence[str]], shown: int) -> str:
    """Write the first columns of a table's cells."""
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
    """Return a cell as a text from which a program reads the same value."""
    if cell is None:
        return ""
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)
