"""The volatility of each hour: a level that the scenario states, times a random factor."""

import math
from collections.abc import Sequence
from itertools import accumulate

import numpy as np

from des.chance import stream
from des.clock import HOUR_US, midnight_us
from des.scenario import Price, VolatilityLevel


def hour_levels(levels: Sequence[VolatilityLevel], first_hour: int, hours: int) -> np.ndarray:
    """Return the stated level of volatility in each hour.

    Args:
        levels: the stated levels in the order of their days. The first must begin at or before
            *first_hour*.
        first_hour: the first hour, in hours since 1970.
        hours: the number of hours.

    Returns:
        Annualised volatility, with 365 days in a year, shape (hours,).

    Raises:
        ValueError: no level is in force at *first_hour*.
    """
    since = [midnight_us(level.since) // HOUR_US for level in levels]
    if since[0] > first_hour:
        raise ValueError(f"the first volatility level begins on {levels[0].since}, after the start")
    in_force = np.searchsorted(since, np.arange(first_hour, first_hour + hours), side="right") - 1
    return np.array([level.annual for level in levels])[in_force]


def hour_factors(seed: int, market: str, price: Price, hours: int) -> np.ndarray:
    """Draw a factor for each hour. The hour's volatility is the level times this factor.

    The factor's logarithm is a first-order autoregression, stationary from the first hour. The mean
    square of the factor is one, so the level is the root mean square of the volatility. A longer
    run begins with the same factors as a shorter run.

    Returns:
        Factors, shape (hours,). All factors are one if `volatility_log_sd` is zero.
    """
    log_sd = price.volatility_log_sd
    kept = 0.5 ** (1 / price.volatility_half_life_h)
    fresh = math.sqrt(1 - kept**2)
    shocks = stream(seed, "price", "volatility factor", market).standard_normal(hours).tolist()
    states = accumulate(shocks, lambda state, shock: kept * state + fresh * shock)
    # The exponentials are computed one by one. If numpy computed them for the whole array, they
    # could depend on the length of the run.
    return np.array([math.exp(log_sd * state - log_sd**2) for state in states])
