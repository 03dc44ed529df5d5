"""Stores fills on disk: one Parquet file per month. The same rows give the same bytes.

This project writes and reads the files with DuckDB, not with pyarrow, because pyarrow's licence is
not compatible with Beancount's licence.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import duckdb
import numpy as np

from ledger import duckdb_session, parquet_metadata
from ledger.fills import ABSENT, NULLABLE, ROW, Fill, Names
from ledger.money import Contract

# The number of rows in a row group of a file: 60 vectors of DuckDB, with 2,048 rows each.
ROW_GROUP = 122_880


class FillsError(ValueError):
    """A file of fills has a wrong column, or a name that the books do not declare."""


class MonthOfFills:
    """The fills of one month, collected by column until they are written.

    A column that is too short for new rows gets twice the length that all rows need. If the added
    rows were kept apart and joined at the end of the month, the join would need twice the memory.
    """

    def __init__(self) -> None:
        self._n = 0
        self._columns = _empty_columns()

    def add(self, rows: np.ndarray) -> Mapping[str, np.ndarray]:
        """Append rows (dtype ROW), and return the columns of these rows."""
        begin, self._n = self._n, self._n + len(rows)
        for name, column in self._columns.items():
            if self._n > len(column):
                self._columns[name] = np.empty(2 * self._n, column.dtype)
                self._columns[name][:begin] = column[:begin]
            self._columns[name][begin : self._n] = rows[name]
        return {name: column[begin : self._n] for name, column in self._columns.items()}

    def end(self) -> Mapping[str, np.ndarray]:
        """Return the month's columns, and begin the next month."""
        columns = {name: column[: self._n] for name, column in self._columns.items()}
        self._n, self._columns = 0, _empty_columns()
        return columns


def _empty_columns() -> dict[str, np.ndarray]:
    return {column: np.empty(ROW_GROUP, ROW[column]) for column in Fill._fields}


def write(
    path: Path,
    rows: np.ndarray | Mapping[str, np.ndarray],
    names: Names,
    contracts: Iterable[Contract] = (),
) -> None:
    """Write rows (dtype ROW, in the order of seq), or their columns, to a new Parquet file.

    Args:
        path: the file.
        rows: the fills.
        names: the names that the codes in the rows represent.
        contracts: the contracts whose lots and ticks go into the file's metadata.
    """
    columns = {column: np.ascontiguousarray(rows[column]) for column in Fill._fields}
    columns["time_us"] = columns["time_us"].view("datetime64[us]")
    words = names.words()
    with duckdb_session.connect(threads=1) as connection:
        for column, options in words.items():
            literals = ", ".join(f"'{word}'" for word in options)
            connection.execute(f"CREATE TEMP TYPE {column}_word AS ENUM ({literals})")
        connection.register("rows", columns)
        selected = ", ".join(_selected(column, column in words) for column in Fill._fields)
        target = duckdb_session.literal(path)
        connection.execute(
            f"COPY (SELECT {selected} FROM rows) TO {target} (FORMAT parquet, "
            f"COMPRESSION zstd, PARQUET_VERSION v2, ROW_GROUP_SIZE {ROW_GROUP}"
            f"{parquet_metadata.option(parquet_metadata.of_fills(contracts))})"
        )


def _selected(column: str, is_coded: bool) -> str:
    if is_coded:
        # A code is a position in the enum, counted from zero. SQL counts the items of a list from
        # one.
        words = f"enum_range(NULL::{column}_word)::{column}_word[]"
        return f"list_extract({words}, {column}::INTEGER + 1) AS {column}"
    if column == "time_us":
        return "time_us AS time"
    return f"nullif({column}, {ABSENT}) AS {column}" if column in NULLABLE else column


def read(connection: duckdb.DuckDBPyConnection, relation: str, names: Names) -> np.ndarray:
    """Return fills sorted by seq, from a relation with the columns that `write` makes.

    Raises:
        FillsError: a name in the fills is not in *names*, or a column has a value that `write`
            never makes. SQL and the audit would read such a value differently.
    """
    fetched = connection.execute(f"SELECT * FROM {relation} ORDER BY seq").fetchnumpy()
    rows = np.empty(len(fetched["seq"]), dtype=ROW)
    words = names.words()
    for column in Fill._fields:
        values = fetched["time" if column == "time_us" else column]
        if column in words:
            rows[column] = codes(column, values, words[column])
        elif column == "time_us":
            rows[column] = values.astype("datetime64[us]").astype(np.int64)
        else:
            rows[column] = _whole(column, values)
    return rows


def _whole(column: str, values: np.ndarray) -> np.ndarray:
    """Return a column of whole numbers. In the columns of NULLABLE, NULL becomes ABSENT.

    Raises:
        FillsError: a value is not a whole number, is NULL in a column that is not in NULLABLE, or
            is ABSENT in a column of NULLABLE.
    """
    nothing = np.ma.getmaskarray(values)
    present = np.ma.getdata(values)
    may_be_nothing = column in NULLABLE
    if (
        present.dtype.kind != "i"
        or (nothing.any() and not may_be_nothing)
        or (may_be_nothing and (present[~nothing] == ABSENT).any())
    ):
        raise FillsError(
            f"the column {column} of the fills has a wrong value: not a whole number, NULL where a "
            f"number must be, or {ABSENT} in place of NULL"
        )
    return np.where(nothing, ABSENT, present)


def codes(column: str, values: np.ndarray, words: Sequence[str]) -> np.ndarray:
    """Return, for each value of a column, its position in the list of allowed *words*.

    Raises:
        FillsError: a value is not in the list.
    """
    code = {word: i for i, word in enumerate(words)}
    try:
        return np.array([code[word] for word in values.tolist()], dtype=np.int64)
    except KeyError as error:
        word = error.args[0]
        raise FillsError(
            f"the fills have an unknown {column}, {word!r}; correct the fills, or the roles or "
            "markets of main.beancount"
        ) from error


def control_total(rows: np.ndarray | Mapping[str, np.ndarray], names: Names) -> str:
    """Return a hash of all fields of the fills. A note in the general ledger has this hash.

    The general ledger's closing entries prove only sums of the fills, such as gains, fees and lots.
    The hash proves all fields of each fill, including times, holders and ages. Names are hashed as
    words, not as codes.
    """
    digest = hashlib.sha256()
    words = names.words()
    for column in Fill._fields:
        values = np.ascontiguousarray(rows[column], dtype="<i8")
        if column in words:
            hashes = [hashlib.sha256(word.encode()).digest()[:8] for word in words[column]]
            values = np.frombuffer(b"".join(hashes), dtype="<i8")[values]
        digest.update(values.tobytes())
    return digest.hexdigest()
