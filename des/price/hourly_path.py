"""The price at each full hour, drawn at random, and corrected so that it reaches the anchors.

In each hour the log-price changes by a diffusion and by jumps. The sizes of both depend on the
volatility. All hours of a run are drawn at once, with a few numbers for each hour. The path inside
an hour is drawn later, when it is needed. Each quantity has its own random stream, drawn in the
order of the hours. So a longer run begins with the same path as a shorter run.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from des.chance import stream
from des.clock import HOUR_US, SECOND_US, YEAR_S
from des.price.volatility import hour_factors, hour_levels
from des.scenario import Anchor, Price

HOUR_YEARS = HOUR_US / SECOND_US / YEAR_S


@dataclass(frozen=True, slots=True)
class HourlyPath:
    """Log-prices at full hours, and each hour's diffusion and jumps.

    Index h of an array is hour h of the run, except in `jump_sizes`.
    """

    factor: np.ndarray  # the hour's volatility as a ratio to the stated level, shape (n,)
    volatility: np.ndarray  # annualised volatility with jumps, shape (n,)
    variance: np.ndarray  # the diffusion's variance in the hour, shape (n,)
    diffusion: np.ndarray  # log-price change in the hour, jumps not included, shape (n,)
    log_price: np.ndarray  # log-price at the start of the hour, shape (n,)
    is_known: np.ndarray  # true if `log_price` is an anchor or the run's first price, shape (n,)
    jump_sizes: np.ndarray  # log-price change of each jump in all hours, in order of time
    jumps_before: np.ndarray  # number of jumps before the hour, int64, shape (n + 1,)

    def jumps(self, hour: int) -> np.ndarray:
        """Return the sizes of the jumps in one hour, as log-price changes."""
        return self.jump_sizes[self.jumps_before[hour] : self.jumps_before[hour + 1]]


def hourly_path(seed: int, market: str, price: Price, start_hour: int, end_hour: int) -> HourlyPath:
    """Draw the path in all hours of a run, and in the hours from its end to the next anchor.

    Given the volatilities and the jumps, the diffusion between two anchors is a Brownian bridge.
    After the last anchor the diffusion is a random walk. If the draws miss an anchor, only the
    diffusion is corrected. Jumps stay as drawn, since an anchor states a price but does not prove a
    jump. Each hour gets a part of the correction in proportion to the variance of its diffusion.

    Args:
        seed: the run's seed.
        market: the name of the market.
        price: the anchors and volatility of the market's price.
        start_hour: the first hour of the run, in hours since 1970. The last anchor at or before
            this hour gives the price at the run's start.
        end_hour: the first hour after the run, in hours since 1970.

    Raises:
        ValueError: no anchor, or no volatility, is dated at or before the start.
    """
    known_hours, known_logs = _known_prices(price.anchors, start_hour, end_hour)
    # The path is at least one hour longer than the run, so that the run's end has a volatility.
    hours = max(end_hour - start_hour + 1, known_hours[-1])

    factor = hour_factors(seed, market, price, hours)
    volatility = hour_levels(price.volatility, start_hour, hours) * factor
    variance = (1 - price.jump_share) * volatility**2 * HOUR_YEARS
    normals = stream(seed, "price", "diffusion", market).standard_normal(hours)
    diffusion = np.sqrt(variance) * normals
    counts, sizes = _jumps(seed, market, price, volatility)
    jumped = np.bincount(np.repeat(np.arange(hours), counts), weights=sizes, minlength=hours)
    diffusion += _correction(diffusion + jumped, variance, known_hours, known_logs)

    is_known = np.zeros(hours + 1, dtype=bool)
    is_known[known_hours] = True
    return HourlyPath(
        factor=factor,
        volatility=volatility,
        variance=variance,
        diffusion=diffusion,
        log_price=np.cumsum(np.concatenate(([known_logs[0]], (diffusion + jumped)[:-1]))),
        is_known=is_known[:-1],
        jump_sizes=sizes,
        jumps_before=np.concatenate(([0], np.cumsum(counts))),
    )


def _known_prices(
    anchors: Sequence[Anchor], start_hour: int, end_hour: int
) -> tuple[list[int], list[float]]:
    """Return the anchors that affect the run: their hours since the start, and their log-prices.

    These anchors are the latest one at or before the start, all anchors in the run, and the
    earliest one at or after the end, if there is one. An anchor before the start gets hour 0.
    """
    hours = [anchor.time_us // HOUR_US for anchor in anchors]
    first = bisect_right(hours, start_hour) - 1
    if first < 0:
        raise ValueError(f"the first anchor is at {anchors[0].at}, after the start")
    # The first anchor at or after the end still affects the run. Later anchors do not.
    last = bisect_left(hours, end_hour)
    known = [max(hour - start_hour, 0) for hour in hours[first : last + 1]]
    return known, [math.log(anchor.price_usd) for anchor in anchors[first : last + 1]]


def _jumps(
    seed: int, market: str, price: Price, volatility: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Draw the number of jumps in each hour, and the sizes of all jumps."""
    per_hour = price.jumps_per_day / 24
    # Jumps are expected to cause the share `jump_share` of each hour's variance.
    sd_per_volatility = math.sqrt(price.jump_share * HOUR_YEARS / per_hour) if per_hour else 0.0
    counts = stream(seed, "price", "jumps", market).poisson(per_hour, len(volatility))
    normals = stream(seed, "price", "jump sizes", market).standard_normal(counts.sum())
    return counts, np.repeat(volatility * sd_per_volatility, counts) * normals


def _correction(
    drawn: np.ndarray, variance: np.ndarray, known_hours: list[int], known_logs: list[float]
) -> np.ndarray:
    """Return the amount to add to each hour's diffusion, so that the path reaches the anchors."""
    correction = np.zeros(len(drawn))
    if len(known_hours) == 1:
        return correction
    starts, last = known_hours[:-1], known_hours[-1]
    lengths = np.diff(known_hours)
    # If the diffusion has no variance between two anchors, all hours between them get equal parts
    # of the correction.
    is_still = np.repeat(np.add.reduceat(variance[:last], starts) == 0, lengths)
    weight = np.where(is_still, 1.0, variance[:last])
    missing = np.diff(known_logs) - np.add.reduceat(drawn[:last], starts)
    correction[:last] = weight * np.repeat(missing / np.add.reduceat(weight, starts), lengths)
    return correction
