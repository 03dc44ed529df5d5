"""One database for many connections, and none sees what another has or what a file was before."""

import os
from pathlib import Path

import duckdb
import pytest

from ledger import duckdb_session


def test_what_a_connection_makes_is_its_own():
    with duckdb_session.connect() as one, duckdb_session.connect() as other:
        for each, n in ((one, 1), (other, 2)):
            each.execute(f"CREATE TEMP VIEW made AS SELECT {n} AS n")
        assert (one.sql("FROM made").fetchall(), other.sql("FROM made").fetchall()) == (
            [(1,)],
            [(2,)],
        )
    with duckdb_session.connect() as later, pytest.raises(duckdb.CatalogException):
        later.execute("FROM made")


def test_a_file_is_read_as_it_is_and_not_as_it_was(tmp_path: Path):
    path, found = tmp_path / "n.parquet", []
    for n in (1, 2):
        with duckdb_session.connect() as connection:
            connection.execute(f"COPY (SELECT {n} AS n) TO '{path}' (FORMAT parquet)")
        os.utime(path, (0, 0))
        with duckdb_session.connect() as connection:
            found += connection.execute(f"FROM '{path}'").fetchall()

    assert found == [(1,), (2,)]


def test_threads_are_as_many_as_are_asked_for():
    with duckdb_session.connect(threads=1) as one, duckdb_session.connect() as other:
        threads = [c.sql("SELECT current_setting('threads')").fetchone() for c in (one, other)]

    assert threads[0] == (1,)
    assert threads[1] == duckdb.sql("SELECT current_setting('threads')").fetchone()
