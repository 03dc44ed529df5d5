"""Random times from a span of two hours. Tests observe a price at these times."""

import numpy as np

STEP_US = 100_000
SPAN_US = 7_200_000_000


def poisson(rng: np.random.Generator, per_s: float) -> np.ndarray:
    """Draw random times between 0 and SPAN_US, on average *per_s* per second, and sort them."""
    return np.sort(rng.integers(0, SPAN_US, rng.poisson(per_s * SPAN_US / 1e6)))
