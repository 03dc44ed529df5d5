"""Reads a file of candles, and returns regular candles with remarks on the detected format."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from pathlib import Path

from des.candles.candle_columns import PRICES, columns_of, is_time, order_of
from des.candles.candle_error import CandleError, RowError, shown
from des.candles.candle_json import is_json, rows_of_json
from des.candles.candle_numbers import decimal_sign, is_null, prices
from des.candles.candle_rows import CELLS_MIN, Row, Rows, rows_of_text
from des.candles.candle_times import is_clock, times_us, with_clock
from des.candles.regular_candles import MINUTE_US, Candle, Regular, regular

# An open or close may be outside the range from low to high by at most this share of the price, and
# a high may be below its low by at most this share. Such small errors come from rounding.
ROUNDING = 1e-6

Columns = Mapping[str, Sequence[int]]


def candles_of(path: Path) -> Regular:
    """Read a file of candles.

    Raises:
        CandleError: the file cannot be read, or its content is wrong or ambiguous.
    """
    counted = "line"
    try:
        text = _text(path)
        rows = rows_of_json(text) if is_json(text) else rows_of_text(text)
        counted = rows.counted
        said = list(rows.said)
        found = regular(_candles(rows, said), counted)
    except RowError as fault:
        raise CandleError(path, fault.row, fault.complaint, counted) from fault
    return Regular(found.candles, found.length_us, (*said, *found.said))


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise RowError(None, f"{reason}; give the path of a CSV or JSON file") from error
    encoding = "utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig"
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise RowError(line, "not UTF-8 text; unzip the file or save it as CSV") from error
    if "\0" in text:
        raise RowError(None, "not text; unzip the file or save it as CSV")
    return text


def _candles(found: Rows, said: list[str]) -> list[Candle]:
    """Convert each row with prices to a candle, and add remarks on the format to *said*."""
    rows, dated = found.rows, False
    if found.header is not None:
        columns: Columns = columns_of(found.header, found.header_line)
    else:
        dated = bool(rows) and _has_a_clock(rows[0].cells)
        columns = _by_place(1 if dated else 0)
    width = 1 + max(place for places in columns.values() for place in places)
    for row in rows:
        if len(row.cells) < width:
            raise RowError(row.number, f"{len(row.cells)} columns are too few; complete the line")
    rows = _with_prices(rows, columns, said)
    if not rows:
        return []
    sign = decimal_sign(
        [(row.number, row.cells[p]) for row in rows for n in PRICES for p in columns[n]]
    )
    said += ["a comma marks decimals"] if sign == "," else []
    usd = {name: _one_of(name, rows, columns[name], found.header, sign, said) for name in PRICES}
    if found.header is None:
        usd = _named(usd, said)
        at_us = _instants(rows, [0], [1] if dated else [], said)
    else:
        at_us = _times(rows, columns, found.header, said)
    return list(_sound(rows, at_us, usd, said))


def _has_a_clock(cells: Sequence[str]) -> bool:
    """Tell whether the second cell is a time of day.

    A cell without a colon may be a price. Such a cell counts as a time of day only if the first
    cell is a date of eight digits.
    """
    if len(cells) <= CELLS_MIN or not is_clock(cells[1]):
        return False
    return ":" in cells[1] or re.fullmatch(r"\d{8}", cells[0].strip(), re.ASCII) is not None


def _by_place(time: int) -> dict[str, list[int]]:
    return {name: [time + n] for n, name in enumerate(PRICES, start=1)}


def _with_prices(rows: Sequence[Row], columns: Columns, said: list[str]) -> list[Row]:
    """Leave out rows without prices. The period of such a row is then a gap."""
    places = [place for name in PRICES for place in columns[name]]
    kept = [row for row in rows if not all(is_null(row.cells[place]) for place in places)]
    if len(kept) < len(rows):
        said.append(f"rows without prices left out: {len(rows) - len(kept)}")
    return kept


def _one_of(
    name: str,
    rows: Sequence[Row],
    places: Sequence[int],
    header: Sequence[str] | None,
    sign: str,
    said: list[str],
) -> list[float]:
    """Read the prices with the name *name*, such as `open`.

    If several columns fit the name, their values must be equal.
    """
    first, *others = (
        list(prices(name, [(row.number, row.cells[place]) for row in rows], sign))
        for place in places
    )
    for place, other in zip(places[1:], others, strict=True):
        assert header is not None
        names = f"{shown(header[places[0]].strip())} and {shown(header[place].strip())}"
        _check_same(name, names, rows, first, other)
        said.append(f"{name} is in {names}, which agree")
    return first


def _check_same(
    what: str, names: str, rows: Sequence[Row], one: Sequence[float], other: Sequence[float]
) -> None:
    for row, a, b in zip(rows, one, other, strict=True):
        if a != b:
            raise RowError(
                row.number, f"{what} is in {names}, which differ; delete one of the columns"
            )


def _named(usd: Mapping[str, list[float]], said: list[str]) -> dict[str, list[float]]:
    """Name the four columns of prices of a file without a header."""
    order = order_of(list(zip(*usd.values(), strict=True)))
    if order != PRICES:
        said.append(f"no header: columns are time,{','.join(order)}")
    return dict(zip(order, usd.values(), strict=True))


def _times(
    rows: Sequence[Row], columns: Columns, header: Sequence[str], said: list[str]
) -> list[int]:
    """Read the opening times, or compute them if the file has only closing times.

    If several columns may contain opening times, these columns must be equal. A column of dates and
    a column of times of day count as one column.
    """
    places = columns["opened"]
    if places and any(is_time(name) for n, name in enumerate(header) if n not in places):
        said.append(f"time is in {shown(header[places[0]].strip())}")
    if not places:
        said.append("times are the ends of candles")
        return _opened_before(_instants(rows, columns["closed"][:1], [], said))
    clocks = [place for place in places if all(is_clock(row.cells[place]) for row in rows)]
    if len(places) > 1 and len(clocks) == 1:
        (clock,) = clocks
        places = [place for place in places if place != clock]
        if len(places) == 1:
            return _instants(rows, places, [clock], said)
    first = _instants(rows, places[:1], [], said)
    for place in places[1:]:
        names = f"{shown(header[places[0]].strip())} and {shown(header[place].strip())}"
        _check_same("time", names, rows, first, _instants(rows, [place], [], []))
        said.append(f"time is in {names}, which agree")
    return first


def _instants(
    rows: Sequence[Row], days: Sequence[int], clocks: Sequence[int], said: list[str]
) -> list[int]:
    """Read a column of times, or a column of dates together with a column of times of day."""
    (day,) = days
    cells = [
        (row.number, with_clock(row.cells[day], row.cells[clocks[0]]) if clocks else row.cells[day])
        for row in rows
    ]
    found, how = times_us(cells)
    said += how
    return found


def _opened_before(closed_us: Sequence[int]) -> list[int]:
    """Compute opening times from closing times, which are rounded up to whole minutes."""
    whole = [-(-at // MINUTE_US) * MINUTE_US for at in closed_us]
    length_us = min((abs(b - a) for a, b in pairwise(whole) if a != b), default=0)
    return [at - length_us for at in whole]


def _sound(
    rows: Sequence[Row],
    at_us: Sequence[int],
    usd: Mapping[str, Sequence[float]],
    said: list[str],
) -> Iterator[Candle]:
    """Check each candle.

    If a rounding error puts its opening or closing price outside its range, widen the range.
    """
    widened = 0
    for row, opens_us, *each in zip(rows, at_us, *(usd[name] for name in PRICES), strict=True):
        opened, high, low, close = each
        if low - high > ROUNDING * high:
            raise RowError(
                row.number, f"high {high} is below low {low}; correct the line, or swap the two"
            )
        for name, price in (("open", opened), ("close", close)):
            beyond = max(low - price, price - high)
            if beyond > ROUNDING * price:
                raise RowError(
                    row.number,
                    f"{name} {price} is outside the range from low {low} to high {high}; correct "
                    "the line",
                )
        if max(opened, close) > high or min(opened, close) < low:
            widened += 1
            high, low = max(opened, close, high), min(opened, close, low)
        yield Candle(row.number, opens_us, opened, high, low, close)
    if widened:
        said.append(f"candles with a low or high corrected for rounding: {widened}")
