"""Opens connections to in-memory DuckDB databases. Each process keeps and reuses its databases.

Starting a database takes 10 ms of CPU. Connecting to a running database takes almost no time, and
reports and audits need many connections. Temporary objects are private to their connection, so use
`CREATE TEMP VIEW`, not `CREATE VIEW`.
"""

import os
import sys
from importlib.util import find_spec
from pathlib import Path

import duckdb

# One database for each process and each number of threads. The threads of a database do not survive
# a fork of the process. DuckDB sets the number of threads for a database, not for a connection.
_databases: dict[tuple[int, int | None], duckdb.DuckDBPyConnection] = {}

THREADS: int | None = None  # the default number of threads (None: one for each core)


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Connect to a database of this process. Callers must not change the database's settings.

    Args:
        threads: the number of threads. None means THREADS.
    """
    threads = threads or THREADS
    key = os.getpid(), threads
    if key not in _databases:
        # Without this setting DuckDB would use its cached copy of a file even if the file changed.
        config: dict[str, str | bool | int | float | list[str]] = {
            "enable_external_file_cache": False
        }
        _say_that_pandas_is_missing()
        _databases[key] = duckdb.connect(
            config=config if threads is None else config | {"threads": threads}
        )
    connection = _databases[key].cursor()
    # By default DuckDB uses the local time zone, and prints a progress bar into our output.
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return connection


def literal(value: object) -> str:
    """Return a value as a quoted string of SQL."""
    return "'" + str(value).replace("'", "''") + "'"


def parquet(*paths: Path, with_row_numbers: bool = False) -> str:
    """Return an SQL expression that reads all rows and columns of Parquet files.

    Args:
        paths: the files, which all have the same columns.
        with_row_numbers: add the column `file_row_number`.
    """
    files = ", ".join(map(literal, paths))
    numbers = "file_row_number = true, " if with_row_numbers else ""
    # If a parent folder is called `taker=Zed`, DuckDB must not read the folder's name as a column.
    return f"read_parquet([{files}], {numbers}hive_partitioning = false)"


def _say_that_pandas_is_missing() -> None:
    """If pandas is not installed, record this in `sys.modules`.

    Without this record DuckDB searches the disk for pandas at each item of a list parameter. For a
    list of a hundred accounts this takes 7 ms of CPU.
    """
    if "pandas" not in sys.modules and find_spec("pandas") is None:
        sys.modules["pandas"] = None  # type: ignore[assignment]
