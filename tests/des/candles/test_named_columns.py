"""Candles are read despite headers of several lines, unusual column names or times as JSON keys."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from des.candles.candle_error import CandleError
from des.candles.candle_file import candles_of
from des.candles.regular_candles import Candle, Regular

DAYS = {
    "2022-05-09": (34038.4, 34243.15, 30033.33, 30076.31),
    "2022-05-10": (30074.23, 32658.99, 29730.4, 31017.1),
    "2022-05-11": (31017.11, 32162.59, 27785.0, 29103.94),
}
NAMES = ("open", "high", "low", "close")
ROWS = "".join(f"{day},{o},{h},{low},{c}\n" for day, (o, h, low, c) in DAYS.items())
COLUMNS = {name: {day: usd[n] for day, usd in DAYS.items()} for n, name in enumerate(NAMES)}


def lines(head: str, line: str) -> str:
    """Return the header *head*, followed by the pattern *line* filled in for each day."""
    told = (dict(zip(NAMES, usd, strict=True)) | {"day": day} for day, usd in DAYS.items())
    return head + "".join(f"{line.format(**each)}\n" for each in told)


# Each case is a text with the candles of DAYS, and the expected remarks on the layout of the text.
LAYOUTS: dict[str, tuple[str, str]] = {
    "yfinance": (
        lines(
            "Price,Close,High,Low,Open\nTicker,BTC-USD,BTC-USD,BTC-USD,BTC-USD\nDate,,,,\n",
            "{day},{close},{high},{low},{open}",
        ),
        "",
    ),
    "yfinance, older": (
        lines(
            ",Open,High,Low,Close\n,BTC-USD,BTC-USD,BTC-USD,BTC-USD\nDatetime,,,,\n",
            "{day} 00:00:00+00:00,{open},{high},{low},{close}",
        ),
        "",
    ),
    "yfinance, grouped by ticker": (
        "Ticker,BTC-USD,BTC-USD,BTC-USD,BTC-USD\nPrice,Open,High,Low,Close\nDate,,,,\n" + ROWS,
        "line 1 is no candle ('Ticker')",
    ),
    "CoinMarketCap": (
        lines(
            "timeOpen;timeClose;timeHigh;open;high;low;close;timestamp\n",
            "{day}T00:00:00Z;{day}T23:59:59Z;{day}T03:00:00Z;"
            "{open};{high};{low};{close};{day}T23:59:59Z",
        ),
        "columns are separated by semicolons; time is in 'timeOpen'",
    ),
    "Barchart": (
        lines("Time,Open,High,Low,Latest\n", "{day},{open},{high},{low},{close}")
        + '"Downloaded from Barchart.com as of 05-12-2022"\n',
        "line 5 is no candle ('Downloaded from Barchart.com as of 05-12...')",
    ),
    "quantmod": (
        '"Index","BTC-USD.Open","BTC-USD.High","BTC-USD.Low","BTC-USD.Close"\n' + ROWS,
        "",
    ),
    "CoinDesk": (
        lines(
            "Currency,Date,Closing Price (USD),24h Open (USD),24h High (USD),24h Low (USD)\n",
            "BTC,{day},{close},{open},{high},{low}",
        ),
        "",
    ),
    "UTC after the time": (
        lines("date,open,high,low,close\n", "{day} 00:00:00 UTC,{open},{high},{low},{close}"),
        "",
    ),
    "pandas, by column": (json.dumps(COLUMNS), "JSON"),
    "pandas, by row": (
        json.dumps({day: dict(zip(NAMES, usd, strict=True)) for day, usd in DAYS.items()}),
        "JSON",
    ),
    "pandas, split": (
        json.dumps({"columns": NAMES, "index": [*DAYS], "data": [*DAYS.values()]}),
        "JSON",
    ),
    "Alpha Vantage": (
        json.dumps(
            {
                "Meta Data": {"1. Information": "Daily"},
                "Time Series (Daily)": {
                    day: {f"{n}. {name}": str(usd[n - 1]) for n, name in enumerate(NAMES, 1)}
                    for day, usd in DAYS.items()
                },
            }
        ),
        "JSON",
    ),
    "Huobi": (
        json.dumps(
            [
                {"id": 1652054400 + 86400 * n, **dict(zip(NAMES, usd, strict=True))}
                for n, usd in enumerate(DAYS.values())
            ]
        ),
        "JSON; times are seconds since 1970",
    ),
}


@pytest.fixture
def read(tmp_path: Path):
    def reading(text: str) -> Regular:
        path = tmp_path / "candles"
        path.write_text(text, encoding="utf-8")
        return candles_of(path)

    return reading


def without_rows(found: Regular) -> list[Candle]:
    return [replace(candle, row=0) for candle in found.candles]


@pytest.mark.parametrize(("text", "said"), LAYOUTS.values(), ids=LAYOUTS)
def test_each_layout_with_named_columns_gives_the_same_candles_and_the_remarks_expected_for_it(
    read, text, said
):
    found = read(text)

    assert without_rows(found) == without_rows(read("date,open,high,low,close\n" + ROWS))
    assert len(found.candles) == 3
    assert "; ".join(found.said) == said


def test_a_column_of_row_numbers_is_not_read_as_the_column_of_times(read):
    numbered = "".join(f"{n},{row}\n" for n, row in enumerate(ROWS.splitlines()))

    found = read("index,date,open,high,low,close\n" + numbered)
    assert without_rows(found) == without_rows(read("date,open,high,low,close\n" + ROWS))


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("date open high low close\n2022-05-09 1 1 1 1\n", "separate them by commas"),
        (
            "Price,Close,Close,High,Low,Open\nTicker,BTC,ETH,BTC,BTC,BTC\nDate,,,,,\n"
            "2022-05-09,1,2,2,1,1\n2022-05-10,1,2,2,1,1\n",
            "is in 'Close' and 'Close', which differ",
        ),
        ("date,open,high,low,close\n" + ROWS + "2022-05-12,3\n", "2 columns are too few"),
    ],
)
def test_a_file_is_refused_if_it_has_two_tickers_or_an_incomplete_line_or_spaces_as_separators(
    read, text, what
):
    with pytest.raises(CandleError, match=what):
        read(text)
