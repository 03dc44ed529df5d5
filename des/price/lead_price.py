"""The lead price of a market, in whole numbers. The hours of a run can be drawn in any order.

A tick is a moment at which the price may change. Prices are multiples of the market's price step,
which is also called a tick.
"""

import math
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from des.chance import distinct, stream
from des.clock import HOUR_US, SECOND_US
from des.compile_cache import njit
from des.price.hourly_path import hourly_path
from des.scenario import Price
from des.turns import first_at
from ledger.mistake import MistakeError

# The number of hours whose ticks stay in memory. At the end of a day the ticks of its 24 hours are
# read again. A late quoter needs the last hour of the previous day. Orders on their way need the
# first hour of the next day.
HOURS_KEPT = 26
MINUTE_US = 60 * SECOND_US
# Compiled code multiplies prices by other integers, and the products must fit in 64 bits. This
# limit leaves room for price moves inside hours, and for the impact of orders.
PRICE_TICKS_MAX_AT_HOURS = 2**30

_NO_TIMES = np.empty(0, dtype=np.int64)


class Ticks(NamedTuple):
    """The times at which the price may change, and the price from each of these times on."""

    times_us: np.ndarray  # strictly rising, int64, shape (n,)
    prices: np.ndarray  # in units of the market's tick, int64, shape (n,)


class PriceRangeError(MistakeError, ValueError):
    """A price is too large for exact computations."""


class LeadPrice:
    """The lead price of one market over one run. The price changes only at ticks.

    Within an hour the log-price is a Brownian bridge between the hour's ends, plus jumps. Ticks
    occur at random times, as a Poisson process. Each jump is also a tick, and each anchor in the
    run is a tick with the anchor's price. The run's start is a tick with the price of the last
    anchor at or before the start. The random numbers inside an hour depend only on the seed, the
    market and the hour.

    Args:
        seed: the run's seed.
        market: the name of the market.
        price: the price's anchors and volatility. If a file of candles states them, the
            caller reads the file first.
        tick_usd: the size of a tick, in dollars.
        start_us: the first microsecond of the run, at a full hour.
        end_us: the first microsecond after the run, at a full hour.

    Raises:
        ValueError: the run does not begin and end at full hours, or `hourly_path` raises an error.
        PriceRangeError: a price at a full hour is above PRICE_TICKS_MAX_AT_HOURS ticks.
    """

    def __init__(
        self,
        seed: int,
        market: str,
        price: Price,
        tick_usd: Decimal,
        start_us: int,
        end_us: int,
    ) -> None:
        if start_us % HOUR_US or end_us % HOUR_US:
            raise ValueError("a run must begin and end at whole hours")
        self._seed = seed
        self._market = market
        self._ticks_per_hour = price.ticks_per_s * HOUR_US / SECOND_US
        self._tick_usd = float(tick_usd)
        self._start_us = start_us
        self._end_us = end_us
        self._start_hour = start_us // HOUR_US
        self._path = hourly_path(seed, market, price, self._start_hour, end_us // HOUR_US)
        log_prices = self._path.log_price[: (end_us - start_us) // HOUR_US + 1]
        if log_prices.max() > math.log(PRICE_TICKS_MAX_AT_HOURS * self._tick_usd):
            raise PriceRangeError(
                f"the price of {market} rises above {PRICE_TICKS_MAX_AT_HOURS:_} ticks; "
                "add anchors, or lower the volatility of the price"
            )
        self._hour = lru_cache(HOURS_KEPT)(self._draw_hour)

    def __getstate__(self) -> dict[str, Any]:
        return {name: value for name, value in vars(self).items() if name != "_hour"}

    def __setstate__(self, state: dict[str, Any]) -> None:
        vars(self).update(state)
        self._hour = lru_cache(HOURS_KEPT)(self._draw_hour)  # a copy draws all hours again

    def ticks(self, start_us: int, end_us: int, impact: float = 0.0) -> Ticks:
        """Return the ticks of a span. Parts of the span outside the run have no ticks.

        Args:
            start_us: the first microsecond of the span.
            end_us: the first microsecond after the span.
            impact: how far orders on the lead venue move the log-price in this span.

        Returns:
            The ticks. Each price is rounded, and is at least one tick.
        """
        start_us, end_us = max(start_us, self._start_us), min(end_us, self._end_us)
        factor = math.exp(impact)
        hours = [
            _rounded(*self._hour(hour), start_us, end_us, factor)
            for hour in range(start_us // HOUR_US, -(-end_us // HOUR_US))
        ]
        if len(hours) == 1:
            return hours[0]
        times, prices = zip(*hours, strict=True) if hours else ([_NO_TIMES], [_NO_TIMES])
        return Ticks(np.concatenate(times), np.concatenate(prices))

    def last_tick(self, end_us: int, impact: float = 0.0) -> Ticks:
        """Return a single tick for an idle span that ends at the full hour *end_us*.

        The tick has the price at *end_us*. The time of the tick is one minute before *end_us*, so
        that a quoter who sees prices late finds this price.
        """
        price = round(self.hour_price_usd(end_us) * math.exp(impact) / self._tick_usd)
        return Ticks(np.array([end_us - MINUTE_US]), np.array([max(price, 1)]))

    def hour_volatility_ratio(self, time_us: int) -> float:
        """Return the volatility of the hour at *time_us* as a ratio to its stated level."""
        return float(self._path.factor[self._row(time_us)])

    def hour_volatility(self, time_us: int) -> float:
        """Return the annualised volatility, with jumps, of the hour at *time_us*."""
        return float(self._path.volatility[self._row(time_us)])

    def hour_price_usd(self, time_us: int) -> float:
        """Return the price at the hour's start, without impact, in dollars, at least one tick."""
        return max(math.exp(self._path.log_price[self._row(time_us)]), self._tick_usd)

    def hour_price_ticks(self, time_us: int) -> int:
        """Return the price at the hour's start, without impact, in ticks."""
        return round(self.hour_price_usd(time_us) / self._tick_usd)

    def _row(self, time_us: int) -> int:
        if not self._start_us <= time_us <= self._end_us:
            raise ValueError(f"{time_us} lies outside the run of {self._market}")
        return time_us // HOUR_US - self._start_hour

    def _draw_hour(self, hour: int) -> tuple[np.ndarray, np.ndarray]:
        """Draw the times of one hour's ticks, and the unrounded prices at these times."""
        row = hour - self._start_hour
        jump_sizes = self._path.jumps(row)
        jumps_us = self._jump_times(hour, len(jump_sizes))
        arrivals = self._stream("tick times", hour)
        drawn_us = arrivals.integers(HOUR_US, size=arrivals.poisson(self._ticks_per_hour))
        known_us = np.zeros(int(self._path.is_known[row]), dtype=np.int64)
        # Of two ticks in the same microsecond one is dropped, since there is one price at a time.
        offsets_us = distinct(np.concatenate((known_us, drawn_us, jumps_us)), HOUR_US)

        normals = self._stream("diffusion", hour).standard_normal(len(offsets_us) + 1)
        path = self._path
        log_price = _bridge(
            offsets_us,
            normals,
            (path.log_price[row], path.diffusion[row], path.variance[row]),
            jumps_us,
            jump_sizes,
        )
        return hour * HOUR_US + offsets_us, np.exp(log_price) / self._tick_usd

    def _jump_times(self, hour: int, n: int) -> np.ndarray:
        """Draw the times of *n* jumps in an hour.

        No jump is at the full hour, which may have an anchor.
        """
        if not n:
            return _NO_TIMES
        return np.sort(self._stream("jump times", hour).integers(1, HOUR_US, n))

    def _stream(self, quantity: str, hour: int) -> np.random.Generator:
        return stream(self._seed, "price", quantity, self._market, hour)


@njit(cache=True)
def joined(before: Ticks, after: Ticks, since_us: int) -> Ticks:
    """Return the ticks of *before* that are still needed, followed by all ticks of *after*.

    The first tick that is still needed is the last tick at or before *since_us*.
    """
    first = max(first_at(before.times_us, since_us + 1) - 1, 0)
    kept = len(before.times_us) - first
    n = kept + len(after.times_us)
    times_us, prices = np.empty(n, np.int64), np.empty(n, np.int64)
    for i in range(n):
        if i < kept:
            times_us[i], prices[i] = before.times_us[first + i], before.prices[first + i]
        else:
            times_us[i], prices[i] = after.times_us[i - kept], after.prices[i - kept]
    return Ticks(times_us, prices)


@njit(cache=True)
def _rounded(
    times_us: np.ndarray, prices: np.ndarray, start_us: int, end_us: int, factor: float
) -> Ticks:
    """Return an hour's ticks between two times, with prices multiplied by *factor* and rounded.

    *times_us* and *prices* are those of the whole hour. Each price is multiplied and rounded
    separately, so that it does not depend on the span that is requested.
    """
    first, last = first_at(times_us, start_us), first_at(times_us, end_us)
    rounded = np.empty(max(last - first, 0), np.int64)
    for i in range(len(rounded)):
        rounded[i] = max(np.rint(prices[first + i] * factor), 1)
    return Ticks(times_us[first:last], rounded)


@njit(cache=True)
def _bridge(
    offsets_us: np.ndarray,
    normals: np.ndarray,
    hour: tuple[float, float, float],
    jumps_us: np.ndarray,
    jump_sizes: np.ndarray,
) -> np.ndarray:
    """Return log-prices at given moments of an hour: a random walk to a known end, plus jumps.

    Args:
        offsets_us: the moments, in microseconds since the start of the hour, shape (n,).
        normals: a standard normal draw for each step, shape (n + 1,). The last step goes from the
            last moment to the hour's end.
        hour: the log-price at the hour's start, the change until the hour's end without jumps, and
            the variance of this change.
        jumps_us, jump_sizes: the times of jumps since the start of the hour in rising order, and
            the log-price change by each jump, shape (m,).

    Returns:
        Log-prices, shape (n,).
    """
    begins_at, ends_at, variance = hour
    variance_per_us = variance / HOUR_US
    walk = np.empty(len(offsets_us))
    stands, since_us = 0.0, 0
    for i, offset_us in enumerate(offsets_us):
        stands += math.sqrt((offset_us - since_us) * variance_per_us) * normals[i]
        walk[i], since_us = stands, offset_us
    stands += math.sqrt((HOUR_US - since_us) * variance_per_us) * normals[-1]
    tilt_per_us = (ends_at - stands) / HOUR_US
    jumps, jumped = 0, 0.0
    for i, offset_us in enumerate(offsets_us):
        while jumps < len(jumps_us) and jumps_us[jumps] <= offset_us:
            jumped += jump_sizes[jumps]
            jumps += 1
        walk[i] = begins_at + (walk[i] + offset_us * tilt_per_us) + jumped
    return walk
