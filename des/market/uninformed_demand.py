"""How much uninformed customers want to trade in one market, decided as each hour begins."""

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
    """Follows the scenario's closure; see `des.scenario.Demand`."""

    def __init__(self, rules: Demand, market: Market, volume: MarketVolume) -> None:
        """Begin.

        Args:
            rules: the closure, and the elasticities.
            market: has the recorded volume, or the demand that is stated.
            volume: the volume so far, in all similar markets.
        """
        self._rules, self._volume, self._alike = rules, volume, market.stands_for
        self._is_stated = rules.closure == "stated"
        self._recorded = VolumeByMonth(market.volume, market.volume_of_days)
        self._given = {volume.day: volume.usd_of_hours for volume in market.wanted_of_days}
        self._wanted_today: list[int] = []  # whole dollars by hour; under the recorded closure only
        self._rates = VolumeByMonth(market.demand) if self._is_stated else self._recorded

    def recorded_usd(self, time_us: int) -> float | None:
        """Return the recorded volume of one market on the day at *time_us*, if there is one."""
        return self._recorded.usd_of_day(time_us)

    def usd_per_s(self, time_us: int) -> float:
        """Return the rate that the closure uses: of recorded total volume, or of stated demand."""
        return given(self._rates.usd_per_s(time_us))

    def usd_per_s_in_hour(self, hour_us: int, response: float) -> float:
        """Return the flow of the hour that begins, in one market; `MarketVolume` has begun it.

        Under stated demand: the month's rate times the response to the quotes at the hour's
        beginning. Under recorded demand: the given volume of the hour, or the part of the day's
        recorded volume up to this hour that is still missing.
        """
        if self._is_stated:
            return self._volume.hour_stands_for * self.usd_per_s(hour_us) * response
        wanted_usd = self._wanted_usd(hour_us)
        self._wanted_today.append(wanted_usd)
        return wanted_usd / HOUR_S

    def _wanted_usd(self, hour_us: int) -> int:
        """Return the demand in whole dollars, as the books note it for counterfactuals."""
        volume, given_usd = self._volume, self._given.get(day_of(hour_us), ())
        if volume.hours_today <= len(given_usd):
            return round(given_usd[volume.hours_today - 1])
        all_usd = self.usd_per_s(hour_us) * HOUR_S * volume.stood_for_today
        return round(max(all_usd - volume.today.all_cents // self._alike / 100, 0.0))

    def close_day(self) -> tuple[int, ...]:
        """Return the demand of each hour of the day, and start another day."""
        wanted_usd = tuple(self._wanted_today)
        self._wanted_today.clear()
        return wanted_usd

    def response(self, plan: Plan, others: OtherQuotes) -> float:
        """Return customers' volume as a multiple of that with the other makers alone.

        Args:
            plan: the captive maker's quotes.
            others: the other makers' quotes.
        """
        shown = (plan.shown_lots[ASK] + plan.shown_lots[BID]) / 2 * len(plan.offset_ticks)
        # A spread is at least a tick, however near the price the quotes are.
        others_ticks = max(others.away_ticks, 1)
        best_ticks = min(max(plan.offset_ticks[0], 1), others_ticks) if shown else others_ticks
        return self._rules.response(best_ticks / others_ticks, 1 + shown / others.shown_lots)
