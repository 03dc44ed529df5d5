"""Columns of text for DuckDB, each handed over as one string.

DuckDB looks at each object of an array by itself, and at each asks for pandas anew; where pandas
is not installed, that takes ten times as long as all else.
"""

from collections.abc import Mapping, Sequence

import duckdb

SEPARATOR = "\x1f"  # the unit separator of ASCII, which no text of ours has


def create(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, Sequence[str]]
) -> None:
    """Make a temporary table of equally long columns of text, in their order.

    Raises:
        ValueError: a text has the separator in it.
    """
    (rows,) = {len(column) for column in columns.values()}
    joined = [SEPARATOR.join(column) for column in columns.values()]
    for column, text in zip(columns, joined, strict=True):
        if rows and text.count(SEPARATOR) != rows - 1:
            raise ValueError(f"a text of {column} has the character U+001F; write it without")
    parts = ", ".join(f"unnest(string_split(?, chr(31))) AS {column}" for column in columns)
    connection.execute(f"CREATE TEMP TABLE {name} AS SELECT {parts}", joined)
    if not rows:
        connection.execute(f"DELETE FROM {name}")  # of no text, a split makes one that is empty
