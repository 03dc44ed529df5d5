"""Candles are read from files in many layouts, and files with errors are refused.

Each layout is named after a source that uses it, or after one of its properties.
"""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from des.candles.candle_error import CandleError
from des.price.candles import Candles, read_candles

MAY_9 = datetime(2022, 5, 9, tzinfo=UTC)
DAYS = """date,open,high,low,close,volume
2022-05-09,34038.4,34243.15,30033.33,30076.31,163850
2022-05-10,30074.23,32658.99,29730.4,31017.1,147893
2022-05-11,31017.11,32162.59,27785,29103.94,211000
"""
Read = Callable[[str], Candles]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    def reading(text: str, encoding: str = "utf-8") -> Candles:
        path = tmp_path / "candles.csv"
        path.write_bytes(text.encode(encoding))
        return read_candles(path)

    return reading


@pytest.fixture
def refused(read: Read) -> Callable[[str], CandleError]:
    def reading(text: str) -> CandleError:
        with pytest.raises(CandleError) as caught:
            read(text)
        assert "\n" not in str(caught.value)
        return caught.value

    return reading


# Each case is a text with the candles of DAYS in another layout, and the expected remarks on this
# text. Some texts have one more candle.
SAME: dict[str, tuple[str, str]] = {
    "CryptoDataDownload": (
        """https://www.CryptoDataDownload.com
unix,date,symbol,open,high,low,close,Volume BTC,Volume USD
1652227200,2022-05-11 00:00:00,BTC/USD,31017.11,32162.59,27785,29103.94,7,9
1652140800,2022-05-10 00:00:00,BTC/USD,30074.23,32658.99,29730.4,31017.1,7,9
1652054400,2022-05-09 00:00:00,BTC/USD,34038.4,34243.15,30033.33,30076.31,7,9
""",
        "line 1 is no candle ('https://www.CryptoDataDownload.com'); times are seconds since 1970; "
        "time is in 'unix' and 'date', which agree; newest first, read backwards",
    ),
    "Kraken, as downloaded": (
        """1652054400,34038.4,34243.15,30033.33,30076.31,1.5,9
1652140800,30074.23,32658.99,29730.4,31017.1,1.5,9
1652227200,31017.11,32162.59,27785,29103.94,1.5,9
""",
        "times are seconds since 1970",
    ),
    "Kraken, by its API": (
        """{"error":[],"result":{"XXBTZUSD":[
[1652054400,"34038.4","34243.15","30033.33","30076.31","33000.1","1.5",9],
[1652140800,"30074.23","32658.99","29730.4","31017.1","33000.1","1.5",9],
[1652227200,"31017.11","32162.59","27785","29103.94","33000.1","1.5",9]],"last":1652227200}}""",
        "JSON; times are seconds since 1970",
    ),
    "Kraken, with a header": (
        """time,open,high,low,close,vwap,volume,count
1652054400,34038.4,34243.15,30033.33,30076.31,33000,1.5,9
1652140800,30074.23,32658.99,29730.4,31017.1,33000,1.5,9
1652227200,31017.11,32162.59,27785,29103.94,33000,1.5,9
""",
        "times are seconds since 1970",
    ),
    "Coinbase": (
        """[[1652227200,27785,32162.59,31017.11,29103.94,1.5],
[1652140800,29730.4,32658.99,30074.23,31017.1,1.5],
[1652054400,30033.33,34243.15,34038.4,30076.31,1.5]]""",
        "JSON; no header: columns are time,low,high,open,close; times are seconds since 1970; "
        "newest first, read backwards",
    ),
    "Coinbase, saved as CSV": (
        """time,low,high,open,close,volume
1652227200,27785,32162.59,31017.11,29103.94,1.5
1652140800,29730.4,32658.99,30074.23,31017.1,1.5
1652054400,30033.33,34243.15,34038.4,30076.31,1.5
""",
        "times are seconds since 1970; newest first, read backwards",
    ),
    "Bitfinex": (
        """[[1652054400000,34038.4,30076.31,34243.15,30033.33,1.5],
[1652140800000,30074.23,31017.1,32658.99,29730.4,1.5],
[1652227200000,31017.11,29103.94,32162.59,27785,1.5]]""",
        "JSON; no header: columns are time,open,close,high,low",
    ),
    "ccxt": (
        """[[1652054400000,34038.4,34243.15,30033.33,30076.31,1.5],
[1652140800000,30074.23,32658.99,29730.4,31017.1,1.5],
[1652227200000,31017.11,32162.59,27785,29103.94,1.5]]""",
        "JSON",
    ),
    "FTX, by its API": (
        """{"success":true,"result":[
{"startTime":"2022-05-09T00:00:00+00:00","time":1652054400000.0,"open":34038.4,"high":34243.15,
"low":30033.33,"close":30076.31,"volume":7},
{"startTime":"2022-05-10T00:00:00+00:00","time":1652140800000.0,"open":30074.23,"high":32658.99,
"low":29730.4,"close":31017.1,"volume":7},
{"startTime":"2022-05-11T00:00:00+00:00","time":1652227200000.0,"open":31017.11,"high":32162.59,
"low":27785.0,"close":29103.94,"volume":7}]}""",
        "JSON; time is in 'startTime'",
    ),
    "by column": (
        """{"s":"ok","t":[1652054400,1652140800,1652227200],"o":[34038.4,30074.23,31017.11],
"h":[34243.15,32658.99,32162.59],"l":[30033.33,29730.4,27785],"c":[30076.31,31017.1,29103.94]}""",
        "JSON; times are seconds since 1970",
    ),
    "JSON by line": (
        """[1652054400000,34038.4,34243.15,30033.33,30076.31,1.5]
[1652140800000,30074.23,32658.99,29730.4,31017.1,1.5]
[1652227200000,31017.11,32162.59,27785,29103.94,1.5]
""",
        "JSON",
    ),
    "semicolons and decimal commas": (
        """Datum;Date;Open;High;Low;Close
a;09.05.2022;34.038,40;34.243,15;30.033,33;30.076,31
b;10.05.2022;30.074,23;32.658,99;29.730,40;31.017,10
c;11.05.2022;31.017,11;32.162,59;27.785,00;29.103,94
""",
        "columns are separated by semicolons; a comma marks decimals; dates are day before month",
    ),
    "decimal commas without thousands separators": (
        DAYS.replace(",", ";").replace(".", ","),
        "columns are separated by semicolons; a comma marks decimals",
    ),
    "investing.com": (
        """"Date","Price","Open","High","Low","Vol.","Change %"
"05/13/2022","29,103.94","29,103.94","29,103.94","29,103.94","1K","-1%"
"05/11/2022","29,103.94","31,017.11","32,162.59","27,785","1K","-1%"
"05/10/2022","31,017.1","30,074.23","32,658.99","29,730.4","1K","-1%"
"05/09/2022","30,076.31","34,038.4","34,243.15","30,033.33","1K","-1%"
""",
        "dates are month before day; newest first, read backwards; "
        "gaps bridged: 1, 24 h in all, the longest 24 h",
    ),
    "Nasdaq": (
        """Date,Close/Last,Volume,Open,High,Low
05/09/2022,$30076.31,7,$34038.4,$34243.15,$30033.33
05/10/2022,$31017.1,7,$30074.23,$32658.99,$29730.4
05/11/2022,$29103.94,7,$31017.11,$32162.59,$27785
05/13/2022,$29103.94,7,$29103.94,$29103.94,$29103.94
""",
        "dates are month before day; gaps bridged: 1, 24 h in all, the longest 24 h",
    ),
    "Yahoo": (
        """Date,Open,High,Low,Close,Adj Close,Volume
2022-05-09,34038.4,34243.15,30033.33,30076.31,30076.31,7
2022-05-10,30074.23,32658.99,29730.4,31017.1,31017.1,7
2022-05-11,31017.11,32162.59,27785,29103.94,29103.94,7
2022-05-12,null,null,null,null,null,null
""",
        "rows without prices left out: 1; close is in 'Close' and 'Adj Close', which agree",
    ),
    "MetaTrader 4": (
        """2022.05.09,00:00,34038.4,34243.15,30033.33,30076.31,7
2022.05.10,00:00,30074.23,32658.99,29730.4,31017.1,7
2022.05.11,00:00,31017.11,32162.59,27785,29103.94,7
""",
        "",
    ),
    "MetaTrader 5": (
        """<DATE>\t<TIME>\t<OPEN>\t<HIGH>\t<LOW>\t<CLOSE>\t<TICKVOL>
2022.05.09\t00:00:00\t34038.4\t34243.15\t30033.33\t30076.31\t7
2022.05.10\t00:00:00\t30074.23\t32658.99\t29730.4\t31017.1\t7
2022.05.11\t00:00:00\t31017.11\t32162.59\t27785\t29103.94\t7
""",
        "columns are separated by tabs",
    ),
    "Stooq": (
        """<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>
BTC,D,20220509,000000,34038.4,34243.15,30033.33,30076.31,7
BTC,D,20220510,000000,30074.23,32658.99,29730.4,31017.1,7
BTC,D,20220511,000000,31017.11,32162.59,27785,29103.94,7
""",
        "",
    ),
    "HistData": (
        """20220509 000000;34038.4;34243.15;30033.33;30076.31;7
20220510 000000;30074.23;32658.99;29730.4;31017.1;7
20220511 000000;31017.11;32162.59;27785;29103.94;7
""",
        "columns are separated by semicolons",
    ),
    "Dukascopy": (
        DAYS.replace("date", "Gmt time")
        .replace("2022-05-09", "09.05.2022 00:00:00.000")
        .replace("2022-05-10", "10.05.2022 00:00:00.000")
        .replace("2022-05-11", "11.05.2022 00:00:00.000"),
        "dates are day before month",
    ),
    "a data frame's index": (DAYS.replace("date", ""), ""),
    "no header": (DAYS.partition("\n")[2], ""),
    "dates without dashes": (
        DAYS.replace("2022-05-09", "20220509")
        .replace("2022-05-10", "20220510")
        .replace("2022-05-11", "20220511"),
        "",
    ),
    "UTC after the time": (
        DAYS.replace(",3", " 00:00:00 UTC,3", 1).replace("-10,", "-10 00:00 UTC,"),
        "",
    ),
    "AM and PM": (
        DAYS.replace("2022-05-09", "5/9/2022 12:00:00 AM")
        .replace("2022-05-10", "5/10/2022 12:00 AM")
        .replace("2022-05-11", "5/11/2022 12:00:00 AM")
        + "5/13/2022 12:00:00 AM,1,1,1,1,1\n",
        "dates are month before day; gaps bridged: 1, 24 h in all, the longest 24 h",
    ),
    "an hour with AM": (DAYS.replace("-09,", "-09 12-AM,").replace("-10,", "-10 12-AM,"), ""),
    "months by name": (
        DAYS.replace("2022-05-09", '"May 09, 2022"')
        .replace("2022-05-10", "10-May-2022")
        .replace("2022-05-11", "11 May 2022"),
        "",
    ),
    "nanoseconds": (
        DAYS.replace("2022-05-09", "1652054400000000000")
        .replace("2022-05-10", "1652140800000000000")
        .replace("2022-05-11", "1652227200000000000"),
        "times are nanoseconds since 1970",
    ),
    "seconds with decimals": (
        DAYS.replace("2022-05-09", "1652054400.0")
        .replace("2022-05-10", "1652140800.000000")
        .replace("2022-05-11", "1.6522272E9"),
        "times are seconds since 1970",
    ),
    "times of the close": (
        DAYS.replace("date", "close_time")
        .replace("2022-05-09", "1652140799999")
        .replace("2022-05-10", "1652227199999")
        .replace("2022-05-11", "1652313599999"),
        "times are the ends of candles",
    ),
    "times of the last second": (
        DAYS.replace("-09,", "-09 23:59:59,")
        .replace("-10,", "-10 23:59:59,")
        .replace("-11,", "-11 23:59:59,"),
        "times are the ends of candles",
    ),
    "times of the start of the next candle": (
        DAYS.replace("date", "end_time")
        .replace("-11,", "-12,")
        .replace("-10,", "-11,")
        .replace("-09,", "-10,"),
        "times are the ends of candles",
    ),
    "comments": (
        "# from somewhere\n"
        + DAYS.replace("2022-05-10", "// a, note, with, commas, in it\n2022-05-10"),
        "comment lines left out: 2",
    ),
    "a header after a comment sign": ("# " + DAYS, ""),
    "a header in the middle": (
        DAYS.replace("2022-05-11", DAYS.partition("\n")[0] + "\n2022-05-11"),
        "repeated headers left out: 1",
    ),
    "empty rows": (
        DAYS.replace("2022-05-11", "\n,,,,,\n2022-05-12,,,,,\n2022-05-11"),
        "rows without prices left out: 1",
    ),
    "a candle twice": (DAYS + DAYS.splitlines()[-1] + "\n", "repeated candles left out: 1"),
}


@pytest.mark.parametrize(("text", "said"), SAME.values(), ids=SAME)
def test_each_layout_gives_the_same_candles_and_the_expected_remarks(read: Read, text, said):
    found, days = read(text), read(DAYS)

    known = {anchor.at: anchor.price_usd for anchor in found.anchors}
    levels = {level.since: level.annual for level in found.volatility}
    for anchor in days.anchors:
        assert known[anchor.at] == pytest.approx(anchor.price_usd, rel=1e-9)
    for level in days.volatility:
        assert levels[level.since] == pytest.approx(level.annual, rel=1e-6)
    assert "; ".join(found.said) == said


def bars(times: list[str], prices: str = "100,101,99,100.5") -> str:
    return "time,open,high,low,close\n" + "".join(f"{at},{prices}\n" for at in times)


def minutes(step: int, first: int, last: int) -> list[str]:
    """Return times on 9 May: one every *step* minutes, from minute *first* until before *last*."""
    return [f"{MAY_9 + timedelta(minutes=at):%Y-%m-%d %H:%M}" for at in range(first, last, step)]


@pytest.mark.parametrize(
    ("step", "hours", "said"),
    [
        (1, 1, "candles of 1 min combined into 1 h"),
        (15, 1, "candles of 15 min combined into 1 h"),
        (45, 3, "candles of 45 min combined into 3 h"),
        (90, 3, "candles of 90 min combined into 3 h"),
    ],
)
def test_candles_that_do_not_last_whole_hours_are_joined_into_candles_that_do(
    read: Read, step, hours, said
):
    found = read(bars(minutes(step, 0, 720)))

    assert found.said == (said,)
    assert [anchor.at for anchor in found.anchors] == [
        MAY_9 + timedelta(hours=at) for at in range(0, 13, hours)
    ]


def test_a_joined_candle_has_the_first_open_and_highest_high_and_lowest_low_and_last_close(
    read: Read,
):
    joined = read(
        "time,open,high,low,close\n"
        "2022-05-09 00:00,100,104,99,101\n2022-05-09 00:30,101,102,95,96\n"
        "2022-05-09 01:00,96,97,90,91\n2022-05-09 01:30,91,99,91,98\n"
    )
    whole = read(
        "time,open,high,low,close\n2022-05-09 00:00,100,104,95,96\n2022-05-09 01:00,96,99,90,98\n"
    )

    assert (joined.anchors, joined.volatility) == (whole.anchors, whole.volatility)


def test_short_candles_in_an_incomplete_first_or_last_hour_are_left_out_and_counted(read: Read):
    found = read(bars(minutes(20, 20, 260)))  # from 00:20 to 04:20

    assert [anchor.at.hour for anchor in found.anchors] == [1, 2, 3, 4]
    assert found.said == (
        "candles of 20 min combined into 1 h",
        "candles left out at the ends, since they do not fill 1 h: 3",
    )


def test_candles_of_a_minute_that_are_missing_in_the_middle_of_an_hour_are_counted(read: Read):
    times = minutes(1, 0, 180)
    del times[70:73]

    found = read(bars(times))

    assert len(found.anchors) == 4
    assert found.said[-1] == "missing candles, which count as candles without a trade: 3"


def test_a_gap_is_bridged_from_the_close_before_it_to_the_open_after_it(read: Read):
    text = (
        "time,open,high,low,close\n2022-05-09 00:00,100,101,99,100.5\n"
        "2022-05-09 01:00,100.5,101,99,100\n2022-05-09 04:00,90,91,89,90.5\n"
    )
    found = read(text)

    assert [(anchor.at.hour, anchor.price_usd) for anchor in found.anchors] == [
        (0, 100),
        (1, 100.5),
        (2, 100),
        (4, 90),
        (5, 90.5),
    ]
    assert found.said == ("gaps bridged: 1, 2 h in all, the longest 2 h",)


@pytest.mark.parametrize(
    ("days", "line", "what"),
    [((1, 2, 3, 9), 5, "a gap of 120 h"), ((1, 2, 3, 7, 11), None, "are gaps")],
    ids=["too long", "more than half"],
)
def test_a_gap_of_more_than_four_days_and_gaps_of_more_than_half_of_the_time_are_refused(
    refused, days, line, what
):
    error = refused(bars([f"2022-05-{day:02}" for day in days]))

    assert error.line == line
    assert what in str(error)


def test_a_candle_whose_close_is_outside_its_range_by_more_than_a_rounding_error_is_refused(
    read: Read, refused
):
    text = "date,open,high,low,close\n2022-05-09,100,101,99,{}\n2022-05-10,100,101,99,100\n"

    close = 101 + 1e-5
    assert read(text.format(close)).said == (
        "candles with a low or high corrected for rounding: 1",
    )
    assert read(text.format(close)).anchors[1].price_usd == close
    assert refused(text.format(101.001)).line == 2


def test_the_refusal_of_a_high_below_the_low_and_of_a_single_candle_states_a_remedy(refused):
    swapped = "date,open,high,low,close\n2022-05-09,310,278,322,300\n2022-05-10,300,301,299,300\n"
    alone = "date,open,high,low,close\n2022-05-09,100,101,99,100\n"

    assert "high 278.0 is below low 322.0; correct the line" in str(refused(swapped))
    assert "add candles" in str(refused(alone))


AMBIGUOUS: dict[str, tuple[str, str]] = {
    "dates with an ambiguous day and month": (
        bars(["5/8/2022", "5/9/2022", "5/10/2022"]),
        "day or the month",
    ),
    "two closes": (DAYS.replace("volume", "last"), "is in 'close' and 'last', which differ"),
    "two times": (
        "date,open,high,low,close,time\n2022-05-09,1,1,1,1,2022-05-08\n2022-05-10,1,1,1,1,2022-05-10\n",
        "is in 'date' and 'time', which differ",
    ),
    "a comma before three digits": (
        "date;open;high;low;close\n" + "2022-05-09;1,000;1,500;1,000;1,250\n" * 2,
        "thousands or decimals",
    ),
    "prices with a decimal comma and with a decimal point": (
        "date;open;high;low;close\n2022-05-09;1,5;1,5;1,5;1,5\n2022-05-10;1.5;1.5;1.5;1.5\n",
        "use one sign in all prices",
    ),
    "columns without names in an ambiguous order": (
        "2022-05-09,2,3,1,2\n2022-05-10,1,3,2,2\n",
        "columns could be",
    ),
    "two lists": (
        '{"BTC": [[1652054400,2,3,1,2],[1652140800,2,3,1,2]],'
        ' "ETH": [[1652054400,2,3,1,2],[1652140800,2,3,1,2]]}',
        "2 lists of candles",
    ),
    "a time zone in the header": (DAYS.replace("date", "Date (EST)"), "times are not UTC"),
    "local time": (DAYS.replace("date", "Local time"), "times are not UTC"),
    "a time zone after the time": (DAYS.replace("-09,", "-09 00:00 EST,"), "is no time"),
    "two different candles at one time": (
        DAYS + "2022-05-11,1,1,1,1,1\n",
        "has the same time as line 4",
    ),
    "candles in no order": (DAYS + "2022-05-10,1,1,1,1,1\n", "earlier than line 4"),
    "candles of different lengths": (
        bars(["2022-05-09", "2022-05-10", "2022-05-11 05:00"]),
        "use candles of one length",
    ),
    "candles that begin 20 minutes after the hour": (
        bars(["2022-05-09 00:20", "2022-05-09 01:20", "2022-05-09 02:20"]),
        "whole hour",
    ),
    "seconds": (bars([f"2022-05-09 00:00:{at:02}" for at in range(9)]), "whole minutes"),
    "numbers among dates": (DAYS.replace("2022-05-10", "1652140800"), "is no time"),
    "a candle with one missing price": (DAYS.replace("32658.99", "null"), "high 'null'"),
    "JSON without candles": ('{"error": ["EQuery:Unknown asset pair"]}', "JSON without candles"),
    "JSON that breaks off": ("[[1652054400,2,3,1", "not JSON"),
    "a thousands separator in the wrong place": (
        DAYS.replace("30074.23", '"3,0074.23"'),
        "not a finite number",
    ),
}


@pytest.mark.parametrize(("text", "what"), AMBIGUOUS.values(), ids=AMBIGUOUS)
def test_a_file_of_candles_that_is_ambiguous_or_wrong_is_refused_with_the_reason(
    refused, text, what
):
    assert what in str(refused(text))


def test_if_a_comma_marks_decimals_in_some_prices_a_point_separates_thousands_in_all_prices(
    read: Read,
):
    candles = read(
        "date;open;high;low;close\n"
        "2022-05-09;31.000,5;31.500,5;30.900,5;31.200,5\n"
        "2022-05-10;31.000;31.500;30.900;31.200\n"
    )

    assert [anchor.price_usd for anchor in candles.anchors] == [31_000.5, 31_200.5, 31_200.0]


@pytest.mark.parametrize(
    ("data", "what"),
    [
        ("[[2, 3, 1, 2]]", "'data' must have one list for each item of 'index'"),
        ("[[2, 3, 1, 2], null]", "'data' must have one list for each item of 'index'"),
        ("{}", "JSON without candles"),
    ],
)
def test_a_data_frame_in_json_without_a_row_for_each_time_is_refused(refused, data, what):
    frame = f'{{"columns": ["open", "high", "low", "close"], "index": [1, 2], "data": {data}}}'

    assert what in str(refused(frame))


def test_a_column_of_a_data_frame_in_json_may_have_no_name(read: Read):
    candles = read(
        '{"columns": ["open", "high", "low", "close", null], "index": ["2022-05-09", "2022-05-10"],'
        ' "data": [[2, 3, 1, 2, 7], [2, 3, 1, 2, 7]]}'
    )

    assert [anchor.price_usd for anchor in candles.anchors] == [2, 2, 2]


def test_an_error_message_for_a_list_of_candles_has_the_number_of_the_wrong_candle(refused):
    error = refused("[[1652054400,2,3,1,2],[1652140800,2,3,1,9]]")

    assert ", candle 2: close 9.0 is outside" in str(error)


def test_a_table_in_utf_16_with_tabs_between_columns_is_read(read: Read):
    path_text = DAYS.replace(",", "\t")

    assert read(path_text, "utf-16").anchors == read(DAYS).anchors
