"""The volume that uninformed customers want to trade in one market in each played hour."""

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
    """Decides the demand from stated demand or recorded volume. See `des.scenario.Demand`."""

    def __init__(self, rules: Demand, market: Market, volume: MarketVolume) -> None:
        """Initialise the demand.

        Args:
            rules: the choice between stated and recorded demand, and the elasticities of demand.
            market: the market, with its recorded volume or its stated demand.
            volume: the volume traded so far, in all similar markets.
        """
        self._rules, self._volume, self._alike = rules, volume, market.stands_for
        self._is_stated = rules.closure == "stated"
        self._recorded = VolumeByMonth(market.volume, market.volume_of_days)
        self._given = {volume.day: volume.usd_of_hours for volume in market.wanted_of_days}
        # Today's demand in whole dollars, by played hour. Empty if `demand.closure` is `stated`.
        self._wanted_today: list[int] = []
        self._rates = VolumeByMonth(market.demand) if self._is_stated else self._recorded

    def recorded_usd(self, time_us: int) -> float | None:
        """Return one market's recorded volume on a day in dollars, or None if it is unknown."""
        return self._recorded.usd_of_day(time_us)

    def usd_per_s(self, time_us: int) -> float:
        """Return the recorded volume or the stated demand of a day, in dollars per second."""
        return given(self._rates.usd_per_s(time_us))

    def usd_per_s_in_hour(self, hour_us: int, response: float) -> float:
        """Return one market's demand in the hour that has just begun, in dollars per second.

        Stated demand is the month's rate, times the number of hours that the hour represents, times
        *response*. The method `response` computes this factor, here from the quotes at the start of
        the hour. Recorded demand is the volume that the scenario gives for the hour, if it gives
        one. Otherwise recorded demand is V minus the volume already traded today, but at least 0.
        V is the day's recorded volume per hour, times the number of hours that today's played hours
        represent (this hour included).
        """
        if self._is_stated:
            return self._volume.hour_stands_for * self.usd_per_s(hour_us) * response
        wanted_usd = self._wanted_usd(hour_us)
        self._wanted_today.append(wanted_usd)
        return wanted_usd / HOUR_S

    def _wanted_usd(self, hour_us: int) -> int:
        """Return the hour's demand in whole dollars. A note of the day will record it."""
        volume, given_usd = self._volume, self._given.get(day_of(hour_us), ())
        if volume.hours_today <= len(given_usd):
            return round(given_usd[volume.hours_today - 1])
        all_usd = self.usd_per_s(hour_us) * HOUR_S * volume.stood_for_today
        return round(max(all_usd - volume.today.all_cents // self._alike / 100, 0.0))

    def close_day(self) -> tuple[int, ...]:
        """Return today's demand by played hour in whole dollars, and begin the next day.

        The result is empty if demand is stated.
        """
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
