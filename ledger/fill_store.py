"""Fills on disk: one Parquet file a month, the same bytes for the same rows.

DuckDB writes and reads them. It is one library instead of two, and its licence goes with
Beancount's.
"""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import duckdb
import numpy as np

from ledger.fills import ABSENT, NULLABLE, ROW, Names

# The row group of DuckDB's own vectors: 60 of 2,048 values.
ROW_GROUP = 122_880


def write(path: Path, parts: Sequence[np.ndarray], names: Names) -> None:
    """Write rows (dtype ROW, parts and rows in the order of seq) to a new Parquet file."""
    columns = {column: np.concatenate([part[column] for part in parts]) for column in ROW.names}
    columns["time_us"] = columns["time_us"].astype("datetime64[us]")
    words = names.words()
    with duckdb.connect(config={"threads": 1}) as connection:
        connection.execute("SET enable_progress_bar = false")  # it would stand in our output
        for column, options in words.items():
            literals = ", ".join(f"'{word}'" for word in options)
            connection.execute(f"CREATE TYPE {column}_word AS ENUM ({literals})")
        selected = []
        for column in ROW.names:
            if column in words:
                # An enum's codes are its words' positions; lists count from one.
                listed = f"enum_range(NULL::{column}_word)"
                selected.append(f"{listed}[{column}::INTEGER + 1]::{column}_word AS {column}")
            elif column == "time_us":
                selected.append("time_us AS time")
            elif column in NULLABLE:
                selected.append(f"nullif({column}, {ABSENT}) AS {column}")
            else:
                selected.append(column)
        connection.register("rows", columns)
        target = str(path).replace("'", "''")
        connection.execute(
            f"COPY (SELECT {', '.join(selected)} FROM rows) TO '{target}' (FORMAT parquet, "
            f"COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {ROW_GROUP})"
        )


def read(connection: duckdb.DuckDBPyConnection, relation: str, names: Names) -> np.ndarray:
    """Read back what `write` wrote, from a relation of the same columns, in the order of seq.

    Raises:
        ValueError: a name in the fills is none of *names*, or a column is not what `write` makes
            of it: SQL would then see other rows than the audit.
    """
    fetched = connection.execute(f"SELECT * FROM {relation} ORDER BY seq").fetchnumpy()
    rows = np.empty(len(fetched["seq"]), dtype=ROW)
    words = names.words()
    for column in ROW.names:
        values = fetched["time" if column == "time_us" else column]
        if column in words:
            rows[column] = _codes(column, values, words[column])
        elif column == "time_us":
            rows[column] = values.astype("datetime64[us]").astype(np.int64)
        else:
            rows[column] = _whole(column, values)
    return rows


def _whole(column: str, values: np.ndarray) -> np.ndarray:
    """Take whole numbers as they are, and nothing for ABSENT where there may be nothing."""
    nothing = np.ma.getmaskarray(values)
    present = np.ma.getdata(values)
    may_be_nothing = column in NULLABLE
    if (
        present.dtype.kind != "i"
        or (nothing.any() and not may_be_nothing)
        or (may_be_nothing and (present[~nothing] == ABSENT).any())
    ):
        raise ValueError(f"the fills' {column} is not a whole number wherever it must be one")
    return np.where(nothing, ABSENT, present)


def _codes(column: str, values: np.ndarray, words: Sequence[str]) -> np.ndarray:
    code = {word: i for i, word in enumerate(words)}
    try:
        return np.array([code[word] for word in values.tolist()], dtype=np.int64)
    except KeyError as error:
        word = error.args[0]
        raise ValueError(
            f"the fills name {word!r} as {column}, which the books don't know"
        ) from error


def control_total(rows: np.ndarray, names: Names) -> str:
    """Hash every field of *rows*, so that the general ledger can vouch for its fills.

    An auditor's control total: the general ledger's sums prove the money in the fills, this
    proves what carries no money (times, holders, ages). Names count as words, not as codes.
    """
    digest = hashlib.sha256()
    words = names.words()
    for column in ROW.names:
        values = rows[column].astype("<i8")
        if column in words:
            hashes = [hashlib.sha256(word.encode()).digest()[:8] for word in words[column]]
            values = np.frombuffer(b"".join(hashes), dtype="<i8")[values]
        digest.update(values.tobytes())
    return digest.hexdigest()
