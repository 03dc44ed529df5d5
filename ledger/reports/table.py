"""A table of figures, independent of its printed form."""

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
        ValueError: the number of cells of a row is not that of the columns.
    """

    name: str  # a slug, unique within a report
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse a row with too many or too few cells."""
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
        """Lay out typed rows: each column holds the attribute of that name.

        A column named like a keyword, such as ``class``, holds the attribute ``class_``.
        """
        names = [f"{column}_" if iskeyword(column) else column for column in columns]
        rows = [tuple(getattr(row, name) for name in names) for row in found]
        return cls(name, title, columns, rows, notes)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as an Arrow stream: `polars.DataFrame(table)` and others read it.

        Raises:
            ValueError: a number has too many digits for Arrow.
        """
        from ledger.reports.arrow_stream import arrow_stream  # few tables leave so

        return arrow_stream(self)


def holds_numbers(table: Table, column: int) -> bool:
    """Tell whether a column has only numbers and empty cells."""
    cells = [row[column] for row in table.rows if row[column] is not None]
    return all(isinstance(cell, int | Decimal) for cell in cells)


class Report(Protocol):
    """The typed result of a report: its tables are made from it, and so is its picture."""

    def answer(self) -> str:
        """Answer the question of the report in one or two plain sentences with figures."""

    def tables(self) -> list[Table]:
        """Lay out the tables; the first one with rows is shown."""
