"""Converts candles in JSON into rows of cells.

A candle may be a list, or an object with named values. A file may also have one list for each
column, or use times as keys, or have one JSON value on each line. Numbers stay text, so that no
digit is lost.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from des.candles.candle_columns import is_header, is_time
from des.candles.candle_error import RowError
from des.candles.candle_rows import CELLS_MIN, Row, Rows


def is_json(text: str) -> bool:
    """Tell whether a text begins with a bracket or a brace, as JSON does."""
    return text.lstrip().startswith(("[", "{"))


def rows_of_json(text: str) -> Rows:
    """Find the candles in a JSON text. They may be inside objects at any depth.

    Raises:
        RowError: the text is not JSON, or does not have exactly one list of candles, or its columns
            have different lengths.
    """
    found = list(_series(_parsed(text)))
    if not found:
        raise RowError(
            None, "JSON without candles; give a list of [time, open, high, low, close, volume]"
        )
    if len(found) > 1:
        raise RowError(None, f"JSON with {len(found)} lists of candles; keep one list")
    header, rows = found[0]
    numbered = [Row(number, cells) for number, cells in enumerate(rows, start=1)]
    return Rows(header, 1, numbered, ("JSON",), "candle")


def _parsed(text: str) -> Any:
    try:
        return _values(text)
    except json.JSONDecodeError as error:
        if error.msg != "Extra data":
            raise RowError(error.lineno, f"not JSON ({error.msg}); correct this line") from error
    except RecursionError as error:
        raise RowError(None, "too deeply nested brackets; give one list of candles") from error
    lines = [line for line in text.splitlines() if line.strip()]
    try:
        return [_values(line) for line in lines]
    except (json.JSONDecodeError, RecursionError) as error:
        raise RowError(
            None, "the file must be JSON, or each of its lines must be JSON; correct the file"
        ) from error


def _values(text: str) -> Any:
    return json.loads(text, parse_float=str, parse_int=str, parse_constant=str)


Found = tuple[Sequence[str] | None, list[list[str]]]


def _series(value: Any) -> Iterator[Found]:
    """Yield each list of candles inside a JSON value."""
    if isinstance(value, list):
        if value and all(isinstance(each, list) and len(each) >= CELLS_MIN for each in value):
            yield None, [[_cell(cell) for cell in each] for each in value]
        elif value and all(isinstance(each, Mapping) for each in value):
            yield from _of_tables(value)
    elif isinstance(value, Mapping):
        if keyed := _keyed_by_time(value):
            yield keyed
            return
        columns = {name: each for name, each in value.items() if isinstance(each, list)}
        if is_header(list(columns)):
            yield list(columns), _across(list(columns.values()))
            return
        for inner in value.values():
            yield from _series(inner)


def _keyed_by_time(value: Mapping[str, Any]) -> Found | None:
    """Read candles from JSON with times as keys, or in the form `split` of pandas.

    If the JSON has another form, return None.
    """
    columns, index, data = (value.get(name) for name in ("columns", "index", "data"))
    if isinstance(columns, list) and isinstance(index, list) and isinstance(data, list):
        header = [_cell(name) for name in columns]
        if is_header(header) and not any(map(is_time, header)):
            if len(index) != len(data) or not all(isinstance(row, list) for row in data):
                raise RowError(
                    None,
                    "in this JSON 'data' must have one list for each item of 'index'; correct "
                    "'data'",
                )
            return ["time", *header], [
                [_cell(cell) for cell in (at, *row)] for at, row in zip(index, data, strict=True)
            ]
        return None
    tables = list(value.values())
    if not tables or not all(isinstance(each, Mapping) for each in tables):
        return None
    if is_header(list(value)):
        if any(map(is_time, value)):
            return list(value), [[_cell(each.get(at)) for each in tables] for at in tables[0]]
        return ["time", *value], [
            [at, *(_cell(each.get(at)) for each in tables)] for at in tables[0]
        ]
    header = list(tables[0])
    if is_header(header) and not any(map(is_time, header)):
        return ["time", *header], [
            [at, *(_cell(each.get(name)) for name in header)] for at, each in value.items()
        ]
    return None


def _across(columns: Sequence[list[Any]]) -> list[list[str]]:
    if len({len(column) for column in columns}) != 1:
        raise RowError(None, "JSON with columns of different lengths; complete the columns")
    return [[_cell(cell) for cell in row] for row in zip(*columns, strict=True)]


def _of_tables(tables: Sequence[Mapping[str, Any]]) -> Iterator[Found]:
    header = list(tables[0])
    if is_header(header):
        yield header, [[_cell(each.get(name)) for name in header] for each in tables]
        return
    for each in tables:
        yield from _series(each)


def _cell(value: Any) -> str:
    return "" if value is None else str(value)
