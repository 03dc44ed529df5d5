"""DuckDB for this process: one database without data, and a connection to it for each use.

Starting a database takes 10 ms of CPU, connecting to one almost nothing, and reports and audits
open many. The objects of a connection are temporary and private to it. So `CREATE TEMP VIEW`, not
`CREATE VIEW`.
"""

import os
import sys
from importlib.util import find_spec

import duckdb

# By process, since threads don't survive a fork; by threads, which are a database's and not a
# connection's.
_databases: dict[tuple[int, int | None], duckdb.DuckDBPyConnection] = {}


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Connect to this process's database, whose settings must not be changed.

    Args:
        threads: the number of threads; None: one for each core.
    """
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
    """Tell Python once that pandas is not installed, if so.

    DuckDB looks for it at each word of a list that is a parameter: a search of the disk each time,
    7 ms of CPU for a hundred accounts.
    """
    if "pandas" not in sys.modules and find_spec("pandas") is None:
        sys.modules["pandas"] = None  # type: ignore[assignment]
