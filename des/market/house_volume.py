"""What is traded on the house: as recorded, or less where the captive maker shows fewer quotes."""

from collections.abc import Sequence

from des.clock import DAY_US, SECOND_US
from des.market.listing import Listing
from des.scenario import Market, Scenario
from ledger.times import day_of


class HouseVolume:
    """Volume by market, and whose it is.

    Of the recorded volume the captive maker has its share, as far as it shows its quotes, and
    others the rest, of which they trade less in a thinner or a wider book.
    """

    def __init__(self, scenario: Scenario, listings: Sequence[Listing]) -> None:
        self._maker, self._flow = scenario.maker, scenario.retail.flow
        self._listings = listings
        self._widened = [_widened(market, self._maker.spread_times) for market in scenario.markets]

    def others_usd_per_day(self, market: int, time_us: int, maker_shows: float) -> float:
        """Return what others trade of a market among themselves, at the pace of *time_us*.

        Args:
            market: its place.
            time_us: when.
            maker_shows: the share of its quotes that the captive maker shows.
        """
        usd = self._recorded_usd_per_day(market, time_us)
        left = self._left(market, time_us, maker_shows)
        return usd * left * (1 - self._maker_share(time_us))

    def all_usd_per_day(self, time_us: int, maker_shows: float) -> float:
        """Return what is traded of all markets, by everybody."""
        share = self._maker_share(time_us)
        total = 0.0
        for market in range(len(self._listings)):
            left = self._left(market, time_us, maker_shows)
            # Others' (1 - share) x left, and share x shows: exactly as recorded where both are 1.
            traded = left - share * (left - maker_shows)
            total += self._recorded_usd_per_day(market, time_us) * traded
        return total

    def others_left_without_maker(self, time_us: int, maker_shows: float) -> float:
        """Return what others would trade if it showed nothing, over what they trade."""
        now_usd, without_usd = (
            sum(
                self.others_usd_per_day(market, time_us, shows)
                for market in range(len(self._listings))
            )
            for shows in (maker_shows, 0.0)
        )
        return without_usd / now_usd if now_usd else 1.0

    def _recorded_usd_per_day(self, market: int, time_us: int) -> float:
        return self._listings[market].volume_usd_per_s(time_us) * DAY_US / SECOND_US

    def _maker_share(self, time_us: int) -> float:
        return self._maker.volume_share_on(day_of(time_us))

    def _left(self, market: int, time_us: int, maker_shows: float) -> float:
        """Return what is left of others' recorded volume; where customers do not flow, all of it.

        Depth goes by volume: without its quotes the book lacks the maker's share of it, with half
        of them half of that.
        """
        if self._flow is None:
            return 1.0
        depth = 1 - self._maker_share(time_us) * (1 - maker_shows)
        return self._flow.volume_response(depth, 1.0 if maker_shows else self._widened[market])


def _widened(market: Market, spread_times: float) -> float:
    """Return how much wider the best quotes are without the captive maker's, 1: no wider.

    It is where others are, once its own are gone; if nobody says where, no wider.
    """
    captive_bps = market.quoter.half_spread_bps * spread_times
    others_bps = market.others_half_spread_bps
    if others_bps is None or not captive_bps:
        return 1.0
    return max(others_bps / captive_bps, 1.0)
