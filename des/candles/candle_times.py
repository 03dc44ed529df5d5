"""Reads times from text: seconds or smaller units since 1970, dates, or dates with a time of day.

All times of a file must have the same format. A date like 5/8/2022 is accepted only if another date
of the file shows which part is the day. Times without a zone are UTC.
"""

import re
from collections.abc import Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from des.candles.candle_error import RowError, shown
from des.clock import instant_us, midnight_us
from des.scenario import YEARS

FIRST_US, LAST_US = (midnight_us(date(year, 1, 1)) for year in YEARS)
# The microseconds in each unit. For each number, at most one unit gives a time within the supported
# years.
EPOCH_UNITS = {
    "seconds": Decimal(1_000_000),
    "milliseconds": Decimal(1_000),
    "microseconds": Decimal(1),
    "nanoseconds": Decimal("0.001"),
}
_SPANS = {unit: (FIRST_US / each, LAST_US / each) for unit, each in EPOCH_UNITS.items()}
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_EPOCH = re.compile(r"\d{1,22}(\.\d*)?([eE]\+?\d{1,2})?", re.ASCII)
_COMPACT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:[T ]?(\d\d)(\d\d)(\d\d)?)?", re.ASCII)
_YEAR_FIRST = re.compile(r"(\d{4})[-./](\d{1,2})[-./](\d{1,2})(.*)", re.ASCII)
_YEAR_LAST = re.compile(r"(\d{1,2})([-./])(\d{1,2})\2(\d{4})(.*)", re.ASCII)
_DAY_NAMED = re.compile(r"(\d{1,2})[- ]([A-Za-z]{3,9})[-, ]+(\d{4})(.*)", re.ASCII)
_MONTH_NAMED = re.compile(r"([A-Za-z]{3,9})\.? (\d{1,2}),? (\d{4})(.*)", re.ASCII)
_CLOCK = re.compile(
    r"(?:[T ,-]+(\d{1,2})(?::(\d\d)(?::(\d\d)(\.\d+)?)?)?[ -]*([AaPp][Mm])?)?"
    r"\s*(Z|UTC|GMT)?([+-]\d\d:?\d\d)?",
    re.ASCII,
)
_UTC_AT_END = re.compile(r"(?<=\d) ?(UTC|GMT)$", re.ASCII)
_OWN_CLOCK = re.compile(r"\d{1,2}:\d\d(:\d\d(\.\d+)?)?( ?[AaPp][Mm])?|\d{6}|\d{4}", re.ASCII)

Cells = Sequence[tuple[int, str]]  # each cell with the number of its row


def is_clock(cell: str) -> bool:
    """Tell whether a cell is a time of day without a date."""
    return _OWN_CLOCK.fullmatch(cell.strip()) is not None


def with_clock(day: str, clock: str) -> str:
    """Join a date and a time of day from separate columns."""
    digits = clock.strip()
    if digits.isdigit():  # such as 130000 or 1300
        digits = ":".join(re.findall(r"\d\d", digits))
    return f"{_spaced(day)} {digits}"


def _spaced(day: str) -> str:
    compact = _COMPACT.fullmatch(day.strip())
    return "-".join(compact.groups()[:3]) if compact and len(day.strip()) == 8 else day.strip()


def times_us(cells: Cells) -> tuple[list[int], list[str]]:
    """Read all times of a column.

    Returns:
        Microseconds since 1970, and remarks on the detected format.

    Raises:
        RowError: a cell is not a time of the supported years, is ambiguous, or has another format
            than the first cell.
    """
    if not cells:
        return [], []
    read, said = _reader(cells)
    found = []
    for row, cell in cells:
        try:
            time_us = read(cell.strip())
        except (ValueError, OverflowError, InvalidOperation) as error:
            raise RowError(
                row, f"{shown(cell)} is no time; write 2022-05-09 or 2022-05-09T13:00"
            ) from error
        if not FIRST_US <= time_us < LAST_US:
            raise RowError(
                row,
                f"{shown(cell)} is not between {YEARS[0]} and {YEARS[1]}; count seconds, "
                "milliseconds, microseconds or nanoseconds since 1970",
            )
        found.append(time_us)
    return found, said


def _reader(cells: Cells) -> tuple[Callable[[str], int], list[str]]:
    """Return two things: a function that reads cells in the first cell's format, and remarks."""
    first = cells[0][1].strip()
    if _epoch_us(first) is not None or (_EPOCH.fullmatch(first) and not _COMPACT.fullmatch(first)):
        units = sorted({unit for _, cell in (cells[0], cells[-1]) if (unit := _unit(cell.strip()))})
        usual = {*units} <= {"milliseconds", "microseconds"}
        return _of_epoch, [] if usual else [f"times are {' and '.join(units)} since 1970"]
    if _COMPACT.fullmatch(first):
        return _compact_us, []
    if _YEAR_LAST.fullmatch(first):
        day_first = _is_day_first(cells)
        return lambda cell: _year_last_us(cell, day_first), [
            f"dates are {'day before month' if day_first else 'month before day'}"
        ]
    if _DAY_NAMED.fullmatch(first) or _MONTH_NAMED.fullmatch(first):
        return _named_us, []
    return _dated_us, []


# ---------------------------------------------------------------------- since 1970


def _epoch_us(cell: str) -> int | None:
    unit = _unit(cell)
    return None if unit is None else int(Decimal(cell) * EPOCH_UNITS[unit])


def _unit(cell: str) -> str | None:
    """Return the unit that makes a cell's number a time within the supported years, or None."""
    if not _EPOCH.fullmatch(cell):
        return None
    number = Decimal(cell)
    return next((unit for unit, (first, last) in _SPANS.items() if first <= number < last), None)


def _of_epoch(cell: str) -> int:
    time_us = _epoch_us(cell)
    if time_us is None:
        if not _EPOCH.fullmatch(cell):
            raise ValueError(cell)
        return -1  # outside the supported years, so the caller refuses the cell
    return time_us


# ---------------------------------------------------------------------- dates


def _dated_us(cell: str) -> int:
    """Convert a date that begins with the year, as in ISO 8601, to microseconds since 1970."""
    try:
        if _EPOCH.fullmatch(cell):
            raise ValueError(cell)  # a number without separators, among dates with separators
        return instant_us(datetime.fromisoformat(_UTC_AT_END.sub("", cell)))
    except ValueError:
        found = _YEAR_FIRST.fullmatch(cell)
        if found is None:
            raise
    year, month, day, rest = found.groups()
    return _instant(int(year), int(month), int(day), rest)


def _compact_us(cell: str) -> int:
    found = _COMPACT.fullmatch(cell)
    if found is None:
        raise ValueError(cell)
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    return instant_us(datetime(year, month, day, hour, minute, second, tzinfo=UTC))


def _is_day_first(cells: Cells) -> bool:
    """Tell whether dates begin with the day: they do if the first part of some date exceeds 12.

    If all dates have points, such as 5.8.2022, they also begin with the day when no second part
    exceeds 12.

    Raises:
        RowError: no date shows which part is the day, or two dates contradict each other.
    """
    dated = [found for _, cell in cells if (found := _YEAR_LAST.fullmatch(cell.strip()))]
    first = any(int(found[1]) > 12 for found in dated)
    second = any(int(found[3]) > 12 for found in dated)
    if first == second and not (not first and all(found[2] == "." for found in dated)):
        row, cell = cells[0]
        raise RowError(
            row,
            f"{shown(cell)} could have the day or the month first; write dates like 2022-05-09",
        )
    return not second


def _year_last_us(cell: str, day_first: bool) -> int:
    found = _YEAR_LAST.fullmatch(cell)
    if found is None:
        raise ValueError(cell)
    one, _, two, year, rest = found.groups()
    day, month = (one, two) if day_first else (two, one)
    return _instant(int(year), int(month), int(day), rest)


def _named_us(cell: str) -> int:
    if found := _DAY_NAMED.fullmatch(cell):
        day, name, year, rest = found.groups()
    elif found := _MONTH_NAMED.fullmatch(cell):
        name, day, year, rest = found.groups()
    else:
        raise ValueError(cell)
    return _instant(int(year), MONTHS.index(name[:3].lower()) + 1, int(day), rest)


def _instant(year: int, month: int, day: int, rest: str) -> int:
    """Return a moment in microseconds since 1970.

    *rest* is the text after the date. It may have a time of day, AM or PM, and a zone.
    """
    found = _CLOCK.fullmatch(rest)
    if found is None:
        raise ValueError(rest)
    hour, minute, second, decimals, half, _, offset = found.groups()
    hours = int(hour or 0)
    if half:
        if not 1 <= hours <= 12:
            raise ValueError(rest)
        hours = hours % 12 + (12 if half.lower() == "pm" else 0)
    at = datetime(year, month, day, hours, int(minute or 0), int(second or 0), tzinfo=UTC)
    if offset:
        sign, digits = (-1 if offset[0] == "-" else 1), offset[1:].replace(":", "")
        at -= sign * timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return instant_us(at) + int(Decimal(decimals or 0) * 1_000_000)
