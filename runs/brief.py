"""Writes a table for readers: amounts are rounded, headings are words, and the table fits a screen.

If rows or columns are omitted, a line below the table states how many. The line also names the
option that prints the whole table. The whole table, CSV and JSON have exact figures.
"""

import textwrap
from collections.abc import Sequence
from decimal import Decimal
from itertools import accumulate
from typing import NamedTuple

from tabulate import MIN_PADDING, tabulate

from ledger.reports.table import Cell, Table, holds_numbers

WIDTH, LINES = 100, 45  # the size of a screen
ROWS = 25  # the largest number of lines for rows, including the row of dots
ROWS_MIN = 8  # the number of lines that rows may always use, even if the notes are long
LAST = 3  # the number of last rows that a shortened table shows
DOTS = "..."
GAP = 2  # spaces between columns
TEXT = 44  # the width at which the text of a cell is wrapped
TEXT_MIN = 20  # the least width of a column that is narrowed so that all columns fit


class ReadingUnit(NamedTuple):
    """A unit for a table's amounts in dollars, and the number of decimals in this unit."""

    name: str
    dollars: int
    digits: int


SCALES = (
    ReadingUnit("USD m", 1_000_000, 1),
    ReadingUnit("USD k", 1_000, 1),
    ReadingUnit("USD", 1, 2),
)
UNITS = {"pct": "%", "bps": "bps", "ms": "ms", "s": "s", "us": "µs"}
# If a column's name ends with one of these words, its numbers are written without commas, because
# a user may type them.
NAMES = ("seq", "year")


def brief(table: Table, lines_max: int = LINES) -> str:
    """Write a table and its notes so that they fit a screen, and state how much is omitted.

    Args:
        table: the table.
        lines_max: the largest number of lines, including notes. If the notes leave fewer
            than ROWS_MIN lines for rows, the text may have more lines than *lines_max*.
    """
    scale = _scale(table)
    told = [_told_row(table.columns, row, scale) for row in table.rows]
    headings = [heading(column, scale) for column in table.columns]
    room = lines_max - _lines_beside(table, headings)
    cells, left_out_rows = rows_that_fit(_narrowed(headings, told, room), room)
    shown = columns_that_fit(headings, cells)
    body = tabulate(
        [row[:shown] for row in cells],
        headings[:shown],
        "simple",
        disable_numparse=True,
        colalign=["right" if holds_numbers(table, i) else "left" for i in range(shown)],
    )
    lines = [textwrap.fill(table.title, WIDTH), "", *map(str.rstrip, body.splitlines())]
    if missing := left_out(table.columns[shown:], left_out_rows):
        lines.append(textwrap.fill(f"({missing}: --table {table.name})", WIDTH))
    return "\n".join((*lines, *(_note(note) for note in table.notes)))


def heading(column: str, scale: ReadingUnit) -> str:
    """Return a column's name as words, with its unit, on as many lines as needed."""
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
    """Return whether a column contains amounts in dollars."""
    return column == "usd" or column.endswith("_usd")


def _scale(table: Table) -> ReadingUnit:
    """Return the largest unit in which the largest amount has at least two digits before the point.

    If there is no such unit, the amounts are in dollars.
    """
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


def _lines_beside(table: Table, headings: Sequence[str]) -> int:
    """Return the number of lines that a table needs besides its rows, such as title and notes."""
    words = "\n".join((textwrap.fill(table.title, WIDTH), *map(_note, table.notes)))
    of_headings = max((name.count("\n") + 1 for name in headings), default=1)
    blank, rule, left = 1, 1, 1
    return words.count("\n") + 1 + blank + of_headings + rule + left


def rows_that_fit(
    cells: Sequence[list[str]], lines_max: int = ROWS, last: int = LAST
) -> tuple[list[list[str]], int]:
    """Return the rows that fit into *lines_max* lines, and the number of omitted rows.

    If *lines_max* is below ROWS_MIN, the limit is ROWS_MIN lines. If *lines_max* is above ROWS, the
    limit is ROWS lines. If not all rows fit, a row of dots replaces the middle rows. The last rows
    (*last* is their number) are kept, because they often have totals. Fewer of them are kept if
    they have many lines each. At least one row is kept, even if it has too many lines.
    """
    most = max(min(ROWS, lines_max), ROWS_MIN)
    lines = [max(cell.count("\n") + 1 for cell in row) for row in cells]
    if sum(lines) <= most:
        return list(cells), 0
    last = min(last, len(cells) - 1)
    while last > 1 and sum(lines[-last:]) >= most:
        last -= 1
    end = len(cells) - last
    room = most - 1 - sum(lines[end:])
    first = max(sum(total <= room for total in accumulate(lines)), 0 if last else 1)
    if first == end:
        return list(cells), 0
    return [*cells[:first], [DOTS] * len(cells[0]), *cells[end:]], end - first


def _narrowed(
    headings: Sequence[str], cells: Sequence[list[str]], lines_max: int
) -> Sequence[list[str]]:
    """Wrap the widest column at a smaller width, if all columns fit after that."""
    widths = _widths(headings, rows_that_fit(cells, lines_max)[0])
    excess = sum(widths) + GAP * (len(widths) - 1) - WIDTH
    at = widths.index(max(widths))
    if not 0 < excess <= widths[at] - TEXT_MIN:
        return cells
    wrapped = textwrap.TextWrapper(
        widths[at] - excess, break_long_words=False, break_on_hyphens=False
    )
    return [[*row[:at], wrapped.fill(row[at]), *row[at + 1 :]] for row in cells]


def columns_that_fit(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> int:
    """Return how many columns, counted from the left, fit side by side: at least one."""
    ends = accumulate(GAP + width for width in _widths(headings, cells))
    return max(1, sum(end - GAP <= WIDTH for end in ends))


def _widths(headings: Sequence[str], cells: Sequence[Sequence[str]]) -> list[int]:
    """Return the printed width of each column."""
    return [
        max(
            MIN_PADDING + max(map(len, name.splitlines())),
            max((len(line) for row in cells for line in row[i].splitlines()), default=0),
        )
        for i, name in enumerate(headings)
    ]


def left_out(columns: Sequence[str], rows: int) -> str:
    """Return a text on omitted rows and columns. The text is empty if nothing is omitted."""
    parts = []
    if rows:
        parts.append(f"{rows:,} more row{'' if rows == 1 else 's'}")
    if columns:
        parts.append(f"{len(columns)} more column{'' if len(columns) == 1 else 's'}")
    return " and ".join(parts)


def _note(note: str) -> str:
    return textwrap.fill(
        note, WIDTH, initial_indent="* ", subsequent_indent="  ", break_on_hyphens=False
    )
