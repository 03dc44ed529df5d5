"""Random times within two hours, at which a test sees a price."""

import numpy as np

STEP_US = 100_000
SPAN_US = 7_200_000_000


def poisson(rng: np.random.Generator, per_s: float) -> np.ndarray:
    """Draw the times of a Poisson process over SPAN_US."""
    return np.sort(rng.integers(0, SPAN_US, rng.poisson(per_s * SPAN_US / 1e6)))
