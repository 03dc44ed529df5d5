"""Random numbers: named streams for regular draws, hashes for single decisions.

Each quantity of a process has its own stream in each block, such as an hour. So blocks can be drawn
in any order, and a new process does not change the draws of other processes. A decision takes its
random number from a hash of the seed and of its subject, such as a firm and a quote. So the order
in which decisions are made has no effect on them.
"""

import math
from statistics import NormalDist
from zlib import crc32

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from des.compile_cache import njit
from des.seeding import SeedState

QUANTILES = 4096

_NO_MORE_OF_SEED = (0, 0, 0)  # numpy reserves four words for a seed, and our seed has one

# Finaliser of SplitMix64: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number
# generators", OOPSLA.
_INCREMENT = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
_TO_INDEX = np.uint64(52)  # a shift by 52 bits leaves the upper 12 bits: the index of a row


def stream(seed: int, process: str, quantity: str, *block: str | int) -> Generator:
    """Return the random stream for a *quantity* of a *process* in one *block*, such as an hour."""
    # These words give the same state as numpy's SeedSequence(seed, spawn_key=key).
    words = (seed, *_NO_MORE_OF_SEED, *_key(process, quantity, *block))
    return Generator(PCG64(SeedState(np.array(words, dtype=np.uint32))))


def decision_key(seed: int, *words: str | int) -> int:
    """Return the 64-bit key of one kind of decision. `mix` combines the key with a subject."""
    sequence = SeedSequence(seed, spawn_key=_key(*words))
    return int(sequence.generate_state(1, np.uint64)[0])


def _key(*words: str | int) -> tuple[int, ...]:
    return tuple(crc32(w.encode()) if isinstance(w, str) else int(w) for w in words)


@njit("int64[::1](int64[::1], int64)", cache=True)
def rising(drawn: np.ndarray, span: int) -> np.ndarray:
    """Return the indices that sort numbers in rising order.

    If the numbers are uniform draws, the run time is proportional to their count. There are as many
    buckets as numbers. Each number goes into one bucket, so only numbers in the same bucket can be
    in the wrong order. Equal numbers keep the order in which they were drawn.

    Args:
        drawn: whole numbers in [0, span), shape (n,).
        span: a bound above all numbers.

    Returns:
        Indices, int64, shape (n,).
    """
    n = len(drawn)
    per_unit = n / span  # a larger number never gives a smaller product, so buckets are in order
    begin, ordered = np.zeros(n + 1, np.int64), np.empty(n, np.int64)
    for number in drawn:
        begin[min(int(number * per_unit), n - 1) + 1] += 1
    for bucket in range(n):
        begin[bucket + 1] += begin[bucket]
    for i, number in enumerate(drawn):
        bucket = min(int(number * per_unit), n - 1)
        ordered[begin[bucket]] = i
        begin[bucket] += 1
    for at in range(1, n):
        i, place = ordered[at], at
        while place and drawn[ordered[place - 1]] > drawn[i]:
            ordered[place] = ordered[place - 1]
            place -= 1
        ordered[place] = i
    return ordered


@njit("int64[::1](int64[::1], int64)", cache=True)
def distinct(drawn: np.ndarray, span: int) -> np.ndarray:
    """Return the distinct numbers in rising order. The run time is like that of `rising`.

    Args:
        drawn: whole numbers in [0, span), shape (n,).
        span: a bound above all numbers.

    Returns:
        The distinct numbers, strictly rising, int64.
    """
    kept, last = 0, np.int64(-1)
    numbers = np.empty(len(drawn), np.int64)
    for i in rising(drawn, span):
        if drawn[i] != last:
            last = drawn[i]
            numbers[kept] = last
            kept += 1
    return numbers[:kept].copy()


@njit("uint64(uint64, int64)", cache=True)
def mix(key: int, subject: int) -> int:
    """Return a 64-bit hash of *key* and *subject*. The integers overflow on purpose.

    *key* is the key of a kind of random decision. *subject* is the number of the subject that the
    decision is about, such as an hour.
    """
    h = np.uint64(subject) * _INCREMENT + key
    h = (h ^ (h >> _SHIFTS[0])) * _MULTIPLIERS[0]
    h = (h ^ (h >> _SHIFTS[1])) * _MULTIPLIERS[1]
    return h ^ (h >> _SHIFTS[2])


def waiting_us(draws: Generator, expected: float, span_us: int) -> float:
    """Draw the waiting time until the next event of a Poisson process.

    Args:
        draws: the random stream of the process.
        expected: the expected number of events in a span of time, 0 or more.
        span_us: the length of this span, in microseconds.

    Returns:
        Microseconds, not rounded. The result is math.inf if *expected* is zero, or so near zero
        that a float cannot represent the mean waiting time.
    """
    # In Python a float divided by a tiny number is infinity, but division by zero is an error.
    mean_us = span_us / expected if expected else math.inf
    return draws.exponential(mean_us) if math.isfinite(mean_us) else math.inf


def lognormal_quantiles_us(median_us: int, log_sd: float) -> np.ndarray:
    """Return a table of equally likely delays from a lognormal distribution.

    A hash selects a row of this table. The table contains whole numbers, so that rounding errors of
    exponentials do not reach the books.

    Returns:
        Delays in microseconds, in rising order, int64, shape (QUANTILES,).
    """
    normal = NormalDist()
    delays_us = [
        round(median_us * math.exp(log_sd * normal.inv_cdf((i + 0.5) / QUANTILES)))
        for i in range(QUANTILES)
    ]
    return np.array(delays_us, dtype=np.int64)


@njit("int64(uint64)", cache=True)
def quantile_index(hashed: int) -> int:
    """Return the row that a hash selects in a table of QUANTILES rows."""
    return hashed >> _TO_INDEX
