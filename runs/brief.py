"""A table for reading: amounts rounded, headings in words, cut to a screen.

It names what is cut, and how to get it. Exact figures are in the whole table, in CSV and JSON.
"""

import textwrap
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from tabulate import MIN_PADDING, tabulate

from ledger.reports.table import Cell, Table, holds_numbers

WIDTH, ROWS = 100, 25  # columns of a screen, and lines of a table with its dots
LAST = 3  # last rows that are shown of a long table
DOTS = "..."
GAP = 2  # between columns
TEXT = 44  # the width at which words are wrapped


class ReadingUnit(NamedTuple):
    """A unit for the dollars of a table."""

    name: str
    dollars: int
    digits: int


SCALES = (
    ReadingUnit("USD m", 1_000_000, 1),
    ReadingUnit("USD k", 1_000, 1),
    ReadingUnit("USD", 1, 2),
)
UNITS = {"pct": "%", "bps": "bps", "ms": "ms", "s": "s", "us": "µs"}
# Numbers in these columns are names, which readers type and never add up.
NAMES = ("seq", "year")


def brief(table: Table) -> str:
    """Write a table with its notes to fit a screen, and say what is left out."""
    scale = _scale(table)
    told = [_told_row(table.columns, row, scale) for row in table.rows]
    cells, left_out_rows = _rows_that_fit(told)
    headings = [heading(column, scale) for column in table.columns]
    shown = _columns_that_fit(headings, cells)
    body = tabulate(
        [row[:shown] for row in cells],
        headings[:shown],
        "simple",
        disable_numparse=True,
        colalign=["right" if holds_numbers(table, i) else "left" for i in range(shown)],
    )
    lines = [textwrap.fill(table.title, WIDTH), "", *map(str.rstrip, body.splitlines())]
    if left_out := _left_out(table.columns[shown:], left_out_rows):
        lines.append(textwrap.fill(f"({left_out}: --table {table.name})", WIDTH))
    return "\n".join((*lines, *(_note(note) for note in table.notes)))


def heading(column: str, scale: ReadingUnit) -> str:
    """Write a column's name as words, with its unit, over as many lines as needed."""
    name, _, unit = column.rpartition("_")
    if is_usd(column):
        said, unit = name, scale.name
    elif unit in UNITS and name:
        said, unit = name, UNITS[unit]
    else:
        said, unit = column, ""
    words = said.replace("_", " ")
    lines = textwrap.wrap(words, 12, break_long_words=False) or [""]
    if not unit:
        return "\n".join(lines)
    return "\n".join([*lines, unit]) if words else unit


def is_usd(column: str) -> bool:
    """Tell whether a column holds dollars."""
    return column == "usd" or column.endswith("_usd")


def _scale(table: Table) -> ReadingUnit:
    """Choose the unit in which the largest amount has at least two digits before the point."""
    amounts = [
        abs(Decimal(cell))
        for row in table.rows
        for column, cell in zip(table.columns, row, strict=True)
        if isinstance(cell, Decimal | int) and is_usd(column)
    ]
    largest = max(amounts, default=Decimal(0))
    return next((each for each in SCALES if largest >= 10 * each.dollars), SCALES[-1])


def _told_row(columns: Sequence[str], row: Sequence[Cell], scale: ReadingUnit) -> list[str]:
    return [_told(column, cell, scale) for column, cell in zip(columns, row, strict=True)]


def _told(column: str, cell: Cell, scale: ReadingUnit) -> str:
    if cell is None:
        return ""
    if isinstance(cell, int | Decimal):
        if is_usd(column):
            return f"{round(Decimal(cell) / scale.dollars, scale.digits) + 0:,f}"
        comma = "" if column.rpartition("_")[2] in NAMES else ","
        return f"{cell:{comma}f}" if isinstance(cell, Decimal) else f"{cell:{comma}}"
    return textwrap.fill(str(cell), TEXT)


def _rows_that_fit(cells: Sequence[list[str]]) -> tuple[list[list[str]], int]:
    """Return the rows that fit ROWS lines, and how many are left out.

    They are the first rows and the last, which have totals, with dots in between.
    """
    lines = [max(cell.count("\n") + 1 for cell in row) for row in cells]
    if sum(lines) <= ROWS:
        return list(cells), 0
    room = ROWS - 1 - sum(lines[-LAST:])
    first = sum(total <= room for total in accumulate(lines))
    left_out = len(cells) - first - LAST
    return [*cells[:first], [DOTS] * len(cells[0]), *cells[-LAST:]], left_out


def _columns_that_fit(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """Return how many of the first columns fit; at least one."""
    taken, shown = -GAP, 0
    for i, name in enumerate(headings):
        widest = max((len(line) for row in cells for line in row[i].splitlines()), default=0)
        taken += GAP + max(widest, MIN_PADDING + max(map(len, name.splitlines())))
        if taken > WIDTH and shown:
            break
        shown += 1
    return shown


def _left_out(columns: Sequence[str], rows: int) -> str:
    parts = []
    if rows:
        parts.append(f"{rows} more row{'' if rows == 1 else 's'}")
    if columns:
        parts.append(f"{len(columns)} more column{'' if len(columns) == 1 else 's'}")
    return " and ".join(parts)


def _note(note: str) -> str:
    return textwrap.fill(note, WIDTH, initial_indent="* ", subsequent_indent="  ")
