"""What is traded on the house: as recorded, or less where the captive maker shows fewer quotes."""

from collections.abc import Sequence

from des.clock import DAY_US, SECOND_US
from des.listing import Listing
from des.scenario import Scenario
from ledger.times import day_of


class HouseVolume:
    """Volume by market, and whose it is."""

    def __init__(self, scenario: Scenario, listings: Sequence[Listing]) -> None:
        self._maker, self._flow = scenario.maker, scenario.retail.flow
        self._listings = listings

    def usd_per_day(self, market: int, time_us: int, maker_shows: float) -> float:
        """Return what is traded of a market at the pace of *time_us*."""
        usd = self._listings[market].volume_usd_per_s(time_us) * DAY_US / SECOND_US
        return usd * self.response(time_us, maker_shows)

    def response(self, time_us: int, maker_shows: float) -> float:
        """Return what is left of the recorded volume where the captive maker shows such a share.

        Depth goes by volume: without its quotes the book lacks its share of the volume, with half
        of them half of that. Where customers do not flow, nobody minds.
        """
        if self._flow is None:
            return 1.0
        return self._flow.volume_response(depth=1 - self.maker_share(time_us) * (1 - maker_shows))

    def left_without_maker(self, time_us: int, maker_shows: float) -> float:
        """Return what would be left of what is traded if it showed nothing more, as a share."""
        if not maker_shows:
            return 1.0
        return self.response(time_us, 0.0) / self.response(time_us, maker_shows)

    def maker_share(self, time_us: int) -> float:
        """Return the captive maker's share of the volume, one side of trades."""
        return self._maker.volume_share_on(day_of(time_us))

    def all_usd_per_day(self, time_us: int, maker_shows: float) -> float:
        """Return what is traded of all markets."""
        markets = range(len(self._listings))
        return sum(self.usd_per_day(market, time_us, maker_shows) for market in markets)
