"""What the other makers of the house quote in one market: they see only the past."""

import math
from typing import NamedTuple

from des.clock import HOUR_US, microseconds
from des.price.lead_price import LeadPrice
from des.scenario import Others
from ledger.money import to_cents


class OtherQuotes(NamedTuple):
    """One price on each side until the next settlement, at which they have enough for everybody.

    What they show decides how orders are shared at a tie, and how deep customers find the book.
    """

    away_ticks: int  # from the lead price that they see
    shown_lots: int  # on each side
    latency_us: int  # how old that price is


class OtherQuoting:
    """Decides at settlements, by the volatility of the hour before."""

    def __init__(self, others: Others, price: LeadPrice, start_us: int) -> None:
        """Begin.

        Args:
            others: how they quote.
            price: the lead price.
            start_us: the run's start; the hour before it was calm.
        """
        self._others, self._price, self._start_us = others, price, start_us
        self._latency_us = microseconds(others.latency_s)

    def quotes(self, now_us: int, mark_ticks: int, lot_cents: int, times: int = 1) -> OtherQuotes:
        """Return what they quote until the next settlement.

        Args:
            now_us: the settlement.
            mark_ticks: the lead price.
            lot_cents: what a lot is worth at it.
            times: how many hours the one at hand stands for: so many times as much is shown.
        """
        before_us = now_us - HOUR_US
        volatility = self._price.hour_volatility(before_us) if before_us >= self._start_us else 0.0
        away_bps = self._others.half_spread_bps * self._others.half_spread_times(volatility)
        shown_cents = to_cents(times * self._others.displayed_usd_after(volatility))
        return OtherQuotes(
            math.ceil(mark_ticks * away_bps / 10_000),
            max(shown_cents // lot_cents, 1),
            self._latency_us,
        )
