"""The other makers of the house: they trade what the captive maker has no part in."""

from des.scenario import Scenario
from des.venue.venue import Venue
from des.venue.volume import HouseVolume
from ledger import movements
from ledger.accounts import Parties
from ledger.journal import Journal
from ledger.money import to_cents


class OtherMakers:
    """Pay the house its fees, day by day, on the volume of which no fills are kept."""

    def __init__(
        self,
        scenario: Scenario,
        parties: Parties,
        house: Venue,
        volume: HouseVolume,
        journal: Journal,
    ) -> None:
        self._name, self._house_name = parties.other_makers, parties.house
        self._code = parties.names.index(parties.other_makers)
        self._markets = [market.name for market in scenario.markets]
        self._share = 1 - scenario.maker.volume_share
        self._fee_bps = scenario.other_makers.fee_bps
        self._house, self._volume, self._journal = house, volume, journal

    def charge(self, time_us: int, maker_shows: float) -> None:
        """Book the day's fees, as far as their claim goes."""
        for market, name in enumerate(self._markets):
            usd = self._volume.usd_per_day(market, time_us, maker_shows) * self._share
            volume = to_cents(usd)
            if not volume:
                continue
            fee = min(to_cents(usd * self._fee_bps / 10_000), int(self._house.claims[self._code]))
            self._house.claims[self._code] -= fee
            self._journal.record(
                movements.fees_of_other_makers(
                    time_us, self._name, self._house_name, volume, fee, name
                )
            )
