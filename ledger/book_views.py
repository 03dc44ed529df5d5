"""Makes DuckDB views of a run's Parquet files: the fills, the postings and the directives."""

import re
from pathlib import Path

import duckdb

from ledger import directive_store, posting_store
from ledger.duckdb_session import parquet

VIEWS = """
CREATE TEMP VIEW postings AS
    SELECT *, units * unit AS amount, strftime(date, '%Y-%m') AS month FROM {postings};
CREATE TEMP {stored} directives AS FROM {directives};
CREATE TEMP VIEW opens AS
    SELECT name AS account, words AS commodities, meta->>'hole' AS hole, meta->>'about' AS about
    FROM directives WHERE directive = 'open';
CREATE TEMP VIEW notes AS
    SELECT date, name AS kind, words FROM directives WHERE directive = 'custom';
CREATE TEMP VIEW events AS
    SELECT date, name, replace(replace(words[1][2:-2], '\\"', '"'), '\\\\', '\\') AS value
    FROM directives WHERE directive = 'event';
CREATE TEMP VIEW prices AS
    SELECT date, name AS commodity, split_part(words[1], ' ', 1)::DECIMAL(38, 18) AS usd
    FROM directives WHERE directive = 'price';
"""


def missing_copies(folder: Path) -> list[str]:
    """Return the names of the files that the Parquet copy of a general ledger lacks."""
    texts = [path.stem for path in folder.glob("*.beancount")]
    wanted = {f"{posting_store.FOLDER}/{text}.parquet" for text in texts if _is_month(text)}
    wanted.add(directive_store.FILE)
    return sorted(name for name in wanted if not (folder / name).is_file())


def open_views(
    connection: duckdb.DuckDBPyConnection, folder: Path, for_many_questions: bool = False
) -> None:
    """Create views of the Parquet files in a run's folder.

    Args:
        connection: a connection without views.
        folder: the run's folder.
        for_many_questions: read the directives into memory once, because many queries will follow.

    Raises:
        duckdb.Error: a file can't be read.
    """
    if fills := months_of(folder, "fills"):
        connection.execute(f"CREATE TEMP VIEW rows AS FROM {parquet(*fills)}")
    connection.execute(
        VIEWS.format(
            postings=parquet(*months_of(folder, posting_store.FOLDER)),
            directives=parquet(folder / directive_store.FILE),
            stored="TABLE" if for_many_questions else "VIEW",
        )
    )
    # If a file of postings is truncated, this query fails here, and not later in a report.
    connection.execute("SELECT count(*) FROM postings")


def months_of(folder: Path, name: str) -> list[Path]:
    """Return the Parquet files in a folder of a run, in the order of the months."""
    return sorted((folder / name).glob("*.parquet"))


def _is_month(name: str) -> bool:
    return re.fullmatch(r"\d{4}-\d{2}", name, re.ASCII) is not None
