"""A user's candles become anchors and volatility, from which prices are simulated.

Two layouts are read, told apart by their content: Binance's klines, with or without a header, and
any CSV whose header names date, open, high, low and close.
"""

import csv
import io
import math
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby, pairwise
from pathlib import Path

from pydantic import ValidationError

from des.clock import DAY_US, HOUR_US, SECOND_US, YEAR_S, instant_us, midnight_us
from des.scenario import YEARS, Anchor, VolatilityLevel
from ledger.times import day_of

PRICE_USD_MAX = 1e9
# A time outside this range was written in another unit.
FIRST_US, LAST_US = (midnight_us(date(year, 1, 1)) for year in YEARS)
LENGTH_US_MAX = 7 * DAY_US  # one range over more than a week says little about a day
COLUMNS = ("time", "open", "high", "low", "close")  # in this order in klines without a header
TIME_COLUMNS = ("date", "open_time")
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SEPARATORS = re.compile(r"[;\t|]")
_EPOCH_TIME = re.compile(r"\d{1,18}", re.ASCII)
_MICROSECONDS_FROM = 10**14  # in milliseconds, the year 5138; in microseconds, 1973


class CandleError(ValueError):
    """A file of candles that cannot be believed.

    Args:
        path: the file.
        line: its line, from 1; None when the file as a whole is at fault.
        complaint: what is wrong and what to do, in one line.
    """

    def __init__(self, path: Path, line: int | None, complaint: str) -> None:
        place = f"{path}" if line is None else f"{path}, line {line}"
        super().__init__(f"{place}: {complaint}")
        self.path, self.line = path, line


@dataclass(frozen=True, slots=True)
class Candles:
    """What a file of candles says about the lead price."""

    anchors: tuple[Anchor, ...]  # the first open, then every close
    volatility: tuple[VolatilityLevel, ...]  # one level per day


@dataclass(frozen=True, slots=True)
class _Candle:
    line: int
    opens_us: int
    open: float
    high: float
    low: float
    close: float


def read_candles(path: Path) -> Candles:
    """Read a CSV of candles of equal length: whole hours, up to a week.

    Times are UTC: milliseconds or microseconds since 1970, dates, or ISO datetimes.
    A day's volatility comes from the ranges of the candles that open on it.

    Raises:
        CandleError: the file cannot be read, or a line of it cannot be believed.

    Source: variance per candle (ln high/low)^2 / (4 ln 2); Parkinson (1980), The Journal of
        Business 53(1), 61-65. Ranges from few trades underestimate it.
    """
    candles = list(_candles(path, _text(path)))
    if len(candles) < 2:
        raise CandleError(path, None, "fewer than two candles; their length cannot be known")
    length_us = _length_us(path, candles)
    closes = [(candle.opens_us + length_us, candle.close) for candle in candles]
    return Candles(
        anchors=tuple(
            Anchor(at=datetime.fromtimestamp(at_us // SECOND_US, UTC), price_usd=usd)
            for at_us, usd in [(candles[0].opens_us, candles[0].open), *closes]
        ),
        volatility=tuple(_daily_levels(path, candles, length_us)),
    )


def _text(path: Path) -> str:
    try:
        data = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "cannot be read").lower()
        raise CandleError(path, None, f"{reason}; name a CSV file") from error
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise CandleError(path, line, "not UTF-8 text; unzip it or save it as CSV") from error
    if "\0" in text:
        raise CandleError(path, None, "not text; unzip it or save it as CSV")
    return text


def _candles(path: Path, text: str) -> Iterator[_Candle]:
    """Read each line by itself."""
    columns: dict[str, int] | None = None
    rows = csv.reader(io.StringIO(text, newline=""))
    try:
        for row in rows:
            if not row:
                continue
            if columns is None:
                columns = _columns(row)
                if not _EPOCH_TIME.fullmatch(row[0].strip()):
                    continue  # the header
            yield _candle(rows.line_num, row, columns)
    except csv.Error as error:
        raise CandleError(path, rows.line_num, f"not CSV ({error}); save it as CSV") from error
    except ValueError as error:
        raise CandleError(path, rows.line_num, str(error)) from error


def _columns(first_row: list[str]) -> dict[str, int]:
    """Return the column of each figure, from the first row."""
    if _EPOCH_TIME.fullmatch(first_row[0].strip()):
        return {name: place for place, name in enumerate(COLUMNS)}
    if len(first_row) == 1 and (found := _SEPARATORS.search(first_row[0])):
        raise ValueError(f"columns stand apart by {found[0]!r}; save it with commas between them")
    names = [cell.strip().lower() for cell in first_row]
    names = ["time" if name in TIME_COLUMNS else name for name in names]
    for name in COLUMNS:
        if name not in names:
            wanted = " or ".join(TIME_COLUMNS) if name == "time" else name
            raise ValueError(f"no column {wanted}; begin with a header date,open,high,low,close")
    return {name: names.index(name) for name in COLUMNS}


def _candle(line: int, row: list[str], columns: dict[str, int]) -> _Candle:
    if len(row) <= max(columns.values()):
        raise ValueError(f"{len(row)} columns are too few; complete the line")
    cells = {name: row[place].strip() for name, place in columns.items()}
    opens_us = _time_us(cells["time"])
    usd = {name: _price_usd(name, cells[name]) for name in COLUMNS[1:]}
    for name in ("open", "close"):
        if not usd["low"] <= usd[name] <= usd["high"]:
            raise ValueError(
                f"{name} {usd[name]} is not from low {usd['low']} to high {usd['high']}; "
                "correct the line"
            )
    return _Candle(line=line, opens_us=opens_us, **usd)


def _time_us(cell: str) -> int:
    if _EPOCH_TIME.fullmatch(cell):
        time_us = int(cell) if int(cell) >= _MICROSECONDS_FROM else int(cell) * 1_000
    else:
        try:
            time_us = instant_us(datetime.fromisoformat(cell))
        except ValueError as error:
            raise ValueError(
                f"{_shown(cell)} is no time; write 2022-05-09 or 2022-05-09T13:00"
            ) from error
    if not FIRST_US <= time_us < LAST_US:
        raise ValueError(
            f"{_shown(cell)} is not between {YEARS[0]} and {YEARS[1]}; "
            "count milliseconds or microseconds since 1970"
        )
    if time_us % HOUR_US:
        raise ValueError(f"{_shown(cell)} is not a whole hour UTC; use candles of whole hours")
    return time_us


def _price_usd(name: str, cell: str) -> float:
    if not _NUMBER.fullmatch(cell):
        raise ValueError(f"{name} {_shown(cell)} is not a finite number; write it like 31000.5")
    usd = float(cell)
    if not 0 < usd <= PRICE_USD_MAX:
        raise ValueError(f"{name} {_shown(cell)} is not above 0 and up to 1e9; correct the line")
    return usd


def _shown(cell: str) -> str:
    """Quote a cell so that it stays on one line, however long or odd it is."""
    return repr(cell if len(cell) <= 40 else f"{cell[:40]}...")


def _length_us(path: Path, candles: list[_Candle]) -> int:
    """Return the length of the candles, from their spacing."""
    length_us = candles[1].opens_us - candles[0].opens_us
    if length_us > LENGTH_US_MAX:
        raise CandleError(
            path,
            candles[1].line,
            f"comes {length_us // HOUR_US} h after the candle before; fill the gap, or use "
            "candles of up to a week",
        )
    for before, candle in pairwise(candles):
        step_us = candle.opens_us - before.opens_us
        if step_us == 0:
            raise CandleError(
                path, candle.line, f"repeats the time of line {before.line}; drop one"
            )
        if step_us < 0:
            raise CandleError(
                path, candle.line, f"is earlier than line {before.line}; sort the file by time"
            )
        if step_us != length_us:
            raise CandleError(
                path,
                candle.line,
                f"comes {step_us // HOUR_US} h after the candle before, not {length_us // HOUR_US} "
                "h as the first two; fill the gap, or use candles of one length",
            )
    return length_us


def _daily_levels(
    path: Path, candles: Iterable[_Candle], length_us: int
) -> Iterator[VolatilityLevel]:
    """Annualise each day's mean Parkinson variance."""
    candles_per_year = YEAR_S * SECOND_US / length_us
    for day_us, of_day in groupby(candles, lambda candle: candle.opens_us // DAY_US * DAY_US):
        day = list(of_day)
        squares = [math.log(candle.high / candle.low) ** 2 for candle in day]
        variance = math.fsum(squares) / len(day) / (4 * math.log(2))
        annual = math.sqrt(variance * candles_per_year)
        try:
            yield VolatilityLevel(since=day_of(day_us), annual=annual)
        except ValidationError as error:  # the scenario limits volatility
            raise CandleError(
                path,
                day[0].line,
                f"the ranges of {day_of(day_us)} make a volatility of {annual:.0f} a year, more "
                "than a price may have; correct its highs and lows",
            ) from error
