"""Quotes as a scenario states them: a size by date, or a share of the recorded depth."""

from des.policies.monthly_quotes import MonthlyQuotes
from des.scenario import Maker, Market
from ledger.money import to_cents
from ledger.times import day_of


class StatedQuotes:
    """Shows what the scenario says, whatever comes of it."""

    def __init__(self, market: Market, maker: Maker) -> None:
        self._market, self._maker = market, maker

    def decide(self, now_us: int) -> MonthlyQuotes:
        """Return what is stated for the day of *now_us*."""
        day = day_of(now_us)
        shown_usd = self._market.quoter.displayed_usd_on(day)
        if shown_usd is None:
            shown_usd = self._market.depth_in_reach_usd(day) * self._maker.depth_share_on(day)
            shown_usd /= self._market.quoter.levels
        return MonthlyQuotes(self._market.quoter.half_spread_bps, to_cents(shown_usd))
