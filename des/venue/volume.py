"""What is traded on the house: as recorded, or less where the captive maker shows fewer quotes."""

from collections.abc import Sequence

from des.clock import DAY_US, SECOND_US
from des.listing import Listing
from des.scenario import Market, Scenario
from ledger.times import day_of


class HouseVolume:
    """Volume by market, and whose it is."""

    def __init__(self, scenario: Scenario, listings: Sequence[Listing]) -> None:
        self._maker, self._flow = scenario.maker, scenario.retail.flow
        self._listings = listings
        self._widened = [_widened(market, self._maker.spread_times) for market in scenario.markets]

    def usd_per_day(self, market: int, time_us: int, maker_shows: float) -> float:
        """Return what is traded of a market at the pace of *time_us*.

        Args:
            market: its place.
            time_us: when.
            maker_shows: the share of its quotes that the captive maker shows. Where customers do
                not flow, nobody minds.
        """
        usd = self._listings[market].volume_usd_per_s(time_us) * DAY_US / SECOND_US
        if self._flow is None:
            return usd
        # Without its quotes the book lacks its share of the volume, with half of them half of that.
        depth = 1 - self.maker_share(time_us) * (1 - maker_shows)
        spread = 1.0 if maker_shows else self._widened[market]
        return usd * self._flow.volume_response(depth, spread)

    def left_without_maker(self, time_us: int, maker_shows: float) -> float:
        """Return what would be left of what is traded if it showed nothing more, as a share."""
        traded_usd = self.all_usd_per_day(time_us, maker_shows)
        return self.all_usd_per_day(time_us, 0.0) / traded_usd if traded_usd else 1.0

    def maker_share(self, time_us: int) -> float:
        """Return the captive maker's share of the volume, one side of trades."""
        return self._maker.volume_share_on(day_of(time_us))

    def all_usd_per_day(self, time_us: int, maker_shows: float) -> float:
        """Return what is traded of all markets."""
        markets = range(len(self._listings))
        return sum(self.usd_per_day(market, time_us, maker_shows) for market in markets)


def _widened(market: Market, spread_times: float) -> float:
    """Return how much wider the best quotes are without the captive maker's, 1: no wider.

    It is where others are, once its own are gone; if nobody says where, no wider.
    """
    captive_bps = market.quoter.half_spread_bps * spread_times
    others_bps = market.others_half_spread_bps
    if others_bps is None or not captive_bps:
        return 1.0
    return max(others_bps / captive_bps, 1.0)
