"""The elasticity of volume to the day's price range agrees with known values."""

import math
from collections import defaultdict
from datetime import date, timedelta
from decimal import Decimal
from statistics import mean

import numpy as np
import pytest

from ledger.notes import PriceRange, TradedDay
from ledger.reports.market.market_days import MarketDay
from runs.record.day_blocks import DAYS_MIN
from runs.record.volume_elasticity import elasticity

FIRST = date(2021, 1, 1)


def days_of(log_range: np.ndarray, customers: np.ndarray, apart: np.ndarray) -> list[MarketDay]:
    """Return days with the given price ranges and volumes. Each array has a value for each day.

    *log_range* is ln(ln(high / low)). *customers* is the volume of customers in dollars, and
    *apart* is the volume of hits on stale quotes in dollars.
    """
    found = []
    for i, (r, of_customers, hits) in enumerate(zip(log_range, customers, apart, strict=True)):
        usd = [Decimal(f"{x:.2f}") for x in (of_customers / 3, of_customers * 2 / 3, hits)]
        traded = TradedDay("BTC-PERP", *usd, Decimal("0.00"))
        price = PriceRange("BTC-PERP", Decimal(1), Decimal(math.exp(math.exp(r))))
        found.append(MarketDay(FIRST + timedelta(i), traded, Decimal(0), Decimal(0), price, None))
    return found


def drawn(seed: int, days: int = 365) -> tuple[np.ndarray, np.ndarray]:
    """Return log ranges, and noise for log volumes. Values of successive days are correlated."""
    rng = np.random.default_rng(seed)
    log_range, noise = np.full(days, -3.0), 0.3 * rng.standard_normal(days)
    shocks = 0.4 * rng.standard_normal(days)
    for i in range(1, days):
        log_range[i] = -3 + 0.6 * (log_range[i - 1] + 3) + shocks[i]
        noise[i] += 0.6 * noise[i - 1]
    return log_range, noise


def slow(days: list[MarketDay], k: float, left_over: bool) -> float:
    """Return the slope of a regression of log volume on log range, computed with plain loops.

    The log range of a day is ln(ln(high / low)). x is the log range minus its mean over the month.
    *k* is the elasticity of Binance's volume to the range, so Binance's volume is proportional to
    b = exp(k * x). The log volume of a day is ln(c + a / b). Here c is the volume of customers, and
    a is the volume of hits and forced orders. If *left_over* is true, c is the month's mean of the
    volume of customers. y is the log volume minus its mean over the month. The slope is
    sum(x * y) / sum(x ** 2), with sums over all days.
    """
    months = defaultdict(list)
    for day in days:
        months[day.day.month].append(day)
    x, y = [], []
    for of_month in months.values():
        ranges = [math.log(math.log(d.price.high_usd / d.price.low_usd)) for d in of_month]
        customers = [float(d.traded.captive_usd + d.traded.others_usd) for d in of_month]
        volume = []
        for d, r, c in zip(of_month, ranges, customers, strict=True):
            apart = float(d.traded.hits_usd + d.traded.forced_usd)
            times = math.exp(r - mean(ranges)) ** k
            volume.append(math.log((mean(customers) if left_over else c) + apart / times))
        x += [r - mean(ranges) for r in ranges]
        y += [v - mean(volume) for v in volume]
    return sum(a * b for a, b in zip(x, y, strict=True)) / sum(a * a for a in x)


@pytest.mark.parametrize("left_over", [False, True])
def test_the_elasticity_agrees_with_a_regression_that_is_written_as_plain_loops(left_over):
    log_range, noise = drawn(1, 100)
    days = days_of(log_range, 1e6 * np.exp(noise), 1e5 * np.exp(2 * (log_range + 3)))

    assert elasticity(days, 0.6, left_over).figure == pytest.approx(slow(days, 0.6, left_over))


@pytest.mark.parametrize("truth", [0.0, 0.15])
def test_the_95_percent_interval_covers_the_true_elasticity_in_88_to_98_percent_of_cases(truth):
    covered, tries = 0, 50
    for seed in range(tries):
        log_range, noise = drawn(seed)
        volume = 1e9 * np.exp(truth * log_range + noise)
        low, high = elasticity(days_of(log_range, volume, 0 * volume), 0.6, False).error
        covered += low <= truth <= high

    assert 0.88 <= covered / tries <= 0.98


def test_hits_raise_the_elasticity_only_if_their_own_elasticity_is_above_that_of_binance_volume():
    log_range, _ = drawn(2)
    customers = np.full(365, 1e9)
    months = np.array([(FIRST + timedelta(i)).month for i in range(365)])
    own = log_range - [log_range[months == month].mean() for month in months]
    as_others, faster = (days_of(log_range, customers, 1e8 * np.exp(e * own)) for e in (0.6, 2.0))

    assert elasticity(as_others, 0.6, False).figure == pytest.approx(0, abs=1e-6)
    # Hits grow like range ** 2.0, and Binance's volume like range ** 0.6, so their ratio grows like
    # range ** 1.4. On a day with the month's average log range, hits are a tenth of customers'
    # volume, so they are 0.1 / 1.1 of the total volume. The elasticity on this day is this share
    # times 1.4, which is 0.127. On volatile days hits are a larger part.
    assert 0.12 < elasticity(faster, 0.6, False).figure < 0.25


def test_the_monthly_mean_of_the_volume_of_customers_gives_a_higher_elasticity_than_daily_values():
    """The total volume is fixed here, so customers' volume is small on days with many hits."""
    log_range, _ = drawn(3)
    hits = 1e8 * np.exp(2 * (log_range + 3))
    left = days_of(log_range, 5e9 - hits, hits)

    assert elasticity(left, 0.6, False).figure < elasticity(left, 0.6, True).figure > 0


def test_growth_from_month_to_month_does_not_change_the_elasticity():
    log_range, _ = drawn(4)
    months = np.array([(FIRST + timedelta(i)).month for i in range(365)])
    days = days_of(log_range + 0.1 * months, 1e9 * np.exp(0.5 * months), 0 * log_range)

    found = elasticity(days, 0.6, False)

    assert (found.figure, *found.error) == pytest.approx((0, 0, 0), abs=1e-9)


def test_there_is_no_elasticity_if_there_are_too_few_days_or_all_price_ranges_are_equal():
    log_range, noise = drawn(5, DAYS_MIN)
    customers, none = 1e9 * np.exp(noise), 0 * noise

    assert elasticity(days_of(log_range, customers, none), 0.6, False)
    assert elasticity(days_of(log_range, customers, none)[1:], 0.6, False) is None
    assert elasticity(days_of(none - 3, customers, none), 0.6, False) is None
