"""Splits a text of candles into rows of cells, and finds the lines that are not candles.

Python's own CSV reader splits each line at commas, semicolons, tabs or bars.
"""

import csv
import io
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from des.candles.candle_columns import is_header, is_time, plain
from des.candles.candle_error import RowError, shown

# Commas are tried last, since a line with decimal commas may have as many commas as separators.
SEPARATORS = {"\t": "tabs", ";": "semicolons", "|": "bars", ",": "commas"}
COMMENTS = ("#", "//", "%")
CELLS_MIN = 5  # a time and four prices
TICKER = "ticker"  # the first cell of a line in yfinance files, above or below the header
LINES_TRIED = 50


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a text file, or one candle of a JSON file."""

    number: int  # number of the line or candle, from 1
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Rows:
    """The names of a file's columns, and the rows that may be candles."""

    header: Sequence[str] | None
    header_line: int
    rows: Sequence[Row]
    said: Sequence[str] = ()  # remarks on the format, and on lines that are left out
    counted: str = "line"  # what a row's number counts: lines or candles


def rows_of_text(text: str) -> Rows:
    """Split a text with values separated by commas, semicolons, tabs or bars.

    Raises:
        RowError: no line has a time and four prices, or a line is not CSV. An empty text gives no
            rows and no error.
    """
    separator = _separator(text)
    said = [] if separator == "," else [f"columns are separated by {SEPARATORS[separator]}"]
    header: Sequence[str] | None = None
    header_line, kept = 1, list[Row]()
    before: list[Row] = []
    comments = repeated = 0
    for row in _split(text, separator):
        first = row.cells[0].strip()
        if first.startswith(COMMENTS):
            bare = [first.lstrip("#/% "), *row.cells[1:]]
            if header is None and not kept and is_header(bare):
                header, header_line = bare, row.number
            else:
                comments += 1
        elif header is None and not kept and is_header(row.cells):
            header, header_line = row.cells, row.number
        elif header is not None and list(row.cells) == list(header):
            repeated += 1
        elif header is None and not kept and _is_no_candle(row.cells):
            before.append(row)
        else:
            kept.append(row)
    header, kept = _without_ticker(header, kept)
    before += _footer(kept)
    if before and not kept and not header:
        raise RowError(None, "no line has a time and four prices; separate them by commas")
    if kept or header:
        said += [f"line {row.number} is no candle ({shown(row.cells[0])})" for row in before]
    said += [f"comment lines left out: {comments}"] if comments else []
    said += [f"repeated headers left out: {repeated}"] if repeated else []
    return Rows(header, header_line, kept, said)


def _is_no_candle(cells: Sequence[str]) -> bool:
    return len(cells) < CELLS_MIN or plain(cells[0]) == TICKER


def _without_ticker(
    header: Sequence[str] | None, kept: list[Row]
) -> tuple[Sequence[str] | None, list[Row]]:
    """Return the header, and the rows after the header.

    A file of the package yfinance has three header lines: names of prices, tickers, and the name of
    the time. They become one header. Other files are unchanged.
    """
    if header is None or not kept or plain(header[0]) not in ("price", ""):
        return header, kept
    rest = kept[1:] if plain(kept[0].cells[0]) in (TICKER, "") else kept
    time = rest[0].cells if rest else [""]
    if is_time(time[0]) and not any(map(str.strip, time[1:])):
        return [time[0], *header[1:]], rest[1:]
    return header, kept


def _footer(kept: list[Row]) -> list[Row]:
    """Remove and return the last of several rows if it has a single cell, such as a sentence."""
    return [kept.pop()] if len(kept) > 1 and len(kept[-1].cells) == 1 else []


def _split(text: str, separator: str) -> Iterator[Row]:
    """Split each line into cells, and leave out empty lines."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    try:
        for cells in reader:
            if cells and any(map(str.strip, cells)):
                yield Row(reader.line_num, cells)
    except csv.Error as error:
        raise RowError(reader.line_num, f"not CSV ({error}); save it as CSV") from error


def _separator(text: str) -> str:
    """Find a separator that most lines have the same number of times, and at least four times.

    Four separators divide a line into a time and four prices. If no separator fits, return a comma.
    """
    lines = list(_first_lines(text.splitlines()))
    for separator in SEPARATORS:
        counts = Counter(line.count(separator) for line in lines)
        if not counts:
            break
        most, of_lines = counts.most_common(1)[0]
        if most >= CELLS_MIN - 1 and of_lines * 2 > len(lines):
            return separator
    return ","


def _first_lines(lines: Iterable[str]) -> Iterator[str]:
    """Yield the first lines with content, without quoted parts: these may contain separators."""
    tried = 0
    for line in lines:
        if not line.strip() or line.lstrip().startswith(COMMENTS):
            continue
        yield re.sub(r'"[^"]*"', "", line)
        tried += 1
        if tried == LINES_TRIED:
            return
