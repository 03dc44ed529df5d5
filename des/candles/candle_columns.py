"""Finds the columns with the times and the prices of candles.

If the file has a header, the columns are found by their names. Without a header the first column
is the time, or the date if the second column is the time of day. The next four columns are the
prices. Three known orders of these columns are tried, and the order that fits the most candles is
chosen.
"""

import re
from collections.abc import Mapping, Sequence

from des.candles.candle_error import RowError

PRICES = ("open", "high", "low", "close")
# Names of columns with opening times, in three sets. A name counts only if no column has a name
# from an earlier set. Reason: in some files a column with a general name, such as `date`, has the
# time of the close or of the first trade.
OPENED = (
    {"periodstart", "timeperiodstart"},
    {"opentime", "opentimestamp", "timeopen", "start", "starttime", "startat", "begin"},
    {
        *("date", "time", "datetime", "timestamp", "ts", "t", "unix", "unixtime", "unixtimestamp"),
        *("gmttime", "utctime", "timeutc", "dateutc", "datetimeutc", "timestamputc", "ticks"),
        *("timestampms", "timestamps", "datestr", "localtime", "day"),
    },
)
NUMBERS = {"index", "id"}  # read as a time only if no other column has a time
CLOSED = {"closetime", "closetimestamp", "timeclose", "end", "endtime", "timeperiodend"}
NAMES: Mapping[str, set[str]] = {
    "open": {"open", "o", "openprice", "priceopen"},
    "high": {"high", "h", "highprice", "pricehigh", "max"},
    "low": {"low", "l", "lowprice", "pricelow", "min"},
    "close": {
        *("close", "c", "closeprice", "priceclose", "last", "closelast", "price", "adjclose"),
        *("adjusted", "latest", "closing", "closingprice"),
    },
}
# The order of the prices in most files, then the order at Coinbase, then the order at Bitfinex.
ORDERS = (
    ("open", "high", "low", "close"),
    ("low", "high", "open", "close"),
    ("open", "close", "high", "low"),
)
UTC_WORDS = {"utc", "gmt", "z"}
_ZONE = re.compile(
    r"\b(utc|gmt|z|local|e[sd]?t|c[sd]t|ce[st]+|[mp][sd]t|bst|jst|hkt|kst|sgt|ist|msk)\b"
)


def plain(name: str) -> str:
    """Return a column's name in small letters, without spaces, signs or text in brackets.

    Common additions to a name, such as `_usd`, `24h` or a ticker, are left out too.
    """
    bare = re.sub(r"\(.*?\)|\[.*?\]|^\s*\d+[ab]?\.\s|^\s*24h\s|_usd$", "", name.lower())
    bare = re.sub(r"^.*\.(?=(open|high|low|close|adjusted)$)", "", bare)  # such as BTC-USD.Open
    return re.sub(r"[^a-z0-9]", "", bare)


def is_header(cells: Sequence[str]) -> bool:
    """Tell whether a row is a header: it must name at least three of the four prices."""
    named = {plain(cell) for cell in cells}
    return sum(bool(named & names) for names in NAMES.values()) >= 3


def columns_of(header: Sequence[str], line: int) -> dict[str, list[int]]:
    """Return the indices of the columns with prices, and of the columns that may contain times.

    Returns:
        A list of indices for each of the keys `open`, `high`, `low`, `close`, `opened` and
        `closed`. The last two keys are for opening times and closing times. If several columns fit
        a key, its list has all of them.

    Raises:
        RowError: a column is missing, or a column of times names a zone other than UTC.
    """
    names = [plain(cell) for cell in header]
    places = {price: _places(names, NAMES[price]) for price in PRICES}
    for price, found in places.items():
        if not found:
            raise RowError(
                line, f"no column {price}; begin with a header such as 'date,open,high,low,close'"
            )
    opened = next(filter(None, (_places(names, each) for each in OPENED)), [])
    closed = _places(names, CLOSED)
    if not opened and not closed:
        opened = _places(names, NUMBERS)
    if not opened and not closed and names[0] == "" and len(names) > len(PRICES):
        opened = [0]  # a data frame's index, which has no name
    if not opened and not closed:
        raise RowError(
            line,
            "no column of times, such as date; begin with a header such as "
            "'date,open,high,low,close'",
        )
    for place in opened or closed:
        _check_zone(header[place], line)
    return {**places, "opened": opened, "closed": closed}


def is_time(name: str) -> bool:
    """Tell whether a column with this name may contain opening times."""
    return any(plain(name) in names for names in OPENED)


def _places(names: Sequence[str], known: set[str]) -> list[int]:
    return [place for place, name in enumerate(names) if name in known]


def _check_zone(name: str, line: int) -> None:
    """Refuse a column whose name states a time zone other than UTC."""
    words = re.sub(r"[^a-z]+", " ", name.lower())
    zones = set(_ZONE.findall(words)) - UTC_WORDS
    if zones:
        raise RowError(line, f"times are not UTC ({min(zones)}); write the times in UTC")


def order_of(rows: Sequence[Sequence[float]]) -> tuple[str, ...]:
    """Find the order of the four prices in a file without a header.

    Args:
        rows: the four numbers of each candle.

    Raises:
        RowError: two or more orders of the columns fit the largest number of candles, but give
            different prices.
    """
    fits = {order: sum(_fits(order, row) for row in rows) for order in ORDERS}
    best = max(fits.values())
    found = [order for order, fit in fits.items() if fit == best]
    same = all(_alike(found[0], order, row) for order in found[1:] for row in rows)
    if not same:
        said = " or ".join(",".join(order) for order in found)
        raise RowError(None, f"columns could be {said}; begin with a header that names the columns")
    return found[0]


def _fits(order: Sequence[str], row: Sequence[float]) -> bool:
    usd = dict(zip(order, row, strict=True))
    return usd["low"] == min(row) and usd["high"] == max(row)


def _alike(one: Sequence[str], other: Sequence[str], row: Sequence[float]) -> bool:
    return dict(zip(one, row, strict=True)) == dict(zip(other, row, strict=True))
