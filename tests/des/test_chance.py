"""Random draws: hashes are uniform, streams are independent, delays have the stated distribution.

Statistical tests allow a deviation of three standard errors. A chi-square with k degrees of freedom
has mean k and standard deviation sqrt(2 * k). A test also fails if a chi-square is too small.
"""

import math
from statistics import NormalDist, fmean
from zlib import crc32

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from des.chance import (
    QUANTILES,
    decision_key,
    distinct,
    lognormal_quantiles_us,
    mix,
    quantile_index,
    rising,
    stream,
    waiting_us,
)
from des.seeding import SeedState

NOON_US = 1_652_097_600_000_000
REFRESH_US = 2_000_000


def chi_square_error(counts: np.ndarray) -> float:
    """Return the deviation of a chi-square from its mean, in standard deviations.

    All cells are equally likely.
    """
    expected = counts.sum() / counts.size
    freedom = counts.size - 1
    return (((counts - expected) ** 2).sum() / expected - freedom) / math.sqrt(2 * freedom)


def quote_sides(n: int) -> list[int]:
    """Return n numbers: one for each side of n / 2 consecutive quotes."""
    return [2 * (NOON_US + i * REFRESH_US) + side for i in range(n // 2) for side in (0, 1)]


# ---- decisions


@pytest.mark.parametrize(
    ("seed", "published"),
    [
        (0, (0xE220A8397B1DCDAF, 0x6E789E6AA1B965F4, 0x06C45D188009454F)),
        (1234567, (6457827717110365317, 3203168211198807973, 9817491932198370423)),
    ],
)
def test_the_hash_gives_the_published_numbers_of_splitmix64(seed, published):
    assert tuple(mix(seed, n) for n in (1, 2, 3)) == published


@pytest.mark.parametrize("firm", ["Firm01", "Firm02"])
def test_delays_of_consecutive_quotes_have_equally_likely_quantiles(firm):
    """The inputs are the sides of consecutive quotes: on average 100 sides for each quantile."""
    key = decision_key(1, "gateway", "BTC-PERP", firm)
    drawn = [quantile_index(mix(key, about)) for about in quote_sides(100 * QUANTILES)]

    assert abs(chi_square_error(np.bincount(drawn, minlength=QUANTILES))) < 3


def test_delays_are_independent_between_firms_between_sides_and_between_quotes():
    """A pair of draws is equally likely to be in each of 32 * 32 cells."""
    one, other = (decision_key(1, "gateway", "BTC-PERP", firm) for firm in ("Firm01", "Firm02"))
    about = quote_sides(200_000)
    first = np.array([mix(one, subject) >> 59 for subject in about])
    second = np.array([mix(other, subject) >> 59 for subject in about])
    for x, y in ((first, second), (first[::2], first[1::2]), (first[:-2], first[2:])):
        assert abs(chi_square_error(np.bincount(32 * x + y, minlength=1024))) < 3


def test_decision_keys_differ_between_seeds_and_names():
    keys = [
        decision_key(seed, *words)
        for seed in (1, 2)
        for words in (
            ("gateway", "BTC-PERP", "Firm01"),
            ("gateway", "ETH-PERP", "Firm01"),
            ("gateway", "BTC-PERP", "Firm02"),
            ("BTC-PERP", "gateway", "Firm01"),
        )
    ]
    assert len(set(keys)) == len(keys)
    assert all(0 <= key < 2**64 for key in keys)


# ---- streams


NAMES = (
    (1, "price", "ticks", "BTC-PERP", 7),
    (1, "price", "ticks", "BTC-PERP", 8),
    (1, "price", "ticks", "ETH-PERP", 7),
    (1, "price", "sizes", "BTC-PERP", 7),
    (1, "ticks", "price", "BTC-PERP", 7),
    (1, "price", "ticks", 7, "BTC-PERP"),
    (2, "price", "ticks", "BTC-PERP", 7),
)


def test_a_stream_does_not_depend_on_draws_from_other_streams():
    alone = stream(*NAMES[0]).standard_normal(10)
    mine, other = stream(*NAMES[0]), stream(*NAMES[1])
    interleaved = []
    for _ in range(10):
        interleaved.append(mine.standard_normal())
        other.integers(1_000)
    assert interleaved == alone.tolist()


@pytest.mark.parametrize("seed", [0, 1, 2**32 - 1])
def test_a_stream_equals_the_stream_that_numpy_makes_from_the_seed_and_the_hashes_of_the_name(seed):
    key = (crc32(b"price"), crc32(b"ticks"), crc32(b"BTC-PERP"), 7)
    child = np.random.default_rng(np.random.SeedSequence(seed, spawn_key=key))

    drawn = stream(seed, "price", "ticks", "BTC-PERP", 7).standard_normal(10)
    assert drawn.tolist() == child.standard_normal(10).tolist()


def test_streams_with_different_names_or_seeds_are_uncorrelated():
    """The correlation of two series of n normal numbers has a standard error of 1 / sqrt(n)."""
    n = 100_000
    draws = [stream(*name).standard_normal(n) for name in NAMES]
    correlations = np.corrcoef(draws)[np.triu_indices(len(NAMES), k=1)]

    # The test checks 21 correlations, so its limit is above three standard errors. With this limit
    # the test fails about as rarely as a test of one correlation with three standard errors.
    most = NormalDist().inv_cdf(1 - (1 - NormalDist().cdf(3)) / len(correlations))
    assert np.abs(correlations).max() < most / math.sqrt(n)


# ---- delays


@pytest.mark.parametrize(("median_us", "log_sd"), [(75_000, 0.5), (350_000, 0.5), (150_000, 1.0)])
def test_delays_have_a_lognormal_distribution(median_us, log_sd):
    """The quantile at p is the median times exp(sd * z(p)), within one row of the table of delays.

    sd is the standard deviation of the delays' logarithms. z(p) is the quantile of the standard
    normal distribution at p.
    """
    table, normal = lognormal_quantiles_us(median_us, log_sd), NormalDist()

    assert (np.diff(table) >= 0).all()
    for p in (0.01, 0.1587, 0.5, 0.8413, 0.99):
        low, high = table[int(p * QUANTILES) - 1], table[int(p * QUANTILES) + 1]
        assert low <= median_us * math.exp(log_sd * normal.inv_cdf(p)) <= high
    assert fmean(table) == pytest.approx(median_us * math.exp(log_sd**2 / 2), rel=2e-3)


def test_delays_have_the_stated_median_and_their_logarithms_have_the_stated_standard_deviation():
    """For n delays, the mean of the logarithms has a standard error of sd / sqrt(n).

    The standard deviation of the logarithms, sd, has a standard error of sd / sqrt(2 * n).
    """
    n, median_us, log_sd = 100_000, 75_000, 0.5
    table = lognormal_quantiles_us(median_us, log_sd)
    key = decision_key(1, "gateway", "BTC-PERP", "Firm01")
    logs = np.log([table[quantile_index(mix(key, about))] for about in quote_sides(n)])

    assert abs(logs.mean() - math.log(median_us)) < 3 * log_sd / math.sqrt(n)
    assert abs(logs.std() - log_sd) < 3 * log_sd / math.sqrt(2 * n)


def test_all_delays_equal_the_median_if_the_standard_deviation_of_logarithms_is_zero():
    assert set(lognormal_quantiles_us(75_000, 0.0)) == {75_000}


# ---- waiting


@pytest.mark.parametrize("expected", [0.0, 5e-324, 1e-300, 1e-299])
def test_events_never_happen_if_their_rate_is_zero_or_extremely_small(expected: float):
    assert waiting_us(stream(1, "retail", "deposits"), expected, 86_400_000_000) == math.inf


def test_the_mean_waiting_time_is_the_period_divided_by_the_expected_number_of_events():
    draws = stream(1, "retail", "deposits")

    waits_us = [waiting_us(draws, 4.0, 1_000_000) for _ in range(10_000)]

    assert abs(fmean(waits_us) - 250_000) < 3 * 250_000 / 10_000**0.5


# ---- sorting of drawn numbers


@given(span=st.integers(1, 2**40), draws=st.data())
def test_our_sorting_and_removal_of_duplicates_agree_with_python_and_numpy(span, draws):
    near = st.integers(0, min(span - 1, 9))
    numbers = draws.draw(
        st.lists(st.integers(0, span - 1) | near | near.map(lambda n: span - 1 - n))
    )

    drawn = np.array(numbers, dtype=np.int64)
    assert distinct(drawn, span).tolist() == sorted(set(numbers))
    assert rising(drawn, span).tolist() == np.argsort(drawn, kind="stable").tolist()


# ---- seeds


@given(st.lists(st.integers(0, 2**32 - 1), min_size=4, max_size=12))
def test_a_seed_state_generates_the_same_numbers_as_numpys_seed_sequence(words):
    entropy = np.array(words, dtype=np.uint32)

    assert np.array_equal(
        SeedState(entropy).generate_state(4, np.uint64),
        np.random.SeedSequence(words).generate_state(4, np.uint64),
    )
