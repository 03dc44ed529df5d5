"""DuckDB for this process: one database without data, and a connection to it for each use.

To begin a database takes 10 ms of CPU, to connect to one that is there next to nothing, and reports
and audits open many. What a connection makes is temporary: no other sees it, and it is gone when
the connection is closed. So `CREATE TEMP VIEW`, not `CREATE VIEW`.
"""

import os

import duckdb

# By process, since threads don't survive a fork; by threads, which are a database's and not a
# connection's.
_databases: dict[tuple[int, int | None], duckdb.DuckDBPyConnection] = {}


def connect(threads: int | None = None) -> duckdb.DuckDBPyConnection:
    """Connect to this process's database; whoever changes its settings opens one of their own.

    Args:
        threads: how many it may use; None for as many as there are cores.
    """
    key = os.getpid(), threads
    if key not in _databases:
        # What is kept of a file would stand for it after the file has changed.
        config: dict[str, str | bool | int | float | list[str]] = {
            "enable_external_file_cache": False
        }
        _databases[key] = duckdb.connect(
            config=config if threads is None else config | {"threads": threads}
        )
    connection = _databases[key].cursor()
    # A bar of progress would stand in our output.
    connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
    return connection
