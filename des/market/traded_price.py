"""The lead price of one market, with the impact of orders on the lead venue."""

import math
from collections.abc import Callable

import numpy as np

from des.clock import DAY_US, HOUR_US, YEAR_S
from des.price.impact import Impact
from des.price.lead_price import LeadPrice, Ticks


class TradedPrice:
    """The drawn path of the lead price, moved by the impact of orders on the lead venue."""

    def __init__(self, lead: LeadPrice, impact: Impact) -> None:
        """Initialise without any impact of orders."""
        self._lead, self._impact = lead, impact
        # Today's impact on the log-price, as pairs of a time and the impact from this time on. The
        # first time is the start of the day.
        self._offsets: list[tuple[int, float]] = []

    def begin_interval(self, start_us: int) -> float:
        """Return the impact on the log-price at an interval's start, and record any change."""
        if start_us % DAY_US == 0:
            self._offsets.clear()
        offset = self._impact.log_offset
        if not self._offsets or self._offsets[-1][1] != offset:
            self._offsets.append((start_us, offset))
        return offset

    def push(self, now_us: int, elapsed_s: float, usd: float) -> None:
        """Let the impact decay for *elapsed_s* seconds, then add the impact of new orders.

        *usd* is the value of purchases minus the value of sales.
        """
        self._impact.update(elapsed_s, usd, self._daily_volatility(now_us))

    def impact_per_root_lot(self, time_us: int, lot_usd: float) -> float:
        """Return an order's impact on the log-price, divided by the square root of its lots."""
        return self._impact.per_root_usd(self._daily_volatility(time_us)) * math.sqrt(lot_usd)

    def ticks_of_day(self, end_us: int) -> Ticks:
        """Return the ticks of the day that ends at *end_us*, with the impact of orders."""
        times_us, offsets = zip(*self._offsets, strict=True)
        spans = zip(times_us, (*times_us[1:], end_us), offsets, strict=True)
        times, prices = zip(*(self._lead.ticks(*span) for span in spans), strict=True)
        return Ticks(np.concatenate(times), np.concatenate(prices))

    def prices_of_hours(self, end_us: int, is_whole: Callable[[int], bool]) -> np.ndarray:
        """Return the prices of the day that ends at *end_us*, in ticks, without impact, shape (n,).

        If *is_whole* is true for an hour, the array has the prices of all ticks of the hour.
        Otherwise the array has only the price at the start of the hour. These single prices come
        first.
        """
        hours_us = range(end_us - DAY_US, end_us, HOUR_US)
        spans = [(at, HOUR_US if is_whole(at) else 0) for at in hours_us]
        whole = [self._lead.ticks(at, at + span_us).prices for at, span_us in spans if span_us]
        first = [self._lead.hour_price_ticks(at) for at, span_us in spans if not span_us]
        return np.concatenate((np.array(first, dtype=np.int64), *whole))

    def _daily_volatility(self, time_us: int) -> float:
        return self._lead.hour_volatility(time_us) * (86_400 / YEAR_S) ** 0.5
