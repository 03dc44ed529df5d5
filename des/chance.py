"""Where chance enters: named streams for regular draws, hashes for single decisions.

A stream belongs to one quantity of one process in one block of time, so that blocks can be drawn
in any order and adding a process moves no other's draws. A decision draws by hashing what it is
about (seed, firm, quote), so that the order in which decisions are evaluated cannot matter.
"""

import math
from statistics import NormalDist
from zlib import crc32

import numpy as np
from numpy.random import Generator, SeedSequence, default_rng

QUANTILES = 4096

# Finaliser of SplitMix64: Steele, Lea & Flood (2014), "Fast splittable pseudorandom number
# generators", OOPSLA.
_INCREMENT = 0x9E3779B97F4A7C15
_MULTIPLIERS = (0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


def stream(seed: int, process: str, quantity: str, *block: str | int) -> Generator:
    """Random stream of one *quantity* of one *process* in one *block* (market, hour)."""
    words = (process, quantity, *block)
    key = tuple(crc32(w.encode()) if isinstance(w, str) else int(w) for w in words)
    return default_rng(SeedSequence(seed, spawn_key=key))


def decision_key(seed: int, *words: str | int) -> np.uint64:
    """Return the 64-bit key of all decisions of one kind, to be mixed with what each is about."""
    key = tuple(crc32(w.encode()) if isinstance(w, str) else int(w) for w in words)
    return SeedSequence(seed, spawn_key=key).generate_state(1, np.uint64)[0]


def mix(key: np.ndarray, subject: np.ndarray) -> np.ndarray:
    """Hash *subject* (int64) under *key* (uint64, a scalar or as long): one uint64 per decision."""
    h = subject.astype(np.uint64) * np.uint64(_INCREMENT) + key
    h = (h ^ (h >> np.uint64(30))) * np.uint64(_MULTIPLIERS[0])
    h = (h ^ (h >> np.uint64(27))) * np.uint64(_MULTIPLIERS[1])
    return h ^ (h >> np.uint64(31))


def lognormal_quantiles_us(median_us: int, log_sd: float) -> np.ndarray:
    """Tabulate a lognormal delay at equally likely quantiles.

    Drawing means looking up a hash in this table, so that a single draw and a batch of them
    agree to the bit, which two exponentials need not.

    Returns:
        Delays in microseconds, ascending, int64 of shape (QUANTILES,).
    """
    normal = NormalDist()
    return np.array(
        [
            round(median_us * math.exp(log_sd * normal.inv_cdf((i + 0.5) / QUANTILES)))
            for i in range(QUANTILES)
        ],
        dtype=np.int64,
    )


def quantile_index(hashed: np.ndarray) -> np.ndarray:
    """Return the row of a table of QUANTILES that each hash points at."""
    return (hashed >> np.uint64(52)).astype(np.int64)
