"""Connections share no views, and never read an outdated version of a file."""

import os
import shutil
import sys
from importlib.util import find_spec
from pathlib import Path

import duckdb
import pytest

from ledger import duckdb_session
from ledger.proof.copy_check import wrong_copies
from ledger.run_folder import RunFolder, RunFolderError
from runs import studies
from runs.study.member_table import read_members


def test_a_connection_does_not_see_the_views_of_another_connection():
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


def test_a_connection_has_the_requested_number_of_threads(monkeypatch):
    monkeypatch.setattr(duckdb_session, "THREADS", None)
    with duckdb_session.connect(threads=1) as one, duckdb_session.connect() as other:
        threads = [c.sql("SELECT current_setting('threads')").fetchone() for c in (one, other)]

    assert threads[0] == (1,)
    assert threads[1] == duckdb.sql("SELECT current_setting('threads')").fetchone()


@pytest.mark.skipif(find_spec("pandas") is not None, reason="pandas is installed")
def test_duckdb_does_not_search_for_pandas_if_pandas_is_missing(monkeypatch: pytest.MonkeyPatch):
    """By default DuckDB searches the disk for pandas once for each item of a list parameter."""
    looked_for = []

    class Finder:
        def find_spec(self, name: str, path: object, target: object = None) -> None:
            looked_for.append(name)

    connection = duckdb_session.connect()
    monkeypatch.setattr(sys, "meta_path", [Finder(), *sys.meta_path])
    found = connection.execute("SELECT count(*) FROM unnest(?)", [["a", "b", "c"]]).fetchall()

    assert found == [(3,)]
    assert "pandas" not in looked_for


def test_the_name_of_a_parent_folder_is_not_read_as_a_column(afternoon, tmp_path: Path):
    moved = tmp_path / "taker=Zed" / "seq=x" / "date=7"
    shutil.copytree(afternoon.path, moved, ignore=shutil.ignore_patterns("taker=*"))

    assert list(wrong_copies(RunFolder(moved))) == list(wrong_copies(afternoon))


def test_a_parent_folder_that_is_named_like_a_column_does_not_change_the_members_of_a_study(
    tmp_path: Path,
):
    shipped = Path(studies.__path__[0]) / "life"
    shutil.copytree(shipped, tmp_path / "member=7" / "life")

    moved = read_members(tmp_path / "member=7" / "life")

    assert moved.numbers.tolist() == read_members(shipped).numbers.tolist()


@pytest.mark.parametrize("name", ["run?", "run*", "run[1]"])
def test_a_run_in_a_folder_whose_name_is_a_pattern_for_file_names_is_refused(
    afternoon, tmp_path: Path, name
):
    moved = tmp_path / name / "tiny"
    shutil.copytree(afternoon.path, moved, ignore=shutil.ignore_patterns("run*"))

    with pytest.raises(RunFolderError, match="rename the folder"):
        RunFolder.at(moved)
