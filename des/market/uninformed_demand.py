"""The volume that uninformed customers want to trade in one market, decided every played hour."""

from des.clock import HOUR_US, SECOND_US
from des.given import given
from des.market.market_volume import MarketVolume
from des.market.volume_by_month import VolumeByMonth
from des.quoting.other_quotes import OtherQuotes
from des.quoting.quotes import ASK, BID, Plan
from des.scenario import Demand, Market
from ledger.times import day_of

HOUR_S = HOUR_US // SECOND_US


class UninformedDemand:
    """Decides the demand from the stated or the recorded volume. See `des.scenario.Demand`."""

    def __init__(self, rules: Demand, market: Market, volume: MarketVolume) -> None:
        """Initialise the demand.

        Args:
            rules: the choice between stated and recorded demand, and the elasticities of demand.
            market: the market with the recorded volume or the stated demand.
            volume: the volume traded so far, in all similar markets.
        """
        self._rules, self._volume, self._alike = rules, volume, market.stands_for
        self._is_stated = rules.closure == "stated"
        self._recorded = VolumeByMonth(market.volume, market.volume_of_days)
        self._given = {volume.day: volume.usd_of_hours for volume in market.wanted_of_days}
        # the demand of today's played hours in whole dollars, only if demand.closure is recorded
        self._wanted_today: list[int] = []
        self._rates = VolumeByMonth(market.demand) if self._is_stated else self._recorded

    def recorded_usd(self, time_us: int) -> float | None:
        """Return the recorded dollars of one market on the day at *time_us*, or None if unknown."""
        return self._recorded.usd_of_day(time_us)

    def usd_per_s(self, time_us: int) -> float:
        """Return the recorded volume or the stated demand of a day, in dollars per second."""
        return given(self._rates.usd_per_s(time_us))

    def usd_per_s_in_hour(self, hour_us: int, response: float) -> float:
        """Return the demand in one market, in dollars per second, in the hour that has just begun.

        Stated demand is the month's rate, times the response to the quotes at the start of the
        hour, times the number of hours that the hour represents. Recorded demand is the volume that
        the scenario gives for the hour, if it gives one. Otherwise recorded demand is the recorded
        volume of some hours of the day, minus the volume already traded today, and at least 0. This
        played hour and today's earlier played hours represent these hours.
        """
        if self._is_stated:
            return self._volume.hour_stands_for * self.usd_per_s(hour_us) * response
        wanted_usd = self._wanted_usd(hour_us)
        self._wanted_today.append(wanted_usd)
        return wanted_usd / HOUR_S

    def _wanted_usd(self, hour_us: int) -> int:
        """Return the hour's demand in whole dollars, which the books note for counterfactuals."""
        volume, given_usd = self._volume, self._given.get(day_of(hour_us), ())
        if volume.hours_today <= len(given_usd):
            return round(given_usd[volume.hours_today - 1])
        all_usd = self.usd_per_s(hour_us) * HOUR_S * volume.stood_for_today
        return round(max(all_usd - volume.today.all_cents // self._alike / 100, 0.0))

    def close_day(self) -> tuple[int, ...]:
        """Return the demand of each played hour in whole dollars, and begin the next day."""
        wanted_usd = tuple(self._wanted_today)
        self._wanted_today.clear()
        return wanted_usd

    def response(self, plan: Plan, others: OtherQuotes) -> float:
        """Return the factor by which the captive maker's quotes raise customers' volume.

        Args:
            plan: the captive maker's quotes.
            others: the other makers' quotes.
        """
        shown = (plan.shown_lots[ASK] + plan.shown_lots[BID]) / 2 * len(plan.offset_ticks)
        # A distance below one tick counts as one tick.
        others_ticks = max(others.away_ticks, 1)
        best_ticks = min(max(plan.offset_ticks[0], 1), others_ticks) if shown else others_ticks
        return self._rules.response(best_ticks / others_ticks, 1 + shown / others.shown_lots)
