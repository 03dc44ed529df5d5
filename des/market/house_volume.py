"""The volume traded on the house, by market."""

from collections.abc import Sequence

from des.market.listing import Listing
from ledger.journal import Journal
from ledger.money import dollars, to_cents
from ledger.notes import TradedDay, WantedDay
from ledger.times import day_of


class HouseVolume:
    """Records the daily volume of each market, and sums up the volume of all markets."""

    def __init__(self, names: Sequence[str], listings: Sequence[Listing], journal: Journal) -> None:
        """Initialise with the markets to read.

        Args:
            names: the names of the markets.
            listings: the listing of each market.
            journal: records the volume of each day.
        """
        self._names, self._listings, self._journal = names, listings, journal

    def usd_per_day(self) -> float:
        """Return the volume of all markets in about the last 24 hours, in dollars per day.

        See `MarketVolume.usd_per_day`.
        """
        return sum(listing.volume.usd_per_day() for listing in self._listings)

    def others_cents(self) -> list[int]:
        """Return today's volume of uninformed orders that the other makers filled.

        The result has one figure in cents for each market.
        """
        return [listing.volume.today.others_cents for listing in self._listings]

    def without_maker_cents(self) -> float:
        """Return today's uninformed volume in cents, as if no captive maker quoted."""
        return sum(listing.volume.without_maker_cents for listing in self._listings)

    def close_day(self, time_us: int) -> None:
        """Record each market's volume and demand on the day that ends just after *time_us*.

        Then begin the next day.
        """
        for name, listing in zip(self._names, self._listings, strict=True):
            recorded_usd = listing.recorded_usd(time_us)
            recorded = None if recorded_usd is None else dollars(to_cents(recorded_usd))
            captive, others, hits, forced = map(dollars, listing.volume.today)
            note = TradedDay(name, captive, others, hits, forced, recorded)
            self._journal.note(time_us, note)
            if wanted_usd := listing.close_day_of_demand():
                self._journal.note(time_us, WantedDay(name, wanted_usd))
            listing.volume.close_day()
            if day_of(time_us + 1).day == 1:
                listing.volume.close_month()
