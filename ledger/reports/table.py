"""A table of figures, before anybody decides how to print it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

Cell = str | int | Decimal | date | datetime | None


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns and rows, with what a reader must know beside them."""

    name: str  # a slug, unique within a report
    title: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Cell, ...]]
    notes: tuple[str, ...] = ()
    on_request: bool = False  # too long to read through: printed when it is asked for
