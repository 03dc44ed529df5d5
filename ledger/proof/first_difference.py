"""Finds the first difference between two files: a line of text, or a row and column of a table."""

from collections.abc import Iterator
from itertools import zip_longest
from pathlib import Path
from typing import Any

import duckdb

from ledger import duckdb_session

_SHOWN = 70  # a longer text is cut to this number of characters

_FIRST_ROW = """
    SELECT n, found, due
    FROM (SELECT file_row_number AS n, t AS found FROM {found} t)
    POSITIONAL JOIN (SELECT t AS due FROM {due} t)
    WHERE found IS DISTINCT FROM due LIMIT 1
"""


def line_that_differs(name: str, found: str, due: str, giver: str) -> Iterator[str]:
    """Yield a sentence with the first line that differs, if a text is not the expected text.

    Args:
        name: the file's name.
        found: the text in the file.
        due: the expected text.
        giver: words for the source of the expected text, such as "the scenario gives".
    """
    if found == due:
        return
    lines = zip_longest(found.split("\n"), due.split("\n"))
    differing = (each for each in enumerate(lines, start=1) if each[1][0] != each[1][1])
    n, (ours, theirs) = next(differing)
    yield f"{name}:{n}: {_contrast(ours, theirs, giver)}"


def row_that_differs(name: str, found: Path, due: Path, giver: str) -> Iterator[str]:
    """Yield a sentence with the first difference, if a Parquet file is not the expected file."""
    if found.read_bytes() == due.read_bytes():
        return
    try:
        with duckdb_session.connect(threads=1) as connection:
            yield f"{name}: {_row_that_differs(connection, found, due, giver)}"
    except duckdb.Error as error:
        yield f"{name}: this file can't be read ({str(error).splitlines()[0]})"


def _row_that_differs(
    connection: duckdb.DuckDBPyConnection, found: Path, due: Path, giver: str
) -> str:
    ours, theirs = (duckdb_session.parquet(each, with_row_numbers=True) for each in (found, due))
    columns = [connection.execute(f"DESCRIBE FROM {each}").fetchall() for each in (ours, theirs)]
    if columns[0] != columns[1]:
        return f"its columns are not the columns that {giver}"
    differing = connection.execute(_FIRST_ROW.format(found=ours, due=theirs)).fetchone()
    if differing is None:
        return f"its rows are the rows that {giver}, but its bytes differ"
    n, one, other = differing
    if one is None or other is None:
        (rows,) = connection.execute(f"SELECT count(*) FROM {theirs}").fetchone() or (0,)
        return f"its number of rows is not {rows:,}, the number that {giver}"
    column = next(name for name in one if one[name] != other[name])
    said = _contrast(_text(one[column]), _text(other[column]), giver)
    return f"row {n + 1:,}, column {column}: {said}"


def _text(value: Any) -> str | None:
    return None if value is None else str(value)


def _contrast(ours: str | None, theirs: str | None, giver: str) -> str:
    """Return a phrase with the found text and the expected text.

    If the texts are long, the phrase has only the parts around the first difference. Spaces at both
    ends of a text are left out, unless only these spaces differ.
    """
    if (ours and ours.strip()) != (theirs and theirs.strip()):
        ours, theirs = ours and ours.strip(), theirs and theirs.strip()
    if ours is not None and theirs is not None and len(ours) + len(theirs) > 2 * _SHOWN:
        apart = next(i for i, (a, b) in enumerate(zip_longest(ours, theirs)) if a != b)
        begin = max(0, apart - _SHOWN // 2)
        ours, theirs = ours[begin:], theirs[begin:]
    return f"found {_shown(ours)}, but {giver} {_shown(theirs)}"


def _shown(text: str | None) -> str:
    if text is None:
        return "nothing"
    return repr(text if len(text) <= _SHOWN else f"{text[:_SHOWN]}...")
