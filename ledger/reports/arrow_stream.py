"""Exports a table as a stream of Arrow records, which libraries such as polars can read.

Amounts stay exact: a column of decimals has as many decimal places as its most precise cell.
Source: the Arrow PyCapsule interface, https://arrow.apache.org/docs/format/CDataInterface.html
"""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

    from ledger.reports.table import Cell, Table

DIGITS = 38  # the largest number of digits of a decimal in DuckDB, which writes the stream
LARGEST = 2**63  # whole numbers below this limit fit into 64 bits


def arrow_stream(table: "Table") -> object:
    """Return an Arrow stream capsule with a table's rows. Columns keep their names.

    Raises:
        ValueError: the numbers of a column need more than DIGITS digits.
    """
    return _relation(table).__arrow_c_stream__()


def _relation(table: "Table") -> "duckdb.DuckDBPyRelation":
    from ledger import duckdb_session  # imported here, since most reports are not exported

    columns = [[row[i] for row in table.rows] for i in range(len(table.columns))]
    types = [column_type(cells) for cells in columns]
    connection = duckdb_session.connect()
    parts = [
        f"unnest(?::VARCHAR[])::{kind} AS {_named(name)}"
        for name, kind in zip(table.columns, types, strict=True)
    ]
    texts = [[None if cell is None else _text(cell) for cell in cells] for cells in columns]
    return connection.sql(f"SELECT {', '.join(parts)}", params=texts)


def column_type(cells: Sequence["Cell"]) -> str:
    """Return the DuckDB type that can represent all cells of a column exactly.

    Raises:
        ValueError: the numbers of the column need more than DIGITS digits.
    """
    filled = [cell for cell in cells if cell is not None]
    kinds = {type(cell) for cell in filled}
    if not kinds or not kinds <= {int, Decimal, date, datetime}:
        return "VARCHAR"
    if kinds == {date}:
        return "DATE"
    if kinds == {datetime}:
        return "TIMESTAMP"
    if kinds == {int}:
        largest = max(abs(int(str(cell))) for cell in filled)
        return "BIGINT" if largest < LARGEST else _decimal(filled)
    return _decimal(filled) if kinds <= {int, Decimal} else "VARCHAR"


def _decimal(cells: Sequence["Cell"]) -> str:
    numbers = [Decimal(str(cell)).as_tuple() for cell in cells]
    scale = max(-min(int(number.exponent), 0) for number in numbers)
    whole = max(len(number.digits) + int(number.exponent) for number in numbers)
    digits = max(whole, 0) + scale
    if digits > DIGITS:
        raise ValueError(f"a column needs {digits} digits, but a decimal has at most {DIGITS}")
    return f"DECIMAL({DIGITS}, {scale})"


def _text(cell: "Cell") -> str:
    return f"{cell:f}" if isinstance(cell, Decimal) else str(cell)


def _named(column: str) -> str:
    return '"' + column.replace('"', '""') + '"'
