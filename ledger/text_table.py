"""Passes columns of text to DuckDB quickly, each column as one string.

If DuckDB receives an array of Python objects, it converts each object separately, and tries to
import pandas each time. If pandas is not installed, these attempts take ten times as long as the
rest of the work.
"""

from collections.abc import Mapping, Sequence

import duckdb

SEPARATOR = "\x1f"  # ASCII's unit separator, which no text of the books has


def create(
    connection: duckdb.DuckDBPyConnection, name: str, columns: Mapping[str, Sequence[str]]
) -> None:
    """Create a temporary table from columns with equal numbers of texts. Rows keep their order.

    Raises:
        ValueError: a text contains the separator.
    """
    (rows,) = {len(column) for column in columns.values()}
    joined = [SEPARATOR.join(column) for column in columns.values()]
    for column, text in zip(columns, joined, strict=True):
        if rows and text.count(SEPARATOR) != rows - 1:
            raise ValueError(f"a text of {column} has the character U+001F; remove this character")
    parts = ", ".join(f"unnest(string_split(?, chr(31))) AS {column}" for column in columns)
    connection.execute(f"CREATE TEMP TABLE {name} AS SELECT {parts}", joined)
    if not rows:
        connection.execute(f"DELETE FROM {name}")  # an empty string becomes one empty row
