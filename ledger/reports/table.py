"""A table of a report, before it is written as text or in another format."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from keyword import iskeyword
from typing import Any, Protocol, Self

Cell = str | int | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of cells, with names of the columns, and notes for the reader.

    Raises:
        ValueError: a row has more or fewer cells than there are columns.
    """

    name: str  # a short name, unique within a report
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()
    more_rows: int = 0  # the number of rows that were not read, and are left out

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
        """Return a table with a row for each object. A column shows the attribute of the same name.

        A column whose name is a keyword, such as ``class``, shows the attribute ``class_``.
        """
        names = [f"{column}_" if iskeyword(column) else column for column in columns]
        rows = [tuple(getattr(row, name) for name in names) for row in found]
        return cls(name, title, columns, rows, notes)

    @property
    def has_rows(self) -> bool:
        """Return whether the table has rows."""
        return bool(self.rows)

    def __arrow_c_stream__(self, requested_schema: object = None) -> object:
        """Return the rows as an Arrow stream, which libraries such as polars can read.

        Raises:
            ValueError: the numbers of a column need more than 38 digits.
        """
        # Imported here, since few tables are exported.
        from ledger.reports.arrow_stream import arrow_stream

        return arrow_stream(self)


class LaterTable(Table):
    """A table that is computed only once, when its content is first read.

    A report prints one table. For its other tables it prints only the names. So a slow table is
    computed only if it is printed, or if nothing else shows whether it has rows.
    """

    __slots__ = ("_known_rows", "_make")

    def __init__(self, name: str, make: Callable[[], Table], has_rows: bool | None = None) -> None:
        """Store the table's name, and the function that computes the table.

        Args:
            name: the table's name.
            make: the function that computes the table.
            has_rows: whether the table has rows. None: the table must be computed to know this.
        """
        # Only these three fields are set. Reading another field calls `__getattr__`.
        object.__setattr__(self, "name", name)
        object.__setattr__(self, "_make", make)
        object.__setattr__(self, "_known_rows", has_rows)

    def __getattr__(self, field: str) -> Any:
        """Compute the table, set its fields, and return *field*."""
        made = self._make()
        for each in fields(Table):
            object.__setattr__(self, each.name, getattr(made, each.name))
        return object.__getattribute__(self, field)

    @property
    def has_rows(self) -> bool:
        """Return whether the table has rows, if possible without computing it."""
        return super().has_rows if self._known_rows is None else self._known_rows


def cell_of(value: object) -> Cell:
    """Convert a value to a cell. Truth values and values of types not in `Cell` become text."""
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
    """The result of a report, which gives an answer in sentences and in tables."""

    def answer(self) -> str:
        """Return the answer to the report's question: a few plain sentences."""

    def tables(self) -> list[Table]:
        """Return the tables of the report. The first table that has rows is shown by default."""
