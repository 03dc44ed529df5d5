"""The other makers' quotes in one market: their distance from the price, and their size."""

import math
from typing import NamedTuple

from des.clock import HOUR_US, microseconds
from des.price.lead_price import LeadPrice
from des.scenario import Maker, Market
from ledger.money import to_cents
from ledger.times import day_of

REACH_BPS_MAX = 5_000.0  # the largest distance from the price, so that bids stay above zero


class OtherQuotes(NamedTuple):
    """The other makers' quotes until the next settlement. These quotes fill any quantity.

    If the captive maker quotes the same price, a customer's order is split in proportion to the
    captive maker's remaining lots and the other makers' displayed lots. The displayed lots also
    count as depth of the book.
    """

    away_ticks: int  # distance of the quotes from the lead price that these makers see
    shown_lots: int  # displayed lots per side
    latency_us: int  # age of the lead price that these makers see


class _InHour(NamedTuple):
    """The quotes of one hour. Each settlement converts them to ticks and lots at the lead price."""

    away_bps: float
    shown_cents: int


class OtherQuoting:
    """Decides the other makers' quotes of each hour, from the volatility of the previous hour."""

    def __init__(self, market: Market, maker: Maker, price: LeadPrice, start_us: int) -> None:
        """Initialise for one market.

        Args:
            market: the market. Its field `others` states the quotes in calm hours.
            maker: states the captive maker's share of the depth.
            price: the market's lead price.
            start_us: the run's start. The hour before the start counts as calm.
        """
        self._market, self._maker = market, maker
        self._latency_us = microseconds(market.others.latency_s)
        self._price, self._start_us = price, start_us
        # The hour of the last decision with the hour's weight, and the quotes that were decided.
        self._key, self._in_hour = (-1, 0), _InHour(0.0, 0)

    def quotes(self, now_us: int, mark_ticks: int, lot_cents: int, times: int = 1) -> OtherQuotes:
        """Return the other makers' quotes until the next settlement.

        Args:
            now_us: the time of the settlement.
            mark_ticks: the lead price, in ticks.
            lot_cents: the value of a lot at the lead price.
            times: the number of hours that the current hour represents. The displayed size is
                multiplied by this number.
        """
        key = now_us // HOUR_US, times
        if key != self._key:
            self._key, self._in_hour = key, self._decide(now_us, times)
        away_bps, shown_cents = self._in_hour
        return OtherQuotes(
            math.ceil(mark_ticks * away_bps / 10_000),
            max(shown_cents // lot_cents, 1),
            self._latency_us,
        )

    def half_spread_times(self, now_us: int) -> float:
        """Return the half-spread of this hour, as a multiple of the half-spread in calm hours."""
        return self._market.others.half_spread_times(self._volatility_before(now_us))

    def _decide(self, now_us: int, times: int) -> _InHour:
        volatility = self._volatility_before(now_us)
        others, day = self._market.others, day_of(now_us)
        away_bps = others.half_spread_bps * others.half_spread_times(volatility)
        captive_share = self._maker.depth_share_on(day) if self._market.depth else 0.0
        shown_usd = self._market.others_shown_usd(day, captive_share)
        shown_cents = to_cents(times * shown_usd * others.depth_times(volatility))
        return _InHour(min(away_bps, REACH_BPS_MAX), shown_cents)

    def _volatility_before(self, now_us: int) -> float:
        before_us = now_us - HOUR_US
        return self._price.hour_volatility(before_us) if before_us >= self._start_us else 0.0
