"""Checks the amounts of dollars in the tables of a report."""

from collections.abc import Iterable
from decimal import Decimal

from ledger.reports.table import Table


def assert_whole_cents(tables: Iterable[Table]) -> None:
    """Require that each amount of dollars in the tables has two decimals and is not -0.00."""
    for found in tables:
        for row in found.rows:
            for column, cell in zip(found.columns, row, strict=True):
                if column.endswith("usd") and cell is not None:
                    assert isinstance(cell, Decimal)
                    assert cell.as_tuple().exponent == -2
                    assert cell or not cell.is_signed()  # a zero is never printed as -0.00
