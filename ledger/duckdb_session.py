"""DuckDB for this process: one database without data, and a connection to it for each use.

Starting a database takes 10 ms of CPU, connecting to one almost nothing, and reports and audits
open many. The objects of a connection are temporary and private to it. So `CREATE TEMP VIEW`, not
`CREATE VIEW`.
"""

import os
import sys
from importlib.util import find_spec

import duckdb

# One database for each process, since threads do not survive a fork; and one for each number of
# threads, since this number belongs to the database and not to the connection.
_databases: dict[tuple[int, int | None], duckdb.DuckDBPyConnection] = {}

THREADS: int | None = None  # for connections that do not ask for a number; None: one per core


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Connect to this process's database, whose settings must not be changed.

    Args:
        threads: the number of threads; None: that of THREADS.
    """
    threads = threads or THREADS
    key = os.getpid(), threads
    if key not in _databases:
        # A cached file would be used after it has changed.
        config: dict[str, str | bool | int | float | list[str]] = {
            "enable_external_file_cache": False
        }
        _say_that_pandas_is_missing()
        _databases[key] = duckdb.connect(
            config=config if threads is None else config | {"threads": threads}
        )
    connection = _databases[key].cursor()
    # A progress bar would be in our output.
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return connection


def _say_that_pandas_is_missing() -> None:
    """If pandas is not installed, tell Python so once.

    Otherwise DuckDB searches the disk for pandas at each item of a list parameter: 7 ms of CPU for
    a hundred accounts.
    """
    if "pandas" not in sys.modules and find_spec("pandas") is None:
        sys.modules["pandas"] = None  # type: ignore[assignment]
