"""Valid candles become anchors and volatility. The error for a wrong line states its number."""

import math
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.candles.candle_error import CandleError
from des.clock import HOUR_US, midnight_us
from des.price.candles import read_candles
from des.price.lead_price import LeadPrice
from des.scenario import Price

MAY_9 = datetime(2022, 5, 9, tzinfo=UTC)
HEADER = "date,open,high,low,close,volume\n"
DAYS = HEADER + (
    "2022-05-09,34038.4,34243.15,30033.33,30076.31,163850\n"
    "2022-05-10,30074.23,32658.99,29730.4,31017.1,147893\n"
    "2022-05-11,31017.11,32162.59,27785,29103.94,211000\n"
)
KLINE = "{at},34038.4,34243.15,30033.33,30076.31,163850.1,{to},5.2E9,3991872,80000,2.6E9,0\n"


@pytest.fixture
def file(tmp_path):
    def write(content):
        path = tmp_path / "candles.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def klines(unit_per_s, hours=(0, 1, 2)):
    opens = [int(MAY_9.timestamp() + 3600 * hour) * unit_per_s for hour in hours]
    return "".join(KLINE.format(at=at, to=at + 3600 * unit_per_s - 1) for at in opens)


def test_the_first_open_and_every_close_become_anchors_of_the_price(file):
    anchors = read_candles(file(DAYS)).anchors

    assert [(anchor.at, anchor.price_usd) for anchor in anchors] == [
        (MAY_9, 34038.4),
        (MAY_9 + timedelta(days=1), 30076.31),
        (MAY_9 + timedelta(days=2), 31017.1),
        (MAY_9 + timedelta(days=3), 29103.94),
    ]


def test_the_volatility_of_a_day_is_computed_from_its_high_and_low(file):
    first, _, _ = read_candles(file(DAYS)).volatility

    # The volatility is ln(34243.15 / 30033.33) / (2 * sqrt(ln(2))) * sqrt(365).
    assert first.since == date(2022, 5, 9)
    assert first.annual == pytest.approx(0.13118 / 1.66511 * 19.105, rel=1e-4)


def test_a_days_volatility_from_hourly_candles_is_the_root_mean_square_of_the_hours_volatilities(
    file,
):
    ranges = [0.001 * (1 + hour) for hour in range(24)]
    rows = [
        f"2022-05-09T{hour:02}:00,100,{100 * math.exp(r)!r},100,100\n"
        for hour, r in enumerate(ranges)
    ]

    (level,) = read_candles(file(HEADER + "".join(rows))).volatility

    of_hours = [r / math.sqrt(4 * math.log(2)) * math.sqrt(365 * 24) for r in ranges]
    assert level.annual == pytest.approx(math.sqrt(sum(v * v for v in of_hours) / 24))


def test_candles_of_a_random_walk_give_the_volatility_of_the_walk(file):
    """The mean variance of 400 candles has the relative standard error sqrt(0.407 / 400).

    The mean range of a continuous path is sqrt(8 / pi) standard deviations of the day's move. The
    mean range of a walk of n steps is smaller by 2 * 0.5826 / sqrt(n) standard deviations (Broadie,
    Glasserman & Kou 1997). So with n = 3,000 steps the range is 1.3 % smaller, and the variance
    that is estimated from the range is 2.6 % smaller.
    """
    days, steps, daily_sd = 400, 3_000, 0.8 / math.sqrt(365)
    rng = np.random.default_rng(5)
    rows = []
    for day in range(days):
        walk = np.cumsum(rng.normal(0, daily_sd / math.sqrt(steps), steps))
        high, low, close = (
            1e4 * math.exp(x) for x in (max(0.0, walk.max()), min(0.0, walk.min()), walk[-1])
        )
        rows.append(f"{date(2021, 1, 1) + timedelta(days=day)},1e4,{high},{low},{close}\n")

    levels = read_candles(file(HEADER + "".join(rows))).volatility

    found = sum(level.annual**2 for level in levels) / days
    assert found / 0.8**2 == pytest.approx(1 - 0.026, abs=3 * math.sqrt(0.407 / days))


@pytest.mark.parametrize("unit_per_s", [1_000, 1_000_000], ids=["milliseconds", "microseconds"])
@pytest.mark.parametrize(
    "header", ["", "open_time,open,high,low,close,volume,close_time,quote_volume\n"]
)
def test_binance_klines_are_recognised_with_and_without_a_header(file, header, unit_per_s):
    anchors = read_candles(file(header + klines(unit_per_s))).anchors

    assert [anchor.at for anchor in anchors] == [MAY_9 + timedelta(hours=h) for h in range(4)]


def test_columns_are_found_by_name_in_any_order_and_in_upper_or_lower_case(file):
    shuffled = "Volume,Close,Low,High,Open,Date\n" + "".join(
        f"7,2,1,4,3,2022-05-{day}\n" for day in (10, 11)
    )

    candles = read_candles(file(shuffled))

    assert [anchor.price_usd for anchor in candles.anchors] == [3, 2, 2]


@pytest.mark.parametrize(
    "variant",
    [
        "\ufeff" + DAYS,
        DAYS.replace("\n", "\r\n"),
        DAYS + "\n\n",
        DAYS.replace(",", " , "),
        DAYS.replace("-09,", "-09 00:00,").replace("-10,", "-10T02:00+02:00,"),
    ],
    ids=["byte order mark", "carriage returns", "blank lines", "spaces", "datetimes and zones"],
)
def test_line_endings_and_blanks_and_time_zones_do_not_change_the_candles(file, variant):
    assert read_candles(file(variant)) == read_candles(file(DAYS))


def test_a_lead_price_from_hourly_candles_equals_the_first_open_and_then_each_close(file):
    candles = read_candles(file(klines(1_000)))
    price = Price(anchors=candles.anchors, volatility=candles.volatility)
    start = midnight_us(MAY_9.date())
    lead = LeadPrice(1, "BTC", price, Decimal("0.01"), start, start + 24 * HOUR_US)

    at_hours = [
        lead.ticks(start + h * HOUR_US, start + h * HOUR_US + 1).prices.tolist() for h in range(4)
    ]

    assert at_hours == [[3403840], [3007631], [3007631], [3007631]]


def row_2(old, new):
    """Return the candles of DAYS with *old* replaced by *new* in line 3."""
    lines = DAYS.splitlines(keepends=True)
    assert old in lines[2]
    return "".join([*lines[:2], lines[2].replace(old, new), *lines[3:]])


REFUSALS = {
    "not a number": (row_2("30074.23", "n/a"), 3),
    "a number with an underscore": (row_2("30074.23", "30_074.23"), 3),
    "NaN": (row_2("30074.23", "nan"), 3),
    "infinite": (row_2("32658.99", "inf"), 3),
    "zero": (row_2("29730.4", "0"), 3),
    "negative": (row_2("29730.4", "-1"), 3),
    "absurd": (row_2("32658.99", "32658990000"), 3),
    "beyond floats": (row_2("32658.99", "1e999"), 3),
    "an open below the low": (row_2("30074.23", "29730.3"), 3),
    "a close above the high": (row_2("31017.1", "32659.1"), 3),
    "high below low": (row_2("32658.99", "29730.3"), 3),
    "no time": (row_2("2022-05-10", "yesterday"), 3),
    "no such day": (row_2("2022-05-10", "2022-05-32"), 3),
    "another unit of time": (row_2("2022-05-10", "1652140800"), 3),
    "a year before 1990": (row_2("2022-05-10", "0001-01-01T00:00+12:00"), 3),
    "not at a full hour": (row_2("2022-05-10", "2022-05-10T00:30"), 3),
    "repeated": (row_2("2022-05-10", "2022-05-09"), 3),
    "out of order": (row_2("2022-05-10", "2022-05-08"), 3),
    "a gap": (DAYS.replace("2022-05-11", "2022-05-16"), 4),
    "candles of different lengths": (DAYS.replace("2022-05-11", "2022-05-11T05:00"), 4),
    "too few columns": (row_2(",29730.4,31017.1,147893", ""), 3),
    "a cell of 200,000 digits": (row_2("30074.23", "1" * 200_000), 3),
    "a line break in a cell": (row_2("30074.23", '"30074\n.23"'), 4),
    "a column missing": (DAYS.replace("high", "top"), 1),
    "a header of other data": (DAYS.replace(HEADER, "day,bid,ask,mid,vwap,volume\n"), 1),
    "a candle longer than a week": (HEADER + "2021-05-01,1,1,1,1\n2022-05-01,1,1,1,1\n", 3),
    "not UTF-8": (row_2("147893", "é").encode("latin-1"), 3),
    "a range that is too wide": (row_2("29730.4", "0.00001"), 3),
}


@pytest.mark.parametrize(("content", "line"), REFUSALS.values(), ids=REFUSALS)
def test_a_wrong_line_is_refused_with_the_number_of_the_line(file, content, line):
    path = file(content)

    with pytest.raises(CandleError) as refusal:
        read_candles(path)

    assert (refusal.value.path, refusal.value.line) == (path, line)
    message = str(refusal.value)
    assert message.startswith(f"{path}, line {line}: ")
    assert "\n" not in message
    assert len(message) < len(str(path)) + 200


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        HEADER,
        DAYS[: DAYS.index("2022-05-10")],
        DAYS.encode("utf-16-le"),
        klines(1_000, hours=(0, 1 / 60)),
    ],
    ids=["empty", "blank", "header alone", "one candle", "binary", "two minutes"],
)
def test_a_file_without_enough_candles_is_refused_without_a_line_number(file, content):
    path = file(content)

    with pytest.raises(CandleError) as refusal:
        read_candles(path)

    assert (refusal.value.path, refusal.value.line) == (path, None)
    assert "\n" not in str(refusal.value)


@pytest.mark.parametrize("name", ["", "missing.csv"], ids=["a folder", "nothing"])
def test_a_folder_or_a_missing_file_is_refused_as_a_file_of_candles(tmp_path, name):
    with pytest.raises(CandleError) as refusal:
        read_candles(tmp_path / name)

    assert (refusal.value.path, refusal.value.line) == (tmp_path / name, None)


@given(data=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_a_file_of_random_bytes_is_refused(tmp_path_factory, data):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    path.write_bytes(data)

    with pytest.raises(CandleError):
        read_candles(path)


@given(
    place=st.integers(0, len(DAYS) - 1),
    character=st.sampled_from("0123456789.-eE+,;:\"'\n\r\t TZ\u0663\0"),
)
def test_a_file_with_one_changed_character_gives_valid_candles_or_is_refused(
    tmp_path_factory, place, character
):
    path = tmp_path_factory.getbasetemp() / "changed.csv"
    path.write_bytes((DAYS[:place] + character + DAYS[place + 1 :]).encode())

    try:
        candles = read_candles(path)
    except CandleError:
        return

    hours = [
        midnight_us(anchor.at.date()) // HOUR_US + anchor.at.hour for anchor in candles.anchors
    ]
    steps = np.diff(hours)  # anchors may be two days apart, because small gaps are allowed
    assert (steps > 0).all()
    assert not (steps % steps.min()).any()
    assert all(0 < anchor.price_usd <= 1e9 for anchor in candles.anchors)
