"""One database for many connections, and none sees what another has or what a file was before."""

import os
from pathlib import Path

import duckdb
import pytest

from ledger import duckdb_session


def test_objects_of_a_connection_are_its_own():
    with duckdb_session.connect() as one, duckdb_session.connect() as other:
        for each, n in ((one, 1), (other, 2)):
            each.execute(f"CREATE TEMP VIEW made AS SELECT {n} AS n")
        assert (one.sql("FROM made").fetchall(), other.sql("FROM made").fetchall()) == (
            [(1,)],
            [(2,)],
        )
    with duckdb_session.connect() as later, pytest.raises(duckdb.CatalogException):
        later.execute("FROM made")


def test_a_changed_file_is_read_again(tmp_path: Path):
    path, found = tmp_path / "n.parquet", []
    for n in (1, 2):
        with duckdb_session.connect() as connection:
            connection.execute(f"COPY (SELECT {n} AS n) TO '{path}' (FORMAT parquet)")
        os.utime(path, (0, 0))
        with duckdb_session.connect() as connection:
            found += connection.execute(f"FROM '{path}'").fetchall()

    assert found == [(1,), (2,)]


def test_the_number_of_threads_is_as_requested():
    with duckdb_session.connect(threads=1) as one, duckdb_session.connect() as other:
        threads = [c.sql("SELECT current_setting('threads')").fetchone() for c in (one, other)]

    assert threads[0] == (1,)
    assert threads[1] == duckdb.sql("SELECT current_setting('threads')").fetchone()
