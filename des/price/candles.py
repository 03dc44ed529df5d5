"""Converts a user's candles into anchors and volatility, from which prices are simulated."""

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import groupby
from pathlib import Path

from pydantic import ValidationError

from des.candles.candle_error import CandleError
from des.candles.candle_file import candles_of
from des.candles.regular_candles import Candle, Regular
from des.clock import DAY_US, SECOND_US, YEAR_S
from des.scenario import Anchor, VolatilityLevel
from ledger.times import day_of


@dataclass(frozen=True, slots=True)
class Candles:
    """The lead price's anchors and volatility, read from a file of candles."""

    anchors: tuple[Anchor, ...]  # the first open, every close, and the open after each gap
    volatility: tuple[VolatilityLevel, ...]  # one level for each day with candles
    said: tuple[str, ...] = ()  # remarks on the file and on corrections


def read_candles(path: Path) -> Candles:
    """Read a file of candles of equal length, at most a week each. See `des.candles` for formats.

    Times without a zone are UTC. Candles that do not last whole hours are combined into longer
    candles that do. The volatility of a day is computed from the ranges of the candles that open on
    this day. A day without candles has the volatility of the previous day.

    Raises:
        CandleError: the file cannot be read, its content is wrong or ambiguous, or the volatility
            of a day is too high.

    Source: Parkinson (1980), The Journal of Business 53(1), 61-65. The variance in a candle is
        estimated as ln(high / low)^2 / (4 * ln(2)). The estimate tends to be too low if a
        candle has few trades.
    """
    found = candles_of(path)
    return Candles(
        anchors=tuple(
            Anchor(at=datetime.fromtimestamp(at_us // SECOND_US, UTC), price_usd=usd)
            for at_us, usd in _known_prices(found)
        ),
        volatility=tuple(_daily_levels(path, found.candles, found.length_us)),
        said=tuple(found.said),
    )


def _known_prices(found: Regular) -> Iterator[tuple[int, float]]:
    """Yield the time and price of the first open, each close, and each open after a gap."""
    closed_us = None
    for candle in found.candles:
        if candle.opens_us != closed_us:
            yield candle.opens_us, candle.open
        closed_us = candle.opens_us + found.length_us
        yield closed_us, candle.close


def _daily_levels(
    path: Path, candles: Iterable[Candle], length_us: int
) -> Iterator[VolatilityLevel]:
    """Yield each day's annualised volatility.

    It is computed from the mean of the variances in the day's candles. The docstring of
    `read_candles` has the formula for the variance in a candle.
    """
    candles_per_year = YEAR_S * SECOND_US / length_us
    for day_us, of_day in groupby(candles, lambda candle: candle.opens_us // DAY_US * DAY_US):
        day = list(of_day)
        squares = [math.log(candle.high / candle.low) ** 2 for candle in day]
        variance = math.fsum(squares) / len(day) / (4 * math.log(2))
        annual = math.sqrt(variance * candles_per_year)
        try:
            yield VolatilityLevel(since=day_of(day_us), annual=annual)
        except ValidationError as error:  # the volatility is too high for a scenario
            raise CandleError(
                path,
                day[0].row,
                f"the ranges of the candles of {day_of(day_us)} give an annual volatility of "
                f"{annual:.0f}, above the largest allowed volatility; correct the highs and lows "
                "of this day",
            ) from error
