"""Where chance enters: named streams for regular draws, hashes for single decisions.

A stream belongs to one quantity of one process in one block of time, so that blocks can be drawn
in any order and adding a process moves no other's draws. A decision draws by hashing its subject
(seed, firm, quote), so that the order in which decisions are evaluated cannot matter.
"""

import math
from statistics import NormalDist
from zlib import crc32

import numpy as np
from numpy.random import PCG64, Generator, SeedSequence

from des.compile_cache import njit
from des.seeding import SeedState

QUANTILES = 4096

_NO_MORE_OF_SEED = (0, 0, 0)  # a seed fills one of the four words that SeedSequence reserves for it

# Finaliser of SplitMix64: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number
# generators", OOPSLA.
_INCREMENT = np.uint64(0x9E3779B97F4A7C15)
_MULTIPLIERS = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SHIFTS = (np.uint64(30), np.uint64(27), np.uint64(31))
_TO_INDEX = np.uint64(52)  # the upper bits of 64 select one of QUANTILES rows


def stream(seed: int, process: str, quantity: str, *block: str | int) -> Generator:
    """Random stream of one *quantity* of one *process* in one *block* (market, hour)."""
    # The words of SeedSequence(seed, spawn_key=key).
    words = (seed, *_NO_MORE_OF_SEED, *_key(process, quantity, *block))
    return Generator(PCG64(SeedState(np.array(words, dtype=np.uint32))))


def decision_key(seed: int, *words: str | int) -> int:
    """Return the 64-bit key of one kind of decision; each decision mixes in its own subject."""
    sequence = SeedSequence(seed, spawn_key=_key(*words))
    return int(sequence.generate_state(1, np.uint64)[0])


def _key(*words: str | int) -> tuple[int, ...]:
    return tuple(crc32(w.encode()) if isinstance(w, str) else int(w) for w in words)


@njit("int64[::1](int64[::1], int64)", cache=True)
def rising(drawn: np.ndarray, span: int) -> np.ndarray:
    """Return the places of numbers in rising order, in linear time if they are drawn uniformly.

    There are as many buckets as numbers; each number goes to one, and only numbers that share a
    bucket are compared. Equal ones stay in the order in which they were drawn.

    Args:
        drawn: whole numbers in [0, span), shape (n,).
        span: the range of the draws.

    Returns:
        Places, int64, shape (n,).
    """
    n = len(drawn)
    per_unit = n / span  # in floats: a product of floats rises with its factors
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
    """Put numbers in rising order, each once, in linear time if they are drawn uniformly.

    Args:
        drawn: whole numbers in [0, span), shape (n,).
        span: the range of the draws.

    Returns:
        Strictly rising, int64.
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
    """Hash the subject of a decision with its key: 64 bits, with overflow."""
    h = np.uint64(subject) * _INCREMENT + key
    h = (h ^ (h >> _SHIFTS[0])) * _MULTIPLIERS[0]
    h = (h ^ (h >> _SHIFTS[1])) * _MULTIPLIERS[1]
    return h ^ (h >> _SHIFTS[2])


def waiting_us(draws: Generator, expected: float, span_us: int) -> float:
    """Draw the waiting time until the next event of a Poisson process.

    Args:
        draws: the process's own stream.
        expected: how many events are expected within *span_us*, 0 or more.
        span_us: in microseconds.

    Returns:
        Microseconds, not rounded; math.inf if the event never comes. It never comes at a rate of
        zero, or at a rate so near zero that a float cannot hold the mean waiting time.
    """
    # In Python a float divided by a number near zero is infinity; division by zero is an error.
    mean_us = span_us / expected if expected else math.inf
    return draws.exponential(mean_us) if math.isfinite(mean_us) else math.inf


def lognormal_quantiles_us(median_us: int, log_sd: float) -> np.ndarray:
    """Tabulate a lognormal delay at equally likely quantiles.

    A draw looks a hash up in this table. The table holds integers, so that the last bit of an
    exponential never reaches the books.

    Returns:
        QUANTILES delays in microseconds, ascending, int64.
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
