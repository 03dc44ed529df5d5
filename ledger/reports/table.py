"""A table of figures, in no printed form yet."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from keyword import iskeyword
from typing import Protocol, Self

Cell = str | int | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns and rows, with notes for the reader.

    Raises:
        ValueError: a row has more or fewer cells than there are columns.
    """

    name: str  # a short name, unique within a report
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()
    more_rows: int = 0  # the number of further rows, which were not read

    def __post_init__(self) -> None:
        """Raise an error if a row has too many or too few cells."""
        width = len(self.columns)
        for row in self.rows:
            if len(row) != width:
                raise ValueError(f"{self.name}: {len(row)} cells in {width} columns: {row}")

    @classmethod
    def of(
        cls,
        name: str,
        title: str,
        columns: tuple[str, ...],
        found: Iterable[object],
        notes: tuple[str, ...] = (),
    ) -> Self:
        """Return a table of typed rows. A column has the attribute of the same name.

        A column whose name is a keyword, such as ``class``, has the attribute ``class_``.
        """
        names = [f"{column}_" if iskeyword(column) else column for column in columns]
        rows = [tuple(getattr(row, name) for name in names) for row in found]
        return cls(name, title, columns, rows, notes)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as an Arrow stream, which libraries such as polars can read.

        Raises:
            ValueError: a number has too many digits for Arrow.
        """
        from ledger.reports.arrow_stream import arrow_stream  # here, since few tables are exported

        return arrow_stream(self)


def cell_of(value: object) -> Cell:
    """Convert a value to a cell. Truth values and values of other types become text."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, str | int | Decimal | date):
        return value
    return str(value)


def holds_numbers(table: Table, column: int) -> bool:
    """Return whether a column has only numbers and empty cells."""
    cells = [row[column] for row in table.rows if row[column] is not None]
    return all(isinstance(cell, int | Decimal) for cell in cells)


class Report(Protocol):
    """The typed result of a report, from which its tables and its picture are made."""

    def answer(self) -> str:
        """Return the answer to the report's question: one or two plain sentences with figures."""

    def tables(self) -> list[Table]:
        """Return the tables of the report. The first table that has rows is shown by default."""
