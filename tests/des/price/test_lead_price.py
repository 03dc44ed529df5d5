"""The lead price follows the stated process, and hours can be read in any order.

Most statistical tests allow a deviation of three standard errors. Seeds are fixed, so a test
always gives the same result.
"""

import math
import tracemalloc
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from des.clock import DAY_US, HOUR_US, SECOND_US, YEAR_S, midnight_us
from des.price.lead_price import LeadPrice
from des.scenario import Anchor, Price, VolatilityLevel

START = date(2022, 5, 1)
START_US = midnight_us(START)
CENT = Decimal("0.01")  # rounding to cents raises the variance of a second's move by a millionth


def anchor(hours, price_usd):
    moment = datetime(START.year, START.month, START.day, tzinfo=UTC) + timedelta(hours=hours)
    return Anchor(at=moment, price_usd=float(price_usd))


def level(annual, day=0):
    return VolatilityLevel(since=START + timedelta(days=day), annual=annual)


def price(anchors=((0, 30_000),), volatility=0.8, **settings):
    levels = volatility if isinstance(volatility, tuple) else (level(volatility),)
    return Price(anchors=tuple(anchor(*a) for a in anchors), volatility=levels, **settings)


def lead(model, days=1.0, seed=1, market="BTC-PERP", tick_usd=CENT):
    end_us = START_US + round(days * 24) * HOUR_US
    return LeadPrice(seed, market, model, tick_usd, START_US, end_us)


def path(model, days, **kwargs):
    """Return two arrays for all ticks of a run: seconds since the start, and log prices."""
    ticks = lead(model, days, **kwargs).ticks(START_US, START_US + round(days * DAY_US))
    return (ticks.times_us - START_US) / SECOND_US, np.log(ticks.prices * float(CENT))


def same(one, other):
    return np.array_equal(one.times_us, other.times_us) and np.array_equal(one.prices, other.prices)


WILD = price(
    anchors=[(-30, 29_000), (5, 31_000), (29, 30_500), (60, 20_000)],
    volatility=(level(0.8), level(1.6, day=1)),
    volatility_log_sd=0.5,
    jumps_per_day=24.0,
    jump_share=0.3,
    ticks_per_s=0.05,
)


# ---- ticks do not depend on the order of reading


@settings(max_examples=60, deadline=None)
@given(cuts=st.lists(st.integers(START_US, START_US + 4 * HOUR_US), max_size=12))
def test_a_period_that_is_read_in_parts_has_the_same_ticks(cuts):
    first, last = START_US, START_US + 4 * HOUR_US
    whole = lead(WILD).ticks(first, last, impact=0.01)

    walked = lead(WILD)
    parts = [walked.ticks(a, b, impact=0.01) for a, b in pairwise(sorted([first, *cuts, last]))]

    assert np.array_equal(np.concatenate([part.times_us for part in parts]), whole.times_us)
    assert np.array_equal(np.concatenate([part.prices for part in parts]), whole.prices)


@settings(max_examples=20, deadline=None)
@given(order=st.permutations(range(12)))
def test_the_ticks_of_an_hour_do_not_depend_on_the_order_in_which_hours_are_read(order):
    hours = [(START_US + h * HOUR_US, START_US + (h + 1) * HOUR_US) for h in range(12)]
    in_turn = lead(WILD)
    straight = [in_turn.ticks(*hour) for hour in hours]

    shuffled = lead(WILD)
    assert all(same(shuffled.ticks(*hours[h]), straight[h]) for h in order)


@pytest.mark.parametrize("days", [1.25, 2, 2.5, 3, 9])
def test_a_longer_run_begins_with_the_ticks_of_a_shorter_run(days):
    """After the first day, the longer runs have more anchors and another volatility."""
    short, long = lead(WILD, days=1), lead(WILD, days=days)

    assert same(short.ticks(START_US, START_US + DAY_US), long.ticks(START_US, START_US + DAY_US))
    moments = range(START_US, START_US + DAY_US + 1, HOUR_US)
    assert [short.hour_volatility(t) for t in moments] == [long.hour_volatility(t) for t in moments]


def test_prices_of_different_markets_or_seeds_are_uncorrelated():
    """The standard error of the correlation of n steps is 1 / sqrt(n)."""
    ends = START_US + np.arange(1, 4_000) * 60 * SECOND_US

    def steps(**kwargs):
        ticks = lead(price(ticks_per_s=0.1), days=3, **kwargs).ticks(
            START_US, START_US + 3 * DAY_US
        )
        return np.diff(np.log(ticks.prices[ticks.times_us.searchsorted(ends) - 1]))

    base = steps()
    assert np.array_equal(base, steps())
    for other in (steps(market="ETH-PERP"), steps(seed=2)):
        correlation = np.corrcoef(base, other)[0, 1]
        assert abs(correlation) < 3 / math.sqrt(len(base))


def test_the_number_of_ticks_per_second_does_not_change_the_prices_at_full_hours():
    """With few and with many ticks, the last prices before full hours are almost equal."""
    often, rarely = (
        lead(WILD.model_copy(update={"ticks_per_s": rate}), days=2) for rate in (2.0, 1.0)
    )
    hour_sd = 1.6 * math.sqrt(3_600 / YEAR_S)
    ends = START_US + np.arange(1, 48) * HOUR_US

    def last_before(source):
        ticks = source.ticks(START_US, START_US + 2 * DAY_US)
        return np.log(ticks.prices[ticks.times_us.searchsorted(ends) - 1])

    gaps = last_before(often) - last_before(rarely)
    assert np.abs(gaps).max() < hour_sd / 2  # unrelated prices would differ by about hour_sd
    assert np.sqrt(np.mean(gaps**2)) < hour_sd / 20


def test_half_the_volatility_halves_every_move_of_the_log_price():
    """A run with another volatility uses the same random draws."""
    seconds, logs = path(price(volatility=0.8), days=0.25)
    again, half = path(price(volatility=0.4), days=0.25)

    assert np.array_equal(seconds, again)
    origin = math.log(30_000)
    assert half - origin == pytest.approx((logs - origin) / 2, abs=2 * 0.005 / 25_000)


# ---- ticks


def test_the_first_tick_is_at_the_first_microsecond_of_the_run():
    ticks = lead(price(anchors=[(-48, 40_000), (-2, 31_234.56), (300, 1)])).ticks(
        START_US, START_US + 1
    )

    assert (ticks.times_us.tolist(), ticks.prices.tolist()) == ([START_US], [3_123_456])


def test_there_are_no_ticks_outside_the_run():
    source = lead(price())

    end_us = START_US + DAY_US
    assert same(source.ticks(0, 2 * end_us), source.ticks(START_US, end_us))
    for start_us, stop_us in [
        (0, START_US),
        (START_US - 2, START_US - 1),
        (end_us, end_us + HOUR_US),
        (START_US + 5, START_US + 5),
        (START_US + 9, START_US + 7),
    ]:
        assert len(source.ticks(start_us, stop_us).times_us) == 0


def test_times_and_prices_of_ticks_are_integers_and_times_increase():
    ticks = lead(WILD.model_copy(update={"ticks_per_s": 200.0}), days=1 / 24).ticks(
        START_US, START_US + DAY_US
    )

    assert ticks.times_us.dtype == ticks.prices.dtype == np.int64
    assert ticks.times_us.shape == ticks.prices.shape
    assert (np.diff(ticks.times_us) > 0).all()  # although about 70 pairs are drawn with equal times


def test_ticks_arrive_as_a_poisson_process():
    """At 0.5 ticks per second, the number of ticks in 10 minutes has mean 300 and variance 300.

    The mean of n such numbers has the standard error sqrt(300 / n). The variance of n Poisson
    numbers with mean m has the standard error m * sqrt(2 / n + 1 / (m * n)).
    """
    seconds, _ = path(price(ticks_per_s=0.5), days=20)
    counts = np.histogram(seconds[1:], bins=20 * 144, range=(0, 20 * 86_400))[0]
    n, mean = len(counts), 300

    assert counts.mean() == pytest.approx(mean, abs=3 * math.sqrt(mean / n))
    assert counts.var(ddof=1) == pytest.approx(
        mean, abs=3 * mean * math.sqrt(2 / n + 1 / (mean * n))
    )


def test_waits_between_ticks_are_exponential():
    """The test is a Kolmogorov-Smirnov test at the 1 % level.

    Some of the waits begin in one hour and end in the next.
    """
    seconds, _ = path(price(ticks_per_s=0.02), days=10)
    waits = np.sort(np.diff(seconds))
    uniform = -np.expm1(-0.02 * waits)
    n = len(waits)

    distance = np.abs(uniform - (np.arange(n) + 0.5) / n).max() + 0.5 / n
    assert distance < 1.63 / math.sqrt(n)


@pytest.mark.parametrize("impact", [-0.02, 0.001, 0.3])
def test_price_impact_is_added_to_the_log_price_of_each_tick(impact):
    source = lead(price())
    span = (START_US, START_US + HOUR_US)

    plain, moved = source.ticks(*span), source.ticks(*span, impact=impact)

    assert np.array_equal(plain.times_us, moved.times_us)
    found = np.log(moved.prices / plain.prices)
    assert found == pytest.approx(impact, abs=2 * 0.005 / 20_000)


def test_a_price_never_falls_below_one_tick():
    source = lead(price(anchors=[(0, 0.02), (12, 0.000_1), (24, 0.02)]))

    prices = source.ticks(START_US, START_US + DAY_US).prices

    assert prices.min() == 1
    assert prices[0] == 2


def test_memory_does_not_grow_with_the_length_of_the_run():
    """The ticks of ten days would need 14 MB. The ticks of one day need less than 2 MB."""
    source = lead(price(), days=10)
    tracemalloc.start()
    for hour in range(240):
        source.ticks(START_US + hour * HOUR_US, START_US + (hour + 1) * HOUR_US)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak < 2_000_000


# ---- variance


def test_realised_variance_of_ticks_agrees_with_the_stated_volatility():
    """The relative standard error is sqrt(2 * sum(w^2)) / sum(w).

    Here w are the waits between ticks.
    """
    seconds, logs = path(price(volatility=0.8), days=4)
    waits = np.diff(seconds)

    realised = np.sum(np.diff(logs) ** 2) / waits.sum() * YEAR_S
    error = 0.8**2 * math.sqrt(2 * np.sum(waits**2)) / waits.sum()
    assert error < 0.004 * 0.8**2
    assert realised == pytest.approx(0.8**2, abs=3 * error)


def test_a_stated_volatility_applies_from_the_start_of_its_day():
    model = price(volatility=(level(0.4), level(1.2, day=1), level(0.0, day=2)))
    seconds, logs = path(model, days=3)
    source = lead(model, days=3)

    for day, annual in enumerate((0.4, 1.2)):
        of_day = (seconds >= day * 86_400) & (seconds < (day + 1) * 86_400)
        waits, steps = np.diff(seconds[of_day]), np.diff(logs[of_day])
        error = annual**2 * math.sqrt(2 * np.sum(waits**2)) / waits.sum()
        assert np.sum(steps**2) / waits.sum() * YEAR_S == pytest.approx(annual**2, abs=3 * error)
        assert source.hour_volatility(START_US + day * DAY_US) == annual
        assert source.hour_volatility(START_US + (day + 1) * DAY_US - 1) == annual
    assert np.ptp(logs[seconds >= 2 * 86_400]) == 0


def normalised_steps(seconds, logs, annual):
    """Return each step of the log price, divided by the standard deviation that it should have.

    The results should be independent standard normals.
    """
    return np.diff(logs) / np.sqrt(np.diff(seconds) * annual**2 / YEAR_S)


def test_steps_are_normal_and_uncorrelated():
    """The standard error of an autocorrelation of n steps is 1 / sqrt(n).

    The first moment of n standard normals has the standard error 1 / sqrt(n), the second moment
    sqrt(2 / n), and the fourth moment sqrt(96 / n).
    """
    steps = normalised_steps(*path(price(ticks_per_s=0.3), days=4), annual=0.8)
    root_n = math.sqrt(len(steps))

    assert abs(steps.mean()) < 3 / root_n
    assert abs(np.mean(steps**2) - 1) < 3 * math.sqrt(2) / root_n
    assert abs(np.mean(steps**4) - 3) < 3 * math.sqrt(96) / root_n
    for lag in (1, 2, 3, 10, 100, 1_080):
        assert abs(np.mean(steps[lag:] * steps[:-lag])) < 3 / root_n


def test_steps_across_the_end_of_an_hour_have_the_stated_variance():
    """The mean square of n normalised steps is 1, with the standard error sqrt(2 / n)."""
    seconds, logs = path(price(ticks_per_s=0.02), days=60)
    steps = normalised_steps(seconds, logs, annual=0.8)
    across = steps[np.diff(seconds // 3_600) > 0]

    assert len(across) >= 60 * 24 - 1
    assert np.mean(across**2) == pytest.approx(1, abs=3 * math.sqrt(2 / len(across)))


@pytest.mark.parametrize("share_of_hour", [0.25, 0.5, 0.75, 0.95])
def test_the_variance_of_a_move_grows_in_proportion_to_time_after_the_last_anchor(share_of_hour):
    """The test takes the mean of n squared moves, each divided by its expected variance.

    A move begins at the first tick of an hour. If moves are normally distributed and independent,
    the mean is 1 with the standard error sqrt(2 / n).
    """
    seconds, logs = path(price(ticks_per_s=0.05), days=60)
    hours = np.arange(60 * 24) * 3_600
    firsts, laters = (seconds.searchsorted(hours + 3_600 * s) for s in (0, share_of_hour))

    steps = logs[laters] - logs[firsts]
    ratio = steps**2 / ((seconds[laters] - seconds[firsts]) * 0.8**2 / YEAR_S)
    assert np.mean(ratio) == pytest.approx(1, abs=3 * math.sqrt(2 / len(hours)))


@pytest.mark.parametrize("share_of_hour", [0.1, 0.5, 0.9])
def test_the_price_between_hourly_anchors_has_the_variance_of_a_brownian_bridge(
    share_of_hour,
):
    """The anchors are an hour apart and have the same price.

    Without anchors, the move of the log price in an hour would have the variance v. With anchors,
    the move in the first part u of the hour has the variance u * (1 - u) * v. The test takes the
    mean of n squared moves, each divided by this variance. If moves are normally distributed and
    independent, the mean is 1 with the standard error sqrt(2 / n).
    """
    days = 40
    anchors = [(hour, 30_000) for hour in range(days * 24 + 1)]
    seconds, logs = path(price(anchors=anchors, ticks_per_s=0.05), days=days)
    hours = np.arange(days * 24) * 3_600
    at = seconds.searchsorted(hours + 3_600 * share_of_hour)
    u = (seconds[at] - hours) / 3_600
    inside = u < 1  # an hour without a tick after `share_of_hour` is left out

    hour_variance = 0.8**2 * 3_600 / YEAR_S
    ratio = (logs[at] - math.log(30_000))[inside] ** 2 / (hour_variance * u * (1 - u))[inside]
    assert inside.mean() > 0.99
    assert np.mean(ratio) == pytest.approx(1, abs=3 * math.sqrt(2 / inside.sum()))


# ---- anchors


def test_every_anchor_is_a_tick_at_the_time_and_the_price_of_the_anchor():
    known = {0: 30_000, 1: 30_500.01, 7: 28_000, 24: 28_000.5, 47: 33_333.33}
    source = lead(
        price(anchors=known.items(), volatility_log_sd=0.5, jumps_per_day=24.0, jump_share=0.4),
        days=2,
    )

    for hour, usd in known.items():
        at_us = START_US + hour * HOUR_US
        ticks = source.ticks(at_us, at_us + 1)
        assert (ticks.times_us.tolist(), ticks.prices.tolist()) == ([at_us], [round(usd * 100)])


def test_the_price_reaches_an_anchor_without_a_jump():
    """The last step to an anchor is as large as other steps.

    So the mean square of the normalised last steps is 1. For n steps it has the standard error
    sqrt(2 / n).
    """
    hours = range(0, 481, 2)
    rng = np.random.default_rng(3)
    anchors = [(hour, round(30_000 * math.exp(rng.normal(0, 0.01)), 2)) for hour in hours]
    seconds, logs = path(price(anchors=anchors, ticks_per_s=0.1), days=20)
    steps = normalised_steps(seconds, logs, annual=0.8)
    arrivals = steps[np.isin(seconds[1:], [hour * 3_600 for hour in hours])]

    assert len(arrivals) == len(hours) - 2  # all anchors but the first and the last
    assert np.mean(arrivals**2) == pytest.approx(1, abs=3 * math.sqrt(2 / len(arrivals)))


def test_the_brownian_bridge_between_anchors_moves_more_on_days_with_more_variance():
    """The first of two days has the variance v, and the second has the variance w = 4 * v.

    In these days the log price goes from anchor a to anchor b. In the first day it moves by
    (b - a) * v / (v + w) on average, with the variance v * w / (v + w). Over n seeds the mean has
    the standard error sqrt(variance / n), and the variance has the standard error
    variance * sqrt(2 / n).
    """
    v, w = (annual**2 / 365 for annual in (0.4, 0.8))
    model = price(
        anchors=[(0, 30_000), (48, 36_000)],
        volatility=(level(0.4), level(0.8, day=1)),
        ticks_per_s=0.2,
    )
    midnight = START_US + DAY_US
    n = 600
    seen = []
    for seed in range(n):
        ticks = lead(model, days=2, seed=seed).ticks(midnight, midnight + HOUR_US // 6)
        seen.append(math.log(ticks.prices[0] / 3_000_000))

    variance = v * w / (v + w)
    assert np.mean(seen) == pytest.approx(
        math.log(1.2) * v / (v + w), abs=3 * math.sqrt(variance / n)
    )
    assert np.var(seen) == pytest.approx(variance, abs=3 * variance * math.sqrt(2 / n))


def test_the_price_moves_towards_an_anchor_that_is_after_the_end_of_the_run():
    """The run ends after half of the time to the anchor.

    At this time the mean log price has moved half of the way. Over n seeds this mean has the
    standard error sqrt(variance of a day / (2 * n)).
    """
    model = price(anchors=[(0, 30_000), (48, 60_000)], ticks_per_s=0.2)
    n = 200
    ends = []
    for seed in range(n):
        ticks = lead(model, days=1, seed=seed).ticks(START_US + 23 * HOUR_US, START_US + DAY_US)
        ends.append(math.log(ticks.prices[-1] / 3_000_000))

    assert np.mean(ends) == pytest.approx(math.log(2) / 2, abs=3 * math.sqrt(0.8**2 / 365 / 2 / n))


def test_the_log_price_is_linear_between_anchors_if_the_volatility_is_zero():
    model = price(
        anchors=[(0, 30_000), (10, 33_000), (24, 33_000)], volatility=0.0, ticks_per_s=0.01
    )
    seconds, logs = path(model, days=2)

    straight = np.interp(seconds, [0, 36_000], np.log([30_000, 33_000]))
    assert logs == pytest.approx(straight, abs=0.005 / 30_000 + 1e-12)


def test_the_price_is_a_free_random_walk_after_the_last_anchor():
    """The move in the day after the last anchor has the stated variance.

    Over n seeds the relative standard error of the variance is sqrt(2 / n).
    """
    model = price(anchors=[(0, 30_000), (24, 31_000)], ticks_per_s=0.2)
    n = 400
    ends = []
    for seed in range(n):
        ticks = lead(model, days=2, seed=seed).ticks(START_US + 47 * HOUR_US, START_US + 2 * DAY_US)
        ends.append(math.log(ticks.prices[-1] / 3_100_000))

    assert np.mean(np.square(ends)) / (0.8**2 / 365) == pytest.approx(1, abs=3 * math.sqrt(2 / n))


def test_an_anchor_with_a_date_applies_at_the_start_of_the_date():
    model = Price(
        anchors=(
            Anchor(at=START, price_usd=30_000.0),
            Anchor(at=START + timedelta(days=1), price_usd=32_000.0),
        ),
        volatility=(level(0.8),),
    )

    at_us = START_US + DAY_US
    assert lead(model, days=2).ticks(at_us, at_us + 1).prices.tolist() == [3_200_000]


# ---- volatility factor and jumps


def test_the_volatility_factor_has_mean_square_one():
    """Let f be the factor, and let s be the standard deviation of ln(f).

    Then f^2 has mean 1 and variance e^(4 * s^2) - 1. The half-life is short, so the factors of
    different hours are almost independent.
    """
    log_sd = 0.4
    days = 800
    model = price(volatility_log_sd=log_sd, volatility_half_life_h=0.05)
    source = lead(model, days=days)
    hours = range(START_US, START_US + days * DAY_US, HOUR_US)
    squares = np.square([source.hour_volatility_ratio(hour) for hour in hours])

    error = math.sqrt(math.expm1(4 * log_sd**2) / len(squares))
    assert np.mean(squares) == pytest.approx(1, abs=3 * error)
    assert source.hour_volatility(hours[5]) == 0.8 * source.hour_volatility_ratio(hours[5])


def test_the_volatility_factor_has_the_same_distribution_in_an_early_and_in_a_late_hour():
    """The logarithm of the factor has mean -s^2 and standard deviation s at hours 0 and 30.

    Here s is the stated `volatility_log_sd`. Over n seeds, the mean has the standard error
    s / sqrt(n), and the standard deviation has the standard error s / sqrt(2 * n).
    """
    log_sd, n = 0.4, 500
    model = price(volatility_log_sd=log_sd, volatility_half_life_h=24.0)
    sources = [lead(model, days=2, seed=seed) for seed in range(n)]

    for hour in (0, 30):
        logs = np.log([s.hour_volatility_ratio(START_US + hour * HOUR_US) for s in sources])
        assert np.mean(logs) == pytest.approx(-(log_sd**2), abs=3 * log_sd / math.sqrt(n))
        assert np.std(logs) == pytest.approx(log_sd, abs=3 * log_sd / math.sqrt(2 * n))


def test_each_half_life_halves_the_autocorrelation_of_the_logarithm_of_the_volatility():
    """Over n seeds, a correlation r has the standard error (1 - r^2) / sqrt(n)."""
    n = 500
    model = price(volatility_log_sd=0.4, volatility_half_life_h=12.0)
    sources = [lead(model, days=2, seed=seed) for seed in range(n)]

    for hours, kept in ((12, 0.5), (24, 0.25)):
        pairs = [
            [math.log(s.hour_volatility_ratio(START_US + h * HOUR_US)) for h in (3, 3 + hours)]
            for s in sources
        ]
        correlation = np.corrcoef(np.transpose(pairs))[0, 1]
        assert correlation == pytest.approx(kept, abs=3 * (1 - kept**2) / math.sqrt(n))


def test_steps_inside_an_hour_have_the_volatility_of_the_hour():
    """Each step is divided by the standard deviation that follows from the volatility of its hour.

    The quotients have mean square 1, in calm and in volatile hours. For n quotients the mean square
    has the standard error sqrt(2 / n).
    """
    model = price(volatility_log_sd=0.6, ticks_per_s=0.05)
    source = lead(model, days=20)
    seconds, logs = path(model, days=20)
    hour = (seconds // 3_600).astype(int)
    annual = np.array([source.hour_volatility(START_US + h * HOUR_US) for h in range(480)])

    inside = np.diff(hour) == 0
    steps = (np.diff(logs) / np.sqrt(np.diff(seconds) / YEAR_S))[inside] / annual[hour[1:][inside]]
    busy = annual[hour[1:][inside]] > 0.8
    for group in (steps[busy], steps[~busy]):
        assert np.mean(group**2) == pytest.approx(1, abs=3 * math.sqrt(2 / len(group)))


def test_jumps_have_the_stated_share_of_the_variance_and_other_steps_have_the_rest():
    """Jumps are recognised by size.

    Let sd be the standard deviation of a step without a jump. The standard deviation of a jump is
    about 54 * sd. The test counts a step as a jump if it is larger than 6 * sd. So the test misses
    about 9 % of the jumps, but less than 0.1 % of their variance. The number of jumps is Poisson
    with mean m. So the sum of their squares has the relative standard error sqrt(3 / m).
    """
    share, per_day, days = 0.4, 10.0, 100
    model = price(jump_share=share, jumps_per_day=per_day, ticks_per_s=0.5)
    seconds, logs = path(model, days=days)
    steps = normalised_steps(seconds, logs, annual=0.8 * math.sqrt(1 - share))
    is_jump = np.abs(steps) > 6
    squares = np.diff(logs) ** 2
    total = 0.8**2 * days / 365

    jumps = per_day * days
    assert 0.8 * jumps < is_jump.sum() < jumps
    assert squares[is_jump].sum() / total == pytest.approx(
        share, abs=3 * share * (3 / jumps) ** 0.5
    )
    rest = np.mean(steps[~is_jump] ** 2)
    assert rest == pytest.approx(1, abs=3 * math.sqrt(2 / len(steps)))


def test_every_jump_is_a_tick_at_a_random_time():
    """The number of ticks in an hour, jumps included, is Poisson with mean 1000 / 24 + 3.6.

    A Kolmogorov-Smirnov test at the 1 % level checks that the times are uniform inside the hour.
    """
    days, mean = 60, 1_000 / 24 + 3.6
    model = price(jump_share=0.9, jumps_per_day=1_000.0, ticks_per_s=0.001)
    seconds, _ = path(model, days=days)
    counts = np.histogram(seconds[1:], bins=days * 24, range=(0, days * 86_400))[0]
    n = len(counts)

    assert counts.mean() == pytest.approx(mean, abs=3 * math.sqrt(mean / n))
    assert counts.var(ddof=1) == pytest.approx(
        mean, abs=3 * mean * math.sqrt(2 / n + 1 / (mean * n))
    )
    offsets = np.sort(seconds[1:] % 3_600) / 3_600
    distance = np.abs(offsets - (np.arange(len(offsets)) + 0.5) / len(offsets)).max()
    assert distance < 1.63 / math.sqrt(len(offsets))


def test_a_price_that_moves_almost_only_by_jumps_is_nearly_constant_between_jumps():
    """Jumps add ticks and do not change the times of other ticks.

    A jump of the log price has a standard deviation of 0.006, so about one jump in a hundred is
    smaller than 10^-4. Without its jumps, the move of an hour has a standard deviation of 10^-5.
    """
    without, _ = path(price(ticks_per_s=0.01), days=10)
    model = price(jump_share=0.999_999, jumps_per_day=48.0, ticks_per_s=0.01)
    seconds, logs = path(model, days=10)
    is_jump = ~np.isin(seconds, without)[1:]
    steps = np.abs(np.diff(logs))

    assert len(seconds) - len(without) == is_jump.sum()
    assert is_jump.sum() == pytest.approx(480, abs=3 * math.sqrt(480))
    assert (steps[is_jump] > 1e-4).mean() > 0.95
    assert steps[~is_jump].max() < 1e-4
    assert np.sum(steps**2) == pytest.approx(0.8**2 * 10 / 365, rel=3 * math.sqrt(3 / 480))


# ---- refusals


def test_the_error_for_a_first_anchor_after_the_start_states_the_time_of_the_anchor():
    with pytest.raises(ValueError, match="2022-05-01 01:00"):
        lead(price(anchors=[(1, 30_000)]))


def test_a_run_that_does_not_begin_and_end_at_full_hours_is_refused():
    for start_us, end_us in [(START_US + 1, START_US + DAY_US), (START_US, START_US + 1)]:
        with pytest.raises(ValueError, match="whole hours"):
            LeadPrice(1, "BTC-PERP", price(), CENT, start_us, end_us)


def test_a_first_volatility_that_begins_after_the_start_of_the_run_is_refused():
    with pytest.raises(ValueError, match="2022-05-02"):
        lead(price(volatility=(level(0.8, day=1),)))


def test_a_price_above_the_largest_allowed_number_of_ticks_is_refused():
    with pytest.raises(ValueError, match="BTC-PERP rises"):
        lead(price(anchors=[(0, 30_000), (12, 20_000_000)]))


def test_volatility_is_not_defined_outside_the_run():
    source = lead(price())

    assert source.hour_volatility(START_US + DAY_US) == 0.8  # at the end of the run
    for time_us in (START_US - 1, START_US + DAY_US + 1):
        with pytest.raises(ValueError, match="outside the run"):
            source.hour_volatility(time_us)
