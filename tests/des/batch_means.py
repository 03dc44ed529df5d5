"""Compares the mean of simulated values with an expected value."""

import math

import numpy as np


def assert_mean(batches: np.ndarray, expected: float) -> None:
    """Assert that the mean of *batches* is within three standard errors of *expected*.

    The standard error must be less than 5 % of *expected*.
    """
    mean, error = batches.mean(), batches.std(ddof=1) / math.sqrt(len(batches))
    assert error < 0.05 * expected, f"a standard error of {error / expected:.1%} is too large"
    off = (mean - expected) / error
    assert abs(off) < 3, f"{mean:.3f} +- {error:.3f}, expected {expected:.3f}: {off:+.1f} s.e."
