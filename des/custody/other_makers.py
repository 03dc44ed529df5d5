"""The other makers of the house: they trade what the captive maker has no part in."""

from des.custody.custody import HALTED, Custody
from des.market.house_volume import HouseVolume
from des.scenario import Scenario
from des.venue.venue import Venue
from ledger import movements
from ledger.journal import Journal
from ledger.money import to_cents
from ledger.parties import Parties


class OtherMakersDesk:
    """Pay the house its fees, day by day, on the volume of which no fills are kept."""

    def __init__(
        self,
        scenario: Scenario,
        parties: Parties,
        house: Venue,
        custody: Custody,
        volume: HouseVolume,
        journal: Journal,
    ) -> None:
        self._name, self._house_name = parties.other_makers, parties.house
        self._code = parties.names.index(parties.other_makers)
        self._markets = [market.name for market in scenario.markets]
        self._fee_bps = scenario.other_makers.fee_bps
        self._house, self._custody = house, custody
        self._volume, self._journal = volume, journal
        self.fees_without_maker_cents = 0.0  # so far, had the captive maker shown no quotes

    def charge(self, time_us: int, maker_shows: float) -> None:
        """Book the day's fees, as far as their claim goes with what they pay in for them.

        On a house that has halted nobody trades.
        """
        if self._custody.status[self._house_name] == HALTED:
            return
        traded = [
            self._volume.others_usd_per_day(market, time_us, maker_shows)
            for market in range(len(self._markets))
        ]
        fees = [to_cents(usd * self._fee_bps / 10_000) for usd in traded]
        self._custody.deposit(
            time_us, self._code, self._house_name, sum(fees), ", out of which it pays its fees"
        )
        paid_cents = sum(
            self._book(time_us, name, volume, fee)
            for name, usd, fee in zip(self._markets, traded, fees, strict=True)
            if (volume := to_cents(usd))
        )
        left = self._volume.others_left_without_maker(time_us, maker_shows)
        self.fees_without_maker_cents += paid_cents * left

    def _book(self, time_us: int, market: str, volume_cents: int, fee_cents: int) -> int:
        cents = min(fee_cents, int(self._house.claims[self._code]))
        self._house.claims[self._code] -= cents
        self._journal.record(
            movements.fees_of_other_makers(
                time_us, self._name, self._house_name, volume_cents, cents, market
            )
        )
        return cents
