"""Text columns are read back from DuckDB unchanged and in the same order."""

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ledger import text_table
from ledger.text_table import SEPARATOR

TEXTS = st.text().filter(lambda text: SEPARATOR not in text and "\0" not in text)


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
def test_rows_are_read_back_unchanged(rows):
    first, second = zip(*rows, strict=True) if rows else ((), ())
    with duckdb.connect() as connection:
        text_table.create(connection, "found", {"a": first, "b": second})

        assert connection.execute("SELECT a, b FROM found").fetchall() == rows


def test_a_text_that_contains_the_separator_is_refused():
    with duckdb.connect() as connection, pytest.raises(ValueError, match="U\\+001F"):
        text_table.create(connection, "found", {"a": [f"one{SEPARATOR}two"]})
