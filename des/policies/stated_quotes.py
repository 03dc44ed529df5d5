"""Quotes that the scenario states: a size, a share of the depth, or a base run's decisions."""

from des.policies.monthly_quotes import Decided, MonthlyQuotes, SeenMonth
from des.scenario import Maker, Market
from des.scenario.dated import in_force
from ledger.money import to_cents
from ledger.times import day_of


class StatedQuotes:
    """A policy that shows the stated quotes. Results have no effect on these quotes."""

    def __init__(self, market: Market, maker: Maker) -> None:
        self._market, self._maker = market, maker

    def considers(self, quotes: MonthlyQuotes) -> tuple[MonthlyQuotes, ...]:
        """Return only the displayed quotes, since this policy has no alternatives."""
        return (quotes,)

    def decide(self, now_us: int, seen: SeenMonth | None) -> Decided:
        """Return the stated quotes for the day of *now_us*.

        The predicted result is last month's simulated result, scaled to the new size. At the run's
        start there is no predicted result.
        """
        quotes = self._stated(now_us)
        if seen is None:
            return Decided(quotes)
        promised, *_ = seen.promised
        return Decided(quotes, promised.times(quotes.shown_cents, seen.showed.shown_cents))

    def _stated(self, now_us: int) -> MonthlyQuotes:
        day, quoter = day_of(now_us), self._market.quoter
        if decided := in_force(quoter.decided, day):
            return MonthlyQuotes(decided.half_spread_bps, to_cents(decided.displayed_usd))
        shown_usd = quoter.displayed_usd_on(day)
        if shown_usd is None:
            in_reach_usd = self._market.depth_in_reach_usd(day)
            shown_usd = in_reach_usd * self._maker.depth_share_on(day) / quoter.levels
        return MonthlyQuotes(quoter.half_spread_bps, to_cents(shown_usd))
