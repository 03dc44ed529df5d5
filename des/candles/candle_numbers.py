"""Reads prices from text, with a decimal point or comma, and with or without separated thousands.

All prices of a file must have the same decimal sign. If prices have commas, at least one cell must
show the decimal sign clearly. "31,000" does not: it could mean thirty-one or thirty-one thousand.
"""

import re
from collections.abc import Iterator, Sequence

from des.candles.candle_error import RowError, shown

PRICE_USD_MAX = 1e9
NULLS = {"", "null", "none", "nan", "n/a", "na", "nil", "-", "--"}
_NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_SPACES = re.compile(r"(?<=\d)[\u0020\u00a0\u2009\u202f'](?=\d{3}(\D|$))")
_MARKED = re.compile(r"[.,]")


def is_null(cell: str) -> bool:
    """Tell whether a cell states that a number is missing, such as "null"."""
    return cell.strip().lower() in NULLS


def prices(name: str, cells: Sequence[tuple[int, str]], decimal: str) -> Iterator[float]:
    """Convert the cells of one column to prices.

    Args:
        name: the name of the column, for an error message.
        cells: each cell with its row number.
        decimal: the decimal sign, as returned by `decimal_sign`.

    Raises:
        RowError: a cell is not a number above 0 and at most a billion.
    """
    for row, cell in cells:
        text = cell.strip()
        # With a decimal comma, a point separates thousands: 31.000 is thirty-one thousand.
        if decimal == "," or not _NUMBER.fullmatch(text):
            text = _without_thousands(text, decimal)
        if not _NUMBER.fullmatch(text):
            raise RowError(
                row, f"{name} {shown(cell)} is not a finite number; write it like 31000.5"
            )
        usd = float(text)
        if not 0 < usd <= PRICE_USD_MAX:
            raise RowError(
                row, f"{name} {shown(cell)} must be above 0 and at most 1e9; correct the line"
            )
        yield usd


def decimal_sign(cells: Sequence[tuple[int, str]]) -> str:
    """Return the decimal sign of a file: a point or a comma.

    Args:
        cells: all prices of the file, each with its row number.

    Raises:
        RowError: cells show different signs, or cells have commas, but none shows the sign clearly.
    """
    marked = [(row, _bare(cell)) for row, cell in cells if "," in cell or cell.count(".") > 1]
    if not marked:
        return "."
    found = {sign: row for row, cell in marked if (sign := _sign_of(cell)) is not None}
    # A point that is not followed by exactly three digits is a decimal point.
    for row, cell in cells:
        if "," not in cell and re.search(r"\.(\d{1,2}|\d{4,})$", cell.strip()):
            found.setdefault(".", row)
            break
    if len(found) > 1:
        point, comma = found["."], found[","]
        raise RowError(
            max(point, comma),
            f"the decimal sign (comma or point) is not the same as in row {min(point, comma)}; "
            "use one sign in all prices",
        )
    if not found:
        row, cell = marked[0]
        raise RowError(
            row,
            f"it is unclear whether the sign in {shown(cell)} separates thousands or decimals; "
            "write decimals with a point",
        )
    return next(iter(found))


def _sign_of(cell: str) -> str | None:
    """Return the decimal sign if a cell shows it clearly, else None."""
    signs = _MARKED.findall(cell)
    if len(set(signs)) == 2:
        return str(signs[-1])
    if len(signs) > 1:  # the signs separate thousands, and there are no decimals
        return "," if signs[0] == "." else "."
    if signs == [","] and len(cell.rpartition(",")[2]) != 3:
        return ","
    return None


def _bare(cell: str) -> str:
    """Remove a dollar sign, and spaces or apostrophes between thousands."""
    return _SPACES.sub("", cell.strip().removeprefix("$").strip())


def _without_thousands(text: str, decimal: str) -> str:
    """Return a number in Python's format, or *text* unchanged if its thousands are wrong."""
    bare = _bare(text)
    thousands = "," if decimal == "." else "."
    whole, point, decimals = bare.partition(decimal)
    groups = whole.split(thousands)
    sound = len(groups) == 1 or (
        1 <= len(groups[0]) <= 3
        and all(len(group) == 3 and group.isdecimal() for group in groups[1:])
    )
    if not sound or thousands in decimals:
        return text
    return "".join(groups) + ("." if point else "") + decimals
